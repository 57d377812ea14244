/**
 * Signs of life of a thread, in shared memory: how often it read or listed something, and which file it reads. A damaged file can
 * make a library turn for ever, and a thread that turns answers nobody; whoever waits for it sees that the count stands still.
 */
import { statSync } from "node:fs";

const NAME_BYTES = 4096;

export interface PulseMemory {
  /** One Int32 count, then the length and the UTF-8 bytes of the path. */
  readonly shared: SharedArrayBuffer;
}

export function pulseMemory(): PulseMemory {
  return { shared: new SharedArrayBuffer(8 + NAME_BYTES) };
}

/** The side that waits. */
export class PulseWatch {
  private readonly counts: Int32Array;
  private last = -1;
  private quiet = 0;

  constructor(private readonly memory: PulseMemory) {
    this.counts = new Int32Array(memory.shared, 0, 2);
  }

  /** How many looks in a row saw nothing new. Looks, not time: a machine that slept has not been stuck. */
  look(): number {
    const count = Atomics.load(this.counts, 0);
    this.quiet = count === this.last ? this.quiet + 1 : 0;
    this.last = count;
    return this.quiet;
  }

  begin(): void {
    this.last = -1;
  }

  /** The file that was opened last; null when none was. */
  file(): string | null {
    const length = Atomics.load(this.counts, 1);
    return length === 0 ? null : new TextDecoder().decode(new Uint8Array(this.memory.shared, 8, length).slice());
  }
}

const encoder = new TextEncoder();
let beating: { readonly counts: Int32Array; readonly name: Uint8Array } | null = null;
let stuck: ReadonlySet<string> = new Set();

/** The side that works: from now on reads of this thread are counted, and files that nobody came back from are not opened. */
export function startPulse(memory: PulseMemory, stuckFiles: readonly string[]): void {
  beating = { counts: new Int32Array(memory.shared, 0, 2), name: new Uint8Array(memory.shared, 8) };
  stuck = new Set(stuckFiles);
}

export function beat(): void {
  if (beating !== null) Atomics.add(beating.counts, 0, 1);
}

/** Says which file is read from now on; throws for one that a thread got stuck in, until it changes. */
export function beatFor(path: string): void {
  if (stuck.size > 0 && stuck.has(stateOf(path) ?? "")) throw new Error("reading it did not come to an end; it is left out until it changes");
  if (beating === null) return;
  const name = encoder.encode(path).subarray(0, NAME_BYTES);
  beating.name.set(name);
  Atomics.store(beating.counts, 1, name.length);
  Atomics.add(beating.counts, 0, 1);
}

/** A file in its present state, as one text; null when it is gone. */
export function stateOf(path: string): string | null {
  try {
    const stat = statSync(path);
    return `${path}\0${stat.size}\0${stat.mtimeMs}`;
  } catch {
    return null; // gone since: nobody gets stuck in it again
  }
}

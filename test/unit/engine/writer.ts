/** The parent's end of writer.mjs: a process that writes a run's files while this one reads them. */
import { fork, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { ROOT } from "./support";

interface Told {
  readonly done?: boolean;
  readonly error?: string;
}

export class Writer {
  private readonly child: ChildProcess;
  private readonly told: Told[] = [];
  private wake: (() => void) | null = null;

  constructor() {
    this.child = fork(join(ROOT, "test", "unit", "engine", "writer.mjs"), [], { stdio: ["ignore", "inherit", "inherit", "ipc"], execArgv: [] });
    this.child.on("message", (message: Told) => this.heard(message));
    this.child.on("exit", (code) => this.heard({ error: `the writer ended with code ${code}` }));
  }

  /** Appends `bytes` in pieces; `look` after each, before the next is written. */
  async grow(path: string, bytes: Uint8Array, sizes: readonly number[], look: () => Promise<unknown>): Promise<void> {
    this.order({ do: "grow", path, hex: hex(bytes), sizes });
    while ((await this.next()).done !== true) {
      await look();
      this.order({ do: "on" });
    }
    await look();
  }

  /** Appends `bytes` in pieces without waiting; `look` as often as there is something new. */
  async run(path: string, bytes: Uint8Array, sizes: readonly number[], look: () => Promise<unknown>): Promise<void> {
    this.order({ do: "run", path, hex: hex(bytes), sizes });
    for (let done = false; !done; ) {
      done = (await this.next()).done === true;
      while (!done && this.told.length > 0) done = (await this.next()).done === true;
      await look();
    }
  }

  /** Writes the file anew with mode "w". */
  put(path: string, bytes: Uint8Array | string): Promise<void> {
    return this.ordered({ do: "put", path, hex: hex(bytes) });
  }

  /** Writes beside it, and renames over it. */
  replace(path: string, bytes: Uint8Array | string): Promise<void> {
    return this.ordered({ do: "replace", path, hex: hex(bytes) });
  }

  cut(path: string, size: number): Promise<void> {
    return this.ordered({ do: "cut", path, size });
  }

  move(path: string, to: string): Promise<void> {
    return this.ordered({ do: "move", path, to });
  }

  remove(path: string): Promise<void> {
    return this.ordered({ do: "remove", path });
  }

  async end(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once("exit", resolve));
    this.order({ do: "end" });
    await ended;
  }

  private async ordered(order: object): Promise<void> {
    this.order(order);
    await this.next();
  }

  private order(order: object): void {
    this.child.send(order);
  }

  private heard(message: Told): void {
    this.told.push(message);
    this.wake?.();
  }

  private async next(): Promise<Told> {
    while (this.told.length === 0) {
      await new Promise<void>((resolve) => (this.wake = resolve));
      this.wake = null;
    }
    const message = this.told.shift()!;
    if (message.error !== undefined) throw new Error(message.error);
    return message;
  }
}

/** Odd sizes that add up to `length` or a little more, at most about `most` of them; the same for the same seed. */
export function oddSizes(length: number, seed: number, most = 60): number[] {
  const sizes = [1, 13, 97, 509, 1021, 4099];
  const usual = length / most;
  const fitting = sizes.filter((_, i) => i < 3 || sizes[i - 1]! < 4 * usual);
  const out: number[] = [];
  let state = seed >>> 0 || 1;
  for (let sum = 0; sum < length; ) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const size = out.length >= most ? 4099 : fitting[(state >>> 16) % fitting.length]!;
    out.push(size);
    sum += size;
  }
  return out;
}

function hex(bytes: Uint8Array | string): string {
  return Buffer.from(bytes).toString("hex");
}

/** One input through every reader that may meet it, and what is asked of them: see `checkInput`. */
import { type ByteSource, FormatError, type Hdf5, type ReadTools } from "../../src/read/bytes/source";
import { LibraryNeeded, simpleHdf5 } from "../../src/read/bytes/hdf5";
import { CHECKPOINT_FORMATS, CONFIG_FORMATS, LOG_FORMATS, VOLUME_FORMATS } from "../../src/read/formats";
import { isSummary, readSummary } from "../../src/read/layout/summaryJson";
import type { Fixture, Input } from "./corpus";
import { gauged } from "./guard";
import { Random } from "./random";
import { Broken, type Reading, readingOfCheckpoint, readingOfConfig, readingOfLog, readingOfVolume, type Seen } from "./readings";

export interface Failure {
  /** Name of the reader. */
  readonly reader: string;
  /** What was asked of it. */
  readonly demand: "throws only FormatError" | "one clear line" | "the same twice" | "pieces equal the whole" | "a shorter file gives nothing else" | "keeps its promises" | "time" | "memory" | "runs nothing" | "stays alive";
  readonly detail: string;
  readonly stack: string;
}

export interface Environment {
  /** HDF5's library, loaded; null where files that need it are left out. */
  readonly library: Hdf5 | null;
  /** Called before the library is used for the input. */
  readonly usesLibrary: () => void;
  /** Called before each reading. */
  readonly begins: () => void;
}

/** Milliseconds of processor time for one reading. */
export const MOST_MS = 2000;

/** Characters of a line that are too many for a user. */
const LONGEST_LINE = 1000;

/** What is lent is overwritten by the next call, as a file's buffer is. */
function lending(name: string, bytes: Uint8Array): ByteSource {
  let lent: Uint8Array | null = null;
  return {
    name,
    size: bytes.length,
    read(offset, length, keep = false) {
      if (!Number.isInteger(offset) || offset < 0 || Number.isNaN(length)) throw new Broken(`${length} bytes were asked for from ${offset} on`);
      lent?.fill(0xa5);
      const piece = bytes.slice(offset, Math.max(offset, Math.min(bytes.length, offset + length)));
      lent = keep ? null : piece;
      return piece;
    },
  };
}

/** As small files are given: what they hold, without a copy. */
function plain(name: string, bytes: Uint8Array): ByteSource {
  return { name, size: bytes.length, read: (offset, length, keep = false) => (keep ? bytes.slice(offset, offset + Math.max(0, length)) : bytes.subarray(offset, offset + Math.max(0, length))) };
}

const EMPTY = new Uint8Array(0);

interface Named {
  readonly name: string;
  probe(name: string, head: Uint8Array): boolean;
}

type SiblingOf = (name: string) => Uint8Array | null;

class Checker {
  readonly failures: Failure[] = [];
  /** Of the readings so far the longest, in milliseconds of processor time. */
  worstMs = 0;
  private readonly head: Uint8Array;
  private readonly originalHead: Uint8Array;

  constructor(
    private readonly input: Input,
    private readonly environment: Environment,
  ) {
    this.head = input.bytes.subarray(0, 4096);
    this.originalHead = input.original.bytes.subarray(0, 4096);
  }

  private fail(reader: string, demand: Failure["demand"], detail: string, stack = ""): void {
    this.failures.push({ reader, demand, detail: detail.slice(0, 400), stack });
  }

  /** What `action` gives; null when it failed. */
  private attempt<T>(reader: string, action: () => T): T | null {
    this.environment.begins();
    const before = process.cpuUsage();
    try {
      return action();
    } catch (error) {
      if (error instanceof LibraryNeeded) throw error;
      const stack = error instanceof Error ? (error.stack ?? "") : "";
      if (error instanceof Broken) this.fail(reader, "keeps its promises", error.message, stack);
      else this.fail(reader, "throws only FormatError", String(error), stack);
      return null;
    } finally {
      const { user, system } = process.cpuUsage(before);
      const ms = (user + system) / 1000;
      this.worstMs = Math.max(this.worstMs, ms);
      if (ms > MOST_MS) this.fail(reader, "time", `${Math.round(ms)} ms`);
    }
  }

  /** The readers that take the file for theirs, and those that its original was for. */
  private readersOf<F extends Named>(formats: readonly F[]): F[] {
    const { file } = this.input;
    const probe = (format: F): boolean => [this.head, EMPTY, this.originalHead].map((head) => format.probe(file, head)).includes(true);
    return formats.filter((format) => this.attempt(format.name, () => probe(format)) === true);
  }

  private tools(hdf5: Hdf5, sibling: SiblingOf = (name) => this.input.sibling(name), source = lending): ReadTools {
    const known = new Map<string, ByteSource | null>();
    return {
      inflate: gauged,
      hdf5,
      sibling: (name) => {
        let found = known.get(name);
        if (found === undefined) {
          const bytes = /[\\:\0]/.test(name) || name.split("/").some((part) => part === "" || part === "." || part === "..") ? null : sibling(name);
          known.set(name, (found = bytes === null ? null : source(name, bytes)));
        }
        return found;
      },
    };
  }

  /** Without HDF5's library first, as the engine does it, and with it where a file needs it. */
  private withLibrary(read: (hdf5: Hdf5) => Reading | null): Reading | null {
    try {
      return read(simpleHdf5);
    } catch (error) {
      if (!(error instanceof LibraryNeeded)) throw error;
      if (this.environment.library === null) return null;
      this.environment.usesLibrary();
      return read(this.environment.library);
    }
  }

  private seen(reader: string): Seen {
    return (line, part = false) => {
      if (!part && !/^[\w][\w .+/()-]*: \S/.test(line)) this.fail(reader, "one clear line", `does not begin with a format: ${JSON.stringify(line)}`);
      else if (/[\p{Cc}\p{Cf}\u2028\u2029]/u.test(line)) this.fail(reader, "one clear line", `holds control characters: ${JSON.stringify(line)}`);
      else if (line.length > LONGEST_LINE) this.fail(reader, "one clear line", `${line.length} characters: ${line}`);
    };
  }

  private compare(reader: string, demand: Failure["demand"], a: Reading | null, b: Reading | null): void {
    if (a === null || b === null) return;
    for (const key of new Set([...a.keys(), ...b.keys()])) {
      const [one, two] = [a.get(key) ?? "nothing", b.get(key) ?? "nothing"];
      if (one === two || (failed(one) && failed(two))) continue;
      this.fail(reader, demand, `${key}: ${one.slice(0, 180)} | ${two.slice(0, 180)}`);
      return;
    }
  }

  run(): void {
    const { file, bytes, seed } = this.input;
    const random = new Random(seed ^ 0x9e3779b9);
    for (const format of this.readersOf(LOG_FORMATS)) {
      const whole = this.attempt(format.name, () => {
        if (format.accepts !== undefined) orFalse(() => format.accepts!(lending(file, bytes), this.tools(simpleHdf5)));
        return readingOfLog(format, [lending(file, bytes)], this.tools(simpleHdf5), this.seen(format.name));
      });
      const cut = random.below(bytes.length + 1);
      const pieces = this.attempt(format.name, () => readingOfLog(format, [plain(file, bytes.subarray(0, cut)), plain(file, bytes)], this.tools(simpleHdf5, undefined, plain), () => undefined));
      this.compare(format.name, "pieces equal the whole", whole, pieces);
      // The file was whole and is damaged by now: what is told then may be anything that is told well.
      const { original } = this.input;
      this.attempt(format.name, () => readingOfLog(format, [plain(file, original.bytes), lending(file, bytes)], this.tools(simpleHdf5), this.seen(format.name)));
      if (random.chance(0.1)) this.compare(format.name, "the same twice", whole, this.attempt(format.name, () => readingOfLog(format, [plain(file, bytes)], this.tools(simpleHdf5, undefined, plain), () => undefined)));
    }
    for (const format of this.readersOf(CHECKPOINT_FORMATS)) {
      const read = (source: typeof plain, seen: Seen): Reading | null => this.withLibrary((hdf5) => this.attempt(format.name, () => readingOfCheckpoint(format, source(file, bytes), this.tools(hdf5, undefined, source), seen)));
      const first = read(lending, this.seen(format.name));
      if (random.chance(0.5)) this.compare(format.name, "the same twice", first, read(plain, () => undefined));
      if (this.input.truncated) this.agree(format.name, first, (original, tools) => readingOfCheckpoint(format, original, tools, () => undefined));
    }
    for (const format of this.readersOf(VOLUME_FORMATS)) {
      const read = (source: typeof plain, step: number, seen: Seen): Reading | null => this.withLibrary((hdf5) => this.attempt(format.name, () => readingOfVolume(format, source(file, bytes), this.tools(hdf5, undefined, source), step, seen)));
      const first = read(lending, 1 << 16, this.seen(format.name));
      if (random.chance(0.5)) this.compare(format.name, "pieces equal the whole", first, read(plain, random.pick([1 << 20, 4096, 2047, 30_011]), () => undefined));
      if (this.input.truncated) this.agree(format.name, first, (original, tools) => readingOfVolume(format, original, tools, 1 << 16, () => undefined));
    }
    if (isSummary(file)) {
      this.attempt("summary", () => {
        try {
          readSummary(new TextDecoder().decode(bytes));
        } catch (error) {
          if (!(error instanceof FormatError)) throw error;
          this.seen("summary")(error.message);
        }
      });
    }
    for (const format of this.readersOf(CONFIG_FORMATS)) {
      const first = this.attempt(format.name, () => readingOfConfig(format, lending(file, bytes), this.tools(simpleHdf5), this.seen(format.name)));
      if (random.chance(0.2)) this.compare(format.name, "the same twice", first, this.attempt(format.name, () => readingOfConfig(format, plain(file, bytes), this.tools(simpleHdf5, undefined, plain), () => undefined)));
    }
  }

  /** What is read of a shorter file, and read without a complaint, is what the whole file says. */
  private agree(reader: string, got: Reading | null, read: (original: ByteSource, tools: ReadTools) => Reading): void {
    if (got === null) return;
    const { original } = this.input;
    const want = this.withLibrary((hdf5) => this.attempt(reader, () => read(plain(original.file, original.bytes), this.tools(hdf5, siblingsOf(original), plain))));
    if (want === null) return;
    for (const [key, value] of got) {
      if (!/^(tensor|entry) /.test(key) || failed(value)) continue;
      if (want.get(key) !== value) this.fail(reader, "a shorter file gives nothing else", `${this.input.bytes.length} of ${original.bytes.length} bytes: ${key}: ${value.slice(0, 150)} | ${(want.get(key) ?? "nothing").slice(0, 150)}`);
    }
  }
}

function siblingsOf(fixture: Fixture): SiblingOf {
  return (name) => fixture.siblings.get(name) ?? null;
}

const failed = (told: string): boolean => told.startsWith("! ") || told.includes(" ! ");

/** `accepts` may say by a FormatError that it does not. */
function orFalse(action: () => boolean): boolean {
  try {
    return action();
  } catch (error) {
    if (error instanceof FormatError) return false;
    throw error;
  }
}

/**
 * Gives the input to every reader that claims it by name or head, whole or with nothing known but its name, and to those of the
 * fixture that it was made of. Asked of each: no error but FormatError, lines fit to be shown, the same again from the same
 * bytes, logs in two pieces as in one, arrays in any pieces, and of a file that only was cut off nothing but what is true.
 */
export function checkInput(input: Input, environment: Environment): { readonly failures: Failure[]; readonly worstMs: number } {
  const checker = new Checker(input, environment);
  checker.run();
  return checker;
}

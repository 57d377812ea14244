/** The logs of one run, read on from where they were left. */
import { FormatError } from "../read/bytes/source";
import type { LogFormat } from "../read/format";
import type { FileEntry } from "../read/layout/plan";
import { SeriesCollector } from "../read/logs/collector";
import type { Series } from "../run";
import type { Shelf } from "./shelf";
import { messageOf } from "./walk";

interface LogState {
  readonly stamp: string;
  readonly state: unknown;
  readonly problem: string | null;
  readonly torn: boolean;
}

export class RunLogs {
  private readonly collector = new SeriesCollector();
  private readonly states = new Map<string, LogState>();

  constructor(private readonly shelf: Shelf) {}

  /** Reads what is new in `files` and forgets logs that are gone. Cost grows with what was appended. */
  update(files: readonly { readonly file: FileEntry; readonly format: LogFormat }[]): void {
    const present = new Set(files.map(({ file }) => file.path));
    for (const path of this.states.keys()) {
      if (present.has(path)) continue;
      this.states.delete(path);
      this.collector.forget(path);
    }
    for (const { file, format } of files) {
      const known = this.states.get(file.path);
      const stamp = `${file.size}:${file.mtime}`;
      if (known?.stamp === stamp) continue;
      this.states.set(file.path, { stamp, ...this.read(file.path, format, known?.state ?? null) });
    }
  }

  series(): Series[] {
    return this.collector.series();
  }

  problemOf(path: string): string | null {
    return this.states.get(path)?.problem ?? null;
  }

  get torn(): boolean {
    return [...this.states.values()].some((state) => state.torn);
  }

  private read(path: string, format: LogFormat, state: unknown): Omit<LogState, "stamp"> {
    try {
      const { source, tools } = this.shelf.openLog(path);
      try {
        const got = format.read(source, state, this.collector.sink(path, format.name), tools);
        this.collector.settle(path, got.unit);
        return { state: got.state, problem: got.problem, torn: got.end === "torn" };
      } finally {
        source.close();
      }
    } catch (error) {
      // The reader gave up as a whole: what it gave before stays, and the next change is read from the start.
      const problem = error instanceof FormatError ? error.message : `${format.name}: cannot be read: ${messageOf(error)}`;
      return { state: null, problem, torn: error instanceof FormatError && error.torn };
    }
  }
}

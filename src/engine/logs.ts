/** The logs of one run, read on from where they were left. */
import type { ConfigValue, LogFormat } from "../read/format";
import type { FileEntry } from "../read/layout/plan";
import { SeriesCollector } from "../read/logs/collector";
import { withoutRepeats } from "../read/logs/repeats";
import { TEXT_LOG_FORMATS } from "../read/logs/text/textLogs";
import type { Series } from "../run";
import { stampOf } from "./cache";
import { isOfContent, messageOf } from "./errors";
import type { Shelf } from "./shelf";

interface LogState {
  readonly format: LogFormat;
  readonly stamp: string;
  readonly state: unknown;
  readonly problem: string | null;
  readonly torn: boolean;
  /** As in LogRead: null where a reader that learns a file's form learned nothing; undefined where the form is fixed. */
  readonly understood: string | null | undefined;
}

export class RunLogs {
  private readonly collector = new SeriesCollector();
  private readonly states = new Map<string, LogState>();
  /** Printed logs, and those that tell the same better. */
  private readonly repeated = new Map<string, Set<string>>();

  constructor(private readonly shelf: Shelf) {}

  /** Reads what is new in `files` and forgets logs that are gone. Cost grows with what was appended. */
  update(files: readonly { readonly file: FileEntry; readonly format: LogFormat }[]): void {
    const formats = new Map(files.map(({ file, format }) => [file.path, format]));
    for (const [path, { format }] of this.states) {
      if (formats.get(path) === format) continue; // a file of another format by now is another log
      this.states.delete(path);
      this.collector.forget(path);
    }
    for (const { file, format } of files) {
      const known = this.states.get(file.path);
      const stamp = stampOf(file);
      if (known?.stamp === stamp) continue;
      this.states.set(file.path, this.read(file.path, format, stamp, known?.state ?? null));
    }
  }

  /** Those that a printed log repeats from a better one are marked so, or left out. */
  series(): readonly Series[] {
    this.repeated.clear();
    return withoutRepeats(this.collector.series(), (source) => this.printed(source), (source, better) => void this.repeated.set(source, (this.repeated.get(source) ?? new Set()).add(better)));
  }

  /** How far a log is from the numbers themselves: a framework's own text before what was captured of a console. */
  private printed(path: string): number {
    const format = this.states.get(path)?.format;
    if (format === undefined || !TEXT_LOG_FORMATS.includes(format)) return 0;
    return isOwnText(path) ? 1 : 2;
  }

  /** Settings that a log tells itself. */
  factsOf(path: string): ReadonlyMap<string, ConfigValue> {
    return this.collector.factsOf(path);
  }

  problemOf(path: string): string | null {
    return this.states.get(path)?.problem ?? null;
  }

  /** Whether a file that was taken for a log by its looks gave no point, no setting and no form. */
  saysNothing(path: string): boolean {
    const state = this.states.get(path);
    return state?.understood === null && state.problem === null && !this.collector.gave(path);
  }

  /** One line a log whose form had to be learned, in order of path, and one for those that are surely logs and hold nothing to draw. */
  understood(): string[] {
    const states = [...this.states].sort(([a], [b]) => (a < b ? -1 : 1));
    const empty = states.filter(([path, { understood, problem }]) => problem === null && (understood === undefined || (understood === null && isOwnText(path))) && !this.collector.gave(path));
    const more = empty.length > 1 ? `, nor in ${empty.length - 1} other ${empty.length === 2 ? "log" : "logs"}` : "";
    return [...states.flatMap(([path, { understood }]) => (understood == null ? [] : [`${path}: ${understood}`])), ...empty.slice(0, 1).map(([path, { format }]) => `${path}: ${format.name}: no values in it${more}`)];
  }

  /** One line a printed log that repeats others, of the last `series`. */
  repeats(): string[] {
    return [...this.repeated].map(([source, better]) => `${source} repeats ${[...better].sort().join(", ")}: what both tell is judged and drawn once.`);
  }

  get torn(): boolean {
    return [...this.states].some(([path, state]) => state.torn && !this.saysNothing(path));
  }

  private read(path: string, format: LogFormat, stamp: string, state: unknown): LogState {
    try {
      const { source, tools } = this.shelf.openLog(path);
      try {
        const got = format.read(source, state, this.collector.sink(path, format.name), tools);
        this.collector.settle(path, got.unit, got.units);
        return { format, stamp, state: got.state, problem: got.problem, torn: got.end === "torn", understood: got.understood };
      } finally {
        source.close();
      }
    } catch (error) {
      // The reader gave up as a whole: what it gave before stays, and the file is read from its start the next time:
      // once it has changed, or, where the system was in the way, whenever somebody looks again.
      const lasting = isOfContent(error);
      const problem = lasting ? messageOf(error) : `${format.name}: cannot be read: ${messageOf(error)}`;
      return { format, stamp: lasting ? stamp : "", state: null, problem, torn: error instanceof Error && "torn" in error && error.torn === true, understood: undefined };
    }
  }
}

/** Text that a framework writes itself: nnU-Net's training_log, what mmengine and mmcv name by their start. */
function isOwnText(path: string): boolean {
  return /(?:^|\/)(?:training_log(?:_\d+){6}\.txt|\d{8}_\d{6}\.log)$/.test(path);
}

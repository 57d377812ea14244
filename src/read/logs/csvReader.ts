/**
 * Reads a delimited log: a header, then rows. Rows of plain numbers go straight from bytes to numbers; the others (quotes,
 * lists, words) are read as text.
 *
 * Steps are the column `epoch` (or `step`, or an unnamed index, or the row's number from 0). Where both `epoch` and `step` are
 * there, the one that is not the axis is a series of its own, so that steps can be mapped to epochs.
 *
 * A last line without newline is given tentatively when it has all its cells: when more of it appears, the file is read again
 * from the start after `reset`. So is a file whose layout turns out otherwise once more rows are there (16 rows decide).
 */
import type { ByteSource } from "../bytes/source";
import type { LogRead, LogSink } from "../format";
import { cellList, cellNumber, splitCells, type Separator } from "./csvCells";
import { headerText, isHeader, isTrainingName, placeOf, planOf, SAMPLE_ROWS, type CsvPlan } from "./csvPlan";
import { RowScanner } from "./csvRows";
import { tagsInName } from "./csvNames";
import { fingerprint, hashBytes, type Fingerprint } from "./fingerprint";
import { behindLastLine, decode, eachWindow, LONGEST_LINE } from "./lines";

const SEPARATORS: readonly Separator[] = [",", ";", "\t", "|", " "];
/** Bytes from the header on that may decide the layout; most rows are short, and few bytes do. */
const PLAN_BYTES = [1 << 13, 1 << 18] as const;
/** Rows that may decide it, blank ones among them. */
const PLAN_ROWS = 4 * SAMPLE_ROWS;
/** A file that has no header up to here has none. */
const LAST_HEADER_LINE = 2000;
/** Scripts that went on in one file, each with a header of its own; beyond, headers are lines that are no row. */
const MOST_HEADERS = 256;

export interface CsvState extends Fingerprint {
  /** Lines consumed. */
  readonly line: number;
  /** Rows since the header, or since it was repeated. */
  readonly row: number;
  /** Where the header in force starts; -1 before there is one. */
  readonly header: number;
  /** Index of its separator where a header before it has settled that; -1 where the header and its rows decide. */
  readonly separator: number;
  /** How many headers were taken. */
  readonly headers: number;
  /** Hash of the layout taken. */
  readonly layout: number;
  readonly lastStep: number | null;
  /** Epoch of the last row that told one beside its step. */
  readonly lastEpoch: number | null;
  /** Steps of the epochs before, where the step column starts anew in each. */
  readonly base: number;
  /** 1 when a header was repeated since the last row. */
  readonly repeated: number;
  /** 1 when the last line was given though it has no newline yet; `offset` is its end then. */
  readonly tentative: number;
  readonly leftOut: number;
  readonly firstLeftOut: number;
}

type Mutable = { -readonly [K in keyof CsvState]: CsvState[K] };

const START: CsvState = { offset: 0, size: 0, head: 0, tail: 0, line: 0, row: 0, header: -1, separator: -1, headers: 0, layout: 0, lastStep: null, lastEpoch: null, base: 0, repeated: 0, tentative: 0, leftOut: 0, firstLeftOut: 0 };

/** Lines before the header that say nothing: blank ones, and comments that are not the header itself (numpy.savetxt's "# epoch loss"). */
export function isPreamble(line: string): boolean {
  const text = line.trim();
  return text === "" || (text.startsWith("#") && planOf(text, [])?.training !== true);
}

export function sampleRows(lines: readonly string[]): string[] {
  return lines.filter((line) => line.trim() !== "").slice(0, SAMPLE_ROWS);
}

/** One reading of a file; made anew for each. */
export class CsvReader {
  private state: Mutable = { ...START };
  private plan: CsvPlan | null = null;
  private headerLine = "";
  /** Where each column's points go; null for columns that are no series. */
  private columns: (((step: number, value: number, line: number, wallTime: number) => void) | null)[] = [];
  /** For rows of plain numbers; null where the layout has words. */
  private scanner: RowScanner | null = null;

  /** `name`: of the format, for what is said; `bySteps`: its rows count steps, also where they have epochs. */
  constructor(
    private readonly name: string,
    private readonly source: ByteSource,
    private readonly sink: LogSink,
    private readonly bySteps = false,
  ) {}

  /** Goes on from a state; null when the file must be read from the start. */
  resume(state: CsvState): LogRead<CsvState> | null {
    if (state.header < 0) return null;
    const { plan, line } = this.planAt(state.header, SEPARATORS[state.separator] ?? null);
    this.follow(plan, line);
    if (this.layoutHash() !== state.layout) return null;
    this.state = { ...state };
    if (state.tentative === 0) return this.from(state.offset);
    const on = behindLastLine(this.source, state.offset);
    if (on === null) return null;
    if (on === state.offset) return this.result(on, "complete");
    this.state.tentative = 0;
    return this.from(on);
  }

  /** Reads on from `offset`, the start of a line. */
  from(offset: number): LogRead<CsvState> {
    const s = this.state;
    const lines = eachWindow(this.source, offset, (bytes, end, at) => {
      for (let start = 0; start < end; ) {
        s.line++;
        const next = this.plainRow(bytes, start, end);
        if (next > 0) {
          start = next;
          continue;
        }
        const stop = bytes.indexOf(10, start);
        this.take(decode(bytes.subarray(start, stop > start && bytes[stop - 1] === 13 ? stop - 1 : stop)), at + start);
        start = stop + 1;
      }
    });
    if (lines.tooLong) return this.result(lines.offset, "corrupt", `${this.name}: line ${s.line + 1} is longer than ${LONGEST_LINE} bytes; what comes before was kept`);
    if (lines.rest === null || lines.rest.trim() === "") return this.result(lines.offset, "complete");
    if (!this.isWholeRow(lines.rest)) return this.result(lines.offset, "torn");
    s.line++;
    this.take(lines.rest.replace(/\r$/, ""), lines.offset);
    s.tentative = 1;
    return this.result(lines.offset + lines.bytes, "complete");
  }

  private result(offset: number, end: LogRead<CsvState>["end"], trouble: string | null = null): LogRead<CsvState> {
    const { leftOut, firstLeftOut, line } = this.state;
    let problem = trouble;
    if (problem === null && this.plan === null && this.source.size > 0 && end === "complete") problem = `${this.name}: no header line among ${line} lines`;
    if (problem === null && leftOut > 0) problem = `${this.name}: ${leftOut} ${leftOut === 1 ? "line" : "lines"} left out that ${leftOut === 1 ? "is" : "are"} no row of the log, the first at line ${firstLeftOut}`;
    return { state: { ...this.state, ...fingerprint(this.source, offset) }, end, problem, unit: this.plan?.unit ?? "epoch" };
  }

  /** The layout that the header at `header` and the rows after it give. */
  private planAt(header: number, separator: Separator | null): { plan: CsvPlan | null; line: string } {
    let lines: string[] = [];
    for (const size of PLAN_BYTES) {
      const bytes = this.source.read(header, size);
      lines = decode(bytes.subarray(0, bytes.lastIndexOf(10) + 1)).split(/\r?\n/);
      lines.pop();
      if (bytes.length < size || lines.length > PLAN_ROWS) break;
    }
    const line = lines[0] ?? "";
    // The rows that decide go up to where a header comes again.
    const rows: string[] = [];
    for (let i = 1; i < Math.min(lines.length, PLAN_ROWS) && rows.length < SAMPLE_ROWS; i++) {
      const row = lines[i]!;
      if (SEPARATORS.some((one) => row.includes(one) && isHeaderOfTraining(splitCells(row, one)))) break;
      if (row.trim() !== "") rows.push(row);
    }
    const plan = planOf(line, rows, separator, this.bySteps);
    return { plan: plan === null ? null : { ...plan, tags: tagsInName(plan.tags, this.source.name) }, line };
  }

  private follow(plan: CsvPlan | null, line: string): void {
    this.plan = plan;
    this.headerLine = line;
    const plain = plan !== null && plan.splitColumn < 0 && (plan.separator === "," || plan.separator === ";" || plan.separator === "\t");
    this.columns = plain ? plan.tags.map((tag) => (tag === null ? null : this.columnOf(tag))) : [];
    this.scanner = plain ? new RowScanner(plan.separator.charCodeAt(0), plan.width) : null;
  }

  private columnOf(tag: string): (step: number, value: number, line: number, wallTime: number) => void {
    const { sink } = this;
    if (sink.column !== undefined) return sink.column(tag);
    return (step, value, line, wallTime) => {
      sink.point(tag, step, value, line, wallTime);
    };
  }

  /** Takes the header line at `start`; false when it is none. */
  private takeHeader(start: number, separator: Separator | null): boolean {
    const { plan, line } = this.planAt(start, separator);
    if (plan === null) return false;
    this.follow(plan, line);
    this.state.header = start;
    this.state.headers++;
    this.state.layout = this.layoutHash();
    this.state.row = 0;
    this.state.separator = separator === null ? -1 : SEPARATORS.indexOf(separator);
    return true;
  }

  private layoutHash(): number {
    if (this.plan === null) return 0;
    return hashBytes(new TextEncoder().encode(JSON.stringify({ ...this.plan, nanWhenEmpty: [...this.plan.nanWhenEmpty] })));
  }

  private take(line: string, start: number): void {
    const { plan } = this;
    if (plan === null) {
      if (this.state.line <= LAST_HEADER_LINE && !isPreamble(line)) this.takeHeader(start, null);
      return;
    }
    if (line === "" || line.trim() === "") return;
    const cells = splitCells(line, plan.separator);
    if (this.row(plan, cells)) return;
    if (line.trimStart().startsWith("#") && headerText(line) !== headerText(this.headerLine)) return;
    this.other(plan, cells, line, start);
  }

  /** Gives the points of a row of plain numbers in `bytes`; returns where the next row starts, 0 when it is to be read as text. */
  private plainRow(bytes: Uint8Array, start: number, end: number): number {
    const { plan, scanner, state: s, sink } = this;
    if (plan === null || scanner === null || !scanner.scan(bytes, start, end)) return 0;
    const { values, empty, count, blanks } = scanner;
    if (blanks === count || (blanks > 0 && plan.nanWhenEmpty.size > 0)) return 0;
    let step = s.row;
    if (plan.stepColumn >= 0) {
      if (plan.stepColumn >= count) return 0;
      step = values[plan.stepColumn]!;
      if (!Number.isFinite(step)) return 0;
    }
    if (plan.epochColumn >= 0) step = this.global(step, plan.epochColumn < count && empty[plan.epochColumn] === 0 ? values[plan.epochColumn] : undefined);
    const again = this.goTo(plan, step);
    const wallTime = plan.wallColumn >= 0 && plan.wallColumn < count ? values[plan.wallColumn]! : NaN;
    const { columns } = this;
    const { line } = s;
    for (let i = 0; i < count; i++) {
      const give = columns[i];
      if (give === null || give === undefined || empty[i] === 1) continue;
      if (again) sink.restart(plan.tags[i]!, step);
      give(step, values[i]!, line, wallTime);
    }
    s.row++;
    return scanner.next;
  }

  /** Gives a row's points; false when it is no row. */
  private row(plan: CsvPlan, cells: readonly string[]): boolean {
    const s = this.state;
    const comma = plan.separator === ";";
    let step: number | undefined = s.row;
    if (plan.stepColumn >= 0) step = placeOf(cells[plan.stepColumn] ?? "", comma);
    else if (!cells.some((cell, i) => i < plan.width && plan.tags[i] !== null && (cellNumber(cell, comma) !== undefined || isMissing(cell) || cellList(cell) !== null))) return false;
    if (step === undefined || !Number.isFinite(step)) return false;
    if (plan.epochColumn >= 0) step = this.global(step, cellNumber(cells[plan.epochColumn] ?? "", comma));
    const again = this.goTo(plan, step);
    const prefix = plan.splitColumn >= 0 && (cells[plan.splitColumn] ?? "") !== "" ? `${cells[plan.splitColumn]!}/` : "";
    const wallTime = plan.wallColumn >= 0 ? (cellNumber(cells[plan.wallColumn] ?? "") ?? NaN) : NaN;
    const n = Math.min(cells.length, plan.width);
    for (let i = 0; i < n; i++) {
      const name = plan.tags[i];
      if (name === null || name === undefined) continue;
      const tag = prefix + name;
      const cell = cells[i]!;
      const value = cellNumber(cell, comma);
      if (again) this.sink.restart(tag, step);
      if (value !== undefined) this.sink.point(tag, step, value, s.line, wallTime);
      else if (cell === "") {
        if (isNan(plan, cells, i)) this.sink.point(tag, step, NaN, s.line, wallTime);
      } else {
        const list = cellList(cell);
        if (list !== null) for (const [k, element] of list.entries()) if (element !== undefined) this.sink.point(`${tag}[${k}]`, step, element, s.line, wallTime);
      }
    }
    s.row++;
    return true;
  }

  /** The step over all epochs: one that falls to half or less while the epoch goes on counts within its epoch. */
  private global(step: number, epoch: number | undefined): number {
    const s = this.state;
    if (epoch === undefined || Number.isNaN(epoch)) return step + s.base;
    if (s.lastStep !== null && s.lastEpoch !== null && epoch > s.lastEpoch && 2 * step <= s.lastStep - s.base) s.base = s.lastStep + 1 - Math.min(step, 1);
    s.lastEpoch = epoch;
    return step + s.base;
  }

  /**
   * Tells of a restart where the epochs go back. Rows that count steps may come late: each tag looks after itself. Returns
   * whether the row is one more of the same epoch: what it has gives up what the row before it had.
   */
  private goTo(plan: CsvPlan, step: number): boolean {
    const s = this.state;
    const back = s.lastStep !== null && plan.unit === "epoch" && step <= s.lastStep;
    const again = back && step === s.lastStep && s.repeated === 0;
    if (back && !again) this.sink.restart(null, step);
    s.lastStep = step;
    s.repeated = 0;
    return again;
  }

  /** A line that is no row: a header again, another header, or nothing of this log. */
  private other(plan: CsvPlan, cells: readonly string[], line: string, start: number): void {
    const s = this.state;
    if (headerText(line).trim() === headerText(this.headerLine).trim()) {
      s.repeated = 1;
      if (plan.stepColumn < 0) {
        this.sink.restart(null, 0);
        s.row = 0;
        s.lastStep = null;
      }
    } else if (s.headers < MOST_HEADERS && isHeaderOfTraining(cells) && this.takeHeader(start, plan.separator)) {
      // Another script went on in the same file.
      s.repeated = 1;
      if (this.plan?.stepColumn === -1) {
        this.sink.restart(null, 0);
        s.lastStep = null;
      }
    } else if (s.leftOut++ === 0) s.firstLeftOut = s.line;
  }

  /** Whether an unfinished last line has all its cells. */
  private isWholeRow(line: string): boolean {
    const { plan } = this;
    if (plan === null || line.trim() === "") return false;
    const cells = splitCells(line.replace(/\r$/, ""), plan.separator);
    return cells.length >= plan.width && (line.split('"').length & 1) === 1 && placeOf(cells[Math.max(0, plan.stepColumn)] ?? "") !== undefined;
  }
}

function isHeaderOfTraining(cells: readonly string[]): boolean {
  return cells.length > 1 && isHeader(cells) && cells.some(isTrainingName);
}

function isMissing(cell: string): boolean {
  return cell === "" || /^(na|n\/a|none|null|-+)$/i.test(cell);
}

/** Whether the empty cell `i` stands for a NaN. */
function isNan(plan: CsvPlan, cells: readonly string[], i: number): boolean {
  const other = plan.nanWhenEmpty.get(i);
  if (other === undefined) return false;
  const cell = cells[other] ?? "";
  return cell === "" || Number.isNaN(cellNumber(cell) ?? 0);
}

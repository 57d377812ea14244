/** Counts per case of a whole set, and whether all cases hold the same prediction. */
import type { EpochMeasure } from "../run";
import { labelOf, predictionOf, SlabPair, type Cells } from "./counts";
import type { Codes } from "./codes";
import { MeasureError } from "./measureError";
import { SameAsFirst } from "./sameAsFirst";

/** A case's voxels per pair of values. */
export interface CountedCase {
  readonly name: string;
  /** key, count, key, count, … */
  readonly cells: readonly number[];
}

/** Pairs of values that are kept over all cases, 16 bytes each: grey levels against grey levels are no classes. */
const MAX_CELLS = 1 << 23;

interface Open {
  readonly name: string;
  /** Cases in it and voxels in each. */
  readonly count: number;
  readonly voxels: number;
  readonly done: CountedCase[];
  cells: Cells;
  left: number;
}

export class CaseCounts {
  readonly cases: CountedCase[] = [];
  private readonly samePrediction = new SameAsFirst();
  private readonly sameLabels = new SameAsFirst();
  private open: Open | null = null;
  private files = 0;
  private kept = 0;
  private guessedStack = false;
  private comparable = true;
  private firstName = "";

  /** `files`: how many will come, where it is known. */
  constructor(private readonly expected: number | undefined) {}

  /** What values of predictions are compared as when asking whether all are the same. */
  foldPredictions(fold: (value: number) => number): void {
    if (this.files === 0) this.samePrediction.foldBy(fold);
  }

  /** Begins a file whose voxels have the shape `core`; `stacked` as the layout tells, null where it cannot. */
  begin(name: string, core: readonly number[], stacked: boolean | null): void {
    const guess = stacked === null && this.expected === undefined && this.files === 0;
    if (this.files === 1 && this.guessedStack) this.joinFirst();
    this.guessedStack = guess;
    const many = stacked ?? (guess || this.expected === 1);
    const total = core.reduce((a, b) => a * b, 1);
    const count = many ? core[0]! : 1;
    this.open = { name, count, voxels: total / count, done: [], cells: new Map(), left: total / count };
    this.beginCase();
  }

  /** The next `n` voxels of the file, in order. */
  add(labels: Codes, predictions: Codes | null, n: number): void {
    const open = this.open!;
    const slab = new SlabPair(labels, predictions, n);
    for (let at = 0; at < n; ) {
      const step = Math.min(n - at, open.left);
      const whole = step === open.voxels;
      const cells = whole ? slab.cells(at, at + step) : null;
      if (!whole) slab.addTo(open.cells, at, at + step);
      if (predictions !== null) {
        this.samePrediction.push(predictions, at, at + step);
        this.sameLabels.push(labels, at, at + step);
      }
      at += step;
      open.left -= step;
      if (open.left === 0 && open.done.length < open.count) this.endCase(open, cells ?? cellsOf(open.cells));
    }
  }

  /** Whether every voxel of the file has come. */
  get complete(): boolean {
    return this.open !== null && this.open.done.length === this.open.count;
  }

  /** The file counts. */
  commit(): void {
    const open = this.open!;
    for (const one of open.done) this.cases.push(one);
    if (this.files === 0) this.firstName = open.name;
    this.files++;
    this.open = null;
  }

  /** The file does not count: nothing of it is kept. */
  abort(): void {
    if (this.open === null) return;
    this.open = null;
    // Whether cases before it differed is still known; what it said itself is not taken back.
    if (this.files === 0) {
      this.samePrediction.reset();
      this.sameLabels.reset();
    }
  }

  /** All cases, two or more, hold the same prediction though their labels differ. */
  get constant(): boolean {
    return this.comparable && this.cases.length > 1 && this.samePrediction.same && !this.sameLabels.same;
  }

  /** All values that labels and predictions hold. */
  values(): { labels: Set<number>; predictions: Set<number> } {
    const labels = new Set<number>();
    const predictions = new Set<number>();
    for (const one of this.cases) {
      for (let i = 0; i < one.cells.length; i += 2) {
        labels.add(labelOf(one.cells[i]!));
        predictions.add(predictionOf(one.cells[i]!));
      }
    }
    return { labels, predictions };
  }

  private beginCase(): void {
    this.samePrediction.begin();
    this.sameLabels.begin();
  }

  private endCase(open: Open, cells: readonly number[]): void {
    this.samePrediction.end();
    this.sameLabels.end();
    const name = open.count === 1 ? open.name : this.expected === 1 || this.guessedStack ? String(open.done.length) : `${open.name}[${open.done.length}]`;
    this.kept += cells.length / 2;
    if (this.kept > MAX_CELLS) throw new MeasureError(`labels and predictions hold too many different pairs of values to be classes (${this.kept} in ${this.cases.length + open.done.length + 1} cases)`);
    open.done.push({ name, cells });
    if (open.cells.size > 0) open.cells = new Map();
    open.left = open.voxels;
    if (open.done.length < open.count) this.beginCase();
  }

  /** A second file shows that the first was one volume, not a stack of images. */
  private joinFirst(): void {
    if (this.cases.length < 2) return;
    const whole: Cells = new Map();
    for (const one of this.cases) for (let i = 0; i < one.cells.length; i += 2) whole.set(one.cells[i]!, (whole.get(one.cells[i]!) ?? 0) + one.cells[i + 1]!);
    const name = this.firstName;
    this.cases.length = 0;
    this.cases.push({ name, cells: cellsOf(whole) });
    this.comparable = false;
  }
}

function cellsOf(cells: Cells): number[] {
  const out: number[] = [];
  for (const [key, count] of cells) out.push(key, count);
  return out;
}

type EpochPlace = Pick<EpochMeasure, "epoch" | "split" | "predictions" | "labels">;

/** What counted cases say of an epoch, whatever classes their values stand for. */
export function countedEpoch({ epoch, split, predictions, labels }: EpochPlace, { cases, constant }: CaseCounts): EpochPlace & Pick<EpochMeasure, "cases" | "constant" | "caseNames"> {
  return { epoch, split, predictions, labels, cases: cases.length, constant, caseNames: cases.map((one) => one.name) };
}

/** Labels and predictions of one run, counted; what was counted before is taken from the cache. */
import { shownPath } from "../read/layout/parts";
import type { FileEntry, LabelPlan, PairPlan, RunPlan, VolumeHeader, VolumeRef } from "../read/layout/plan";
import { LibraryNeeded } from "../read/bytes/hdf5";
import type { RegionHint } from "../measure/regions";
import { measureEpoch, measureLabels, type OpenCase } from "../measure/segmentation";
import type { EpochMeasure, LabelSet, Problem } from "../run";
import { stampOf, type RunCache } from "./cache";
import { RunColours, type Seen } from "./colours";
import { isOfContent, lineOf } from "./errors";
import type { Shelf } from "./shelf";

/** Cases × classes up to which an epoch's values per case are kept (half a megabyte). */
const MAX_CASE_VALUES = 1 << 16;

interface Measured<T> {
  readonly value: T | null;
  readonly problems: readonly Problem[];
}

/** Problems of one set while it is measured; `lasting`: they come from what the files hold, and come again until these change. */
interface Notes {
  readonly problems: Problem[];
  lasting: boolean;
}

export class PairMeasurer {
  private colours: RunColours | null = null;

  constructor(
    private readonly shelf: Shelf,
    private readonly cache: RunCache,
    private readonly files: ReadonlyMap<string, FileEntry>,
    private readonly shouldStop: () => boolean,
    /** What the run's settings say of label values: which is left out, and which make up a region. */
    private readonly values: RegionHint = {},
  ) {}

  /**
   * Decides what colours stand for, where labels or predictions have some; asked before anything is measured. `table`: colour of
   * each class, where the run's settings name them. Gives a sentence where something was assumed.
   */
  async decideColours(plan: RunPlan, headers: readonly VolumeHeader[], table: readonly (number | null)[] | null): Promise<string | null> {
    const remembered = (refs: readonly VolumeRef[], look: () => Seen): Seen => {
      const key = this.key("colours", [], refs);
      const known = this.cache.peek(key) as Seen | undefined;
      const seen = known ?? look();
      if (known === undefined) this.cache.put(key, seen);
      return seen;
    };
    this.colours = await this.shelf.withLibrary(() => RunColours.of(plan, headers, table, (ref) => this.shelf.array(ref, true), remembered));
    return this.colours?.assumption ?? null;
  }

  /** Counts one epoch; `values`: the `labelValues` of another epoch with the same labels. Trouble with a case is a problem at its file; the other cases are counted. Throws Stopped. */
  async epoch(plan: PairPlan, epoch: number, classesHint: number | null, problems: Problem[], values?: readonly number[]): Promise<EpochMeasure | null> {
    const key = this.key("epoch", [plan.split, plan.predictions, plan.labels, classesHint, plan.cases.map((c) => c.name), this.colours?.key, this.values, values], plan.cases.flatMap((c) => [c.labels, c.predictions]));
    const fallback = sourceOf(plan.predictions, plan.cases[0]?.predictions.path);
    const value = await this.kept(key, fallback, problems, (notes) =>
      bounded(measureEpoch({ ...this.values, ...(values === undefined ? {} : { values }), epoch: 0, split: plan.split, predictions: plan.predictions, labels: plan.labels, classesHint, files: plan.cases.length }, this.openCases(plan, notes), this.shouldStop, (name, message) => {
        notes.problems.push({ path: plan.cases.find((c) => c.name === name)?.predictions.path ?? fallback, message });
      })),
    );
    return value === null ? null : { ...value, epoch };
  }

  /** Counts one set of labels; problems as for `epoch`. `values`: the `labelValues` of an epoch that was held against them. */
  async labels(plan: LabelPlan, classesHint: number | null, values: readonly number[] | undefined, problems: Problem[]): Promise<LabelSet | null> {
    const key = this.key("labels", [plan.split, plan.path, classesHint, values, plan.cases.map((c) => c.name), this.colours?.key, this.values], plan.cases.map((c) => c.ref));
    const fallback = sourceOf(plan.path, plan.cases[0]?.ref.path);
    return this.kept(key, fallback, problems, (notes) =>
      measureLabels({ ...this.values, path: plan.path, split: plan.split, classesHint, files: plan.cases.length, ...(values === undefined ? {} : { values }) }, this.openLabels(plan, notes), this.shouldStop, (name, message) => {
        notes.problems.push({ path: plan.cases.find((c) => c.name === name)?.ref.path ?? fallback, message });
      }),
    );
  }

  private async kept<T>(key: string, path: string, problems: Problem[], measure: (notes: Notes) => T): Promise<T | null> {
    // Keys name what is stored under them, and a file of another version is not read, so the type is that of `measure`.
    let measured = this.cache.peek(key) as Measured<T> | undefined;
    if (measured === undefined) {
      const { notes, value } = await this.shelf.withLibrary(() => this.attempt(path, measure));
      if (this.shouldStop()) throw new Stopped(); // half an answer must not be kept
      measured = { value, problems: notes.problems };
      // What could not be opened may be there the next time, though neither its size nor its time has changed then.
      if (notes.lasting) this.cache.put(key, measured);
    }
    problems.push(...measured.problems);
    return measured.value;
  }

  private attempt<T>(path: string, measure: (notes: Notes) => T): { notes: Notes; value: T | null } {
    const notes: Notes = { problems: [], lasting: true };
    try {
      return { notes, value: measure(notes) };
    } catch (error) {
      if (error instanceof LibraryNeeded) throw error;
      // When no case could be opened, each has said why.
      if (notes.problems.length === 0 || !isOfContent(error)) note(notes, path, error);
      return { notes, value: null };
    }
  }

  private *openCases(plan: PairPlan, notes: Notes): Iterable<OpenCase> {
    for (const c of plan.cases) {
      const labels = this.tryOpen(c.labels, "labels", notes);
      const predictions = labels === null ? null : this.tryOpen(c.predictions, "predictions", notes);
      if (labels !== null && predictions !== null) yield { name: c.name, labels, predictions, close: nothing };
    }
  }

  private *openLabels(plan: LabelPlan, notes: Notes): Iterable<{ name: string; labels: OpenCase["labels"]; close(): void }> {
    for (const c of plan.cases) {
      const labels = this.tryOpen(c.ref, "labels", notes);
      if (labels !== null) yield { name: c.name, labels, close: nothing };
    }
  }

  private tryOpen(ref: VolumeRef, what: "labels" | "predictions", notes: Notes): OpenCase["labels"] | null {
    if (this.shouldStop()) throw new Stopped();
    try {
      const entry = this.shelf.array(ref, what === "labels");
      return this.colours?.apply(entry, what) ?? entry;
    } catch (error) {
      if (error instanceof LibraryNeeded) throw error;
      note(notes, ref.path, error);
      return null;
    }
  }

  private key(what: string, parts: readonly unknown[], refs: readonly VolumeRef[]): string {
    const stamps = refs.map((ref) => {
      const file = this.files.get(ref.path);
      return `${file === undefined ? ref.path : stampOf(file)}#${ref.entry ?? ""}${ref.slice === undefined ? "" : `[${ref.slice.axis},${ref.slice.index}]`}`;
    });
    return `${what}\n${JSON.stringify(parts)}\n${stamps.join("\n")}`;
  }
}

/** The user no longer wants the answer. */
export class Stopped extends Error {
  constructor() {
    super("stopped");
    this.name = "Stopped";
  }
}

/** The file or folder of what a report calls it: `file#entry`, `file[3]` (one of several epochs in an array) or a folder; `file`: the first array's. */
export function sourceOf(path: string, file: string | undefined): string {
  const shown = file === undefined ? null : shownPath(file);
  if (shown !== null && (path === shown || path.startsWith(`${shown}#`) || path.startsWith(`${shown}[`))) return shown;
  return path.replace(/\[\d+\]$/, "");
}

/** Without values per case where they are too many: they would be held for every epoch. */
function bounded(epoch: EpochMeasure): EpochMeasure {
  return epoch.caseDice.length <= MAX_CASE_VALUES ? epoch : { ...epoch, caseDice: new Float64Array(0), caseNames: [] };
}

function note(notes: Notes, path: string, error: unknown): void {
  notes.problems.push({ path, message: lineOf(error) });
  notes.lasting &&= isOfContent(error);
}

function nothing(): void {
  // the shelf closes what it opened
}

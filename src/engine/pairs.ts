/** Labels and predictions of one run, counted; what was counted before is taken from the cache. */
import { FormatError } from "../read/bytes/source";
import type { FileEntry, LabelPlan, PairPlan, VolumeRef } from "../read/layout/plan";
import { measureEpoch, measureLabels, MeasureStopped, type OpenCase } from "../measure/segmentation";
import type { EpochMeasure, LabelSet, Problem } from "../run";
import { stampOf, type RunCache } from "./cache";
import type { Shelf } from "./shelf";
import { messageOf } from "./walk";

interface Measured<T> {
  readonly value: T | null;
  readonly problems: readonly Problem[];
}

export class PairMeasurer {
  constructor(
    private readonly shelf: Shelf,
    private readonly cache: RunCache,
    private readonly files: ReadonlyMap<string, FileEntry>,
  ) {}

  /** Counts one epoch. Trouble with a case is a problem at its file; the other cases are counted. */
  epoch(plan: PairPlan, epoch: number, classesHint: number | null, problems: Problem[], shouldStop: () => boolean): EpochMeasure | null {
    const key = this.key("epoch", [plan.split, plan.predictions, plan.labels, classesHint], plan.cases.flatMap((c) => [c.labels, c.predictions]));
    const measured = this.cache.get<Measured<EpochMeasure>>(key, () => {
      const own: Problem[] = [];
      const cases = this.openCases(plan, own);
      const fallback = basePath(plan.predictions);
      const value = this.attempt(fallback, own, () =>
        measureEpoch({ epoch: 0, split: plan.split, predictions: plan.predictions, labels: plan.labels, classesHint, files: plan.cases.length }, cases, shouldStop, (name, message) => {
          own.push({ path: plan.cases.find((c) => c.name === name)?.predictions.path ?? fallback, message });
        }),
      );
      if (shouldStop()) throw new Stopped(); // half an answer must not be kept
      return { value, problems: own };
    });
    problems.push(...measured.problems);
    return measured.value === null ? null : { ...measured.value, epoch };
  }

  labels(plan: LabelPlan, classesHint: number | null, problems: Problem[], shouldStop: () => boolean): LabelSet | null {
    const key = this.key("labels", [plan.split, plan.path, classesHint], plan.cases.map((c) => c.ref));
    const measured = this.cache.get<Measured<LabelSet>>(key, () => {
      const own: Problem[] = [];
      const value = this.attempt(basePath(plan.path), own, () =>
        measureLabels({ path: plan.path, split: plan.split, classesHint, files: plan.cases.length }, this.openLabels(plan, own), shouldStop, (name, message) => {
          own.push({ path: plan.cases.find((c) => c.name === name)?.ref.path ?? basePath(plan.path), message });
        }),
      );
      if (shouldStop()) throw new Stopped();
      return { value, problems: own };
    });
    problems.push(...measured.problems);
    return measured.value;
  }

  private *openCases(plan: PairPlan, problems: Problem[]): Iterable<OpenCase> {
    for (const c of plan.cases) {
      const labels = this.tryOpen(c.labels, true, problems);
      const predictions = labels === null ? null : this.tryOpen(c.predictions, false, problems);
      if (labels !== null && predictions !== null) yield { name: c.name, labels, predictions, close: nothing };
    }
  }

  private *openLabels(plan: LabelPlan, problems: Problem[]): Iterable<{ name: string; labels: OpenCase["labels"]; close(): void }> {
    for (const c of plan.cases) {
      const labels = this.tryOpen(c.ref, true, problems);
      if (labels !== null) yield { name: c.name, labels, close: nothing };
    }
  }

  private tryOpen(ref: VolumeRef, keep: boolean, problems: Problem[]): OpenCase["labels"] | null {
    try {
      return this.shelf.array(ref, keep);
    } catch (error) {
      problems.push({ path: ref.path, message: lineOf(error) });
      return null;
    }
  }

  private attempt<T>(path: string, problems: Problem[], work: () => T): T | null {
    try {
      return work();
    } catch (error) {
      if (error instanceof MeasureStopped) throw new Stopped();
      problems.push({ path, message: lineOf(error) });
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

function nothing(): void {
  // the shelf closes what it opened
}

/** The file or folder of `file#entry`, and of `file[3]`, one of several epochs in an array. */
export function basePath(path: string): string {
  const cut = path.indexOf("#");
  return cut < 0 ? path.replace(/\[\d+\]$/, "") : path.slice(0, cut);
}

export function lineOf(error: unknown): string {
  if (error instanceof FormatError) return error.message;
  return error instanceof Error && error.name === "MeasureError" ? error.message : `file: ${messageOf(error)}`;
}

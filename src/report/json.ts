/** The machine-readable report, schema run-doctor/report/1. The same inspections give the same bytes. */
import { dice, iou, labelVoxels, predictedVoxels, presence, type EpochMeasure, type Finding, type Inspection, type LabelSet, type Series } from "../run";

/** A value that is undefined or not finite is null in JSON, never 0. */
function finite(value: number | null | undefined): number | null {
  return value === null || value === undefined || !Number.isFinite(value) ? null : value;
}

function seriesOf(series: Series): object {
  let min = Infinity;
  let max = -Infinity;
  let nonFinite = 0;
  for (let i = 0; i < series.values.length; i++) {
    const value = series.values[i]!;
    if (!Number.isFinite(value)) {
      nonFinite++;
      continue;
    }
    if (value < min) min = value;
    if (value > max) max = value;
  }
  const points = series.steps.length;
  return {
    tag: series.tag,
    source: series.source,
    split: series.split,
    quantity: series.quantity,
    class: series.class,
    ...(series.className === undefined ? {} : { className: series.className }),
    unit: series.unit,
    points,
    firstStep: points > 0 ? finite(series.steps[0]) : null,
    lastStep: points > 0 ? finite(series.steps[points - 1]) : null,
    lastValue: points > 0 ? finite(series.values[points - 1]) : null,
    min: finite(min),
    max: finite(max),
    nonFinite,
    restarts: series.restarts,
    ...(series.repeats === undefined ? {} : { repeats: series.repeats }),
  };
}

function findingOf(finding: Finding): object {
  const evidence = Object.fromEntries(
    Object.entries(finding.evidence).map(([key, value]) => [key, typeof value === "number" ? finite(value) : Array.isArray(value) ? value.map((v: unknown) => (typeof v === "number" ? finite(v) : v)) : value]),
  );
  return {
    symptom: finding.symptom,
    severity: finding.severity,
    subject: finding.subject,
    since: finding.since,
    evidence,
    message: finding.message,
    causes: finding.causes,
    advice: finding.advice,
    at: finding.at,
    explains: finding.explains.map(findingOf),
  };
}

/** An entry a class; a region each where these were measured: what lies outside of all is none of them. */
function ofClasses<T>(values: readonly T[], epoch: EpochMeasure): readonly T[] {
  return epoch.regions === true ? values.slice(1) : values;
}

/** Which cases and batches lack which class. */
function labelsOf(labels: LabelSet | null, run: Inspection): object | null {
  return labels === null ? null : { path: labels.path, split: labels.split, ...(labels.regions === true ? { regions: true } : {}), ...presence(labels, run.config?.batchSize?.value ?? null) };
}

/** One run as the report shows it; `path` is the run's folder relative to the one that was asked for. */
function runReport(run: Inspection, path: string): object {
  const regions = [...run.epochs, ...run.trainEpochs, run.labels, run.trainLabels].some((set) => set?.regions === true);
  return {
    path,
    state: run.state,
    sources: run.sources,
    classes: regions ? run.classes.slice(1) : run.classes,
    config: run.config ?? null,
    series: run.series.map(seriesOf),
    epochs: [...run.trainEpochs.filter((e) => e.split === "train" && run.epochs.length === 0), ...run.epochs].map((epoch) => ({
      epoch: epoch.epoch,
      predictions: epoch.predictions,
      labels: epoch.labels,
      cases: epoch.cases,
      ...(epoch.regions === true ? { regions: true } : {}),
      dice: ofClasses(dice(epoch), epoch),
      iou: ofClasses(iou(epoch), epoch),
      labelVoxels: ofClasses(labelVoxels(epoch), epoch),
      predictedVoxels: ofClasses(predictedVoxels(epoch), epoch),
      layout: epoch.layout,
      constant: epoch.constant,
      nonFinite: epoch.nonFinite,
      ignored: epoch.ignored,
    })),
    checkpoints: run.checkpoints.map((checkpoint) => ({
      path: checkpoint.path,
      format: checkpoint.format,
      epoch: checkpoint.epoch,
      step: checkpoint.step,
      loss: checkpoint.loss,
      tensors: checkpoint.tensors.map((tensor) => ({ ...tensor })),
    })),
    loss: run.loss,
    classWeights: run.classWeights,
    labels: labelsOf(run.labels, run),
    trainLabels: labelsOf(run.trainLabels, run),
    findings: run.findings.map(findingOf),
    cannotJudge: run.cannotJudge,
    assumptions: run.assumptions,
    problems: run.problems,
  };
}

/** The whole document. */
export function jsonReport(runs: readonly { readonly path: string; readonly run: Inspection }[]): string {
  return `${JSON.stringify({ schema: "run-doctor/report/1", runs: runs.map(({ path, run }) => runReport(run, path)) }, null, 2)}\n`;
}

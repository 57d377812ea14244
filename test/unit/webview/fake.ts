/** Small made-up runs for tests of the page. */
import { blankInspection } from "../blank";
import type { CheckpointMeasure, EpochMeasure, Finding, Inspection, Series, TensorStats } from "../../../src/run";

export function inspection(change: Partial<Inspection> = {}): Inspection {
  return { ...blankInspection(change.epochs?.[0]?.classes ?? 2), folder: "/runs/digits", name: "digits", modified: Date.UTC(2026, 0, 2), ...change };
}

export function series(tag: string, steps: readonly number[], values: readonly number[], change: Partial<Series> = {}): Series {
  return {
    tag,
    source: "training.csv",
    split: tag.startsWith("val") ? "val" : "train",
    quantity: tag.includes("loss") ? "loss" : tag.includes("dice") ? "dice" : "other",
    class: null,
    unit: "epoch",
    steps: Float64Array.from(steps),
    values: Float64Array.from(values),
    lines: null,
    wallTimes: null,
    restarts: 0,
    ...change,
  };
}

/** Confusion by rows: label, then prediction. */
export function epochMeasure(epoch: number, confusion: readonly (readonly number[])[]): EpochMeasure {
  return {
    epoch,
    split: "val",
    predictions: `predictions/epoch_${epoch}.npz`,
    labels: "labels/val.npz",
    cases: 4,
    classes: confusion.length,
    confusion: Float64Array.from(confusion.flat()),
    constant: false,
    caseDice: new Float64Array(0),
    caseNames: [],
    layout: "index map",
    nonFinite: 0,
    ignored: 0,
  };
}

export function kernel(name: string, meanAbs: number | null, change: Partial<TensorStats> = {}): TensorStats {
  return {
    name,
    layer: name,
    role: "kernel",
    dtype: "float32",
    shape: [3, 3, 1, 1],
    count: 9,
    zeros: 0,
    subnormal: 0,
    nan: 0,
    inf: 0,
    min: null,
    max: null,
    mean: null,
    std: null,
    meanAbs,
    l2: null,
    maxAbsChange: null,
    identical: null,
    tiny: 0,
    ...change,
  };
}

export function checkpoint(epoch: number | null, tensors: readonly TensorStats[], step: number | null = null): CheckpointMeasure {
  return { path: `checkpoints/${epoch ?? step ?? "final"}.keras`, format: "keras-v3", epoch, step, tensors, loss: null };
}

export function finding(change: Partial<Finding> = {}): Finding {
  return {
    symptom: "only-background",
    severity: "error",
    subject: { class: 0 },
    since: { epoch: 3 },
    evidence: {},
    message: "Only background is predicted.",
    causes: [],
    advice: [],
    at: [],
    explains: [],
    ...change,
  };
}

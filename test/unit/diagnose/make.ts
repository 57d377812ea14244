/** Synthetic measures for the rules. */
import type { CheckpointMeasure, ClassWeights, EpochMeasure, LabelSet, LossModel, Quantity, RunMeasures, Series, Split, TensorRole, TensorStats } from "../../../src/run";

export const EMPTY: RunMeasures = {
  classes: [], background: 0, lastEpoch: null, series: [], epochs: [], trainEpochs: [], labels: null, trainLabels: null, checkpoints: [],
  outputChannels: null, loss: null, classWeights: null,
};

export function run(parts: Partial<RunMeasures>): RunMeasures {
  const steps = (parts.series ?? []).filter((s) => s.unit === "epoch").flatMap((s) => [...s.steps]);
  const classes = parts.epochs?.[0]?.classes ?? 0;
  return {
    ...EMPTY,
    lastEpoch: steps.length > 0 ? Math.max(...steps) : null,
    classes: Array.from({ length: classes }, (_, index) => ({ index, name: null, background: index === 0 })),
    ...parts,
  };
}

export function series(tag: string, split: Split | null, quantity: Quantity, values: readonly number[], more: Partial<Series> = {}): Series {
  return {
    tag, split, quantity, class: null, source: "training.csv", unit: "epoch", restarts: 0, wallTimes: null,
    steps: Float64Array.from(values, (_, i) => i), values: Float64Array.from(values), lines: Uint32Array.from(values, (_, i) => i + 2), ...more,
  };
}

export const loss = (values: readonly number[], more: Partial<Series> = {}): Series => series("loss", "train", "loss", values, more);
export const valLoss = (values: readonly number[], more: Partial<Series> = {}): Series => series("val_loss", "val", "loss", values, more);

/** Rows of labels, columns of predictions. */
export function epoch(at: number, rows: readonly (readonly number[])[], more: Partial<EpochMeasure> = {}): EpochMeasure {
  return {
    epoch: at, split: "val", predictions: `predictions/epoch_${String(at + 1).padStart(3, "0")}.npz`, labels: "labels/val.npz", cases: 4, classes: rows.length,
    confusion: Float64Array.from(rows.flat()), constant: false, caseDice: new Float64Array(4 * rows.length), caseNames: ["0", "1", "2", "3"], layout: "index map",
    nonFinite: 0, ignored: 0, ...more,
  };
}

/** Three classes, 900 / 60 / 40 voxels; `found` of each foreground class is found, the rest goes to background. */
export function scores(at: number, one: number, two: number, more: Partial<EpochMeasure> = {}): EpochMeasure {
  const [a, b] = [Math.round(60 * one), Math.round(40 * two)];
  return epoch(at, [[900, 0, 0], [60 - a, a, 0], [40 - b, 0, b]], more);
}

export function labels(volumes: readonly (readonly number[])[], more: Partial<LabelSet> = {}): LabelSet {
  return { path: "labels/val.npz", split: "val", cases: volumes.length, caseNames: volumes.map((_, i) => String(i)), classes: volumes[0]!.length, volumes: Float64Array.from(volumes.flat()), layout: "index map", ...more };
}

export function tensor(name: string, role: TensorRole, more: Partial<TensorStats> = {}): TensorStats {
  return {
    name, layer: name.split("/")[0]!, role, dtype: "float32", shape: [3, 3, 8, 16], count: 1152, zeros: 0, subnormal: 0, nan: 0, inf: 0,
    min: -0.3, max: 0.3, mean: 0, std: 0.1, meanAbs: 0.08, l2: 3.4, maxAbsChange: 0.01, identical: false, tiny: 0, ...more,
  };
}

const FIRST = { maxAbsChange: null, identical: null } as const;

/** A network of two kernels, a bias, a scale and a running mean; `change` alters a tensor by name. */
export function checkpoint(at: number, first: boolean, change: (name: string) => Partial<TensorStats> = () => ({})): CheckpointMeasure {
  const make = (name: string, role: TensorRole, more: Partial<TensorStats> = {}): TensorStats => tensor(name, role, { ...more, ...(first ? FIRST : {}), ...change(name) });
  return {
    path: `checkpoints/epoch_${at}.keras`, format: "keras-v3", epoch: at, step: null, loss: null,
    tensors: [make("enc/kernel", "kernel"), make("enc/bias", "bias", { shape: [16], count: 16 }), make("bn/gamma", "norm", { shape: [16], count: 16 }), make("bn/moving_mean", "running", { shape: [16], count: 16 }), make("out/kernel", "kernel")],
  };
}

export const checkpoints = (change: (name: string, i: number) => Partial<TensorStats> = () => ({}), n = 4): CheckpointMeasure[] =>
  Array.from({ length: n }, (_, i) => checkpoint(2 * i, i === 0, (name) => change(name, i)));

export const GDL: LossModel = {
  name: "gdl", foundBy: "named in the compile config of checkpoints/epoch_2.keras", path: "train_loss.py", line: 5, endLine: 11,
  weights: { power: 2, over: "image", epsilon: 1e-5, absent: 1e5, constantInGraphMode: null, line: 8 },
};

export const WEIGHTS: ClassWeights = {
  formula: "1/(V^2 + 1e-5)", power: 2, epsilon: 1e-5, over: "validation labels", volumes: [269177, 5543, 2881], weights: [1.38e-11, 3.25e-8, 1.2e-7],
  inUse: true, absentShare: 0.9999, absentPerImage: 1.4, presentPerImage: 1.6, batch: null, constantInGraphMode: null,
};

/** Exponential fall from `from` to `to`. */
export const fall = (n: number, from: number, to: number, rate = 0.35): number[] => Array.from({ length: n }, (_, i) => to + (from - to) * Math.exp(-rate * i));

/** A fixed sequence between -1 and 1 that looks random. */
export const wiggle = (i: number): number => Math.sin(i * 12.9898) * Math.cos(i * 78.233);

export const times = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i));

/** Headers and values for plans, without files: `v("labels/val.npz#label", "u1 40,28,28", "classes")`. */
import { planRun } from "../../../../src/read/layout/planRun";
import type { PlanInput, RunPlan, VolumeHeader } from "../../../../src/read/layout/plan";
import type { RunOptions } from "../../../../src/run";

/** "onehot": of any length, a 1 for the first class along the last axis or the axis that is sliced, else 0. */
export type Values = "classes" | "shares" | "continuous" | "onehot" | readonly number[];

export interface Array_ {
  readonly header: VolumeHeader;
  readonly values: Values | null;
}

const DTYPES: Record<string, string> = { u1: "uint8", i4: "int32", f4: "float32", f2: "float16", b1: "bool", i8: "int64", O: "object" };

/** `type`: dtype and shape, e.g. "u1 40,28,28". */
export function v(name: string, type: string, values: Values | null = null): Array_ {
  const [path, entry] = name.split("#");
  const [dtype, shape] = type.split(" ");
  const nifti = /\.nii(\.gz)?$/.test(path!);
  return {
    header: {
      path: path!,
      entry: entry ?? null,
      format: nifti ? "nifti" : path!.endsWith(".npz") ? "npz" : path!.endsWith(".npy") ? "npy" : "hdf5",
      dtype: DTYPES[dtype!]!,
      shape: shape === undefined || shape === "" ? [] : shape.split(",").map(Number),
      order: nifti ? "F" : "C",
    },
    values,
  };
}

const SAMPLES = { classes: [0, 0, 1, 2, 3, 0], shares: [0.25, 0.5, 0.25, 0.1], continuous: [-1.5, 0.3, 12.25, 7.5] };

export function plan(arrays: readonly Array_[], options: RunOptions = {}): RunPlan {
  const values = new Map(arrays.map((a) => [`${a.header.path}#${a.header.entry ?? ""}`, a.values]));
  const input: PlanInput = {
    volumes: arrays.map((a) => a.header),
    peek: (ref, count) => {
      const known = values.get(`${ref.path}#${ref.entry ?? ""}`) ?? null;
      if (known === "onehot") return Uint8Array.from({ length: Math.min(count, 12) }, (_, i) => ((ref.slice?.index ?? i % 3) === 0 ? 1 : 0));
      return known === null ? null : Float64Array.from(typeof known === "string" ? SAMPLES[known] : known).slice(0, count);
    },
    options,
  };
  return planRun(input);
}

/** One line a pair: "split number predictions < labels (cases)". */
export function lines(made: RunPlan): string[] {
  return made.pairs.map((p) => `${p.split} ${p.number ?? "-"} ${p.predictions} < ${p.labels} (${p.cases.length})`);
}

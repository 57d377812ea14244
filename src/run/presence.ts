/** Which classes the cases of a set of labels hold. */
import type { LabelSet } from "./segmentation";

/** Counts over one set of labels. Arrays have one entry a class; of regions, one a region: what lies outside of all is none. */
export interface Presence {
  readonly cases: number;
  /** Labelled voxels over all cases. */
  readonly voxels: readonly number[];
  /** Cases that hold no voxel of the class. */
  readonly casesWithout: readonly number[];
  /** The same for batches of `size` consecutive cases, the last one what is left over; null where the batch size is not known. */
  readonly batches: { readonly size: number; readonly count: number; readonly without: readonly number[] } | null;
}

/** `batchSize`: as the run was set up; fewer cases are one batch. */
export function presence(labels: LabelSet, batchSize: number | null): Presence {
  const size = batchSize === null ? null : Math.max(1, Math.min(Math.trunc(batchSize), labels.cases));
  const ones = withoutClass(labels, 1);
  return {
    cases: labels.cases,
    voxels: ones.voxels,
    casesWithout: ones.without,
    batches: size === null || !Number.isFinite(size) ? null : { size, ...counted(withoutClass(labels, size)) },
  };
}

const counted = ({ count, without }: Groups): { readonly count: number; readonly without: readonly number[] } => ({ count, without });

interface Groups {
  readonly count: number;
  readonly voxels: number[];
  readonly without: number[];
}

/** Groups of `size` consecutive cases that hold nothing of a class. */
function withoutClass(labels: LabelSet, size: number): Groups {
  const first = labels.regions === true ? 1 : 0;
  const n = Math.max(0, labels.classes - first);
  const voxels = new Array<number>(n).fill(0);
  const without = new Array<number>(n).fill(0);
  let count = 0;
  for (let from = 0; from < labels.cases; from += size) {
    const to = Math.min(from + size, labels.cases);
    count++;
    for (let c = 0; c < n; c++) {
      let sum = 0;
      for (let i = from; i < to; i++) sum += labels.volumes[i * labels.classes + first + c] ?? 0;
      voxels[c]! += sum;
      if (sum === 0) without[c]!++;
    }
  }
  return { count, voxels, without };
}

import type { CheckpointMeasure } from "../../run";
import { finding } from "../finding";
import { ruleCauses } from "../lossCauses";
import type { Rule } from "../view";
import { amount, number } from "../words";
import { useful } from "./flat-training";
import { isTrainable } from "./layer-frozen";

/** Between checkpoints of different epochs no trainable tensor changes by more than 1e-5 of its scale. */
export const nothingChanges: Rule = (view, limits) => {
  const { checkpoints } = view;
  if (checkpoints.length < 2) return [];
  const limit = limits("nothingChanges.change");
  const changes = checkpoints.map((c, i) => (i === 0 ? null : largest(c)));
  let links = 0;
  for (let i = checkpoints.length - 1; i > 0; i--) {
    const change = changes[i];
    if (change === null || change === undefined || change > limit) break;
    links++;
  }
  if (links === 0) return [];
  const always = links === checkpoints.length - 1;
  // Weights that came to rest at the end of a training that found something have converged.
  const good = useful(view, limits("flatValidation.usefulDice"));
  if (good || (!always && (links < 2 || view.last === null))) return [];
  const first = checkpoints[checkpoints.length - links]!;
  const start = checkpoints[checkpoints.length - 1 - links]!;
  const last = checkpoints.at(-1)!;
  const since = first.epoch !== null ? { epoch: first.epoch } : first.step !== null ? { step: first.step } : null;
  const most = Math.max(...changes.slice(-links).map((c) => c ?? 0));
  return [
    finding("nothing-changes", {
      severity: "error",
      since,
      evidence: { largestChange: most, checkpoints: links + 1, from: start.path, to: last.path },
      message: `The weights do not change: from ${start.path} to ${last.path} (${amount(links + 1, "checkpoint")}) ${most === 0 ? "every trainable tensor is the same, bit for bit" : `no trainable tensor moved by more than ${number(most, 2)} of its largest value`}.`,
      causes: [...ruleCauses(view), "The learning rate is 0 or nearly so, or all layers are frozen.", "The loss gives no gradient (constant loss, an operation without gradient, dead activations).", "The optimizer holds other parameters than the network that is saved."],
      advice: ["Print the gradient norm and the learning rate of one step.", "Check that optimizer.step() is called and holds the parameters of this network."],
    }),
  ];
};

/** Largest change of a trainable tensor to the checkpoint before, over its largest magnitude; null when none can be compared. */
function largest(c: CheckpointMeasure): number | null {
  let out: number | null = null;
  for (const t of c.tensors) {
    if (!isTrainable(t) || t.identical === null) continue;
    const scale = Math.max(Math.abs(t.min ?? 0), Math.abs(t.max ?? 0));
    const change = t.maxAbsChange === null ? Infinity : t.maxAbsChange === 0 ? 0 : scale === 0 ? Infinity : t.maxAbsChange / scale;
    out = Math.max(out ?? 0, change);
  }
  return out;
}

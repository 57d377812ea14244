import type { TensorStats } from "../../run";
import { initialScale } from "../dynamics";
import { finding, layerSubject } from "../finding";
import type { Rule } from "../view";
import { amount, list, number } from "../words";

/** A kernel's magnitudes have grown at least tenfold since the first checkpoint and lie far above an initial scale. */
export const weightsExploding: Rule = (view, limits) => {
  const { checkpoints } = view;
  const [first, last] = [checkpoints[0], checkpoints.at(-1)];
  if (first === undefined || last === undefined || checkpoints.length < 2) return [];
  const grown = (now: TensorStats, was: TensorStats): boolean => {
    const scale = initialScale(now);
    if (now.meanAbs === null || was.meanAbs === null || was.meanAbs < 0.05 * scale) return false;
    return now.meanAbs >= limits("weightsExploding.growth") * was.meanAbs && now.meanAbs >= limits("weightsExploding.scale") * scale;
  };
  const before = new Map(first.tensors.map((t) => [t.name, t]));
  const hit = last.tensors.flatMap((t) => {
    const was = before.get(t.name);
    return t.role === "kernel" && was !== undefined && was.count === t.count && grown(t, was) ? [{ now: t, was }] : [];
  });
  if (hit.length === 0) return [];
  const names = new Set(hit.map((h) => h.now.name));
  let from = checkpoints.length - 1;
  while (from > 1 && checkpoints[from - 1]!.tensors.some((t) => names.has(t.name) && before.has(t.name) && grown(t, before.get(t.name)!))) from--;
  const at = checkpoints[from]!;
  const since = at.epoch !== null ? { epoch: at.epoch } : at.step !== null ? { step: at.step } : null;
  hit.sort((a, b) => b.now.meanAbs! / b.was.meanAbs! - a.now.meanAbs! / a.was.meanAbs!);
  const worst = hit[0]!;
  return [
    finding("weights-exploding", {
      severity: "warning",
      subject: layerSubject([...new Set(hit.map((h) => h.now.layer))]),
      since,
      evidence: { tensors: hit.map((h) => h.now.name), meanAbs: hit.map((h) => h.now.meanAbs), meanAbsInFirstCheckpoint: hit.map((h) => h.was.meanAbs), initialScale: hit.map((h) => initialScale(h.now)) },
      message: `The weights of ${amount(hit.length, "kernel")} have exploded: ${worst.now.name} has a mean magnitude of ${number(worst.now.meanAbs, 3)}, ${number(worst.now.meanAbs! / worst.was.meanAbs!, 3)} times that of ${first.path} (${list(hit.map((h) => h.now.name), 4)}).`,
      causes: ["The learning rate is too high or rises.", "A loss without a lower bound, or one that is not scale-free, rewards ever larger outputs.", "No normalisation, no weight decay and no clipping."],
      advice: ["Lower the learning rate tenfold and clip the gradient norm.", "Add weight decay, or a normalisation layer.", `Go on from a checkpoint before ${at.path}.`],
    }),
  ];
};

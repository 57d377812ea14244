import type { TensorStats } from "../../run";
import { finding, layerSubject, sinceText } from "../finding";
import type { Limits } from "../thresholds";
import type { Rule, View } from "../view";
import { amount, list, number, whole } from "../words";

/** Kernels and norm scales of the newest checkpoint of which nearly all non-zero magnitudes are below 1e-9. */
export function vanished(view: View, limits: Limits): readonly TensorStats[] {
  const last = newest(view);
  if (last === null) return [];
  return last.tensors.filter((t) => isVanished(t, limits("weightsNearZero.share")));
}

/**
 * Biases and offsets start at zero and may stay there (before a normalisation their gradient is rounding alone), and zeros
 * are counted apart: only kernels and scales with values that are not zero are looked at.
 */
function isVanished(t: TensorStats, share: number): boolean {
  if (!carriesSignal(t)) return false;
  const values = t.count - t.zeros - t.nan - t.inf;
  return values > 0 && t.tiny >= share * values && values >= Math.min(2, t.count);
}

function carriesSignal(t: TensorStats): boolean {
  return t.role === "kernel" || (t.role === "norm" && !/beta|bias|offset/i.test(t.name));
}

function newest(view: View): { readonly tensors: readonly TensorStats[] } | null {
  return view.checkpoints.at(-1) ?? view.measures.checkpoints.at(-1) ?? null;
}

/** A trainable tensor's magnitudes are around 1e-10 or below, zeros counted apart. */
export const weightsNearZero: Rule = (view, limits) => {
  const now = vanished(view, limits);
  if (now.length === 0) return [];
  const share = limits("weightsNearZero.share");
  const names = new Set(now.map((t) => t.name));
  let from = view.checkpoints.length - 1;
  while (from > 0 && view.checkpoints[from - 1]!.tensors.some((t) => names.has(t.name) && isVanished(t, share))) from--;
  const first = view.checkpoints[from];
  const since = first === undefined ? null : first.epoch !== null ? { epoch: first.epoch } : first.step !== null ? { step: first.step } : null;
  const before = view.checkpoints[0]?.tensors ?? [];
  const all = (newest(view)?.tensors ?? []).filter(carriesSignal).length;
  const lead = now[0]!;
  const was = before.find((t) => t.name === lead.name)?.meanAbs ?? null;
  return [
    finding("weights-near-zero", {
      severity: "error",
      subject: layerSubject([...new Set(now.map((t) => t.layer))]),
      since,
      evidence: { tensors: now.map((t) => t.name), tiny: now.map((t) => t.tiny), zeros: now.map((t) => t.zeros), count: now.map((t) => t.count), meanAbs: now.map((t) => t.meanAbs), meanAbsInFirstCheckpoint: was },
      message: `${whole(now.length)} of ${amount(all, "kernel or scale", "kernels and scales")} ${now.length === 1 ? "has" : "have"} vanished${sinceText(since)}: nearly all magnitudes in ${list(now.map((t) => t.name), 3)} are below 1e-9 (${lead.name}: mean ${number(lead.meanAbs, 2)}${was === null || view.checkpoints.length < 2 ? "" : `, ${number(was, 2)} in the first checkpoint`}, ${lead.zeros} of ${lead.count} exactly 0).`,
      causes: ["Weight decay or an L2 penalty is far too strong for the learning rate: each step multiplies the weights by less than 1, and the loss does not pull them back.", "The loss gives no gradient, so that only the decay acts.", "The layer is cut off (dead activations) and decays alone."],
      advice: ["Lower the weight decay (1e-4 is usual; decoupled decay is multiplied by the learning rate in some frameworks and not in others).", "Leave normalisation scales and biases out of the decay.", "Train some epochs without decay: if the weights stay, it was the decay; if the loss still stands, it gives no gradient."],
    }),
  ];
};

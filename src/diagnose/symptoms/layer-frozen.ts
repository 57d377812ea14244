import type { TensorStats } from "../../run";
import { finding, layerSubject } from "../finding";
import type { Rule } from "../view";
import { amount, list } from "../words";

const TRAINABLE = new Set<TensorStats["role"]>(["kernel", "bias", "norm"]);

export function isTrainable(t: TensorStats): boolean {
  return TRAINABLE.has(t.role);
}

/** A trainable-looking tensor is bit-identical from some checkpoint to the last, over three or more, while others go on changing. */
export const layerFrozen: Rule = (view, limits) => {
  const { checkpoints } = view;
  const need = limits("layerFrozen.checkpoints");
  if (checkpoints.length < need) return [];
  const last = checkpoints.at(-1)!;
  /** How many links to the checkpoint before are the same, counted back from the last. */
  const still = (name: string): number => {
    let links = 0;
    for (let i = checkpoints.length - 1; i > 0; i--) {
      const t = checkpoints[i]!.tensors.find((x) => x.name === name);
      if (t?.identical !== true) break;
      links++;
    }
    return links;
  };
  // What is NaN throughout stays so; that is another symptom.
  const trainable = last.tensors.filter((t) => isTrainable(t) && t.nan + t.inf < t.count);
  const frozen = trainable.map((t) => ({ t, links: still(t.name) })).filter(({ links }) => links >= need - 1);
  if (frozen.length === 0) return [];
  const least = Math.min(...frozen.map((f) => f.links));
  const moves = checkpoints.slice(-least).every((c) => c.tensors.some((t) => isTrainable(t) && t.identical === false));
  if (!moves) return [];
  // A bias or offset that is all zero may have no gradient at all (before a normalisation); a layer is frozen where more of it stands still.
  // A kernel that is all zero gets one, unless nothing passes.
  const solid = frozen.filter(({ t }) => t.role === "kernel" || (t.zeros < t.count && t.role !== "bias"));
  const layers = [...new Set(solid.map(({ t }) => t.layer))];
  const told = frozen.filter(({ t }) => layers.includes(t.layer));
  if (layers.length === 0) return [];
  const links = Math.max(...solid.map((f) => f.links));
  const fewest = Math.min(...solid.map((f) => f.links));
  // The first checkpoint in which it can be seen: equal to the one before.
  const seen = checkpoints[checkpoints.length - links]!;
  const since = seen.epoch !== null ? { epoch: seen.epoch } : seen.step !== null ? { step: seen.step } : null;
  const always = links === checkpoints.length - 1;
  const first = checkpoints[checkpoints.length - 1 - links]!;
  return [
    finding("layer-frozen", {
      severity: "warning",
      subject: layerSubject(layers),
      since,
      evidence: { tensors: told.map(({ t }) => t.name), unchangedCheckpoints: told.map((f) => f.links + 1), checkpoints: checkpoints.length, trainableTensors: trainable.length },
      message: `${amount(layers.length, "layer")} ${layers.length === 1 ? "does" : "do"} not learn: ${list(told.map(({ t }) => t.name), 4)} ${told.length === 1 ? "is" : "are"} bit for bit the same in ${always ? "all" : "the last"} ${fewest === links ? "" : `${fewest + 1} to `}${links + 1} checkpoints (from ${first.path} to ${last.path}) while other layers go on changing.`,
      causes: always
        ? ["The layer was frozen on purpose or by mistake (trainable=False, requires_grad=False, not given to the optimizer).", "No gradient reaches it: dead ReLUs (all outputs 0), a cut in the graph, a branch that is not used.", "Its steps are smaller than float32 can hold beside its values: a loss with next to no gradient, or a tiny learning rate."]
        : ["Its activations died during the training (ReLU gives 0 for every input), so that no gradient passes.", "It was frozen from that epoch on (trainable=False in a callback or a schedule)."],
      advice: ["If it was frozen on purpose, ignore this symptom for this run.", "Count the outputs of the layer that are not 0 on one batch: none means dead units. Lower the learning rate, start again, or use leaky activations.", "List the parameters that the optimizer was given."],
    }),
  ];
};

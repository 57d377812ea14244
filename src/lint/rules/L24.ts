/** L24: arrays changed in place. */
import { chosenWhere, copyFirst, updatedAt } from "../fixes/inPlace";
import type { Loss } from "../model/model";
import { PREDICTIONS, type Value } from "../model/values";
import { eachLoss, isHere, type Finding, type Rule } from "./rule";

export const L24: Rule = {
  id: "L24",
  name: "array changed in place",
  check: (model) =>
    eachLoss(model, (loss) =>
      loss.trace.items.flatMap((met): Finding[] => {
        const { target, name, node } = met;
        if (target.kind !== "tensor" || target.array || !isHere(model, met)) return [];
        const range = { from: node.from, to: node.to };
        const known = target.origin !== 0 && target.gradient !== "unknown";
        if ((loss.framework === "keras" || loss.framework === "tensorflow" || loss.framework === "jax") && known) {
          // A function that only might be handed a symbol may be called with numpy.
          const used = loss.framework === "jax" ? loss.trace.calls.some((c) => c.family === "jax") : loss.symbolic;
          if (!used) return [];
          const other = loss.framework === "jax" ? `${name}.at[…].set(…), or jnp.where for a mask` : "tf.where or keras.ops.where";
          return [{ rule: "L24", severity: "error", message: `${name} is a ${loss.framework === "jax" ? "JAX array" : "TensorFlow tensor"}, which does not support item assignment: the loss stops with a TypeError. Use ${other}.`, range, related: [], fixes: loss.framework === "jax" ? updatedAt(model, loss, met) : chosenWhere(model, loss, met) }];
        }
        if (loss.framework !== "torch" || target.activation === null || target.origin !== PREDICTIONS || target.gradient !== "flows" || isCopy(loss, target)) return [];
        return [{ rule: "L24", severity: "warning", message: `${name} is the result of a ${target.activation}, which PyTorch keeps for its gradient: changing it in place makes backward() stop. Use torch.where or masked_fill.`, range, related: [], fixes: copyFirst(loss, met) }];
      }),
    ),
};

/** What the activation returned is kept elsewhere: a copy may be changed. */
function isCopy(loss: Loss, target: Value): boolean {
  return loss.trace.calls.some((c) => c.result === target && c.method === "clone");
}

/** L24: arrays changed in place. */
import { PREDICTIONS } from "../model/values";
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
          const other = loss.framework === "jax" ? `${name}.at[…].set(…)` : "tf.where or keras.ops.where";
          return [{ rule: "L24", severity: "error", message: `${name} is a ${loss.framework === "jax" ? "JAX array" : "TensorFlow tensor"}, which does not support item assignment: the loss stops with a TypeError. Use ${other}.`, range, related: [] }];
        }
        if (loss.framework !== "torch" || target.activation === null || target.origin !== PREDICTIONS || target.gradient !== "flows") return [];
        return [{ rule: "L24", severity: "warning", message: `${name} is the result of a ${target.activation}, which PyTorch keeps for its gradient: changing it in place makes backward() stop. Use torch.where or masked_fill.`, range, related: [] }];
      }),
    ),
};

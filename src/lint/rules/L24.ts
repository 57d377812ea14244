/** L24: arrays changed in place. */
import { chosenWhere, copyFirst, updatedAt } from "../fixes/inPlace";
import type { Loss, Model } from "../model/model";
import { PREDICTIONS, type Value } from "../model/values";
import { eachLoss, isHere, type Finding, type Rule } from "./rule";

export const L24: Rule = {
  id: "L24",
  name: "array changed in place",
  check: (model) =>
    eachLoss(model, (loss) => [
      ...keptWeights(model, loss),
      ...loss.trace.items.flatMap((met): Finding[] => {
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
    ]),
};

const WEIGHTS = /^(self\.\w*|\w*)(weights?|cw|class_w)$/i;

/** self.weight /= self.weight.sum(), weights[0] = 0 of a parameter: the array is the caller's, and keeps what was done to it. */
function keptWeights(model: Model, loss: Loss): Finding[] {
  if (loss.framework !== "torch") return [];
  const { fn, trace } = loss;
  const copied = new Set<string>();
  const own = (name: string, at: number): boolean => {
    if (!WEIGHTS.test(name) || trace.assigns.some((a) => a.name === name && a.node.from < at && a.node.from >= fn.body.from && a.node.parent?.name !== "UpdateStatement")) return false;
    return name.startsWith("self.") || fn.params.some((p) => p.name === name);
  };
  const places = [
    ...trace.binaries.flatMap((b) => (b.node.name === "UpdateStatement" && b.leftNode !== null && isHere(model, b) ? [{ node: b.node, name: b.file.text.slice(b.leftNode.from, b.leftNode.to) }] : [])),
    ...trace.items.flatMap((i) => (isHere(model, i) ? [{ node: i.node, name: i.name }] : [])),
    ...trace.calls.flatMap((c) => (isHere(model, c) && c.path === null && /^(mul|div|add|sub|fill|copy|masked_fill|clamp)_$/.test(c.method) && c.argNodes[0] !== undefined ? [{ node: c.node, name: c.file.text.slice(c.argNodes[0].from, c.argNodes[0].to) }] : [])),
  ];
  return places.flatMap(({ node, name: written }): Finding[] => {
    const name = written.replace(/\[[^\]]*\]$/, "");
    if (node.from < fn.body.from || node.to > fn.body.to || copied.has(name) || !own(name, node.from)) return [];
    copied.add(name);
    return [{ rule: "L24", severity: "info", message: `${name} is changed in place, and keeps the change after the call: the next batch finds other weights than the first. Make a new array of it.`, range: { from: node.from, to: node.to }, related: [] }];
  });
}

/** What the activation returned is kept elsewhere: a copy may be changed. */
function isCopy(loss: Loss, target: Value): boolean {
  return loss.trace.calls.some((c) => c.result === target && c.method === "clone");
}

/** L20: the loss of absent classes is dropped. */
import { unmaskedFixes } from "../fixes/smoothing";
import { presenceSentence, withFacts } from "../factsWords";
import type { Value } from "../model/values";
import { eachLoss, isHere, type Rule } from "./rule";

export const L20: Rule = {
  id: "L20",
  name: "absent class dropped",
  check: (model) =>
    eachLoss(model, (loss) =>
      loss.trace.binaries.flatMap((met) => {
        if (met.op !== "*" || !isHere(model, met)) return [];
        const [ratio, mask] = isRatio(met.left) ? [met.left, met.right] : [met.right, met.left];
        if (!isRatio(ratio) || mask.kind !== "tensor" || mask.origin !== 1 || mask.state !== "mask" || mask.over === "") return [];
        return [{ rule: "L20", severity: "info" as const, message: withFacts("The loss of classes that are absent is multiplied by 0: what is predicted of them there is never punished. With one class, images without it teach nothing.", presenceSentence(model.facts, mask.over?.includes("N") === true ? "batch" : "image")), range: { from: met.node.from, to: met.node.to }, related: [], fixes: unmaskedFixes(model, loss, met, ratio === met.left ? "left" : "right") }];
      }),
    ),
};

const isRatio = (value: Value): boolean => value.kind === "tensor" && value.ratio !== null;

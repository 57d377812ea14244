/** L20: the loss of absent classes is dropped. */
import { unmaskedFixes } from "../fixes/smoothing";
import { presenceSentence, withFacts } from "../factsWords";
import type { Value } from "../model/values";
import { libraryNotes } from "./libraryOverlaps";
import { eachLoss, isHere, onePerPlace, type Rule } from "./rule";

export const L20: Rule = {
  id: "L20",
  name: "absent class dropped",
  check: (model) =>
    onePerPlace([
      ...libraryNotes(model, "L20"),
      ...eachLoss(model, (loss) => [
        ...loss.trace.calls.flatMap((met) => {
          const [test, kept, other] = met.args;
          if (!/^(where|switch|cond)$/.test(met.method) || met.path === null || !isHere(model, met) || kept === undefined || !isRatio(kept) || test?.kind !== "tensor" || test.origin !== 1 || test.over === "" || !isZero(other)) return [];
          return [{ rule: "L20", severity: "info" as const, message: withFacts(DROPPED, presenceSentence(model.facts, test.over?.includes("N") === true ? "batch" : "image")), range: { from: met.node.from, to: met.node.to }, related: [] }];
        }),
        ...loss.trace.binaries.flatMap((met) => {
          if (met.op !== "*" || !isHere(model, met)) return [];
          const [ratio, mask] = isRatio(met.left) ? [met.left, met.right] : [met.right, met.left];
          if (!isRatio(ratio) || mask.kind !== "tensor" || mask.origin !== 1 || mask.state !== "mask" || mask.over === "") return [];
          return [{ rule: "L20", severity: "info" as const, message: withFacts(DROPPED, presenceSentence(model.facts, mask.over?.includes("N") === true ? "batch" : "image")), range: { from: met.node.from, to: met.node.to }, related: [], fixes: unmaskedFixes(model, loss, met, ratio === met.left ? "left" : "right") }];
        }),
      ]),
    ]),
};

const DROPPED = "The loss of classes that are absent is multiplied by 0: what is predicted of them there is never punished. With one class, images without it teach nothing.";
const isZero = (value: Value | undefined): boolean => (value?.kind === "number" && value.value === 0) || (value?.kind === "tensor" && value.origin === 0);

const isRatio = (value: Value): boolean => value.kind === "tensor" && value.ratio !== null;

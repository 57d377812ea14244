/** L17: smoothing that is large beside small objects. */
import { overBatchFixes } from "../fixes/perClass";
import { smallestSentence, withFacts } from "../factsWords";
import { note, perClass } from "./ratios";
import { eachLoss, type Rule } from "./rule";

export const L17: Rule = {
  id: "L17",
  name: "smoothing too large",
  check: (model) =>
    eachLoss(model, (loss) =>
      perClass(model, loss).flatMap((ratio) => {
        const { over, added } = ratio.above;
        if (over !== "S" || added === null || added < 0.5) return [];
        return [{ ...note("L17", ratio, withFacts(`${added} is added above the fraction bar for each image and class: objects of a few pixels score near 1 whatever is predicted. Use 1e-5, or sum over the batch.`, model.facts === null ? null : smallestSentence(model.facts))), fixes: overBatchFixes(model, loss) }];
      }),
    ),
};

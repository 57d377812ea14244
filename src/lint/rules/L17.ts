/** L17: smoothing that is large beside small objects. */
import { overBatchFixes } from "../fixes/perClass";
import { smallestSentence, withFacts } from "../factsWords";
import { note } from "./ratios";
import { libraryNotes } from "./libraryOverlaps";
import { eachLoss, isHere, onePerPlace, type Rule } from "./rule";

export const L17: Rule = {
  id: "L17",
  name: "smoothing too large",
  check: (model) =>
    onePerPlace([
      ...libraryNotes(model, "L17"),
      ...eachLoss(model, (loss) =>
        loss.trace.ratios.flatMap((ratio) => {
          const { over, added, averaged, weights } = ratio.above;
          if (!isHere(model, ratio) || over?.includes("S") !== true || added === null || weights.length > 0) return [];
          if (averaged) return added < 1e-2 ? [] : [note("L17", ratio, `${added} is added to means over the image, which are 1 at most: the score is near 1 whatever is predicted, and the gradient small. Add it to sums, or use 1e-5.`)];
          if (over !== "S") return added < 10 || over === "NS" ? [] : [note("L17", ratio, withFacts(`${added} is added above the fraction bar: objects of fewer pixels than that score near 1 whatever is predicted. Use 1e-5.`, model.facts === null ? null : smallestSentence(model.facts)))];
          if (added < 0.5) return [];
          return [{ ...note("L17", ratio, withFacts(`${added} is added above the fraction bar for each image and class: objects of a few pixels score near 1 whatever is predicted. Use 1e-5, or sum over the batch.`, model.facts === null ? null : smallestSentence(model.facts))), fixes: overBatchFixes(model, loss) }];
        }),
      ),
    ]),
};

/** L16: smoothing above the fraction bar makes a cliff for absent classes. */
import { overBatchFixes } from "../fixes/perClass";
import { presenceSentence, withFacts } from "../factsWords";
import { minds, note, perClass } from "./ratios";
import { libraryNotes } from "./libraryOverlaps";
import { eachLoss, onePerPlace, type Rule } from "./rule";

export const L16: Rule = {
  id: "L16",
  name: "smoothing of absent classes",
  check: (model) =>
    onePerPlace([
      ...libraryNotes(model, "L16"),
      ...eachLoss(model, (loss) =>
        minds(loss)
          ? []
          : perClass(model, loss).flatMap((ratio) => {
              const { over, added } = ratio.above;
              if (over !== "S" || added === null || added <= 0) return [];
              return [{ ...note("L16", ratio, withFacts(`Per image and class, with ${added} above the fraction bar: where a class is absent the score is 0 until almost nothing of it is predicted, then jumps to 1. Training may spend itself on suppressing absent classes.`, presenceSentence(model.facts, "image"))), fixes: overBatchFixes(model, loss) }];
            }),
      ),
    ]),
};

/** L19: an absent class adds a constant and no gradient. */
import { smoothedFixes } from "../fixes/smoothing";
import { presenceSentence, withFacts } from "../factsWords";
import { minds, note, perClass } from "./ratios";
import { libraryNotes } from "./libraryOverlaps";
import { eachLoss, onePerPlace, type Rule } from "./rule";

export const L19: Rule = {
  id: "L19",
  name: "absent class without gradient",
  check: (model) =>
    onePerPlace([
      ...libraryNotes(model, "L19"),
      ...eachLoss(model, (loss) =>
        minds(loss)
          ? []
          : perClass(model, loss).flatMap((ratio) => {
              const { above } = ratio;
              if (above.added !== 0 || above.foreground || above.oneClass) return [];
              return [{ ...note("L19", ratio, withFacts("Nothing is added above the fraction bar: a class that is absent scores 0 whatever is predicted and has no gradient, and the loss cannot fall below the share of absent classes.", presenceSentence(model.facts, above.over?.includes("N") === true ? "batch" : "image"))), fixes: smoothedFixes(model, loss, ratio) }];
            }),
      ),
    ]),
};

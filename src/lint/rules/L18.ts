/** L18: smoothing that is not scaled with weights 1/V². */
import { scaledFixes } from "../fixes/smoothing";
import { note } from "./ratios";
import { libraryNotes } from "./libraryOverlaps";
import { eachLoss, isHere, onePerPlace, type Rule } from "./rule";

export const L18: Rule = {
  id: "L18",
  name: "smoothing not scaled with the weights",
  check: (model) =>
    onePerPlace([
      ...libraryNotes(model, "L18"),
      ...eachLoss(model, (loss) =>
        loss.trace.ratios.flatMap((ratio) => {
          const { above, below } = ratio;
          if (!isHere(model, ratio) || above.weights.length === 0 || below.weights.length === 0 || above.added === null || above.added < 1e-7) return [];
          return [{ ...note("L18", ratio, `${above.added} is added to sums that weights of 1/V² made as small as 1/V: in large images the constant outweighs them, and the loss nears 0 whatever is predicted. Scale it with the weights, or leave it out.`), fixes: scaledFixes(model, loss, ratio) }];
        }),
      ),
    ]),
};

/** L31: no gradient reaches the predictions. */
import { useProbabilities } from "../fixes/soft";
import { PREDICTIONS } from "../model/values";
import { eachLoss, excerpt, isHere, type Finding, type Rule } from "./rule";

export const L31: Rule = {
  id: "L31",
  name: "no gradient reaches the predictions",
  check: (model) =>
    eachLoss(model, (loss): Finding[] => {
      const { returned } = loss;
      if (returned.kind !== "tensor" || (returned.origin & PREDICTIONS) === 0 || returned.gradient !== "lost" || returned.lostAt === null || loss.framework === null || loss.framework === "numpy") return [];
      const ends = loss.trace.returns.filter((r) => r.depth === 0 && isHere(model, r));
      // Every way out must lose it.
      if (ends.length === 0 || !ends.every((r) => r.value.kind === "tensor" && r.value.gradient === "lost")) return [];
      const here = returned.lostAt.path === model.file.path;
      const range = here ? { from: returned.lostAt.from, to: returned.lostAt.to } : { from: ends[0]!.node.from, to: ends[0]!.node.to };
      return [
        {
          rule: "L31",
          severity: loss.evidence === "compiled" ? "error" : "warning",
          message: `${here ? excerpt(model, range) : "What is returned"} has no gradient, and nothing else of ${loss.pair.predictions} reaches the loss: training stops with "no gradients provided" or "does not require grad". Use the probabilities themselves.`,
          range,
          related: here ? [{ range: { from: ends[0]!.node.from, to: ends[0]!.node.to }, message: "returned here" }] : [],
          fixes: useProbabilities(model, loss),
        },
      ];
    }),
};

/** Whether a function that may be a loss or a measure is trained on, by what it returns. */
import { inPiece } from "../pieces";
import { pieceOfDefinition } from "./definitions";
import type { Loss } from "./model";
import { LABELS, PREDICTIONS } from "./values";

/** What a loss returns: 1 - Dice, a mean of costs; or 1 - … of which masks and weights left no more. */
export function isTrainedOn({ fn, returned, trace }: Pick<Loss, "fn" | "returned" | "trace">): boolean {
  if (returned.kind !== "tensor") return false;
  if (returned.ratio === "loss" || returned.state === "loss" || returned.level?.sense === "cost" || returned.level?.sense === "dip") return true;
  // Logarithms of probabilities, and labels.
  if (returned.origin === (LABELS | PREDICTIONS) && returned.axes?.roles.length === 0 && trace.calls.some((c) => /^log(_softmax)?$/.test(c.method) && c.result.kind === "tensor" && c.result.origin === PREDICTIONS && c.result.state === "logs")) return true;
  return trace.ratios.length > 0 && callsItLoss(pieceOfDefinition(fn));
}

const callsItLoss = inPiece(/\bloss(?:es)?\s*(?:[*+\-/]?=|\.append\()|\breturn\s+(?:\w+\.)?(?:\w+\()?1\.?0?\s*-/);

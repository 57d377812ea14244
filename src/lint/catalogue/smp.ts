/** segmentation_models.pytorch, from segmentation_models_pytorch/losses of 0.6.0: the modes and `from_logits` are the same since 0.2; `class_weights` came with 0.5. */
import type { KnownLoss } from "./losses";
import { isOn, option, type Made, type Signature } from "./options";

type Mode = "binary" | "multiclass" | "multilabel";

const signature = (params: readonly string[]): Signature => ({ params: ["mode", ...params], defaults: { from_logits: true, ignore_index: null, classes: null, class_weights: null } });

function modeOf(made: Made, known: Signature): Mode | null {
  const mode = option(made, known, "mode")?.value;
  return mode === "binary" || mode === "multiclass" || mode === "multilabel" ? mode : null;
}

function loss(name: string, params: readonly string[], how: { readonly strict: boolean; readonly one: "fails" | "constant" | null; readonly weights: boolean }): KnownLoss {
  const known = signature(params);
  return {
    name,
    signature: known,
    applies: (made) => {
      const mode = modeOf(made, known);
      // FocalLoss is a sum of binary ones, also for classes that exclude one another (smp#671).
      if (name === "FocalLoss") return mode === null ? null : "sigmoid";
      const logits = isOn(made, known, "from_logits");
      if (mode === null || logits === null) return null;
      return !logits ? "none" : mode === "multiclass" ? "softmax" : "sigmoid";
    },
    oneChannel: (made) => (modeOf(made, known) === "multiclass" ? how.one : null),
    strict: (made) => how.strict && modeOf(made, known) === "multiclass",
    ignores: "ignore_index",
    weights: (made) => (how.weights && modeOf(made, known) === "multiclass" && option(made, known, "classes")?.value === null ? { option: "class_weights", less: 0 } : null),
  };
}

const CE: Signature = { params: ["reduction", "smooth_factor", "ignore_index", "dim"], defaults: { ignore_index: -100 } };

export const smp: readonly KnownLoss[] = [
  loss("DiceLoss", ["classes", "log_loss", "from_logits", "smooth", "ignore_index"], { strict: true, one: "fails", weights: true }),
  loss("JaccardLoss", ["classes", "log_loss", "from_logits", "smooth"], { strict: true, one: "fails", weights: true }),
  loss("TverskyLoss", ["classes", "log_loss", "from_logits", "smooth", "ignore_index"], { strict: true, one: "fails", weights: true }),
  // It ignores from_logits: logits are taken in any case (0.6.0), and labels are only compared.
  loss("LovaszLoss", ["per_image", "ignore_index"], { strict: false, one: "fails", weights: false }),
  loss("FocalLoss", ["alpha", "gamma", "ignore_index"], { strict: false, one: null, weights: true }),
  { name: "SoftCrossEntropyLoss", signature: CE, applies: () => "softmax", oneChannel: () => "constant", strict: () => true, ignores: "ignore_index", weights: () => null },
];

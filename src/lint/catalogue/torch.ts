/** PyTorch, torch/nn/modules/loss.py and torch/nn/functional.py: the same for all of 1.x and 2.x. */
import type { KnownLoss } from "./losses";
import type { Signature } from "./options";

const CE_MODULE: Signature = { params: ["weight", "size_average", "ignore_index", "reduce", "reduction", "label_smoothing"], defaults: { weight: null, ignore_index: -100 } };
const CE_FUNCTION: Signature = { params: ["input", "target", "weight", "size_average", "ignore_index", "reduce", "reduction"], defaults: { weight: null, ignore_index: -100 } };
const BCE: Signature = { params: [], defaults: {} };

const crossEntropy = (name: string, signature: Signature): KnownLoss => ({ name, signature, applies: () => "softmax", oneChannel: () => "constant", strict: () => true, ignores: "ignore_index", weights: () => ({ option: "weight", less: 0 }) });
const likelihood = (name: string, signature: Signature): KnownLoss => ({ ...crossEntropy(name, signature), applies: () => "none", oneChannel: () => null });
const binary = (name: string): KnownLoss => ({ name, signature: BCE, applies: () => "sigmoid", strict: () => false, ignores: null, weights: () => null });

export const torch: readonly KnownLoss[] = [
  crossEntropy("CrossEntropyLoss", CE_MODULE),
  crossEntropy("cross_entropy", CE_FUNCTION),
  likelihood("NLLLoss", CE_MODULE),
  likelihood("nll_loss", CE_FUNCTION),
  binary("BCEWithLogitsLoss"),
  binary("binary_cross_entropy_with_logits"),
];

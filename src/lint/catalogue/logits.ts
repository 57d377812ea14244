/** Losses of logits in TensorFlow (tf.nn, all of 1.x and 2.x; labels are named as a rule) and optax (0.2). */
import type { KnownLoss } from "./losses";
import type { Signature } from "./options";

const NONE: Signature = { params: [], defaults: {} };

const softmax = (name: string, constant: boolean): KnownLoss => ({ name, signature: NONE, applies: () => "softmax", oneChannel: () => (constant ? "constant" : null), strict: () => false, ignores: null, weights: () => null });
const sigmoid = (name: string): KnownLoss => ({ ...softmax(name, false), applies: () => "sigmoid" });

/** Labels outside of the classes: NaN on a GPU, an error on a CPU; optax takes them as they come. */
export const tensorflow: readonly KnownLoss[] = [softmax("softmax_cross_entropy_with_logits", true), softmax("softmax_cross_entropy_with_logits_v2", true), softmax("sparse_softmax_cross_entropy_with_logits", true), sigmoid("sigmoid_cross_entropy_with_logits")];
export const optax: readonly KnownLoss[] = [softmax("softmax_cross_entropy", true), softmax("softmax_cross_entropy_with_integer_labels", true), sigmoid("sigmoid_binary_cross_entropy")];

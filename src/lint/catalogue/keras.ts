/** Keras, keras/src/losses/losses.py of 3.15.1; tf.keras 2 and Keras 2 are the same in what is said here. */
import type { KnownLoss } from "./losses";
import { isOn, type Signature } from "./options";

const CLASS: Signature = { params: ["from_logits"], defaults: { from_logits: false, ignore_class: null } };
const FUNCTION: Signature = { params: ["y_true", "y_pred", "from_logits"], defaults: { from_logits: false, ignore_class: null } };

function crossentropy(name: string, signature: Signature, sparse: boolean): KnownLoss {
  return {
    name,
    signature,
    applies: (made) => {
      const logits = isOn(made, signature, "from_logits");
      return logits === null ? null : logits ? "softmax" : "none";
    },
    oneChannel: () => "constant",
    strict: () => sparse,
    ignores: sparse ? "ignore_class" : null,
    weights: () => null,
  };
}

export const keras: readonly KnownLoss[] = [
  crossentropy("CategoricalCrossentropy", CLASS, false),
  crossentropy("categorical_crossentropy", FUNCTION, false),
  crossentropy("CategoricalFocalCrossentropy", { params: [], defaults: { from_logits: false } }, false),
  crossentropy("SparseCategoricalCrossentropy", CLASS, true),
  crossentropy("sparse_categorical_crossentropy", FUNCTION, true),
];

/** Strings that compile(loss=…) takes for losses of classes that exclude one another. */
export const EXCLUSIVE = /^(sparse_)?categorical_(focal_)?crossentropy$/i;

/** Whether a text can hold anything for the rules: parsing takes a hundred times as long as looking for these words. */
import { isGuessName, isTruthName, LOSS_NAME, OVERLAP_NAME, usedNames } from "./losses";

const LOSSES = /loss|dice|tversky|jaccard|criterion|cross_?entropy|y_true|y_pred|lovasz/i;
/** Parameters of a function, up to the first closing parenthesis. */
const HEADERS = /\b(?:def\s+(\w+)\s*\(([^)]{0,1500})|lambda\b([^:\n]{0,300}):)/g;
const NAMED = new RegExp(`${LOSS_NAME.source}|${OVERLAP_NAME.source}`, "i");
/** A function or class that is called a loss, or a class of losses. */
const MAKER = new RegExp(`\\b(?:def|class)\\s+\\w*(?:${NAMED.source})|\\b\\w*(?:${NAMED.source})\\w*\\s*=\\s*lambda\\b`, "i");
const CLASS = /\bclass\s+\w+\s*\([^)\n]*loss/i;
const ACTIVATION = /softmax|sigmoid/i;
const TRAINING = /cross_?entropy\w*\s*\(|criterion\s*\(|(?:loss|dice)\w*\s*\(/i;
/** Layers with an activation, which may end a model. */
const LAYER = /nn\.Softmax|nn\.Sigmoid|\bSoftmax\(|activation\s*=\s*["'](?:softmax|sigmoid)|Activation\(["'](?:softmax|sigmoid)/;
const KNOWN_LOSS = /CrossEntropyLoss\(|BCEWithLogitsLoss\(|from_logits|Dice\w*Loss\(|FocalLoss\(|TverskyLoss\(|cross_entropy\w*\(|_with_logits/;

export function isWorthIt(text: string): boolean {
  if (!LOSSES.test(text)) return false;
  if (hasPair(text)) return true;
  if (KNOWN_LOSS.test(text) && (LAYER.test(text) || /\bmonai\b|segmentation_models/.test(text))) return true;
  if (!ACTIVATION.test(text)) return false;
  return text.split(/^\s*(?:async\s+)?def\s/m).some((part) => flowsHere(part));
}

/** Whether a function takes labels and predictions by the names of its parameters, and anything may make it a loss. */
function hasPair(text: string): boolean {
  let pair = false;
  for (const [, fn = "", params = "", lambda = ""] of text.matchAll(HEADERS)) {
    const lettered = NAMED.test(fn) || lambda !== "";
    const names = (params + lambda).match(/[A-Za-z_]\w*/g) ?? [];
    // What stands behind a default's own parentheses is not seen.
    const open = params.includes("(");
    const truth = names.some((name) => isTruthName(name, lettered));
    const guess = names.some((name) => isGuessName(name, lettered));
    if (!(truth && guess) && !(open && (truth || guess))) continue;
    if (NAMED.test(fn)) return true;
    pair = true;
  }
  return pair && (MAKER.test(text) || CLASS.test(text) || /\.compile\s*\(/.test(text) || usedNames(text).some((name) => new RegExp(`\\b(?:def|class)\\s+${name}\\b|\\b${name}\\s*=\\s*lambda`).test(text)));
}

/** Hands predictions to a loss beside an activation: the two are seen together. */
export function flowsHere(text: string): boolean {
  return (ACTIVATION.test(text) && TRAINING.test(text)) || (KNOWN_LOSS.test(text) && /\bUNet|Unet|SegResNet/.test(text));
}

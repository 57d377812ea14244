/** Whether a text can hold anything for the rules: parsing takes a hundred times as long as looking for these words. */
import { chunksOf } from "../chunks";
import { perPiece } from "../pieces";
import { isGuessName, isTruthName, LOSS_NAME, OVERLAP_NAME } from "./losses";
import { usedNames } from "./usage";
import { SCORE_LIBRARIES, SCORE_WORDS } from "./scores";

const LOSSES = /loss|dice|tversky|jaccard|criterion|cross_?entropy|y_true|y_pred|lovasz|gdl|focal|\biou|logits|\.backward\(|\.compile\(|def forward\(|onehot/i;
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
const KNOWN_LOSS = /[Ll]ovasz\w*oss\(|losses\.(?:Dice|Tversky)\(|CrossEntropyLoss\(|BCE(?:WithLogits)?Loss\(|from_logits|Dice\w*Loss\(|FocalLoss\(|TverskyLoss\(|cross_entropy\w*\(|_with_logits/;

/** Losses of libraries whose options alone say something. */
const OVERLAPS = /\b(?:\w*Dice\w*Loss|JaccardLoss|TverskyLoss|losses\.(?:Dice|Tversky)|SoftDiceLoss|MemoryEfficientSoftDiceLoss|DC_and_\w+)\s*\(/;
/** Sums of labels and predictions, as losses are made of. */
const SUMS = /\.(?:sum|mean)\s*\(|reduce_(?:sum|mean)|einsum|cross_entropy|[Ll]oss\s*\(/;

/** Layers with the number 1 among their arguments, which may have a single channel; networks that have one class unless told otherwise. */
const ONE_CHANNEL = /\b(?:Dense|Linear|Conv(?:olution)?[123][dD]\w{0,9}|ConvTranspose[123]d)\s*\([^)\n]{0,80}\b1\b|\bsmp\.\w+\(/;
/** Labels that may be no classes: void ones, drawn ones, masks of 255. */
const LABELS = /ignore_index\s*=|\brandint\s*\(|\b255\b/;
const HOT = /\b(?:one_hot|to_categorical|scatter_?)\s*\(/;
const SOFTMAX = /softmax/i;
/** Losses of classes that exclude one another, as compile takes them. */
const EXCLUSIVE = /categorical_?(?:focal_?)?crossentropy/i;

/** A step that computes its loss itself. */
const STEPS = /\bdef\s+(?:training_step|compute_loss|training_loss|\w*train\w*|\w*epoch\w*|fit|step|main|run)\s*\(/;
const TRAINED = /\bloss\w*\s*=(?!=)/;

export function isWorthIt(text: string): boolean {
  if (SOFTMAX.test(text) && ONE_CHANNEL.test(text)) return true;
  if (SCORE_LIBRARIES.test(text) && SCORE_WORDS.test(text)) return true;
  if (OVERLAPS.test(text) && /\b(?:monai|kornia|segmentation_models_pytorch|nnunetv2|keras)\b/.test(text)) return true;
  if (HOT.test(text) && /\b255\b/.test(text) && /\bwhere\s*\(/.test(text)) return true;
  if (!LOSSES.test(text)) return false;
  if (hasPair(text)) return true;
  if (EXCLUSIVE.test(text) && (LAYER.test(text) || ONE_CHANNEL.test(text) || HOT.test(text))) return true;
  if (KNOWN_LOSS.test(text) && (ONE_CHANNEL.test(text) || LABELS.test(text) || HOT.test(text) || /\bweight\s*=/.test(text))) return true;
  if (KNOWN_LOSS.test(text) && (LAYER.test(text) || /\bmonai\b|segmentation_models|\bkornia\b/.test(text))) return true;
  if (STEPS.test(text) && TRAINED.test(text)) return true;
  if (!ACTIVATION.test(text)) return false;
  return text.split(/^\s*(?:async\s+)?def\s/m).some((part) => flowsHere(part));
}

/** Words behind each .compile(: the loss is one of them. */
function compiledWords(text: string): ReadonlySet<string> {
  const words = new Set<string>();
  let at = -1;
  for (let n = 0; n < 50 && (at = text.indexOf(".compile", at + 1)) >= 0; n++) for (const word of text.slice(at, at + 400).match(/[A-Za-z_]\w*/g) ?? []) words.add(word);
  return words;
}

/** Whether a function takes labels and predictions by the names of its parameters, and anything may make it a loss. */
function hasPair(text: string): boolean {
  let pair = false;
  const named = MAKER.test(text) || CLASS.test(text);
  const compiled = compiledWords(text);
  for (const [, fn = "", params = "", lambda = ""] of text.matchAll(HEADERS)) {
    const lettered = NAMED.test(fn) || lambda !== "" || ((fn === "forward" || fn === "call" || fn === "__call__") && named);
    // Keras hands labels and predictions to parameters of any name.
    if (fn !== "" && compiled.has(fn)) return true;
    const names = (params + lambda).match(/[A-Za-z_]\w*/g) ?? [];
    // What stands behind a default's own parentheses is not seen.
    const open = params.includes("(");
    const truth = names.some((name) => isTruthName(name, lettered));
    const guess = names.some((name) => isGuessName(name, lettered));
    if (!(truth && guess) && !(open && (truth || guess))) continue;
    if (NAMED.test(fn)) return true;
    pair = true;
  }
  return pair && (named || compiled.size > 0 || SUMS.test(text) || [...usedNames(chunksOf(text).map(({ piece }) => piece))].some((name) => new RegExp(`\\b(?:def|class)\\s+${name}\\b|\\b${name}\\s*=\\s*lambda`).test(text)));
}

/** Hands predictions to a loss beside an activation: the two are seen together. */
export function flowsHere(text: string): boolean {
  return (ACTIVATION.test(text) && TRAINING.test(text)) || (KNOWN_LOSS.test(text) && /\bUNet|Unet|SegResNet/.test(text));
}

/** What is made around a training: optimizers, callbacks; labels that are resized or mixed on their way to a loss. */
const AROUND = /\b\w*(?:Adam\w*|SGD|RMSprop|adam\w*|sgd)\s*\(|EarlyStopping\s*\(|ModelCheckpoint\s*\(|\.compile\s*\(/;
const SOFTENED = /\b(?:interpolate|resize|gaussian_filter|avg_pool[123]d)\s*\(|1(?:\.0?)?\s*-\s*\w+/;

/** self.loss(self.model(x), y) */
const STEP = /\bself\.\w*(?:loss|criterion|dice|_ce|_fn)\w*\s*\(/i;

/** Whether a function that is no loss is followed, in a file that is parsed for another reason. */
export const isFollowed = perPiece((text) => flowsHere(text) || SOFTMAX.test(text) || HOT.test(text) || STEP.test(text) || SCORE_WORDS.test(text) || AROUND.test(text) || KNOWN_LOSS.test(text) || (SOFTENED.test(text) && TRAINING.test(text)));

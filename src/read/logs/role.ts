/** What a tag says about its series: which split, which quantity, which class. */
import type { Quantity, Role, Split } from "../../run";
import { classesOf, type Measured, type TagClass } from "./roleClass";

const VAL = new Set(["val", "valid", "validation", "validate", "eval", "evaluation", "dev"]);
const TRAIN = new Set(["train", "training", "trn", "tr"]);
const TEST = new Set(["test", "testing"]);

/** Words that make a loss-like name something else: a setting, not a measured loss. */
const NOT_A_LOSS = new Set(["scale", "scaler", "weight", "weights"]);
const ACCURACY = /^(acc|accuracy|accuracies|\w+accuracy)$/;
const DICE = /^(dice|dices|dsc|dicecoef|dicecoeff|dicecoefficient|dicescore|dicemetric|meandice|f1|f1score|fscore)$/;
const IOU = /^(iou|ious|miou|meaniou|iouscore|io_u|jaccard|jac|\w*jaccard\w*)$/;
const CROSS_ENTROPY = /^(\w*crossentropy|xent|nll|bce)$/;

/** Scores that quantities do not tell apart. */
const SCORES = /^(precision|recall|sensitivity|specificity|hausdorff|hd|hd95|assd|asd|nsd|tpr|fpr|fnr|ppv|npv|auc|map)$/;

/** Lower-case words of a tag: "val_dice[1]" → val, dice, 1; "meanIoU" → mean, iou; "Loss/train" → loss, train. */
export function wordsOf(tag: string): string[] {
  return tag
    .replace(/IoU/g, "Iou")
    .replace(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .replace(/(^|[^a-z])io_u(?![a-z])/g, "$1iou")
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "");
}

/** What is measured, by the words of a tag; "other" where they do not tell. A Dice loss is a loss. */
export function quantityOf(tag: string): Quantity {
  const words = wordsOf(tag).map((word) => (word.length > 3 ? word.replace(/\d+$/, "") : word));
  const has = (...any: string[]): boolean => any.some((word) => words.includes(word));
  if (words.some((word) => word === "loss" || word === "losses" || (word.endsWith("loss") && word.length > 4))) {
    return words.some((word) => NOT_A_LOSS.has(word)) ? "other" : "loss";
  }
  if (has("lr") || (has("learning") && has("rate")) || has("learningrate")) return "lr";
  if (words.some((word) => ACCURACY.test(word))) return "accuracy";
  if (words.some((word) => DICE.test(word)) || (has("f") && has("score") && has("1"))) return "dice";
  if (words.some((word) => IOU.test(word)) || (has("intersection") && has("union"))) return "iou";
  if (words.some((word) => CROSS_ENTROPY.test(word)) || (has("cross") && has("entropy"))) return "loss";
  return "other";
}

function splitOfWord(word: string): Split | null {
  if (VAL.has(word)) return "val";
  if (TRAIN.has(word)) return "train";
  return TEST.has(word) ? "test" : null;
}

/** The split that a few words name: "val", "train_step", "validation epoch"; null where none of them does, or for longer text. */
export function splitNamed(text: string): Split | null {
  const words = wordsOf(text);
  return words.length > 3 ? null : (words.map(splitOfWord).find((split) => split !== null) ?? null);
}

/** nnU-Net scores patches of its validation cases, and says so in no tag (nnUNetTrainer.on_validation_epoch_end; nnUNetTrainer.finish_online_evaluation). */
const OF_VALIDATION = /^(?:pseudo dice|global foreground dice) \d+$|^(?:mean_fg_dice|ema_fg_dice|dice_per_class_or_region(?:\[\d+\])?)$/;

/** The split that the tag itself names. */
function splitInTag(tag: string): Split | null {
  if (OF_VALIDATION.test(tag)) return "val";
  for (const word of wordsOf(tag)) {
    const split = splitOfWord(word);
    if (split !== null) return split;
  }
  return null;
}

/**
 * The split that a path names: the nearest folder called train, validation, … or ending so ("loss_val", as add_scalars
 * writes); for text logs the file's first word too ("val_log.csv"), except for train, since such a log holds both.
 */
function splitInPath(path: string): Split | null {
  const parts = path.split("/");
  const file = parts.pop() ?? "";
  // TensorBoard's export of one curve: "run-validation-tag-epoch_loss.csv".
  const exported = /^run[-_](.+)[-_]tag[-_]/i.exec(file);
  if (exported !== null) return splitOfWord(wordsOf(exported[1]!).at(-1) ?? "");
  if (!isEventFile(file)) {
    const split = splitOfWord(wordsOf(file)[0] ?? "");
    if (split === "val" || split === "test") return split;
  }
  for (const folder of parts.reverse()) {
    const words = wordsOf(folder);
    const split = words.length === 0 || words.length > 3 ? null : splitOfWord(words[words.length - 1]!);
    if (split !== null) return split;
  }
  return null;
}

function isEventFile(file: string): boolean {
  return file.includes("tfevents");
}

/** Whether a bare tag of this file is the training's own: Keras logs put "val_" before the others. */
function isTextLog(path: string): boolean {
  return /\.(csv|tsv|txt|log|json|jsonl|ndjson|out|err|stdout|stderr|console)(\.\d+)?$/i.test(path) && !isEventFile(path);
}

/** Whether a tag names a score that may be told for each class. */
function isScored(tag: string): boolean {
  return wordsOf(tag).some((word) => SCORES.test(word));
}

/** Runs of one project log the same tags into files of the same name. */
const KNOWN = new Map<string, readonly Role[]>();
const MOST_KNOWN = 256;

/** Roles of all tags that a file holds, in order: siblings decide where one tag alone is ambiguous. */
export function rolesOf(tags: readonly string[], path: string): readonly Role[] {
  const key = JSON.stringify([path, tags]);
  let roles = KNOWN.get(key);
  if (roles === undefined) {
    if (KNOWN.size >= MOST_KNOWN) KNOWN.clear();
    KNOWN.set(key, (roles = findRoles(tags, path)));
  }
  return roles;
}

function findRoles(tags: readonly string[], path: string): Role[] {
  const known = new Set(tags.map(plain));
  const ofTraining = tags.filter((tag) => splitInTag(tag) === "train").map(quantityOf).filter((quantity) => quantity !== "lr");
  // Ultralytics: "train/box_loss", "val/box_loss", and the validation's scores below "metrics/".
  const metricsOfValidation = tags.some((tag) => tag.startsWith("train/")) && tags.some((tag) => tag.startsWith("val/"));
  const classes = classesOf(tags.map(measured));
  return tags.map((tag, i) => {
    const one = role(tag, path, classes[i]!);
    if (one.quantity === "lr" || splitInTag(tag) !== null || splitInPath(path) !== null) return one;
    if (metricsOfValidation && tag.startsWith("metrics/")) return { ...one, split: "val" };
    if (hasValidation(tag, known)) return { ...one, split: "train" };
    // Beside "train_loss" a bare "dice" may be of either split, a bare "loss" too; a bare "loss" beside "train_dice" is that of training.
    const either = one.quantity === "loss" ? ofTraining.includes("loss") : ofTraining.length > 0;
    return either ? { ...one, split: null } : one;
  });
}

function measured(tag: string): Measured {
  return { tag, quantity: quantityOf(tag), scored: isScored(tag) };
}

/**
 * The role of one tag of the file at `path` (relative to the run's folder). A bare tag of a text log ("loss") counts as
 * training; of an event file, only where a folder says so.
 */
function role(tag: string, path: string, named: TagClass | null): Role {
  const quantity = quantityOf(tag);
  let split = splitInTag(tag);
  if (split === null && quantity !== "lr" && !isCounter(tag)) {
    split = splitInPath(path) ?? (isTextLog(path) && quantity !== "other" ? "train" : null);
  }
  const name = named?.name ?? null;
  return { split, quantity, class: named?.index ?? null, ...(name === null ? {} : { className: name }) };
}

function isCounter(tag: string): boolean {
  return /^(epoch|step|global_step|iteration)$/i.test(tag.trim());
}

function plain(tag: string): string {
  return wordsOf(tag).join("_");
}

/** Whether `known` (plain tags) holds the same tag with "val" before it, or inside as "epoch_val_loss". */
function hasValidation(tag: string, known: ReadonlySet<string>): boolean {
  const own = plain(tag);
  const inner = own.replace(/^(epoch|batch)_/, "");
  const prefix = own.slice(0, own.length - inner.length);
  return ["val", "valid", "validation"].some((word) => known.has(`${word}_${own}`) || known.has(`${prefix}${word}_${inner}`));
}

/** What a tag says about its series: which split, which quantity, which class. */
import type { Quantity, Role, Split } from "../../run";

const VAL = new Set(["val", "valid", "validation", "validate", "eval", "evaluation", "dev"]);
const TRAIN = new Set(["train", "training", "trn", "tr"]);
const TEST = new Set(["test", "testing"]);

/** Words that make a loss-like name something else: a setting, not a measured loss. */
const NOT_A_LOSS = new Set(["scale", "scaler", "weight", "weights"]);
const ACCURACY = /^(acc|accuracy|accuracies|\w+accuracy)$/;
const DICE = /^(dice|dices|dsc|dicecoef|dicecoeff|dicecoefficient|dicescore|dicemetric|meandice|f1|f1score|fscore)$/;
const IOU = /^(iou|ious|miou|meaniou|iouscore|io_u|jaccard|jac|\w*jaccard\w*)$/;
const CROSS_ENTROPY = /^(\w*crossentropy|xent|nll|bce)$/;

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
  const words = wordsOf(tag);
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

/** The split that the tag itself names. */
function splitInTag(tag: string): Split | null {
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
  return /\.(csv|tsv|txt|log|json)$/i.test(path) && !isEventFile(path);
}

/** "val_dice_12" → [val_dice, 12]; null without a number at the end, or where it belongs to a word ("f1", "conv2d"). */
function numbered(tag: string): { base: string; number: number } | null {
  const match = /^(.*?[a-z])[_\-/ ]?(\d{1,3})$/i.exec(tag);
  if (match === null) return null;
  const base = match[1]!;
  return /(^|[^a-z])(f|top|hd|io_u|iou_?at)$/i.test(base) ? null : { base, number: Number(match[2]) };
}

/** The class that a tag names outright: "class_2", "cls3", "label 1", "dice[4]". */
function namedClass(tag: string): number | null {
  const said = /(?:^|[^a-z])(?:class|cls|label|c)[_\-/ =]?(\d{1,3})(?![\d.])/i.exec(tag) ?? /\[(\d{1,3})\](?=$|[^a-z0-9])/i.exec(tag);
  return said === null ? null : Number(said[1]);
}

/**
 * The class of a tag like "dice_2". Keras numbers metrics of the same name too ("dice_coef_1", "mean_io_u_5"), so that the
 * number must follow the bare quantity, or stand in a family of two or more consecutive ones from 0 or 1.
 */
function classOf(tag: string, quantity: Quantity, siblings: readonly string[] | null): number | null {
  if (quantity === "lr") return null;
  const named = namedClass(tag);
  if (named !== null) return named;
  if (quantity !== "dice" && quantity !== "iou" && quantity !== "accuracy") return null;
  const own = numbered(tag);
  if (own === null || wordsOf(own.base).includes("mean")) return null;
  if (siblings === null) return /(^|[^a-z])(dice|dsc|iou|jaccard)$/i.test(own.base) ? own.number : null;
  const family = new Set<number>();
  for (const other of siblings) {
    const theirs = numbered(other);
    if (theirs?.base === own.base) family.add(theirs.number);
  }
  const numbers = [...family].sort((a, b) => a - b);
  const first = numbers[0]!;
  const consecutive = numbers.every((n, i) => n === first + i);
  return numbers.length >= 2 && consecutive && first <= 1 ? own.number : null;
}

/**
 * The role of one tag of the file at `path` (relative to the run's folder). A bare tag of a text log ("loss") counts as
 * training; of an event file, only where a folder says so.
 */
export function roleOf(tag: string, path: string): Role {
  return role(tag, path, null);
}

/** Roles of all tags that a file holds, in order: siblings decide where one tag alone is ambiguous. */
export function rolesOf(tags: readonly string[], path: string): Role[] {
  const known = new Set(tags.map(plain));
  const saysTrain = tags.some((tag) => splitInTag(tag) === "train" && quantityOf(tag) !== "lr");
  return tags.map((tag) => {
    const one = role(tag, path, tags);
    if (one.quantity === "lr" || splitInTag(tag) !== null || splitInPath(path) !== null) return one;
    if (hasValidation(tag, known)) return { ...one, split: "train" };
    // Beside "train_loss" a bare "dice" may be of either split.
    return saysTrain ? { ...one, split: null } : one;
  });
}

function role(tag: string, path: string, siblings: readonly string[] | null): Role {
  const quantity = quantityOf(tag);
  let split = splitInTag(tag);
  if (split === null && quantity !== "lr" && !isCounter(tag)) {
    split = splitInPath(path) ?? (isTextLog(path) && quantity !== "other" ? "train" : null);
  }
  return { split, quantity, class: classOf(tag, quantity, siblings) };
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

/** Which class a tag names: by number ("dice_2", "Dice/class_3") or by word ("dice_liver", "IoU.person"). */
import type { Quantity } from "../../run";

/** A class as tags name it. */
export interface TagClass {
  /** Index; of a named one by its place among the names, from 0 where one of them is the background, else from 1. */
  readonly index: number;
  /** As the tag writes it; null for a number. */
  readonly name: string | null;
}

/** What a tag measures, as `role.ts` has found. */
export interface Measured {
  readonly tag: string;
  readonly quantity: Quantity;
  /** Whether the words name a score that may be told for each class (recall, HD95), also where its quantity is "other". */
  readonly scored: boolean;
}

/** Words before a number that make it something else than a class. */
const COUNTED = new Set(["epoch", "epochs", "step", "iter", "iteration", "fold", "level", "layer", "stage", "head", "block", "scale", "top", "at", "rank", "gpu", "dataloader", "loader", "idx", "batch", "sample", "case", "run", "ds", "aux", "output", "out", "conv2d", "lr"]);
/** Words of a score's name, or beside it, that are no class: what it is, whose it is, how it was averaged. */
const ASIDE = new Set(
  (
    "dice dices dsc coef coeff coefficient score scores metric metrics index similarity iou ious jaccard intersection over union f1 f fscore io u " +
    "acc accuracy pixel px voxel vox mean m a avg average averaged macro micro weighted fw freq frequency fg foreground nonbackground total overall all any global sum std var min max median " +
    "train training trn tr val valid validation eval evaluation dev test testing epoch epochs step steps iter batch per image imagewise img dataset case cases sample samples volume slice patch subject class classes cls label region regions or " +
    "binary categorical sparse multiclass multilabel topk top k hard soft ema best last current running raw smooth smoothed generalized generalised gen squared log " +
    "seg segm segmentation semantic sem decode aux head main deep student teacher labeled source online with without no not incl excl include exclude including excluding exact approx only bg loss losses ce bce nll xent entropy cross " +
    "precision recall sensitivity specificity hausdorff hd hd95 distance surface assd asd nsd"
  ).split(" "),
);
/** Names that every list of classes may have beside others. */
const BACKGROUND = new Set(["background", "bg", "unlabeled", "unlabelled"]);

interface Numbered {
  readonly base: string;
  readonly number: number;
}

/** Classes of all tags of one log, in their order; null for tags that name none. */
export function classesOf(tags: readonly Measured[]): (TagClass | null)[] {
  const numbered = numberFamilies(tags);
  const names = nameFamilies(tags);
  return tags.map((one) => {
    const index = numberedClass(one, numbered);
    if (index !== null) return { index, name: null };
    const name = remainderOf(one.tag);
    if (name === null || !mayHaveClass(one)) return null;
    // A lone one counts as the first class until the run's own names are known.
    const named = names.get(plainName(name)) ?? (names.size === 0 && isOf(one, name) ? 1 : undefined);
    return named === undefined ? null : { index: named, name };
  });
}

/** For comparing names as people write them: "left ventricle" is "Left_Ventricle". */
function plainName(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ").trim();
}

/** Whether the tag is a Dice or IoU of what `name` says. */
function isOf({ tag, quantity }: Measured, name: string): boolean {
  const of = OF.exec(tag)?.[1];
  return of !== undefined && (quantity === "dice" || quantity === "iou") && plainName(of) === plainName(name);
}

function mayHaveClass({ quantity, scored }: Measured): boolean {
  return quantity !== "lr" && (quantity !== "other" || scored);
}

function isScore({ quantity, scored }: Measured): boolean {
  return quantity === "dice" || quantity === "iou" || quantity === "accuracy" || (quantity === "other" && scored);
}

/** nnU-Net's Dice of each foreground class on its validation patches: version 2's and version 1's, the first class being 1. */
const NNUNET = /(?:^|[^a-z])(?:pseudo[_ ]?dice|global[_ ]foreground[_ ]dice)[_ ](\d{1,3})$/i;
/** A score, and behind a slash or point what it is of: "val_dice/liver", "val/IoU.road", "Dice/0". */
const OF = /(?:^|[^a-z])(?:dices?|dsc|dice_?(?:coeff?|coefficient|score)|iou|jaccard)[/.]([^/.]+)$/i;

/** The class that a tag names outright: "class_2", "cls3", "label 1", "dice[4]". nnU-Net's lists begin with class 1. */
function namedClass(tag: string): number | null {
  const said = /(?:^|[^a-z])(?:class|cls|label|c)[_\-/ =]?(\d{1,3})(?![\d.])/i.exec(tag);
  if (said !== null) return Number(said[1]);
  const nnunet = NNUNET.exec(tag);
  if (nnunet !== null) return Number(nnunet[1]);
  const element = /\[(\d{1,3})\](?=$|[^a-z0-9])/i.exec(tag);
  if (element === null) return null;
  return Number(element[1]) + (/pseudo[_ ]?dice|per_class_or_region/i.test(tag) ? 1 : 0);
}

/** "val_dice_12" → [val_dice, 12]; null without a number at the end, or where it belongs to a word ("f1", "conv2d"). */
function numberOf(tag: string): Numbered | null {
  const text = tag.replace(/[_\-/ ](?:train|val|valid|validation|test|epoch)$/i, "");
  const match = /^(.*?[a-z])[_\-/. ]?(\d{1,3})$/i.exec(text) ?? /^(.*[a-z]\d{1,2})[_\-/. ](\d{1,3})$/i.exec(text);
  if (match === null) return null;
  const base = match[1]!;
  if (/(^|[^a-z])(f|top|hd|io_u|iou_?at|iou@|p|r)$/i.test(base)) return null;
  const word = /([a-z0-9]+)$/i.exec(base)?.[1]?.toLowerCase() ?? "";
  return COUNTED.has(word) ? null : { base, number: Number(match[2]) };
}

function isMean(base: string): boolean {
  return /(^|[^a-z])(mean|avg|average|m)([^a-z]|$)/i.test(base) || /mean|avg/i.test(base);
}

/** Numbers that stand behind each stem. */
function numberFamilies(tags: readonly Measured[]): Map<string, Set<number>> {
  const families = new Map<string, Set<number>>();
  for (const { tag } of tags) {
    const own = numberOf(tag);
    if (own === null) continue;
    const family = families.get(own.base) ?? new Set();
    family.add(own.number);
    families.set(own.base, family);
  }
  return families;
}

/**
 * Keras numbers metrics of the same name too ("dice_coef_1", "mean_io_u_5"): the number must stand in a family of two or more
 * consecutive ones from 0 or 1. Losses that are numbered are heads or terms as often as classes: only a tag that says so counts.
 */
function numberedClass(one: Measured, families: ReadonlyMap<string, ReadonlySet<number>>): number | null {
  if (!mayHaveClass(one)) return null;
  const named = namedClass(one.tag);
  if (named !== null && (one.quantity !== "loss" || !/\]\s*$/.test(one.tag))) return named;
  const own = isScore(one) ? numberOf(one.tag) : null;
  if (own === null || isMean(own.base)) return null;
  // Behind a point it may be the second column of that name, as pandas writes it ("dice.1").
  if (/\/\d+$/.test(one.tag) && OF.test(one.tag)) return own.number;
  const numbers = [...(families.get(own.base) ?? [])].sort((a, b) => a - b);
  const first = numbers[0] ?? -1;
  const consecutive = numbers.every((n, i) => n === first + i);
  return numbers.length >= 2 && consecutive && (first === 0 || first === 1) ? own.number : null;
}

/** Words of a tag that tell neither what it measures nor of which split, as they stand there; null when none or scattered. */
export function remainderOf(tag: string): string | null {
  const text = tag.replace(/IoU/g, "Iou").replace(/([a-z])([A-Z])/g, "$1_$2");
  const words = [...text.matchAll(/[\p{L}\p{N}]+/gu)];
  const left = words.map((word, i) => ({ i, word: word[0] })).filter(({ word }) => !isAside(word.toLowerCase()));
  const first = left[0];
  const last = left[left.length - 1];
  if (first === undefined || last === undefined || left.length > 4 || left.some(({ word }) => COUNTED.has(word.toLowerCase())) || last.i - first.i !== left.length - 1) return null;
  const name = left.map(({ word }) => word).join(" ");
  // Numbers are classes of the other kind.
  return /^[\d ]+$/.test(name) || /^\d+d$/i.test(name) ? null : name;
}

function isAside(word: string): boolean {
  return ASIDE.has(word) || ASIDE.has(word.replace(/\d+$/, "")) || /^m?(?:iou|dice|acc)\d*$/.test(word) || /(?:accuracy|jaccard\w*|dice|iou|loss|score|index)$/.test(word);
}

/**
 * Class names and their index: words in which two or more Dice or IoU tags differ that are otherwise the same. Other scores
 * and losses take them from there, since their variants ("binary_accuracy") look the same.
 */
function nameFamilies(tags: readonly Measured[]): Map<string, number> {
  const stems = new Map<string, Set<string>>();
  for (const { tag, quantity } of tags) {
    if (quantity !== "dice" && quantity !== "iou") continue;
    const name = remainderOf(tag);
    if (name === null) continue;
    const stem = plainName(tag.replace(/IoU/g, "Iou").replace(/([a-z])([A-Z])/g, "$1_$2")).replace(plainName(name), "*");
    const family = stems.get(stem) ?? new Set();
    family.add(plainName(name));
    stems.set(stem, family);
  }
  const names: string[] = [];
  for (const family of stems.values()) if (family.size >= 2) for (const name of family) if (!names.includes(name)) names.push(name);
  const first = names.some((name) => BACKGROUND.has(name)) ? 0 : 1;
  return new Map(names.map((name, i) => [name, i + first]));
}

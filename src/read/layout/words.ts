/** Words of names, and what they hint at. */
import { remembered } from "./memo";

export type Kind = "labels" | "predictions" | "image";

export interface Hint {
  readonly kind: Kind;
  /** 3: says it; 2: usually means it; 1: leans to it. */
  readonly strength: 1 | 2 | 3;
}

/** Lower-case words of a name: split at everything that is no letter, at camelCase, and where two known words are glued ("predmask", "valgt"); digits left out. */
export const wordsOf = remembered((name: string): readonly string[] =>
  name
    .split(/[^A-Za-z]+|(?<=[a-z])(?=[A-Z])/)
    .filter((word) => word !== "")
    .flatMap((word) => unglued(word.toLowerCase())),
);

/** Short words that are glued to each other. */
const GLUED = new Set("val valid train test pred preds predicted gt true label labels mask masks seg segs prob probs".split(" "));

function unglued(word: string): string[] {
  for (let at = 2; at <= word.length - 2; at++) {
    const [a, b] = [word.slice(0, at), word.slice(at)];
    // "trainval" and such name no one split.
    if (GLUED.has(a) && GLUED.has(b) && !(SPLITS.has(a) && SPLITS.has(b))) return [a, b];
  }
  return [word];
}

const table = (strong: string, usual: string, weak: string): ReadonlyMap<string, 1 | 2 | 3> =>
  new Map([
    ...weak.split(" ").map((w) => [w, 1] as const),
    ...usual.split(" ").map((w) => [w, 2] as const),
    ...strong.split(" ").map((w) => [w, 3] as const),
  ]);

const LABELS = table(
  "gt gts groundtruth truth truths true target targets tgt annotation annotations annot manual ytrue yval ytest ytrain reference labelmap",
  "label labels lbl lbls lab mask masks msk y",
  "seg segs segmentation segmentations ref",
);
const PREDICTIONS = table(
  "pred preds prediction predictions predicted predict prob probs proba probas probability probabilities softmax sigmoid logit logits argmax yhat ypred hat preddir inferred inference forecast",
  "output outputs outs score scores",
  "out result results eval evaluation evals",
);
const IMAGES = table("x image images img imgs input inputs xval xtest xtrain", "scan scans raw ct mri mr flair photo photos picture pictures", "data vol volume volumes im");

/** "pr" is a prediction beside a word for masks alone, as in the examples of segmentation_models; elsewhere it begins names of cases. */
const PR_MASK = /(?:^|[^A-Za-z])pr[-_. ]?(?:masks?|labels?|segs?|maps?)(?![A-Za-z])/i;

/** What one name says: predictions go before labels ("pred_masks"), labels before images ("image_labels"). */
export const hintOf = remembered((name: string): Hint | null => {
  const words = wordsOf(name);
  const best = (of: ReadonlyMap<string, 1 | 2 | 3>): number => words.reduce((most, word) => Math.max(most, of.get(word) ?? 0), 0);
  const [p, l, x] = [PR_MASK.test(name) ? 3 : best(PREDICTIONS), best(LABELS), best(IMAGES)];
  const strength = (n: number): 1 | 2 | 3 => (n === 3 ? 3 : n === 2 ? 2 : 1);
  if (p >= 2 && (p >= l || l < 3)) return { kind: "predictions", strength: strength(p) };
  if (l >= 2) return { kind: "labels", strength: strength(l) };
  if (x >= 2) return { kind: "image", strength: strength(x) };
  if (l === 1) return { kind: "labels", strength: 1 };
  if (p === 1) return { kind: "predictions", strength: 1 };
  return x === 1 ? { kind: "image", strength: 1 } : null;
});

export type SplitWord = "train" | "val" | "test";
const SPLITS: ReadonlyMap<string, SplitWord> = new Map([
  ["train", "train"],
  ["training", "train"],
  ["trn", "train"],
  ["ytrain", "train"],
  ["val", "val"],
  ["valid", "val"],
  ["validation", "val"],
  ["dev", "val"],
  ["yval", "val"],
  ["test", "test"],
  ["testing", "test"],
  ["ytest", "test"],
]);

/** Words that say nothing beside a role or split. */
const FILLERS = new Set("set data split splits dir folder epoch epochs ep step steps final last best all per and the of map maps volume volumes npy npz nii nifti png".split(" "));
const plain = (word: string): boolean => isRoleWord(word) || FILLERS.has(word);

/** Whether a name holds words beside those of roles and splits: it names a case, a network, a data set. */
export const namesMoreThanRole = (name: string): boolean => !wordsOf(name).every(plain);

/** Whether a name is taken for that of an image by a word that may be a part of the case's name: "spleen_x", "left_ct", "mr_knee". */
export function isVagueImage(name: string): boolean {
  const strong = wordsOf(name).filter((word) => word.length > 1 && IMAGES.get(word) === 3);
  return strong.length === 0 && namesMoreThanRole(name);
}

/** The split that the name of a file or entry says. */
export function splitOf(name: string): SplitWord | null {
  for (const word of wordsOf(name)) {
    const split = SPLITS.get(word);
    if (split !== undefined) return split;
  }
  return null;
}

/** The split that a folder's name says: only where the name is made of such words, since "training_1" and "unet_train" name trainings. */
export function splitOfFolder(name: string): SplitWord | null {
  const words = wordsOf(name);
  if (!words.every(plain) || (/\d/.test(name) && hintOf(name) === null)) return null;
  if (words.includes("training") && words.length > 1 && (hintOf(name)?.strength ?? 0) < 2) return null;
  return splitOf(name);
}

/** What a folder's name says; less where other words show that it may name a training or a data set. */
export function hintOfFolder(name: string): Hint | null {
  const words = wordsOf(name);
  // "raw" beside a split is how that split came out, not an image: nnU-Net's "validation_raw".
  if (words.includes("raw") && words.some((word) => SPLITS.has(word))) return hintOf(words.filter((word) => word !== "raw").join("_"));
  if (words.every(plain)) return hintOf(name);
  // A letter beside other words is part of a name: "Dataset501_X".
  const hint = words.some((word) => word.length === 1) ? hintOf(words.filter((word) => word.length > 1).join("_")) : hintOf(name);
  if (hint === null) return hint;
  return { kind: hint.kind, strength: hint.strength === 3 ? 2 : 1 };
}

/** Whether a word belongs to a name's role or split, not to the case that it names. */
export function isRoleWord(word: string): boolean {
  return LABELS.has(word) || PREDICTIONS.has(word) || SPLITS.has(word) || IMAGES.has(word);
}

/** As `isRoleWord`, without the words for images, which also stand in names of cases. */
export function isMapWord(word: string): boolean {
  return LABELS.has(word) || PREDICTIONS.has(word) || SPLITS.has(word);
}

/** Labels and predictions of the same cases. */
import { caseName, type Item } from "./arrays";
import type { PairPlan, VolumeRef } from "./plan";
import { digitsOf, type ItemSet } from "./sets";
import { compatible, sameVoxels, squeezed } from "./shapes";

type CasePair = PairPlan["cases"][number];

export interface Paired {
  readonly cases: readonly CasePair[];
  /** Index into the labels' items of each case; -1 where all of one array is meant. */
  readonly used: readonly number[];
  /** One line each. */
  readonly problems: readonly string[];
  /** Set when order alone says which is which. */
  readonly assumption: string | null;
}

const NONE: Omit<Paired, "problems"> = { cases: [], used: [], assumption: null };
const shapeText = (item: Item): string => item.shape.join("×");

/** Pairs by name, else by order where the counts agree and every shape fits. */
export function pairCases(labels: ItemSet, predictions: ItemSet): Paired {
  const [l, p] = [labels.items, predictions.items];
  if (l.length === 1 && p.length === 1) {
    if (!sameVoxels(l[0]!, p[0]!)) return { ...NONE, problems: [mismatch(p[0]!, l[0]!)] };
    const key = labels.keys[0] === "" ? predictions.keys[0]! : labels.keys[0]!;
    return { cases: [{ name: caseName(l[0]!, key), labels: l[0]!.ref, predictions: p[0]!.ref }], used: [0], problems: [], assumption: null };
  }
  if (l.length === 1) return stacked(l[0]!, predictions, "labels") ?? oneOfSeveral(labels, predictions);
  if (p.length === 1 && squeezed(p[0]!.shape).length > squeezed(l[0]!.shape).length) {
    const paired = stacked(p[0]!, labels, "predictions");
    if (paired !== null) return paired;
  }
  return byName(labels, predictions);
}

function mismatch(prediction: Item, label: Item): string {
  return `predictions of shape ${shapeText(prediction)} do not fit labels of shape ${shapeText(label)} in ${label.header.path}`;
}

/** One array holds the cases along its first axis that the other set keeps one by one. */
function stacked(whole: Item, set: ItemSet, which: "labels" | "predictions"): Paired | null {
  const each = whole.shape.slice(1);
  if (whole.header.order !== "C" || whole.shape[0] !== set.items.length || !set.items.every((item) => compatible(item.shape, each))) return null;
  const cases = set.items.map((item, index) => {
    const part: VolumeRef = { ...whole.ref, slice: { axis: 0, index } };
    return { name: caseName(item, set.keys[index]!), labels: which === "labels" ? part : item.ref, predictions: which === "labels" ? item.ref : part };
  });
  return {
    cases,
    used: which === "labels" ? [0] : set.items.map((_, i) => i),
    problems: [],
    assumption: `${whole.header.path} holds the ${set.items.length} cases of ${set.path} along its first axis; they are taken in the order of the names.`,
  };
}

/** One array of labels, several of predictions that all might be its epoch's: those of its shape, the plainest name first. */
function oneOfSeveral(labels: ItemSet, predictions: ItemSet): Paired {
  const label = labels.items[0]!;
  const fit = predictions.items.map((item, i) => ({ item, key: predictions.keys[i]! })).filter(({ item }) => sameVoxels(item, label));
  const chosen = fit.find(({ key }) => key === labels.keys[0]) ?? fit.sort((a, b) => b.item.strength - a.item.strength || a.key.length - b.key.length)[0];
  if (chosen === undefined) return { ...NONE, problems: [mismatch(predictions.items[0]!, label)] };
  const left = predictions.items.length - 1;
  return {
    cases: [{ name: caseName(label, labels.keys[0]!), labels: label.ref, predictions: chosen.item.ref }],
    used: [0],
    problems: [],
    assumption: `${chosen.item.header.path} is taken for the predictions; ${left} more array${left === 1 ? "" : "s"} beside it ${left === 1 ? "is" : "are"} left out.`,
  };
}

function byName(labels: ItemSet, predictions: ItemSet): Paired {
  const find = finder(labels.keys, predictions.keys);
  const cases: CasePair[] = [];
  const used: number[] = [];
  const problems: string[] = [];
  const without: string[] = [];
  const misfits: { readonly item: Item; readonly label: Item }[] = [];
  for (const [i, item] of predictions.items.entries()) {
    const at = find(predictions.keys[i]!);
    const label = at === null ? undefined : labels.items[at];
    if (at === null || label === undefined) {
      without.push(item.header.path);
      continue;
    }
    if (!sameVoxels(item, label)) misfits.push({ item, label });
    else {
      cases.push({ name: caseName(label, labels.keys[at]!), labels: label.ref, predictions: item.ref });
      used.push(at);
    }
  }
  // Data sets have thousands of cases: the first stands for all, in the same words at every epoch.
  const misfit = misfits[0];
  if (misfit !== undefined) problems.push(`${misfit.item.header.path.slice(misfit.item.header.path.lastIndexOf("/") + 1)}: ${mismatch(misfit.item, misfit.label)}${misfits.length > 1 ? `, and so ${misfits.length - 1} more` : ""}`);
  if (cases.length === 0 && problems.length === 0) {
    if (labels.items.length === predictions.items.length && predictions.items.every((item, i) => sameVoxels(item, labels.items[i]!))) return byOrder(labels, predictions);
    return { ...NONE, problems: [`none of the ${predictions.items.length} cases has labels of its name in ${labels.path}`] };
  }
  if (without.length > 0 && isShifted(labels, predictions)) return byOrder(labels, predictions, "count their cases from different numbers");
  if (without.length > 0) problems.push(`no labels in ${labels.path} for ${without[0]!}${without.length > 1 ? ` and ${without.length - 1} more` : ""}`);
  return { cases, used, problems, assumption: null };
}

/** As many cases that are numbered one by one, but from different numbers (1 to 20, 0 to 19), all of fitting shapes. */
function isShifted(labels: ItemSet, predictions: ItemSet): boolean {
  const count = labels.items.length;
  if (predictions.items.length !== count || count < 2) return false;
  const [first, start] = [labels.keys, predictions.keys].map((keys) => (keys.every((key, i) => /^\d+$/.test(key) && Number(key) === Number(keys[0]) + i) ? Number(keys[0]) : NaN));
  return Math.abs(first! - start!) === 1 && predictions.items.every((item, i) => sameVoxels(item, labels.items[i]!));
}

function byOrder(labels: ItemSet, predictions: ItemSet, why = "have no name in common"): Paired {
  return {
    cases: predictions.items.map((item, i) => ({ name: caseName(labels.items[i]!, labels.keys[i]!), labels: labels.items[i]!.ref, predictions: item.ref })),
    used: labels.items.map((_, i) => i),
    problems: [],
    assumption: `Cases of ${predictions.path} and ${labels.path} ${why}; they are paired in the order of their names.`,
  };
}

/** The label of a prediction's key: the same key, the same without a channel's suffix, the key that alone starts or ends so, the same number. */
function finder(labelKeys: readonly string[], predictionKeys: readonly string[]): (key: string) => number | null {
  const plain = (key: string): string => key.replace(/_\d{4}$/, "");
  const levels = [(key: string): string => key, plain, (key: string): string => digitsOf(key)[0] ?? "", (key: string): string => digitsOf(plain(key))[0] ?? ""];
  for (const [level, of] of levels.entries()) {
    const index = new Map<string, number>();
    let ambiguous = false;
    for (const [i, key] of labelKeys.entries()) {
      const form = of(key);
      ambiguous ||= index.has(form);
      index.set(form, i);
    }
    // A form that does not tell the labels or the predictions apart pairs nothing.
    if (level > 0 && (ambiguous || new Set(predictionKeys.map(of)).size < predictionKeys.length)) continue;
    if (predictionKeys.some((key) => of(key) !== "" && index.has(of(key)))) {
      return (key) => (of(key) === "" && level > 0 ? null : (index.get(of(key)) ?? null));
    }
  }
  return () => null;
}

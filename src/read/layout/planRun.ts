/** From all array headers of a run to what is measured: labels, predictions of each epoch, and which belong together. */
import { type Item, makeItems } from "./arrays";
import { choose } from "./chosen";
import { guessKinds, withoutCopies } from "./guess";
import { type Paired, pairCases } from "./pairing";
import type { LabelPlan, PairPlan, PlanInput, RunPlan, VolumeRole } from "./plan";
import { type ItemSet, labelSets, natural, nameOf, numberPredictions, predictionSets, sharedFiles } from "./sets";
import { sameVoxels } from "./shapes";
import { settleSplits } from "./splits";
import { unstack } from "./stacked";

/** Pure: the same headers, values and options give the same plan. */
export function planRun(input: PlanInput): RunPlan {
  const notes = { assumptions: new Set<string>(), problems: new Map<string, { path: string; message: string; more: number }>() };
  const items = makeItems(input.volumes);
  const chosen = choose(items, input.options, (path, message) => problem(notes, path, message));
  guessKinds(items, input.peek, chosen, (text) => notes.assumptions.add(text));
  settleSplits(items, (text) => notes.assumptions.add(text));
  const predictions = items.filter((item) => item.kind === "predictions");
  const labelled = items.filter((item) => item.kind === "labels");
  const labels = predictions.length === 0 ? labelled : withoutCopies(labelled, input.peek);
  const shared = sharedFiles(items);
  numberPredictions(predictions, labels);
  const sets = labelSets(labels, shared);
  const stacks = predictions.flatMap((item) => {
    const epochs = unstack(item, labels, input, nameOf(item, shared), (text) => notes.assumptions.add(text));
    return epochs === null ? [] : [{ item, epochs }];
  });
  const inStacks = new Set(stacks.map((s) => s.item));
  const epochs = pickSeries(predictionSets(predictions.filter((item) => !inStacks.has(item)), shared), sets, (text) => notes.assumptions.add(text));
  const planned = pairAll([...epochs, ...stacks.flatMap((s) => s.epochs)], sets, notes);
  return {
    pairs: planned.pairs,
    labels: labelPlans(sets, planned.used, (text) => notes.assumptions.add(text)),
    roles: rolesOf(input, items),
    assumptions: [...notes.assumptions],
    problems: [...notes.problems.values()].map(({ path, message, more }) => ({ path, message: more === 0 ? message : `${message} (so in ${more} more)` })),
  };
}

interface Notes {
  readonly assumptions: Set<string>;
  readonly problems: Map<string, { path: string; message: string; more: number }>;
}

/** The same trouble at every epoch is told once. */
function problem(notes: Notes, path: string, message: string): void {
  const known = notes.problems.get(message);
  if (known === undefined) notes.problems.set(message, { path, message, more: 0 });
  else known.more++;
}

/** Of several series that give the same epochs, the one that gives most; classes before probabilities. */
function pickSeries(sets: readonly ItemSet[], labels: readonly ItemSet[], assume: (text: string) => void): ItemSet[] {
  const series = new Map<string, ItemSet[]>();
  for (const set of sets) {
    const key = `${set.split ?? ""}|${set.series}`;
    const known = series.get(key);
    if (known === undefined) series.set(key, [set]);
    else known.push(set);
  }
  const fits = (set: ItemSet): boolean => labels.some((l) => l.items.length > 1 || set.items.length > 1 || sameVoxels(l.items[0]!, set.items[0]!));
  const strength = (list: readonly ItemSet[]): number => Math.max(...list.flatMap((s) => s.items.map((i) => i.strength)));
  const numbered = (list: readonly ItemSet[]): number => list.filter((s) => s.number !== null).length;
  const integer = (list: readonly ItemSet[]): number => (list.every((s) => s.items.every((i) => i.integer)) ? 1 : 0);
  const ranked = [...series.values()].sort(
    (a, b) =>
      Number(b.some(fits)) - Number(a.some(fits)) || numbered(b) - numbered(a) || integer(b) - integer(a) || strength(b) - strength(a) || b[0]!.items.length - a[0]!.items.length || natural(a[0]!.path, b[0]!.path),
  );
  const taken = new Map<string, ItemSet>();
  const left = new Map<string, ItemSet>();
  for (const list of ranked) {
    for (const set of list) {
      const key = `${splitFor(set)}|${set.number ?? ""}`;
      if (!taken.has(key)) taken.set(key, set);
      else left.set(set.series, set);
    }
  }
  const hasVal = sets.some((s) => s.split === null || s.split === "val");
  const out = [...taken.values()].filter((set) => set.split !== "test" || !hasVal);
  const [first] = left.values();
  if (first !== undefined) assume(`Of several predictions of the same epochs, ${first.path} and ${left.size > 1 ? `${left.size - 1} more and ` : ""}those like it are left out; “Choose Predictions…” takes others.`);
  return out;
}

const splitFor = (set: ItemSet): "train" | "val" | "test" => set.split ?? "val";

function pairAll(epochs: readonly ItemSet[], labels: readonly ItemSet[], notes: Notes): { pairs: PairPlan[]; used: Map<ItemSet, Set<number>> } {
  const pairs: PairPlan[] = [];
  const used = new Map<ItemSet, Set<number>>();
  if (epochs.length > 0 && labels.length === 0) {
    problem(notes, epochs[0]!.path, "labels: none found for these predictions; “Choose Labels…” tells where they are");
    return { pairs, used };
  }
  for (const set of epochs) {
    const best = bestLabels(set, labels);
    if (best === null) {
      problem(notes, set.path, `labels: none found for the predictions of the ${set.split === "train" ? "training" : "validation"} set; “Choose Labels…” tells where they are`);
      continue;
    }
    for (const message of best.paired.problems) problem(notes, set.path, message);
    if (best.paired.assumption !== null) notes.assumptions.add(best.paired.assumption);
    if (best.paired.cases.length === 0) continue;
    const cases = used.get(best.labels) ?? new Set<number>();
    for (const at of best.paired.used) cases.add(at);
    used.set(best.labels, cases);
    const only = best.paired.cases.length === 1 && set.items.length > 1 ? best.paired.cases[0]!.predictions.path : null;
    pairs.push({ number: set.number, counts: set.counts, split: set.split === "train" ? "train" : "val", predictions: only ?? set.path, labels: best.labels.path, cases: best.paired.cases });
  }
  pairs.sort((a, b) => (a.split === b.split ? (a.number ?? Infinity) - (b.number ?? Infinity) || natural(a.predictions, b.predictions) || 0 : a.split === "train" ? -1 : 1));
  return { pairs, used };
}

/** The labels that give most: of the same file, of the same epoch, of the same split; then those that pair most cases. */
function bestLabels(set: ItemSet, labels: readonly ItemSet[]): { labels: ItemSet; paired: Paired } | null {
  const split = set.split ?? "val";
  let best: { labels: ItemSet; paired: Paired; score: number } | null = null;
  for (const candidate of labels) {
    if (candidate.number !== null && candidate.number !== set.number) continue;
    if (candidate.split !== null && candidate.split !== split && !(set.split === null && !labels.some((l) => l.split === null || l.split === "val"))) continue;
    const paired = pairCases(candidate, set);
    const sameFile = candidate.items.length === 1 && set.items.length === 1 && candidate.items[0]!.header.path === set.items[0]!.header.path;
    const score =
      (paired.cases.length > 0 ? 1000 : 0) +
      (paired.assumption === null ? 200 : 0) +
      (sameFile ? 100 : 0) +
      (candidate.number !== null ? 50 : 0) +
      (candidate.split === split ? 20 : candidate.split === null ? 10 : 0) +
      candidate.items[0]!.strength +
      near(candidate, set) +
      Math.min(1, paired.cases.length / set.items.length);
    if (best === null || score > best.score) best = { labels: candidate, paired, score };
  }
  return best;
}

/** Share of the path that two sets have in common. */
function near(a: ItemSet, b: ItemSet): number {
  const [p, q] = [a.path.split("/"), b.path.split("/")];
  let n = 0;
  while (n < Math.min(p.length, q.length) && p[n] === q[n]) n++;
  return n / (n + 1);
}

/** One set of labels a split: the one that predictions were held against, else the likeliest. */
function labelPlans(sets: readonly ItemSet[], used: ReadonlyMap<ItemSet, ReadonlySet<number>>, assume: (text: string) => void): LabelPlan[] {
  const plans: LabelPlan[] = [];
  for (const split of ["train", "val"] as const) {
    const mine = sets.filter((s) => (s.split ?? "val") === split || (split === "val" && s.split === "test" && !sets.some((o) => o.split === null || o.split === "val")));
    const taken =
      mine.findLast((s) => used.has(s)) ??
      (split === "val" ? [...used.keys()].find((s) => s.split !== "train") : undefined) ??
      mine.toSorted((a, b) => b.items[0]!.strength - a.items[0]!.strength)[0];
    if (taken === undefined) continue;
    const cases = used.get(taken);
    const partly = cases !== undefined && taken.items.length > 1 && cases.size < taken.items.length;
    if (partly) assume(`${cases.size} of the ${taken.items.length} labelled cases in ${taken.path} have predictions; these are taken for the ${split === "val" ? "validation" : "training"} set.`);
    plans.push({
      split,
      path: taken.path,
      cases: taken.items.flatMap((item, i) => (partly && !cases.has(i) ? [] : [{ name: taken.keys[i] === "" ? item.parts[item.stem]! : taken.keys[i]!, ref: item.ref }])),
    });
  }
  return plans;
}

function rolesOf(input: PlanInput, items: readonly Item[]): VolumeRole[] {
  const kinds = new Map<string, VolumeRole["kind"]>();
  for (const volume of input.volumes) if (!kinds.has(volume.path)) kinds.set(volume.path, "other");
  for (const item of items) {
    const known = kinds.get(item.ref.path);
    if (item.kind === "predictions" || (item.kind === "labels" && known === "other")) kinds.set(item.ref.path, item.kind);
  }
  return [...kinds].map(([path, kind]) => ({ path, kind }));
}

/** Sentences about a run's labels for what rules say: each follows from its counts. */
import { number, percent, whole } from "../diagnose/words";
import type { RunFacts } from "./facts";

/** How a class is weighed by its volume V: 1/(V^power + epsilon), `absent` where V is 0. */
export interface Weighing {
  readonly power: 1 | 2;
  readonly epsilon: number;
  readonly over: "batch" | "image";
  readonly absent: number | "infinite";
}

/** The class that is absent most often, and from what. */
interface Absence {
  readonly index: number;
  readonly without: number;
  readonly count: number;
  /** "images", "batches of 32" */
  readonly of: string;
}

/** "class 3 (kidney)". */
function className(facts: RunFacts, index: number): string {
  const name = facts.names[index] ?? null;
  return name === null || name === "" || name === String(index) ? `class ${index}` : `class ${index} (${name})`;
}

const inRun = (facts: RunFacts): string => `run ${facts.run} (${facts.over})`;

/** Null where no class is absent from any batch or image. Batches whose size is not known are told by their images. */
function absence(facts: RunFacts, over: "batch" | "image"): Absence | null {
  const { batches } = facts;
  const inBatches = over === "batch" && batches !== null;
  const without = inBatches ? batches.without : facts.imagesWithout;
  const most = without.reduce((best, n, c) => (n > (without[best] ?? 0) ? c : best), 0);
  const n = without[most] ?? 0;
  if (n === 0) return null;
  return { index: most, without: n, count: inBatches ? batches.count : facts.images, of: inBatches ? `batches of ${whole(batches.size)}` : "images" };
}

/** Whether each batch (or image) of the run holds every class. */
export function neverAbsent(facts: RunFacts, over: "batch" | "image"): boolean {
  return absence(facts, over) === null;
}

/** "No class is absent from any of the 13 batches of 32 of run digits-a (validation labels)". */
export function presentSentence(facts: RunFacts, over: "batch" | "image"): string {
  const { batches } = facts;
  const what = over === "batch" && batches !== null ? `${whole(batches.count)} batches of ${whole(batches.size)}` : `${whole(facts.images)} images`;
  return `No class is absent from any of the ${what} of ${inRun(facts)}`;
}

/** "Class 3 (kidney) is absent from 71 % of the batches of 32 of run digits-a (validation labels)"; null where none ever is. */
export function absentSentence(facts: RunFacts, over: "batch" | "image"): string | null {
  const most = absence(facts, over);
  if (most === null) return null;
  const who = className(facts, most.index);
  const share = most.without === most.count ? "all" : `${percent(most.without / most.count)} of the`;
  const unknown = over === "batch" && facts.batches === null ? ", whose batch size is not known" : "";
  return `${who.charAt(0).toUpperCase()}${who.slice(1)} is absent from ${share} ${most.of} of ${inRun(facts)}${unknown}`;
}

/** What a rule about absent classes says of a run: which is absent most often, or that none is. */
export function presenceSentence(facts: RunFacts | null, over: "batch" | "image"): string | null {
  return facts === null ? null : (absentSentence(facts, over) ?? presentSentence(facts, over));
}

/** "Its weight there is 1e5, 9.6e15 times that of background (1/V² with V = 3.1e5)"; null where nothing is there to compare with. */
export function weightSentence(facts: RunFacts, { power, epsilon, over, absent }: Weighing): string | null {
  const largest = facts.volumes.reduce((best, v, c) => (v > (facts.volumes[best] ?? 0) ? c : best), 0);
  const { background } = facts;
  const beside = background !== null && (facts.volumes[background] ?? 0) > 0 ? background : largest;
  const inBatches = over === "batch" && facts.batches !== null;
  const holding = (inBatches ? facts.batches.count : facts.images) - ((inBatches ? facts.batches.without : facts.imagesWithout)[beside] ?? 0);
  const volume = (facts.volumes[beside] ?? 0) / holding;
  if (!(volume > 0) || !Number.isFinite(volume)) return null;
  if (absent === "infinite") return "its weight there is infinite";
  const weight = 1 / (volume ** power + epsilon);
  const v = power === 2 ? "V²" : "V";
  const unit = inBatches ? "a batch" : "an image";
  return `its weight there is ${number(absent)}, ${number(absent / weight, 2)} times that of ${beside === background ? "background" : className(facts, beside)} (${epsilon > 0 ? `1/(${v} + ${number(epsilon)})` : `1/${v}`} with V = ${number(volume, 2)}, the mean of ${unit})`;
}

/** Share of background among labelled voxels; null where there is no background. */
export function backgroundShare(facts: RunFacts): number | null {
  const all = facts.volumes.reduce((a, b) => a + b, 0);
  return facts.background === null || all === 0 ? null : (facts.volumes[facts.background] ?? 0) / all;
}

/** "In run digits-a (validation labels), whose voxels are 93 % background, predicting background alone already scores 0.93". */
export function backgroundSentence(facts: RunFacts, score: ((share: number) => number) | null): string | null {
  const share = backgroundShare(facts);
  if (share === null || share === 0) return null;
  const told = score === null ? null : score(share);
  const where = `${percent(share)} of the labelled voxels of ${inRun(facts)} are background`;
  return told === null ? where : `${where}: predicting background alone already scores ${below1(told)} there`;
}

/** Never 1 when it is not quite so. */
function below1(score: number): string {
  const text = number(score);
  return text === "1" && score < 1 ? "over 0.9999" : text;
}

/** "In run digits-a (validation labels) the largest class has 48.6 times the voxels of the smallest"; null where fewer than two are there. */
export function volumesSentence(facts: RunFacts): string | null {
  const there = facts.volumes.filter((v) => v > 0);
  if (there.length < 2) return null;
  return `In ${inRun(facts)} the largest class has ${number(Math.max(...there) / Math.min(...there), 3)} times the voxels of the smallest`;
}

/** "In run digits-a (validation labels) class 3 (kidney) has 12.5 voxels in the mean of the images that hold it"; null without labels of objects. */
export function smallestSentence(facts: RunFacts): string | null {
  const sizes = facts.volumes.flatMap((v, index) => {
    const holding = facts.images - (facts.imagesWithout[index] ?? 0);
    return v > 0 && holding > 0 ? [{ index, size: v / holding }] : [];
  });
  const [smallest] = sizes.sort((a, b) => a.size - b.size || a.index - b.index);
  return smallest === undefined ? null : `In ${inRun(facts)} ${className(facts, smallest.index)}, the smallest, has ${number(smallest.size, 3)} voxels in the mean of the images that hold it`;
}

/** A message with sentences of the run behind it. */
export function withFacts(message: string, ...sentences: readonly (string | null)[]): string {
  return [message, ...sentences.flatMap((s) => (s === null ? [] : [`${s}.`]))].join(" ");
}


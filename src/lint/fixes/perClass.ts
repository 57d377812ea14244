/** Sums over axes that are no classes: L4's sums over the class axis, L5's counts over it, L16's and L17's sums per image. */
import type { Loss, Model } from "../model/model";
import type { CallMet, RatioMet } from "../model/trace";
import { textOf } from "../python";
import type { Edit, Fix } from "../rules/rule";
import { joined, replace } from "./edits";
import { absentEdits, needsBranch } from "./absent";
import { meanOfRatio } from "./perImage";
import { callParts, isWithin, nodeAt, objectOf } from "./source";
import { axesText, classAxis, countingName, imageRank, sumSites, withAxes, type SumSite } from "./sums";
import { Words } from "./words";

/** A score per class, then their mean, in place of one over all classes (or one per pixel). */
export function perClassFixes(model: Model, loss: Loss, ratio: RatioMet): Fix[] {
  const words = Words.of(model, loss);
  const sites = sumSites(loss);
  if (words === null || sites === null || loss.fn.body.name !== "Body" && !isWithin(ratio.node, loss.fn.node)) return [];
  // A cross-entropy beside it keeps its own mean.
  const own = sites.filter((s) => s.met.of.ratio === null && s.met.of.state !== "loss");
  const edits: Edit[] = [];
  const rank = imageRank(sites);
  for (const site of own) {
    const { of, mean } = site.met;
    if (site.met.file.path !== model.file.path || of.over !== "" || mean || site.keeps || of.oneClass || of.foreground) return [];
    const flat = of.axes?.roles.length === 1 && of.axes.roles[0]?.includes("C") === true;
    // Flattened per image: with the class axis kept, the last axis is the image's alone.
    if (of.axes?.roles.join() === "N,CS" && words.isTorch && site.over === "CS") continue;
    const text = flat ? flatAxes(words) : axesText(of.axes, "NS", rank, countingName(loss), sites);
    if (text === null || (site.over !== null && !site.over.includes("C"))) return [];
    edits.push(withAxes(site, text, words.isTorch));
  }
  for (const call of loss.trace.calls) {
    const kept = flattening(call) ? keptClasses(call, loss, words) : [];
    if (kept === null) return [];
    edits.push(...kept);
  }
  // Means along listed axes, and sums of what is one number now, would mean something else.
  const after = sites.filter((s) => s.met.of.ratio !== null);
  const only = (s: SumSite): boolean => s.axes === null || (ratio.above.axes?.roles.length === 1 && s.numbers.length === 1);
  if (after.some((s) => !only(s) || !s.met.mean) || edits.length === 0) return [];
  const wrapped = after.length > 0 ? [] : meanOfRatio(model, loss, words, sites);
  const all = wrapped === null ? null : joined([...edits, ...wrapped, ...words.edits]);
  return all === null ? [] : [{ title: "Score each class, then average", edits: all, safe: false }];
}

/** Flattened images keep their class axis: (N, C, voxels) in PyTorch, (voxels, C) elsewhere. */
function flatAxes(words: Words): string {
  return words.isTorch ? "(0, 2)" : "0";
}

function flattening(call: CallMet): boolean {
  const [of] = call.args;
  return /^(flatten|view|reshape|ravel|batch_flatten)$/.test(call.method) && of?.kind === "tensor" && of.origin !== 0 && call.result.kind === "tensor" && call.result.axes?.roles.some((r) => r.includes("C") && r.length > 1) === true;
}

function keptClasses(call: CallMet, loss: Loss, words: Words): Edit[] | null {
  const parts = callParts(call.file, call.node);
  const [of] = call.args;
  // Labels turned into one-hot ones may lie otherwise than predictions.
  if (parts === null || parts.open || of?.kind !== "tensor" || (of.state === "oneHot" && of.axes === null) || (of.axes !== null && of.axes.roles.indexOf("C") !== (words.isTorch ? 1 : of.axes.roles.length - 1)) || call.result.kind !== "tensor") return null;
  const perImage = call.result.axes?.roles.join() === "N,CS";
  if (call.result.axes?.roles.length !== 1 && !(perImage && words.isTorch && call.method === "flatten")) return null;
  const object = objectOf(parts.callee);
  const isMethod = call.path === null;
  const source = isMethod ? object : (parts.positional[0] ?? null);
  if (source === null) return null;
  if (words.isTorch) return isMethod ? [replace({ from: source.to, to: call.node.to }, ".flatten(2)")] : [replace(call.node, `torch.flatten(${textOf(call.file, source)}, 2)`)];
  if (countedAway(loss, call)) return null;
  const name = loss.pair.predictions;
  return [replace(call.node, `${words.name("reshape")}(${textOf(call.file, source)}, (-1, ${words.size(name)}))`)];
}

/** Whether the predictions have lost their class axis before the call, under their own name. */
function countedAway(loss: Loss, call: CallMet): boolean {
  const name = loss.pair.predictions;
  return loss.trace.assigns.some((a) => a.name === name && a.node.to < call.node.from && a.value.kind === "tensor" && !flattenedBy(loss, a.node.to) && classAxis(a.value.axes) === null);
}

/** The call that follows a name = …: a flattening that is rewritten with it. */
function flattenedBy(loss: Loss, at: number): boolean {
  return loss.trace.calls.some((c) => flattening(c) && c.node.from > at && c.node.from - at < 8);
}

/** L5: what was counted per pixel over the classes is counted per class over the image, and the sums that go with it change places. */
export function countFixes(model: Model, loss: Loss): Fix[] {
  const words = Words.of(model, loss);
  const sites = sumSites(loss);
  if (words === null || sites === null) return [];
  const edits: Edit[] = [];
  const rank = imageRank(sites) ?? rankOfRest(sites);
  for (const site of sites) {
    const { of, mean } = site.met;
    if (of.ratio !== null) continue;
    if (site.met.file.path !== model.file.path || mean || site.keeps || of.oneClass) return [];
    if (of.over === "" && site.over === "C") {
      const text = axesText(of.axes, "S", rank, countingName(loss), sites);
      if (text === null) return [];
      edits.push(withAxes(site, text, words.isTorch));
    } else if (of.over === "C") {
      // Over space: over the classes that are left now. Over everything: still over everything.
      if (site.axes !== null) edits.push(withAxes(site, "-1", words.isTorch));
      else if (site.over !== "CNS") return [];
    } else if (of.over !== "" || (site.over !== "S" && site.over !== "NS")) return [];
    else return [];
  }
  if (edits.length === 0) return [];
  const all = joined(withBranch(model, loss, edits, words));
  return all === null ? [] : [{ title: "Count each class over the image", edits: all, safe: false }];
}

/** Volumes of classes may be 0, where counts of a pixel never were. */
function withBranch(model: Model, loss: Loss, edits: readonly Edit[], words: Words): Edit[] {
  const used = new Set(loss.trace.ratios.flatMap((r) => [...r.below.weights, ...r.above.weights]));
  const places = loss.weightPlaces.filter((p, id) => used.has(id) && p.path === model.file.path);
  let all = [...edits];
  for (const place of places) {
    const node = nodeAt(model.file.root, place);
    const branched = node === null || !needsBranch(model.file, loss, node) ? null : absentEdits(model.file, loss, node, null, words, all);
    all = branched ?? all;
  }
  return [...all, ...words.edits];
}

/** Sums over space that follow a sum over the classes: axes 1 and 2 of (N, H, W). */
function rankOfRest(sites: readonly SumSite[]): number | null {
  for (const site of sites) {
    const list = site.met.of.over === "C" ? site.numbers : [];
    if (list.length >= 2 && list.every((n) => n >= 0)) return Math.max(...list) + 2;
  }
  return null;
}

/** Sums per image and class become sums over the whole batch. */
export function overBatchEdits(model: Model, loss: Loss, words: Words): Edit[] | null {
  const sites = sumSites(loss);
  if (sites === null || loss.trace.picks.some((p) => p.of.over === "S")) return null;
  const edits: Edit[] = [];
  for (const site of sites) {
    const { of, mean } = site.met;
    if (of.ratio !== null || (mean && of.over !== "")) {
      if (site.axes !== null || !mean) return null;
      continue;
    }
    if (site.met.file.path !== model.file.path || mean || site.keeps || of.oneClass || of.over !== "" || site.over !== "S") return null;
    const like = of.axes !== null ? site : sites.find((s) => s.axesText === site.axesText && s.met.of.axes !== null);
    const text = like === undefined ? null : axesText(like.met.of.axes, "NS", imageRank(sites), countingName(loss), sites);
    if (text === null) return null;
    edits.push(withAxes(site, text, words.isTorch));
  }
  return edits.length === 0 ? null : edits;
}

export function overBatchFixes(model: Model, loss: Loss): Fix[] {
  const words = Words.of(model, loss);
  const edits = words === null ? null : overBatchEdits(model, loss, words);
  const all = edits === null || words === null ? null : joined([...edits, ...words.edits]);
  return all === null ? [] : [{ title: "Sum over the whole batch", edits: all, safe: false }];
}

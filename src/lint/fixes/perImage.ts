/** Sums over each image in place of the whole batch: volumes, overlaps and sums alike, then the mean over the images. */
import type { Loss, Model } from "../model/model";
import type { Edit } from "../rules/rule";
import { insert } from "./edits";
import { axesText, countingName, imageRank, sumSites, withAxes, type SumSite } from "./sums";
import type { Words } from "./words";

/** Calls that do the same to each element, whatever the axes. */
const ELEMENTWISE = /^(sum|reduce_sum|nansum|mean|reduce_mean|where|switch|maximum|minimum|clip|clip_by_value|clamp|clamp_|clamp_min|clamp_max|cast|float|double|to|type|square|pow|power|ones_like|zeros_like|full_like|greater|greater_equal|less|less_equal|equal|not_equal|gt|ge|lt|le|eq|ne|isinf|isfinite|is_finite|is_inf|isnan|multiply|divide|add|subtract|mul|div|sub|reciprocal|divide_no_nan|abs|sqrt|log|exp|stop_gradient|detach|convert_to_tensor|epsilon|dtype|identity|masked_fill|masked_fill_|nan_to_num)$/;

/** Edits, or null where something in the loss depends on what it was summed over. The labels counted in a numpy loop are left to its own fix. */
export function perImageEdits(model: Model, loss: Loss, words: Words): Edit[] | null {
  const sites = sumSites(loss);
  if (sites === null || sites.some((s) => s.met.file.path !== model.file.path)) return null;
  const inBatch = (over: string | null): boolean => over === "NS";
  if (loss.trace.calls.some((c) => !ELEMENTWISE.test(c.method) && c.family !== "numpy" && c.args.some((a) => a.kind === "tensor" && inBatch(a.over)))) return null;
  if (loss.trace.picks.some((p) => inBatch(p.of.over))) return null;
  const rank = imageRank(sites);
  const edits: Edit[] = [];
  let changed = 0;
  for (const site of sites) {
    const { of } = site.met;
    if (of.array || of.ratio !== null) continue;
    // Class by class they have no class axis to be left.
    if (of.over === "" && (of.oneClass || of.foreground)) return null;
    if (of.over === "" && inBatch(site.over)) {
      const like = sites.find((s) => s.axesText === site.axesText && s.met.of.axes !== null);
      const text = axesText((like ?? site).met.of.axes, "S", rank, countingName(loss), sites);
      if (text === null || site.keeps || site.met.mean) return null;
      edits.push(withAxes(site, text, words.isTorch));
      changed++;
    } else if (inBatch(of.over)) {
      // What was one number a class is one a class and image now: the sum over the classes leaves the images.
      // Weights that are divided by their own sum would lose the axis that they are divided along.
      if (site.met.mean || site.keeps || (of.origin & 2) === 0 || (site.over !== "CNS" && site.over !== null)) return null;
      edits.push(withAxes(site, "-1", words.isTorch));
    } else if (of.over === "" && site.over !== "S") return null;
  }
  if (changed === 0) return null;
  const wrapped = meanOfRatio(model, loss, words, sites);
  return wrapped === null ? null : [...edits, ...wrapped];
}

/** The mean around the loss's one coefficient; nothing where a mean follows anyway; null where that cannot be told. */
export function meanOfRatio(model: Model, loss: Loss, words: Words, sites: readonly SumSite[]): Edit[] | null {
  const ratios = loss.trace.ratios.filter((r, i, all) => all.findIndex((o) => o.node.from === r.node.from && o.node.to === r.node.to) === i);
  const [ratio] = ratios;
  if (ratio === undefined || ratios.length > 1 || ratio.file.path !== model.file.path) return null;
  const after = sites.filter((s) => s.met.of.ratio !== null);
  if (after.some((s) => s.axes !== null || !s.met.mean)) return null;
  if (after.length > 0) return [];
  return [insert(ratio.node.from, `${words.name("mean")}(`), insert(ratio.node.to, ")")];
}

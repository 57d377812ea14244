/**
 * Regions that may overlap (BraTS: whole tumour, core, enhancing; nnU-Net's region-based training): one map of 0 and 1 each along
 * an axis, counted each on its own. A voxel's regions are one code, a bit each, so that they are counted as classes are.
 */
import type { Codes } from "./codes";
import { candidates, equal, type ArrayLayout } from "./labelLayout";
import { MeasureError, shapeText } from "./measureError";
import type { PrefixReader } from "./prefixReader";
import { LEFT_OUT, maskCodes, MAX_REGIONS, memberCodes } from "./regionCodes";
import { toLastFastest } from "./reorder";
import { voxelsOf } from "./voxels";

/** What is known of regions from elsewhere. */
export interface RegionHint {
  /** Label values that make up each region (dataset.json of nnU-Net), in the order of the channels. */
  readonly regions?: readonly (readonly number[])[] | undefined;
  readonly ignoreLabel?: number | null | undefined;
}

/** How one array tells the regions of a voxel. */
interface Side {
  readonly layout: ArrayLayout;
  /** Values above it are in the region; null for class indices, which are in the regions that they are members of. */
  readonly above: number | null;
}

export interface RegionPair {
  readonly count: number;
  readonly labels: Side;
  /** Null where labels are looked at alone. */
  readonly predictions: Side | null;
}

/** What the labels hold along an axis of 0 and 1. */
interface Family {
  /** Voxels in exactly one channel, everywhere: a one-hot array. */
  readonly oneHot: boolean;
  /** Any two channels are apart or one holds the other, and at least one does: so lie regions, and slices or images do not. */
  readonly nested: boolean;
  /** No two channels meet; at least two hold something. */
  readonly apart: boolean;
}

/** A channel that is to be taken for one of an axis of regions is small beside the image's own axes. */
const SMALL = 4;
/** Voxels in both of two channels for one to be said to hold the other. */
const MET = 8;

/**
 * How labels and predictions tell overlapping regions, or null when they hold classes. Taken for regions: what the file or
 * `hint` says are regions, and channels of 0 and 1 in the labels of which one lies within another (or all lie apart, beside
 * predictions that are fractions), where the predictions have the same axis. Throws MeasureError where the labels are regions and the
 * predictions one class index a voxel whose regions nobody tells.
 */
export function regionPair(labels: PrefixReader, predictions: PrefixReader, hint: RegionHint): RegionPair | null {
  const told = labels.entry.channelsAre === "regions";
  const known = hint.regions !== undefined && hint.regions.length > 0 && hint.regions.length <= MAX_REGIONS ? hint.regions.length : null;
  const ofLabels = candidates(labels);
  const ofPredictions = candidates(predictions);
  const fits = (l: ArrayLayout, p: ArrayLayout): boolean => equal(l.core, p.core);
  const families = new Map<string, Family>();
  for (const l of ofLabels) {
    if (!mayHoldRegions(labels, l)) continue;
    const sure = told ? l.classAxis === 0 : l.channels === known;
    const channels = ofPredictions.find((p) => p.classAxis !== null && p.channels === l.channels && fits(l, p));
    const indices = ofPredictions.find((p) => p.classAxis === null && fits(l, p));
    if ((channels ?? indices) === undefined || !(sure || isSmall(l))) continue;
    const family = familyOf(labels, l, families);
    if (family.oneHot && !told) continue;
    const fractions = channels !== undefined && !predictions.range(1 << 15).integers;
    if (!(sure || family.nested || (family.apart && fractions && l.core.length > 2))) continue;
    if (channels !== undefined) return { count: l.channels, labels: { layout: l, above: 0 }, predictions: { layout: channels, above: thresholdOf(channels) } };
    if (known === l.channels) return { count: known, labels: { layout: l, above: 0 }, predictions: { layout: indices!, above: null } };
    throw new MeasureError(`labels hold ${l.channels} overlapping regions ${shapeText(labels.entry.shape)}, predictions one class index a voxel: which classes make up each region is not told`);
  }
  if (known === null) return null;
  const l = ofLabels.find((one) => one.classAxis === null && ofPredictions.some((p) => fits(one, p) && (p.classAxis === null || p.channels === known)));
  if (l === undefined) return null;
  const p = ofPredictions.find((one) => one.classAxis !== null && one.channels === known && fits(l, one)) ?? ofPredictions.find((one) => one.classAxis === null && fits(l, one))!;
  return { count: known, labels: { layout: l, above: null }, predictions: { layout: p, above: p.classAxis === null ? null : thresholdOf(p) } };
}

/** As `regionPair`, for labels alone. */
export function labelRegions(labels: PrefixReader, hint: RegionHint): RegionPair | null {
  const told = labels.entry.channelsAre === "regions";
  const known = hint.regions !== undefined && hint.regions.length > 0 && hint.regions.length <= MAX_REGIONS ? hint.regions.length : null;
  const all = candidates(labels);
  for (const l of all) {
    const sure = told ? l.classAxis === 0 : l.channels === known;
    if (!mayHoldRegions(labels, l) || !(sure || isSmall(l))) continue;
    const family = familyOf(labels, l, new Map());
    if ((!family.oneHot || told) && (sure || family.nested)) return { count: l.channels, labels: { layout: l, above: 0 }, predictions: null };
  }
  return known === null ? null : { count: known, labels: { layout: all[0]!, above: null }, predictions: null };
}

/** Regions along the first axis, before those of the image: what follows is one case. */
export function regionsOfOne({ labels, predictions }: RegionPair): boolean {
  return [labels, predictions].some((side) => side?.layout.classAxis === 0 && side.layout.core.length > 2);
}

/** Another pair of the same kind is read alike. */
export function alikeRegions(pair: RegionPair, labels: PrefixReader, predictions: PrefixReader | null): RegionPair {
  const again = (reader: PrefixReader, side: Side): Side => {
    const { classAxis, order, core } = side.layout;
    const same = candidates(reader).find((one) => one.classAxis === classAxis && one.order === order && equal(one.core, core));
    if (same === undefined) throw new MeasureError(`${shapeText(reader.entry.shape)} does not hold the regions of the first case`);
    return { ...side, layout: same };
  };
  return { count: pair.count, labels: again(labels, pair.labels), predictions: pair.predictions === null || predictions === null ? null : again(predictions, pair.predictions) };
}

/** Regions of the voxels of one array, a bit each. `turn`: bring Fortran order into C order. */
export function regionVoxels(reader: PrefixReader, side: Side, what: "labels" | "predictions", hint: RegionHint, turn: boolean, notes: { nonFinite: number }): Iterable<Codes> {
  const { layout, above } = side;
  if (above === null) return memberCodes(voxelsOf(reader, layout, what, turn, notes), hint.regions!, what === "labels" ? (hint.ignoreLabel ?? null) : null, what, notes);
  const codes = maskCodes(reader, layout.outer, layout.channels, layout.inner, above, notes);
  return turn && layout.order === "F" ? toLastFastest(codes, layout.core) : codes;
}

/** Adds `count` voxels of the codes `label` and `prediction` to a table of count + 1 classes: 0 is outside every region, and each region meets only it. Returns what is left out. */
export function addRegions(regions: number, label: number, prediction: number, count: number, confusion: Float64Array): number {
  if (label === LEFT_OUT) return count;
  const n = regions + 1;
  if (label === 0 && prediction === 0) confusion[0]! += count;
  for (let r = 0; r < regions; r++) {
    const inLabel = (label >> r) & 1;
    const inPrediction = (prediction >> r) & 1;
    if (inLabel === 0 && inPrediction === 0) continue;
    confusion[(inLabel === 1 ? r + 1 : 0) * n + (inPrediction === 1 ? r + 1 : 0)]! += count;
  }
  return 0;
}

/** For the report's sentence. */
export function regionWords({ count, labels, predictions }: RegionPair): string {
  const axis = (side: Side): string => `axis ${side.layout.classAxis ?? 0} of ${side.layout.rank}`;
  const of = labels.above === null ? "made up of label values" : `along ${axis(labels)}`;
  const theirs =
    predictions === null
      ? ""
      : predictions.above === null
        ? "; predictions: index map"
        : `; predictions: ${wordsOf(predictions)}, each above ${predictions.above} along ${axis(predictions)}`;
  return `${count} regions that may overlap, ${of}, each counted on its own${theirs}`;
}

function wordsOf({ layout, above }: Side): string {
  return layout.values().integers && above === 0.5 ? "maps of 0 and 1" : above === 0 ? "logits" : above === 0.5 ? "probabilities" : "masks of 0 and 255";
}

function mayHoldRegions(reader: PrefixReader, l: ArrayLayout): boolean {
  if (l.classAxis === null || l.channels < 2 || l.channels > MAX_REGIONS) return false;
  const { min, max, integers } = reader.range(1 << 15);
  return integers && min >= 0 && (max <= 1 || max === 255);
}

/** Regions lie along an axis at the usual places, short beside those of the image. */
function isSmall(l: ArrayLayout): boolean {
  const usual = l.classAxis === 0 || l.classAxis === 1 || l.classAxis === l.rank - 1;
  return usual && l.core.every((n, i) => n >= SMALL * l.channels || (i === 0 && l.classAxis === 1));
}

/** Looks at all voxels of the labels. */
function familyOf(reader: PrefixReader, l: ArrayLayout, known: Map<string, Family>): Family {
  const key = String(l.classAxis);
  const found = known.get(key);
  if (found !== undefined) return found;
  const seen = new Float64Array(1 << l.channels);
  for (const { data } of maskCodes(reader, l.outer, l.channels, l.inner, 0, { nonFinite: 0 })) for (let i = 0; i < data.length; i++) seen[data[i]!]!++;
  const both = (a: number, b: number): number => seen.reduce((sum, n, mask) => sum + (((mask >> a) & 1) === 1 && ((mask >> b) & 1) === 1 ? n : 0), 0);
  let nested = 0;
  let broken = 0;
  let filled = 0;
  for (let a = 0; a < l.channels; a++) {
    const own = both(a, a);
    if (own > 0) filled++;
    for (let b = 0; b < a; b++) {
      const met = both(a, b);
      if (met === 0) continue;
      if (met < Math.min(own, both(b, b))) broken++;
      else if (met >= MET && own !== both(b, b)) nested++;
    }
  }
  const single = seen.every((n, mask) => n === 0 || (mask !== 0 && (mask & (mask - 1)) === 0));
  const family = { oneHot: single, nested: broken === 0 && nested > 0, apart: broken === 0 && nested === 0 && filled > 1 };
  known.set(key, family);
  return family;
}

function thresholdOf(layout: ArrayLayout): number {
  const { min, max, integers } = layout.values();
  if (integers && min >= 0 && max === 255) return 127;
  return min < 0 || max > 1 ? 0 : 0.5;
}

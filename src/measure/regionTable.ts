/** Counted regions as the measures of an epoch or of a set of labels: class 0 is outside every region. */
import type { EpochMeasure, LabelSet } from "../run";
import { countedEpoch, type CaseCounts } from "./caseCounts";
import { labelOf, predictionOf } from "./counts";
import { addRegions, regionWords, type RegionPair } from "./regions";

/** Counts per region: row r + 1 and column r + 1 meet only each other and "outside", so that Dice and IoU come out as for each region alone. */
export function epochOfRegions(what: Pick<EpochMeasure, "epoch" | "split" | "predictions" | "labels">, counts: CaseCounts, pair: RegionPair, nonFinite: number): EpochMeasure {
  const classes = pair.count + 1;
  const confusion = new Float64Array(classes * classes);
  const caseDice = new Float64Array(counts.cases.length * classes);
  let ignored = 0;
  counts.cases.forEach(({ cells }, i) => {
    const own = new Float64Array(classes * classes);
    for (let k = 0; k < cells.length; k += 2) ignored += addRegions(pair.count, labelOf(cells[k]!), predictionOf(cells[k]!), cells[k + 1]!, own);
    for (let c = 0; c < classes; c++) {
      let sum = 0;
      for (let d = 0; d < classes; d++) sum += own[c * classes + d]! + own[d * classes + c]!;
      caseDice[i * classes + c] = (2 * own[c * classes + c]!) / sum; // 0/0: undefined, NaN
    }
    own.forEach((n, k) => (confusion[k]! += n));
  });
  return {
    ...countedEpoch(what, counts),
    classes,
    confusion,
    caseDice,
    layout: regionWords(pair),
    nonFinite,
    ignored,
    regions: true,
  };
}

/** Voxels in each region, and outside all. */
export function labelsOfRegions(what: Pick<LabelSet, "path" | "split">, counts: CaseCounts, pair: RegionPair): LabelSet {
  const classes = pair.count + 1;
  const volumes = new Float64Array(counts.cases.length * classes);
  counts.cases.forEach(({ cells }, i) => {
    const own = new Float64Array(classes * classes);
    for (let k = 0; k < cells.length; k += 2) addRegions(pair.count, labelOf(cells[k]!), labelOf(cells[k]!), cells[k + 1]!, own);
    for (let c = 0; c < classes; c++) volumes[i * classes + c] = own[c * classes + c]!;
  });
  return { path: what.path, split: what.split, cases: counts.cases.length, caseNames: counts.cases.map((one) => one.name), classes, volumes, layout: regionWords(pair), regions: true };
}

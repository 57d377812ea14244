/** All epochs and label sets of one run, counted. */
import type { RunPlan } from "../read/layout/plan";
import type { EpochMeasure, LabelSet, Problem } from "../run";
import type { Clock } from "./clock";
import type { PairMeasurer } from "./pairs";

export interface Segmentation {
  readonly epochs: EpochMeasure[];
  readonly trainEpochs: EpochMeasure[];
  readonly labels: LabelSet | null;
  readonly trainLabels: LabelSet | null;
}

/** `step` is called after each epoch and label set. What cannot be counted goes to `problems`. */
export async function measureSegmentation(measurer: PairMeasurer, plan: RunPlan, clock: Clock, channels: number | null, problems: Problem[], step: () => void): Promise<Segmentation> {
  const measured: EpochMeasure[] = [];
  const plans = new Map<EpochMeasure, RunPlan["pairs"][number]>();
  for (const [i, pair] of plan.pairs.entries()) {
    const at = clock.predictions[i] ?? null;
    // Without an epoch ("best" beside numbered ones) it has no place in the order.
    const epoch = at === null ? null : await measurer.epoch(pair, at, channels, problems);
    if (epoch !== null) {
      plans.set(epoch, pair);
      measured.push(epoch);
    }
    step();
  }
  // An epoch that predicts few values does not show what the label values stand for; what another shows holds for it too.
  for (const [i, epoch] of measured.entries()) {
    const values = epoch.labelValues === undefined && epoch.regions !== true ? measured.findLast((other) => other.labels === epoch.labels && other.labelValues !== undefined)?.labelValues : undefined;
    if (values !== undefined) measured[i] = (await measurer.epoch(plans.get(epoch)!, epoch.epoch, channels, [], values)) ?? epoch;
  }
  measured.sort((a, b) => a.epoch - b.epoch);
  const sets: LabelSet[] = [];
  for (const labels of plan.labels) {
    const values = measured.findLast((m) => m.labels === labels.path)?.labelValues;
    const set = await measurer.labels(labels, channels, values, problems);
    if (set !== null) sets.push(set);
    step();
  }
  const val = measured.filter((m) => m.split === "val");
  const train = measured.filter((m) => m.split === "train");
  const used = val.at(-1)?.labels;
  return {
    epochs: sharingNames(withNewestCells(val)),
    trainEpochs: sharingNames(train.map(withoutCells)),
    labels: sets.find((s) => s.split === "val" && s.path === used) ?? sets.find((s) => s.split === "val") ?? null,
    trainLabels: sets.find((s) => s.split === "train") ?? null,
  };
}

/** What is known by case is asked of the newest epoch alone, and is much for each of a hundred. */
function withNewestCells(epochs: readonly EpochMeasure[]): EpochMeasure[] {
  return epochs.map((epoch, i) => (i === epochs.length - 1 ? epoch : withoutCells(epoch)));
}

function withoutCells(epoch: EpochMeasure): EpochMeasure {
  if (epoch.caseCells === undefined) return epoch;
  const rest = { ...epoch };
  Reflect.deleteProperty(rest, "caseCells");
  return rest;
}

/** Names of cases are the same in most epochs, and held once. */
function sharingNames(epochs: readonly EpochMeasure[]): EpochMeasure[] {
  let names: readonly string[] = [];
  return epochs.map((epoch) => {
    if (epoch.caseNames.length !== names.length || epoch.caseNames.some((name, i) => name !== names[i])) names = epoch.caseNames;
    return { ...epoch, caseNames: names };
  });
}

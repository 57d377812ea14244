/** What a run's classes are called, and what the values of its label maps stand for. */
import type { RegionHint } from "../measure/regions";
import type { RunPlan, VolumeHeader } from "../read/layout/plan";
import { remainderOf } from "../read/logs/roleClass";
import type { ClassInfo, RunConfig, RunOptions, Series } from "../run";
import type { Segmentation } from "./segmentation";

/** So many names without anything measured are a catalogue, not a run's classes. */
const MOST_UNMEASURED = 64;
const OUTSIDE = "outside all regions";

type Names = readonly (string | null)[];

/** What the settings say of label values, and a sentence where they are not taken at their word. */
export function valuesTold(config: RunConfig, background: number): { readonly hint: RegionHint; readonly assumption: string | null } {
  const ignored = config.ignoreLabel;
  // Losses are often told to leave out the background; scores that leave it out would not see what is predicted there.
  const kept = ignored !== null && ignored.value === background;
  return {
    hint: { ignoreLabel: kept ? null : (ignored?.value ?? null), ...(config.regions === null ? {} : { regions: config.regions.value.map((region) => region.labels) }) },
    assumption: kept ? `${ignored.by} leaves label ${ignored.value} out, which is the background: it is counted all the same.` : null,
  };
}

/** Names of classes that a file of labels tells itself, of the first that does. */
export function namesInLabels(plan: RunPlan, headers: readonly VolumeHeader[]): { readonly names: Names; readonly regions: boolean } | null {
  if (!headers.some((header) => header.classNames !== undefined)) return null;
  const labels = new Set([...plan.pairs.flatMap((pair) => pair.cases.map((c) => c.labels.path)), ...plan.labels.flatMap((set) => set.cases.map((c) => c.ref.path))]);
  const telling = headers.find((header) => labels.has(header.path) && header.classNames !== undefined);
  return telling?.classNames === undefined ? null : { names: telling.classNames, regions: telling.channelsAre === "regions" };
}

/**
 * The classes that were measured, named by the user, else by the run's own settings, else by its labels (`inLabels`). Names alone
 * make classes only where nothing was measured: a list of names may be of another data set.
 */
export function classesOf(segmentation: Segmentation, channels: number | null, options: RunOptions, config: RunConfig, inLabels: ReturnType<typeof namesInLabels>): ClassInfo[] {
  const { epochs, trainEpochs, labels, trainLabels } = segmentation;
  const counted = [labels?.classes ?? 0, trainLabels?.classes ?? 0, ...[...epochs, ...trainEpochs].map((e) => e.classes)].reduce((a, b) => Math.max(a, b), 0);
  const regions = hasRegions(segmentation);
  // A network of regions has no channel for what lies outside of them.
  const measured = regions ? counted : Math.max(counted, channels ?? 0);
  const own = options.classNames ?? [];
  const told: Names = regions ? namesOfRegions(counted - 1, config, inLabels) : (config.classNames?.value ?? (inLabels?.regions === false ? inLabels.names : []));
  const length = Math.max(measured, own.length, measured === 0 && told.length <= MOST_UNMEASURED ? told.length : 0);
  // Label values that are no class indices: names by value, where there is one for each.
  const values = epochs.at(-1)?.labelValues;
  const byValue = values?.every((value) => told[value] != null) === true;
  const background = regions ? 0 : (options.background ?? 0);
  return Array.from({ length }, (_, index) => ({ index, name: own[index] ?? (byValue ? told[values[index]!] : told[index]) ?? null, background: index === background }));
}

/** Whether what was measured are regions, each counted on its own. */
export function hasRegions({ epochs, trainEpochs, labels, trainLabels }: Segmentation): boolean {
  return [...epochs, ...trainEpochs, labels, trainLabels].some((set) => set?.regions === true);
}

function namesOfRegions(count: number, config: RunConfig, inLabels: ReturnType<typeof namesInLabels>): Names {
  const { regions, classNames } = config;
  if (regions !== null && regions.value.length === count) return [OUTSIDE, ...regions.value.map(({ name }) => name)];
  if (inLabels !== null && inLabels.regions && inLabels.names.length === count) return [OUTSIDE, ...inLabels.names];
  const names = classNames?.value ?? [];
  return names.length === count + 1 ? [OUTSIDE, ...names.slice(1)] : [OUTSIDE, ...(names.length === count ? names : [])];
}

/** Series whose tags name a class by a word get the index that the run's settings give it. */
export function withClasses(series: readonly Series[], config: RunConfig): readonly Series[] {
  const names: Names | null = config.regions === null ? (config.classNames?.value ?? null) : [null, ...config.regions.value.map(({ name }) => name)];
  if (names === null) return series;
  const plain = (name: string): string => name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "_");
  const index = new Map(names.flatMap((name, i) => (name === null ? [] : [[plain(name), i] as const])));
  return series.map((one) => {
    // A lone score of a class ("val_dice_liver") is known by the run's names alone.
    const lone = one.class === null && (one.quantity === "dice" || one.quantity === "iou") ? remainderOf(one.tag) : null;
    const name = one.className ?? lone;
    const own = name === null ? undefined : index.get(plain(name));
    return own === undefined || own === one.class ? one : { ...one, class: own, ...(name === null ? {} : { className: name }) };
  });
}

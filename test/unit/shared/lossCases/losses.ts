/** A case of a library as something to compute and what it must come to; a sentence where it cannot apply. */
import { kerasLoss } from "../../../../src/losses/libraries/keras";
import { monaiLoss } from "../../../../src/losses/libraries/monai";
import type { Numbers } from "../../../../src/losses/libraries/ndarray";
import { niftynetLoss } from "../../../../src/losses/libraries/niftynet";
import type { LossFunction, Options } from "../../../../src/losses/libraries/options";
import { smpLoss } from "../../../../src/losses/libraries/smp";
import { torchmetricsDice, meanOverImages, type DiceScoreOptions } from "../../../../src/losses/metrics/torchmetrics";
import { array, flat, isSpelled, option } from "./arrays";
import { monaiMetric } from "./monaiMetrics";

export interface Wanted {
  readonly values: readonly number[];
  readonly relative: number;
  readonly absolute: number;
}

export interface Runnable {
  readonly compute: () => ArrayLike<number>;
  readonly wanted: readonly Wanted[];
}

export type Case = Readonly<Record<string, unknown>>;
type Arguments = Readonly<Record<string, unknown>>;

/** The library's own literals are rounded; what its code gave here is compared closely. */
const literal = (values: unknown): Wanted => ({ values: flat(values), relative: 1e-4, absolute: 1e-4 });
const ran = (value: unknown): Wanted => ({ values: flat(isSpelled(value) ? value.data : value), relative: 1e-5, absolute: 2e-6 });

function optionsOf(given: Arguments): Options {
  return Object.fromEntries(Object.entries(given).map(([k, v]) => [k, option(v)]));
}

function run(loss: LossFunction | string, prediction: Numbers, target: Numbers, extra: Numbers | null, wanted: readonly Wanted[]): Runnable | string {
  return typeof loss === "string" ? loss : { compute: () => loss(prediction, target, extra).values, wanted };
}

/** MONAI's tests put a case into a list of its own here and there. */
function partsOf(of: Case): readonly unknown[] {
  const list = of.case as readonly unknown[];
  return list.length === 1 && Array.isArray(list[0]) ? (list[0] as unknown[]) : list;
}

export function monaiCase(of: Case): Runnable | string {
  if (String(of.path).includes("/metrics/")) return monaiMetric(of, partsOf(of));
  if (of.test === "test_input_warnings") return "asks for a warning, not for a value";
  const parts = partsOf(of);
  const [options, arrays, expected] = (parts.length === 2 ? [{}, ...parts] : parts) as [Arguments, Arguments, unknown];
  const name = typeof of.class === "string" ? of.class : "SoftclDiceLoss";
  const chosen = optionsOf(Object.fromEntries(Object.entries(options).map(([k, v]) => [k, k === "other_act" ? callable(v) : v])));
  const prediction = array(arrays.input ?? arrays.inputs ?? arrays.y_pred);
  const target = array(arrays.target ?? arrays.targets ?? arrays.y_true);
  const wanted = [literal(isSpelled(expected) ? expected.data : expected), ...("actual" in of && of.actual !== undefined ? [ran(of.actual)] : [])];
  return run(monaiLoss(name, chosen), prediction, target, arrays.mask === undefined ? null : array(arrays.mask), wanted);
}

/** The only functions that MONAI's tests pass: torch.tanh, and a log_softmax over the channels. */
function callable(value: unknown): unknown {
  const name = (value as { readonly callable?: string } | null)?.callable;
  return name === "<lambda>" ? "log_softmax" : (name ?? value);
}

/** Where the installed release differs from the repository's newest, the newest is meant. */
export function kerasCase(of: Case): Runnable | string {
  const released = of.installed_matches !== false;
  const weights = of.sample_weight === null || of.sample_weight === undefined ? null : array(of.sample_weight);
  const loss = kerasLoss(String(of.loss), optionsOf(of.params as Arguments), released ? "3.15.1" : "head");
  const wanted = { values: flat(of.expected), relative: 1e-3, absolute: 5e-4 };
  const exact = released && "installed_keras_value" in of ? [ran(of.installed_keras_value)] : [{ ...wanted, relative: 1e-5, absolute: 1e-6 }];
  return run(loss, array(of.y_pred), array(of.y_true), weights, [wanted, ...exact]);
}

/** The same case with the released letters, where they differ: they give what the release gave. */
export function kerasRelease(of: Case): Runnable | string {
  return run(kerasLoss(String(of.loss), optionsOf(of.params as Arguments), "3.15.1"), array(of.y_pred), array(of.y_true), null, [ran(of.installed_keras_value)]);
}

export function niftynetCase(of: Case): Runnable | string {
  const loss = niftynetLoss(String(of.loss), { softmax: of.softmax === true, ...optionsOf(of.params as Arguments) });
  return run(loss, array(of.prediction_BNC), array(of.ground_truth), of.weight_map === null || of.weight_map === undefined ? null : array(of.weight_map), [ran(of.value)]);
}

/** Recorded with the base class's name where a loss is made of another: the one with alpha is Tversky's. */
export function smpCase(of: Case): Runnable | string {
  const params: Arguments = Object.fromEntries(Object.entries(of.params as Arguments).filter(([k]) => k !== "args"));
  const name = of.loss === "DiceLoss" && "alpha" in params ? "TverskyLoss" : String(of.loss);
  const { reduction, ...others } = params;
  // torch's own argument, which these losses take and do not use.
  const unused = reduction === "mean" && ["DiceLoss", "JaccardLoss", "TverskyLoss", "LovaszLoss", "MCCLoss"].includes(name);
  const expected = of.expected === null || of.expected === undefined ? [] : [literal(of.expected)];
  const loss = smpLoss(name, optionsOf(unused ? others : params));
  const actual = ran(of.actual);
  const spread = expected.map((w) => (w.values.length === 1 && actual.values.length > 1 ? null : w)).filter((w) => w !== null);
  return run(loss, array(of.y_pred), array(of.y_true), null, [...spread, actual]);
}

export function torchmetricsCase(of: Case): Runnable | string {
  if (of.loss !== "DiceScore") return `${String(of.loss)} is no Dice score`;
  const options: DiceScoreOptions = { num_classes: Number(of.num_classes), include_background: of.include_background === true, average: of.average as NonNullable<DiceScoreOptions["average"]>, aggregation_level: of.aggregation_level as "samplewise" | "global" };
  return { compute: () => meanOverImages(torchmetricsDice(array(of.preds), array(of.target), options)), wanted: [{ values: flat(of.expected_nanmean_over_samples), relative: 1e-4, absolute: 5e-5 }] };
}

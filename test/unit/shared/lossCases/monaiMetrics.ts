/** MONAI's cases of metrics: functions, and classes with a reduction. */
import type { Numbers } from "../../../../src/losses/libraries/ndarray";
import { monaiDice, monaiGeneralizedDice, monaiIou, reducedMetric, type GeneralizedOptions, type MetricReduction, type MonaiMetricOptions } from "../../../../src/losses/metrics/monai";
import type { Table } from "../../../../src/losses/metrics/hard";
import { array, flat } from "./arrays";
import type { Case, Runnable, Wanted } from "./losses";

type Given = MonaiMetricOptions & GeneralizedOptions & { readonly y?: unknown; readonly y_pred?: unknown; readonly reduction?: MetricReduction };

/** A list of images becomes a batch. */
function batch(value: unknown): Numbers {
  if (!Array.isArray(value)) return array(value);
  const images = value.map(array);
  return { shape: [images.length, ...images[0]!.shape], values: Float64Array.from(images.flatMap((i) => [...i.values])) };
}

export function monaiMetric(of: Case, parts: readonly unknown[]): Runnable | string {
  const expected = parts.at(-1);
  const given = Object.assign({}, ...parts.slice(0, -1)) as Given;
  const path = String(of.path);
  const classes = String(of.test).includes("class") && !String(of.test).startsWith("test_values");
  const reduction = given.reduction ?? "mean";
  const compute = (): Table => {
    const [p, y] = [batch(given.y_pred), batch(given.y)];
    if (path.includes("meaniou")) return monaiIou(p, y, given);
    if (!path.includes("generalized_dice")) return monaiDice(p, y, given);
    const together = classes ? ["sum", "mean", "mean_channel", "sum_channel"].includes(reduction) : given.sum_over_classes;
    return monaiGeneralizedDice(p, y, { ...given, ...(together === undefined ? {} : { sum_over_classes: together }) });
  };
  const named = typeof expected === "object" && expected !== null && !Array.isArray(expected) ? Object.values(expected) : expected;
  if (holdsFlags(expected)) return { compute: () => compute().values.map((x) => (Number.isNaN(x) ? 1 : 0)), wanted: [{ values: flat(expected), relative: 0, absolute: 0 }] };
  const wanted: Wanted[] = [{ values: flat(named), relative: 1e-4, absolute: 1e-4 }];
  if (of.actual !== undefined) wanted.push({ values: flat(of.actual), relative: 1e-5, absolute: 1e-6 });
  const each = given.reduction === undefined || !classes;
  return { compute: () => (each ? [...compute().values] : reducedMetric(compute(), reduction)), wanted };
}

/** Which numbers are NaN. */
const holdsFlags = (value: unknown): boolean => Array.isArray(value) && value.flat(Infinity).every((x) => typeof x === "boolean");

/** Metrics of libraries, and what they return. */
import type { PythonFile, Node } from "../python";
import { NONE, UNKNOWN, type Instance, type Value } from "./values";

/** Functions that return scores, and classes that collect them. */
const FUNCTIONS = /^(monai\.metrics\.(\w+\.)?compute_(dice|iou|meandice|generalized_dice)|torchmetrics\.functional\.segmentation\.(\w+\.)?(dice_score|mean_iou|generalized_dice_score)|segmentation_models_pytorch\.metrics\.(\w+\.)?(iou_score|f1_score|fbeta_score|precision|recall|sensitivity))$/;
const CLASSES = /^(monai\.metrics\.(\w+\.)?(DiceMetric|MeanIoU|GeneralizedDiceScore)|torchmetrics\.segmentation\.(\w+\.)?(DiceScore|MeanIoU|GeneralizedDiceScore))$/;

/** Words without which a file has none of them. */
export const SCORE_WORDS = /\b(compute_(dice|iou|meandice)|dice_score|mean_iou|generalized_dice_score|iou_score|f1_score|fbeta_score|DiceMetric|DiceScore|MeanIoU|GeneralizedDiceScore)\s*\(/;
export const SCORE_LIBRARIES = /\b(monai|torchmetrics|segmentation_models_pytorch)\b/;

/** What a library's metric returns, told from the metric itself by these last words of its path. */
const RETURNED = ".returned";

/** Scores by a metric's function: what is done with them is seen as that of an instance, whose arguments tell how they were made. */
export function scoresOf(path: string | null, args: readonly Value[], named: ReadonlyMap<string, Value>, node: Node, file: PythonFile): Value | null {
  return path !== null && FUNCTIONS.test(path) ? { kind: "instance", path: `${path}${RETURNED}`, args, named, node, file } : null;
}

/** metric.compute(), metric.aggregate(), metric(y_pred, y) */
export function collected(metric: Instance, method: string | null): Value | null {
  if (!CLASSES.test(metric.path)) return null;
  if (method === null || method === "compute" || method === "aggregate") return { ...metric, path: `${metric.path}.${method ?? "called"}${RETURNED}` };
  return UNKNOWN;
}

/** The path of the function, or of the metric and its method; null when a value is no library's score. */
export function scoredBy(value: Value | undefined): { readonly path: string; readonly named: ReadonlyMap<string, Value>; readonly args: readonly Value[]; readonly node: Node; readonly file: PythonFile } | null {
  return value?.kind === "instance" && value.path.endsWith(RETURNED) ? { ...value, path: value.path.slice(0, -RETURNED.length) } : null;
}

/** Methods that leave scores what they are. */
export const LEAVES_SCORES = /^(to|cpu|cuda|float|double|detach|numpy|clone)$/;

/** Marks scores that became an array of numpy; no argument has such a name. */
const ARRAY = "numpy()";

export function left(scores: Instance, method: string): Value {
  return method === "numpy" ? { ...scores, named: new Map([...scores.named, [ARRAY, NONE]]) } : scores;
}

export function isArray(value: Value | undefined): boolean {
  return value?.kind === "instance" && value.named.has(ARRAY);
}

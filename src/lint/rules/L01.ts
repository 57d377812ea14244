/** L1: numpy or Python on a symbolic tensor inside a Keras loss. */
import { numpyFix } from "../fixes/numpy";
import type { CallMet } from "../model/trace";
import type { Loss, Model } from "../model/model";
import { eachLoss, excerpt, isHere, type Finding, type Rule } from "./rule";

const TF1 = /\btf\.(placeholder|Session|disable_v2_behavior|disable_eager_execution)\b|compat\.v1|tensorflow\.contrib|tf\.contrib\b|\btf\.(log|is_finite|is_nan|is_inf|reciprocal|to_float|to_int32|to_int64|sparse_reduce_sum|get_variable|variable_scope|global_variables_initializer)\(/;
/** numpy leaves these to the operators of the symbols of TensorFlow 1. */
const OPERATORS = /^(abs|absolute|square|negative|add|subtract|multiply|divide|true_divide)$/;

export const L01: Rule = { id: "L1", name: "numpy on a symbolic tensor", check: (model) => eachLoss(model, (loss) => (loss.symbolic ? inLoss(model, loss) : [])) };

function inLoss(model: Model, loss: Loss): Finding[] {
  // TensorFlow 1 goes on with a constant; elsewhere the loss cannot be compiled.
  const first = TF1.test(model.file.text);
  const fails = loss.evidence === "compiled" && model.usage.eager === false && !first;
  const calls = loss.trace.calls.filter((call) => isHere(model, call) && needsValues(call) && !(first && OPERATORS.test(call.method)));
  // One fix for all of them: half of it would not run.
  const fix = calls.length === 0 ? null : numpyFix(model, loss);
  const fixes = fix === null ? [] : [{ ...fix, safe: true }];
  return calls.map((call) => {
    const range = { from: call.node.from, to: call.node.to };
    const name = call.path === null ? `.${call.method}()` : call.family === "python" ? `${call.method}()` : excerpt(model, { from: range.from, to: model.file.text.indexOf("(", range.from) });
    return {
      rule: "L1",
      severity: fails ? "error" : "warning",
      message: `${name} needs values, but in a compiled Keras loss ${whatOf(call, loss)} is a symbol. TensorFlow 2 and Keras 3 stop with "Cannot convert a symbolic tensor to a numpy array"; TensorFlow 1 goes on with a constant.`,
      range,
      related: [],
      fixes,
    };
  });
}

function needsValues(call: CallMet): boolean {
  const values = call.family === "numpy" || /^(scipy|skimage|cv2|sklearn|SimpleITK|edt)\./.test(call.path ?? "") || (call.path === null && call.method === "numpy") || (call.family === "python" && /^(float|int|bool)$/.test(call.method));
  if (!values || call.instance !== null || /testing\./.test(call.path ?? "")) return false;
  return call.args.some((a) => a.kind === "tensor" && a.origin !== 0 && !a.array);
}

function whatOf(call: CallMet, loss: Loss): string {
  const [first] = call.args.flatMap((a) => (a.kind === "tensor" && a.origin !== 0 ? [a] : []));
  if (first === undefined) return "its argument";
  return first.origin === 1 ? `what comes of ${loss.pair.labels}` : first.origin === 2 ? `what comes of ${loss.pair.predictions}` : `what comes of ${loss.pair.labels} and ${loss.pair.predictions}`;
}

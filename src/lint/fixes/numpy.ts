/** The framework's own functions in place of numpy's and Python's, in the whole of a loss: half of it would not run. */
import type { Loss, Model } from "../model/model";
import type { BinaryMet, CallMet } from "../model/trace";
import { tensorsIn } from "../model/values";
import { children, textOf, type Node } from "../python";
import type { Edit } from "../rules/rule";
import { countLoops, type CountLoop } from "./counts";
import { isInside, joined, replace } from "./edits";
import { callParts, isWithin, objectOf, statementOf, withoutLines } from "./source";
import { operands } from "./sums";
import { Words, type Word } from "./words";

const SAME: Readonly<Record<string, Word>> = {
  sum: "sum", mean: "mean", average: "mean", max: "max", amax: "max", min: "min", amin: "min", prod: "prod", abs: "abs", absolute: "abs", fabs: "abs", exp: "exp", log: "log", sqrt: "sqrt", square: "square", power: "power", maximum: "maximum", minimum: "minimum", clip: "clip", sign: "sign", tanh: "tanh",
};

export interface NumpyFix {
  readonly title: string;
  readonly edits: readonly Edit[];
}

/** A loss with more calls than this was not written by hand, and is not rewritten by us. */
const MAX_CALLS = 2000;

/** null where some of it has no counterpart of the same meaning. `unit`: over which axes classes are counted. */
export function numpyFix(model: Model, loss: Loss, unit: "NS" | "S" = "NS"): NumpyFix | null {
  const words = Words.of(model, loss);
  if (words === null || loss.trace.calls.length > MAX_CALLS) return null;
  const loops = countLoops(model, loss, words, unit);
  if (loops === null) return null;
  const edits: Edit[] = loops.flatMap((l) => l.edits);
  let title = loops.length > 0 ? `Count all classes at once with ${words.name("sum")}` : null;
  for (const call of once(loss.trace.calls)) {
    if (loops.some((l) => isWithin(call.node, l.range))) continue;
    if (isArrayMethod(call)) return null;
    if (!touches(call)) continue;
    if (call.file.path !== model.file.path) return null;
    const own = converted(call, loss, words);
    if (own === null) return null;
    edits.push(...own.edits);
    title ??= own.title;
  }
  if (title === null) return null;
  const compared = comparisons(loss, loops, words);
  // A comparison is replaced as a whole: what is changed in it would be lost.
  if (compared.some((c) => edits.some((e) => isInside(e, c)))) return null;
  const all = joined([...edits, ...compared, ...words.edits]);
  return all === null ? null : { title, edits: all };
}

/** y.numpy().sum(), or a method of what np.asarray returned: tensors of TensorFlow have none of them. */
function isArrayMethod({ path, instance, args, method }: CallMet): boolean {
  const [held] = args;
  return path === null && instance === null && method !== "numpy" && held?.kind === "tensor" && held.array && held.origin !== 0;
}

/** Calls that need values of labels or predictions, or compute with what such a call gave. */
function touches(call: CallMet): boolean {
  if (call.instance !== null || !tensorsIn(call.args).some((a) => a.origin !== 0)) return false;
  if (call.family === "python") return /^(float|int|bool)$/.test(call.method);
  return call.family === "numpy" || (call.path === null && /^(numpy|astype|item|tolist)$/.test(call.method));
}

function converted(call: CallMet, loss: Loss, words: Words): { title: string; edits: Edit[] } | null {
  const { file, node } = call;
  const parts = callParts(file, node);
  if (parts === null || parts.open) return null;
  const [first] = parts.positional;
  const [given] = call.args;
  if (given?.kind === "sequence") {
    // np.array([… for each class])
    if (call.family !== "numpy" || !/^(array|asarray|stack)$/.test(call.method) || parts.positional.length !== 1 || parts.named.size > 0) return null;
    return { title: `Use ${words.name("stack")} in place of ${textOf(file, parts.callee)}`, edits: [replace(parts.callee, words.name("stack"))] };
  }
  const written = textOf(file, parts.callee);
  if (call.path === null) {
    const object = objectOf(parts.callee);
    if (call.method !== "numpy" || object === null || !parts.empty) return null;
    const statement = statementOf(node);
    const [target, , value] = children(statement);
    // y = y.numpy()
    const gone = statement.name === "AssignStatement" && target !== undefined && value?.from === node.from && textOf(file, target) === textOf(file, object) ? withoutLines(file, statement) : null;
    if (gone !== null) return { title: "Leave .numpy() out", edits: [gone] };
    return { title: "Leave .numpy() out", edits: [replace({ from: object.to, to: node.to }, "")] };
  }
  if (call.family === "python") {
    if (call.method !== "float" || first === undefined || parts.positional.length !== 1) return null;
    const [value] = call.args;
    // What predictions take part in is floating point already.
    if (value?.kind === "tensor" && value.origin !== 1) return { title: "Leave float() out", edits: [replace({ from: node.from, to: first.from }, "("), replace({ from: first.to, to: node.to }, ")")] };
    const cast = words.floating("\0").split("\0");
    return { title: "Cast it in place of float()", edits: [replace({ from: node.from, to: first.from }, cast[0] ?? ""), replace({ from: first.to, to: node.to }, cast[1] ?? "")] };
  }
  if (/^(asarray|array|ascontiguousarray|copy)$/.test(call.method) && first !== undefined && parts.positional.length === 1 && parts.named.size === 0) {
    return { title: `Leave ${written} out`, edits: [replace({ from: node.from, to: first.from }, ""), replace({ from: first.to, to: node.to }, "")] };
  }
  const word = Object.hasOwn(SAME, call.method) ? SAME[call.method] : undefined;
  if (word === undefined || loss.framework === "torch" || [...parts.named.keys()].some((n) => !/^(axis|keepdims)$/.test(n))) return null;
  const name = words.name(word);
  return { title: `Use ${name} in place of ${written}`, edits: [replace(parts.callee, name)] };
}

/** Comparisons of labels in what numpy summed: a symbol's == gives no numbers to sum. */
function comparisons(loss: Loss, loops: readonly CountLoop[], words: Words): Edit[] {
  const within = once(loss.trace.calls).filter((c) => c.family === "numpy" && /^(sum|mean|average|prod|asarray|array)$/.test(c.method));
  return once<BinaryMet>(loss.trace.binaries).flatMap((met) => {
    const parts = operands(met.node);
    if (parts === null || !/^[=<>]=?$/.test(met.op) || met.result.kind !== "tensor" || met.result.origin === 0) return [];
    if (!within.some((c) => isDirect(c, met.node)) || loops.some((l) => isWithin(met.node, l.range))) return [];
    const [left, right] = [textOf(met.file, parts.left), textOf(met.file, parts.right)];
    return [replace(met.node, met.op === "==" ? words.equals(left, right) : words.floating(`${left} ${met.op} ${right}`))];
  });
}

/** Whether it is the argument itself. */
function isDirect(call: CallMet, node: Node): boolean {
  const [first] = call.argNodes;
  return first !== undefined && first.from === node.from && first.to === node.to;
}

function once<T extends { readonly node: Node; readonly file: { readonly path: string } }>(mets: readonly T[]): T[] {
  const seen = new Set<string>();
  return mets.filter((m) => {
    const key = `${m.file.path}:${m.node.from}:${m.node.to}`;
    return !seen.has(key) && seen.add(key);
  });
}

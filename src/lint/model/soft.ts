/** Labels that are shares for sure: smoothed, mixed, interpolated. */
import { children, textOf, type Node, type PythonFile } from "../python";
import { isTruthName } from "./losses";
import type { LibraryCall } from "./library";
import type { Operand } from "./operators";
import type { Trace } from "./trace";
import { LABELS, type Tensor, type Value } from "./values";

/** Products looked back at: the one that is added to stands a few lines before at most. */
const BACK = 40;
/** Longer products are no share of labels. */
const MAX_PRODUCT = 400;

const isLabels = (value: Value): value is Tensor => value.kind === "tensor" && value.origin === LABELS && value.over === "" && value.part === null && !value.oneClass;

/** labels * 0.9 + 0.05 */
export function smoothsLabels(trace: Trace, left: Operand, right: Operand): boolean {
  return shrinks(trace, left.value, right.value) || shrinks(trace, right.value, left.value);
}

function shrinks(trace: Trace, labels: Value, added: Value): boolean {
  if (!isLabels(labels) || (added.kind === "number" ? added.value <= 0 : added.kind !== "unknown" && added.kind !== "shape")) return false;
  const from = Math.max(0, trace.binaries.length - BACK);
  for (let i = trace.binaries.length - 1; i >= from; i--) {
    const met = trace.binaries[i]!;
    if (met.result !== labels) continue;
    if (met.op !== "*") return false;
    const [of, by] = met.left.kind === "tensor" ? [met.left, met.right] : [met.right, met.left];
    return isLabels(of) && of.state !== "mask" && by.kind === "number" && by.value > 0 && by.value < 1;
  }
  return false;
}

/** lam * a + (1 - lam) * b of two labels */
export function mixesLabels(file: PythonFile, left: Operand, right: Operand): boolean {
  const [a, b] = [factors(file, left.node), factors(file, right.node)];
  if (a === null || b === null) return false;
  const bare = (n: Node): string => textOf(file, n).replace(/[\s()]/g, "").replace(/^1\.0?-/, "1-");
  return a.some(([lam, of]) => b.some(([rest, other]) => (bare(rest) === `1-${bare(lam)}` || bare(lam) === `1-${bare(rest)}`) && namesLabels(file, of) && namesLabels(file, other)));
}

/** Both ways to read a product: factor and what it multiplies. */
function factors(file: PythonFile, node: Node): [Node, Node][] | null {
  const inner = node.name === "ParenthesizedExpression" ? children(node).find((c) => c.name !== "(" && c.name !== ")") : node;
  if (inner?.name !== "BinaryExpression" || inner.to - inner.from > MAX_PRODUCT) return null;
  const [a, op, b] = children(inner);
  if (a === undefined || op === undefined || b === undefined || textOf(file, op) !== "*") return null;
  return [[a, b], [b, a]];
}

const LINEAR = /^(bi|tri)?(linear|cubic)$|^area$|^lanczos/i;

/** Where labels are resized or blurred so that values between 0 and 1 arise; null where they may not be. */
export function blursLabels(call: LibraryCall): boolean {
  const { path, method, args, argNodes, named, frame } = call;
  const [of] = args;
  const [node] = argNodes;
  const labels = of?.kind === "tensor" ? isLabels(of) && of.state !== "indices" : of?.kind === "unknown" && node !== undefined && namesLabels(frame.file, node);
  if (!labels || path === null) return false;
  const how = named.get("mode") ?? named.get("method") ?? named.get("interpolation");
  if (/^torch\.nn\.functional\.(interpolate|upsample)$/.test(path) || path === "jax.image.resize") {
    const mode = how ?? args[path === "jax.image.resize" ? 2 : 3];
    return mode?.kind === "string" && LINEAR.test(mode.value);
  }
  if (path === "tensorflow.image.resize") {
    const mode = how ?? args[2];
    return mode === undefined || (mode.kind === "string" && LINEAR.test(mode.value)) || (mode.kind === "library" && LINEAR.test(mode.path.slice(mode.path.lastIndexOf(".") + 1)));
  }
  return method === "gaussian_filter" || method === "gaussian_blur" || /^torch\.nn\.functional\.avg_pool[123]d$/.test(path);
}

/** Whether an array is called labels: `masks`, `y_true[perm]`, `targets.float()`. */
export function namesLabels(file: PythonFile, node: Node): boolean {
  let at: Node | null = node;
  for (let n = 0; n < 6 && at !== null && at.name !== "VariableName"; n++) at = at.firstChild;
  if (at?.name !== "VariableName") return false;
  const name = textOf(file, at);
  return isTruthName(name, false) || /^(masks?|labels?|targets?|y|segs?)(_?[ab12]|_perm|_shuffled|_mixed)?$/.test(name);
}

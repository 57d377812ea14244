/** Whether two calls see the same labels, by the name under which they are handed over. */
import { together } from "../fixes/code";
import { isWithin } from "../fixes/source";
import { child, children, textOf, type Node, type PythonFile } from "../python";
import type { Trace } from "../model/trace";

/** Methods that leave the values of labels as they are. */
const LEAVES = /^(long|int|to|cuda|cpu|type|view|reshape|squeeze|unsqueeze|flatten|contiguous|clone|detach|permute|float|double|astype|byte)$/;
/** Words of code that takes void pixels out. */
const MASKS = /where|clamp|clip|mask|fill|ignore|valid|void|minimum|maximum|%/i;
const MAX_CHAIN = 12;

/** The variable that holds the labels: y of y.long().unsqueeze(1) and y[:, None]; null for anything else. */
export function labelName(file: PythonFile, node: Node): string | null {
  let at: Node | null = node;
  for (let i = 0; i < MAX_CHAIN && at !== null; i++) {
    if (at.name === "VariableName") return textOf(file, at);
    if (at.name === "ParenthesizedExpression") at = children(at).find((c) => c.name !== "(" && c.name !== ")") ?? null;
    else if (at.name === "CallExpression") {
      const callee: Node | null = at.firstChild;
      const method: Node | null = callee?.name === "MemberExpression" ? child(callee, "PropertyName") : null;
      at = method !== null && LEAVES.test(textOf(file, method)) ? (callee?.firstChild ?? null) : null;
    } else if (at.name === "MemberExpression" && child(at, "[") !== null) {
      const parts: Node[] = children(at).slice(1);
      at = parts.every((p) => ["[", "]", ":", ",", "None", "Ellipsis"].includes(p.name)) ? at.firstChild : null;
    } else return null;
  }
  return null;
}

/** Whether one call does not exclude the other: no two branches of an if, no return between them, no question about void labels. */
export function bothRun(a: Node, b: Node, file: PythonFile): boolean {
  if (!together(a, b)) return false;
  const common = commonParent(a, b);
  if (common === null || /^(IfStatement|MatchStatement|TryStatement|ConditionalExpression)$/.test(common.name)) return false;
  return !isAsked(a, common, file) && !isAsked(b, common, file);
}

/** Whether it stands, inside of `within`, in a branch that returns, or that asks for void labels. */
export function isAsked(node: Node, within: Node, file: PythonFile): boolean {
  for (let at = node.parent; at !== null && at.from > within.from && isWithin(at, within); at = at.parent) {
    if (at.name === "IfStatement" && MASKS.test(textOf(file, at).split("\n")[0] ?? "")) return true;
    if (at.name === "Body" && at.parent?.name === "IfStatement" && children(at).some((c) => c.name === "ReturnStatement" || c.name === "RaiseStatement")) return true;
  }
  return false;
}

function commonParent(a: Node, b: Node): Node | null {
  let at = a.parent;
  while (at !== null && !isWithin(b, at)) at = at.parent;
  return at;
}

/** Whether no void pixel was taken out of the labels before the later one of the two calls, as far as it is seen. */
export function untouched(trace: Trace, file: PythonFile, name: string, a: Node, b: Node): boolean {
  const [first, last] = a.from < b.from ? [a, b] : [b, a];
  const before = (node: Node): boolean => node.from < last.from;
  const here = (met: { readonly file: PythonFile; readonly node: Node }): boolean => met.file === file && before(met.node) && together(met.node, last);
  if (trace.items.some((met) => met.name === name && here(met))) return false;
  if (trace.assigns.some((met) => met.name === name && here(met) && (met.node.from > first.to || MASKS.test(statementText(file, met.node))))) return false;
  // A comparison makes a mask: what it is for is not followed.
  if (trace.binaries.some((met) => here(met) && /^([=!]=|[<>]=?)$/.test(met.op) && [met.leftNode, met.rightNode].some((n) => n !== null && labelName(file, n) === name))) return false;
  return !trace.calls.some((met) => here(met) && /^(ne|eq|lt|gt|le|ge|not_equal|equal|where|masked_\w+|\w+[a-z]_|clamp|clip)$/.test(met.method) && met.method !== "scatter_" && met.argNodes.some((n) => labelName(file, n) === name));
}

function statementText(file: PythonFile, node: Node): string {
  let at: Node = node;
  while (at.parent !== null && !/Statement$/.test(at.name)) at = at.parent;
  // A loop's head alone, not its body.
  return at.name === "AssignStatement" || at.name === "UpdateStatement" ? textOf(file, at) : "";
}

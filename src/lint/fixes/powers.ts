/** Focal powers of each class, and Tversky's letters. */
import { children, textOf, type Node, type PythonFile } from "../python";
import type { Loss, Model } from "../model/model";
import type { BinaryMet, Met, SumMet } from "../model/trace";
import type { Edit, Fix } from "../rules/rule";
import { boundName, fixOf, isBound, standsIn, statementOf, usesOf } from "./code";
import { insert, replace } from "./edits";
import { arrayNode } from "./precision";
import { bare } from "./source";

/** mean(x) ** gamma to mean(x ** gamma): the power goes where the mean is, the mean around it. */
export function powerFirst(loss: Loss, met: Met, base: Node | null | undefined, mean: SumMet): Fix[] {
  const { file } = met;
  const inner = arrayNode(loss, mean);
  const call = mean.node;
  if (base === null || base === undefined || inner === null || !standsIn(loss.fn, met.node) || !standsIn(loss.fn, call) || file.path !== mean.file.path) return [];
  const title = "Take the power of each class, then average";
  if (call.from >= base.from && call.to <= base.to) {
    // base: the mean, or a number less the mean
    const core = bare(base);
    if (!isWholeOrRest(core, call)) return [];
    const [before, after] = [file.text.slice(call.from, inner.from), file.text.slice(inner.to, call.to)];
    // An argument needs no parentheses; beside an operator or a dot it does.
    const isArgument = core.from === call.from && base.parent?.name === "ArgList";
    const raised = textIn(file, met.node, [{ from: call.from, to: call.to, text: isArgument ? textOf(file, inner) : grouped(file, inner) }]);
    return fixOf(title, [replace(met.node, `${before}${after.startsWith(".") && met.node.name !== "CallExpression" ? `(${raised})` : raised}${after}`)], false);
  }
  // m = mean(x) … m ** gamma
  const statement = statementOf(call);
  const name = statement === null ? null : boundName(file, statement);
  const core = bare(base);
  if (statement === null || name === null || statement.to !== call.to || core.name !== "VariableName" || textOf(file, core) !== name) return [];
  const reads = usesOf(file, loss.fn.node, name).filter((n) => n.from > statement.to && !isBound(n));
  const exponent = file.text.slice(base.to, met.node.to);
  if (reads.length !== 1 || base.from !== met.node.from || !/^\s*\*\*/.test(exponent) || !isKnownBefore(loss, statement, exponent)) return [];
  return fixOf(title, [...raise(file, call, inner, exponent), { from: base.to, to: met.node.to, text: "" }], false);
}

function raise(file: PythonFile, call: Node, inner: Node, exponent: string): Edit[] {
  const raised = `${grouped(file, inner)}${exponent}`;
  const isMethod = file.text.slice(inner.to, call.to).startsWith(".");
  return isMethod ? [replace(inner, `(${raised})`)] : inner.from > call.from ? [replace(inner, raised)] : [insert(call.to, exponent)];
}

/** The exponent's names are the function's own parameters, attributes or numbers: they have a value before. */
function isKnownBefore(loss: Loss, statement: Node, exponent: string): boolean {
  const names = [...exponent.matchAll(/(?<![\w.])[A-Za-z_]\w*/g)].map((m) => m[0]);
  return names.every((n) => n === "self" || loss.fn.params.some((p) => p.name === n) || !usesOf(loss.fn.file, loss.fn.node, n).some((u) => isBound(u) && u.from > statement.from));
}

const isPlain = (node: Node): boolean => node.name === "VariableName" || node.name === "ParenthesizedExpression" || node.name === "CallExpression";

function grouped(file: PythonFile, node: Node): string {
  return isPlain(node) ? textOf(file, node) : `(${textOf(file, node)})`;
}

/** x itself, or 1 - x: a mean of either is the same as either of the mean. */
function isWholeOrRest(core: Node, call: Node): boolean {
  if (core.from === call.from && core.to === call.to) return true;
  const [left, op, right, ...rest] = children(core);
  return core.name === "BinaryExpression" && left?.name === "Number" && op?.name === "ArithOp" && op.to - op.from === 1 && right !== undefined && rest.length === 0 && right.from === call.from && right.to === call.to;
}

function textIn(file: PythonFile, node: Node, edits: readonly Edit[]): string {
  let text = "";
  let at = node.from;
  for (const edit of edits) {
    text += file.text.slice(at, edit.from) + edit.text;
    at = edit.to;
  }
  return text + file.text.slice(at, node.to);
}

export interface Weighed {
  readonly node: Node;
  readonly letter: "alpha" | "beta";
  readonly met: BinaryMet;
}

/** Each letter in the other's place, and their defaults with them: by default the loss stays what it is. */
export function exchangeLetters(model: Model, loss: Loss, weighed: readonly Weighed[]): Fix[] {
  const { file } = model;
  const owner = loss.fn.owner;
  const name = owner?.name ?? loss.fn.name;
  const maker = owner === null ? loss.fn : owner.methods.get("__init__");
  const params = (maker?.params ?? []).filter((p) => p.name === "alpha" || p.name === "beta");
  const [first] = maker?.params ?? [];
  // Whoever hands them over means the letters as they are.
  const head = maker === undefined || first === undefined ? "" : file.text.slice(first.at.from, maker.body.from);
  const rest = file.text.replace(head, "");
  const handed = /(?<!self\.)\b(alpha|beta)\s*=(?!=)/.test(rest) || new RegExp(`\\b${name}\\s*\\([^)\\n]{0,200}\\d`).test(rest);
  if (weighed.some((w) => w.met.file.path !== file.path || !isOwn(w.node, loss)) || handed || (maker !== undefined && maker.file.path !== file.path)) return [];
  const [a, b] = params;
  const [x, y] = [a?.fallback ?? null, b?.fallback ?? null];
  const self = weighed.some((w) => textOf(file, w.node).startsWith("self."));
  if (params.length !== 2 || (x === null) !== (y === null)) return [];
  if (self && !(maker !== undefined && ["alpha", "beta"].every((l) => new RegExp(`self\\.${l}\\s*=\\s*${l}\\s*($|[#\\n])`, "m").test(textOf(file, maker.node))))) return [];
  const letters = weighed.map((w) => replace(w.node, textOf(file, w.node).replace(/(alpha|beta)$/, (l) => (l === "alpha" ? "beta" : "alpha"))));
  const defaults = x === null || y === null || textOf(file, x) === textOf(file, y) ? [] : [replace(x, textOf(file, y)), replace(y, textOf(file, x))];
  return fixOf("Exchange the letters and their defaults (alpha: false positives)", [...letters, ...defaults], false);
}

/** Only the uses in the loss itself are seen: in a helper the letters may serve others. */
function isOwn(node: Node, loss: Loss): boolean {
  const letters = usesOf(loss.fn.file, loss.fn.body, "alpha").length + usesOf(loss.fn.file, loss.fn.body, "beta").length;
  return standsIn(loss.fn, node) && (letters === 0 || letters === 2);
}


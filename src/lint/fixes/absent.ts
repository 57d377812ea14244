/** A finite weight of their own for absent classes, in place of 1/(V² + eps). */
import { applied } from "../edits";
import type { Loss } from "../model/model";
import { textOf, type Node, type PythonFile } from "../python";
import type { Edit } from "../rules/rule";
import { insert, isInside, replace } from "./edits";
import { atomText, bare, callParts, type CallParts, freshName, indentOf, isAtom, objectOf, statementOf } from "./source";
import { operands } from "./sums";
import type { Words } from "./words";

export const ABSENT = "1e-6";

interface At {
  readonly file: PythonFile;
  readonly loss: Loss;
}

interface Inverse {
  /** What stands above the bar: 1. */
  readonly above: string;
  readonly volume: Node;
  readonly power: number;
  /** Something keeps what stands below from being 0. */
  readonly held: boolean;
}

/** Edits that give absent classes the weight 1e-6 where `node` makes the weights; `inner`: what is changed inside of it besides. */
export function absentEdits(file: PythonFile, loss: Loss, node: Node, power: number | null, words: Words, inner: readonly Edit[] = []): Edit[] | null {
  const found = inverseOf({ file, loss }, node);
  if (found === null || (power !== null && found.power !== power) || !isVolume(file, loss, found.volume)) return null;
  const own = inner.filter((e) => isInside(e, found.volume)).map((e) => ({ ...e, from: e.from - found.volume.from, to: e.to - found.volume.from }));
  const text = applied(textOf(file, found.volume), own);
  const statement = statementOf(node);
  const indent = indentOf(file, statement);
  const edits: Edit[] = inner.filter((e) => !isInside(e, node));
  let name = isAtom(found.volume) ? text : `(${text})`;
  if (found.volume.name !== "VariableName" && indent !== null && !isNested(node, statement) && /^(Assign|Return|Expression|Update)Statement$/.test(statement.name)) {
    name = freshName(file, "volumes");
    edits.push(insert(statement.from, `${name} = ${text}\n${indent}`));
  } else if (found.volume.name !== "VariableName" && text.length > 80) return null;
  const present = `${found.above} / ${words.atLeast(name, "1")}${found.power === 1 ? "" : ` ** ${found.power}`}`;
  edits.push(replace(node, words.where(`${name} > 0`, present, ABSENT, name)), ...words.edits);
  return edits;
}

/** Whether names of a lambda or a comprehension may stand in it. */
function isNested(node: Node, statement: Node): boolean {
  for (let at = node.parent; at !== null && at.from >= statement.from && at.to <= statement.to && at.name !== "Body"; at = at.parent) if (/^Lambda|Comprehension/.test(at.name)) return true;
  return false;
}

/** Whether a volume of 0 gives a weight far above those of volumes of some voxels: without a constant beside it, or squared. */
export function needsBranch(file: PythonFile, loss: Loss, node: Node): boolean {
  const found = inverseOf({ file, loss }, node);
  return found !== null && (found.power > 1 || !found.held);
}

/** 1 / (V**2 + eps), reciprocal(V * V), V ** -2, divide(1, square(V)): the volume and its power. */
function inverseOf(at: At, node: Node): Inverse | null {
  const { file } = at;
  const binary = operands(node);
  if (binary !== null) {
    const op = textOf(file, binary.op);
    if (op === "/") return below(at, binary.right, atomText(file, binary.left));
    const exponent = op === "**" ? exponentOf(file, binary.right) : null;
    return exponent !== null && exponent < 0 ? negative(at, binary.left, exponent) : null;
  }
  const call = callParts(file, node);
  if (call === null || call.open) return null;
  const [first, second] = argumentsOf(at, node, call);
  const method = lastName(file, call.callee);
  if (/^reciprocal_?$/.test(method) && first !== undefined) return below(at, first, "1");
  if (/^(div|divide|truediv|true_divide)$/.test(method) && first !== undefined && second !== undefined) return below(at, second, atomText(file, first));
  const exponent = /^(pow|power)$/.test(method) && second !== undefined ? exponentOf(file, second) : null;
  return exponent !== null && exponent < 0 && first !== undefined ? negative(at, first, exponent) : null;
}

/** (V**2 + eps) ** -1 */
function negative(at: At, node: Node, exponent: number): Inverse | null {
  const found = times(raised(at, node, 0), -exponent);
  return found === null ? null : { above: "1", ...found };
}

function below(at: At, node: Node, above: string): Inverse | null {
  const found = raised(at, node, 0);
  return found === null ? null : { above, ...found };
}

/** V and p of V**p, with whatever holds it up: + eps, clamp, maximum. */
function raised(where: At, node: Node, depth: number): Raised | null {
  const { file } = where;
  const at = bare(node);
  if (depth > 8) return null;
  const binary = operands(at);
  if (binary !== null) {
    const op = textOf(file, binary.op);
    if (op === "+") {
      const [left, right] = [isConstant(file, binary.left), isConstant(file, binary.right)];
      return left === right ? null : heldUp(raised(where, left ? binary.right : binary.left, depth + 1));
    }
    if (op === "*") return textOf(file, bare(binary.left)) === textOf(file, bare(binary.right)) ? times(raised(where, binary.left, depth + 1), 2) : null;
    const exponent = op === "**" ? exponentOf(file, binary.right) : null;
    return exponent === null ? null : times(raised(where, binary.left, depth + 1), exponent);
  }
  const call = callParts(file, at);
  if (call !== null && !call.open) {
    const [first, second] = argumentsOf(where, at, call);
    if (first !== undefined) {
      const method = lastName(file, call.callee);
      if (method === "square") return times(raised(where, first, depth + 1), 2);
      if (/^(pow|power)$/.test(method) && second !== undefined) {
        const exponent = exponentOf(file, second);
        return exponent === null ? null : times(raised(where, first, depth + 1), exponent);
      }
      if (/^(clamp|clamp_min|clip|clip_by_value|maximum)$/.test(method)) return heldUp(isConstant(file, first) && second !== undefined ? raised(where, second, depth + 1) : raised(where, first, depth + 1));
      if (method === "add" && second !== undefined && isConstant(file, second)) return heldUp(raised(where, first, depth + 1));
    }
  }
  return { volume: at, power: 1, held: false };
}

type Raised = Omit<Inverse, "above">;

const heldUp = (found: Raised | null): Raised | null => (found === null ? null : { ...found, held: true });

function times(found: Raised | null, by: number): Raised | null {
  return found === null ? null : { ...found, power: found.power * by };
}

/** With a method's array first. */
function argumentsOf({ file, loss }: At, node: Node, call: CallParts): Node[] {
  const object = objectOf(call.callee);
  const called = loss.trace.calls.find((c) => c.file === file && c.node.from === node.from && c.node.to === node.to);
  return called?.path === null && object !== null ? [object, ...call.positional] : [...call.positional];
}

function lastName(file: PythonFile, callee: Node): string {
  const text = textOf(file, callee);
  return text.slice(text.lastIndexOf(".") + 1);
}

function exponentOf(file: PythonFile, node: Node): number | null {
  const value = Number(textOf(file, bare(node)).replace(/\s/g, ""));
  return Number.isFinite(value) && value !== 0 ? value : null;
}

/** A number, or a name for one: eps, K.epsilon(), self.smooth. */
function isConstant(file: PythonFile, node: Node): boolean {
  const text = textOf(file, bare(node));
  return bare(node).name === "Number" || /^((self\.|cls\.)?_?(eps|epsilon|smooth|smoothing|delta|tiny|EPS|EPSILON|SMOOTH)\w*|[\w.]*\.epsilon\(\)|[\w.]*finfo\([\w.]*\)\.(eps|tiny))$/.test(text);
}

/** Whether what stands there is known to be the volume of each class. */
function isVolume(file: PythonFile, loss: Loss, node: Node): boolean {
  const { trace } = loss;
  if (node.name === "VariableName") {
    const name = textOf(file, node);
    // w = 1 / w: the name still has what it had before the statement.
    const { from } = statementOf(node);
    const before = trace.assigns.filter((a) => a.file === file && a.name === name && a.node.from < from);
    const filled = trace.items.filter((i) => i.file === file && i.name === name && i.node.from < from);
    return [before.at(-1), ...filled].some((m) => m?.value.kind === "tensor" && m.value.volume === 1);
  }
  return trace.calls.some((c) => c.file === file && c.node.from === node.from && c.node.to === node.to && c.result.kind === "tensor" && c.result.volume === 1);
}

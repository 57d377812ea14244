/** Arrays changed in place: a new array instead, or a copy that may be changed. */
import { child, children, textOf, type Node } from "../python";
import type { Loss, Model } from "../model/model";
import type { ItemMet } from "../model/trace";
import type { Fix } from "../rules/rule";
import { fixOf, lineBefore, standsIn, statementOf } from "./code";
import { replace } from "./edits";
import { Words } from "./words";

interface Parts {
  readonly statement: Node;
  readonly object: string;
  readonly index: string;
  /** The only index, where it is one expression. */
  readonly mask: Node | null;
  /** "=" or "+=" and the like. */
  readonly op: string;
  readonly value: string;
}

/** name[index] = value as a statement of its own. */
function partsOf(loss: Loss, { file, node }: ItemMet): Parts | null {
  const statement = statementOf(node);
  const object = node.firstChild;
  if (statement === null || object?.name !== "VariableName" || !standsIn(loss.fn, node)) return null;
  const [target, op, value, ...rest] = children(statement);
  if (target?.from !== node.from || op === undefined || value === undefined || rest.length > 0) return null;
  const inner = children(node).slice(children(node).findIndex((c) => c.name === "[") + 1, -1);
  const [first] = inner;
  if (first === undefined) return null;
  return { statement, object: textOf(file, object), index: file.text.slice(first.from, inner.at(-1)!.to), mask: inner.length === 1 ? first : null, op: textOf(file, op), value: textOf(file, value) };
}

/** PyTorch: a copy is changed, and what the activation keeps for its gradient stays. One copy serves all changes of it that follow. */
export function copyFirst(loss: Loss, met: ItemMet): Fix[] {
  const own = partsOf(loss, met);
  if (own === null) return [];
  const before = loss.trace.items.filter((other) => other.target === met.target && other.name === met.name && other.file.path === met.file.path).map((other) => partsOf(loss, other)?.statement ?? null);
  const first = before.find((s) => s !== null && s.from < own.statement.from && s.parent?.from === own.statement.parent?.from) ?? own.statement;
  return fixOf("Change a copy", [lineBefore(met.file, first, `${own.object} = ${own.object}.clone()`)], true);
}

const UPDATES: Readonly<Record<string, string>> = { "=": "set", "+=": "add", "*=": "multiply", "/=": "divide" };

/** JAX: x = x.at[index].set(value). A mask would fail in jax.jit: where is for masks. */
export function updatedAt(model: Model, loss: Loss, met: ItemMet): Fix[] {
  const parts = partsOf(loss, met);
  const update = parts === null ? undefined : UPDATES[parts.op];
  if (parts === null || update === undefined) return [];
  const { statement, object, index, value } = parts;
  if (!/^[\s\d:,.-]+$/.test(index)) return chosenWhere(model, loss, met);
  return fixOf(`Make a new array with .at[…].${update}`, [replace(statement, `${object} = ${object}.at[${index}].${update}(${value})`)], true);
}

/** Numbers put where a mask says. What is put at other places has no one function. */
export function chosenWhere(model: Model, loss: Loss, met: ItemMet): Fix[] {
  const parts = partsOf(loss, met);
  const words = Words.of(model, loss);
  if (parts === null || words === null || parts.mask?.name !== "BinaryExpression" || met.value.kind !== "number") return [];
  const { mask, object, op, value, statement } = parts;
  const compare = child(mask, "CompareOp");
  if (compare === null || !/^([=<>]=?|==)$/.test(textOf(met.file, compare)) || !/^[*+/-]?=$/.test(op)) return [];
  const [left, , right] = children(mask);
  if (left === undefined || right === undefined || children(mask).length !== 3) return [];
  // A mask of fewer axes would be broadcast the other way round.
  if (![left, right].some((n) => textOf(met.file, n) === object)) return [];
  // == of tensors is an identity in TensorFlow 1.
  const test = textOf(met.file, compare) === "==" ? `${words.name("equal")}(${textOf(met.file, left)}, ${textOf(met.file, right)})` : textOf(met.file, mask);
  // TensorFlow takes a number for 32 bits, whatever the array is.
  const converts = loss.framework === "jax" || /(^|\.)ops\./.test(words.name("where"));
  const put = op === "=" ? (converts ? value : `${words.name("ones_like")}(${object}) * ${value}`) : `${object} ${op.slice(0, -1)} ${value}`;
  return fixOf(`Choose with ${words.name("where")}`, [replace(statement, `${object} = ${words.name("where")}(${test}, ${put}, ${object})`), ...words.edits], true);
}

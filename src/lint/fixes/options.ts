/** Options of a library's loss or layer: set, exchanged, shortened. */
import { children, textOf, type PythonFile, type Node } from "../python";
import type { Fix } from "../rules/rule";
import { fixOf, setArgument } from "./code";
import { replace } from "./edits";
import { callParts } from "./source";

/** name=value, put in or changed. */
export function sayOption(file: PythonFile, call: Node, name: string, value: string, title = `Say ${name}=${value}`): Fix[] {
  return fixOf(title, [setArgument(file, call, name, value)], false);
}

/** sigmoid=True becomes softmax=True; nothing when it is not given by its name. */
export function renameOption(file: PythonFile, call: Node, from: string, to: string): Fix[] {
  const parts = callParts(file, call);
  const said = parts?.named.get(from);
  const other = parts?.named.get(to);
  if (said === undefined || textOf(file, said.value) !== "True") return [];
  // The other one may stand there as False.
  const edits = other === undefined ? [replace(said.name, to)] : textOf(file, other.value) === "False" ? [replace(said.value, "False"), replace(other.value, "True")] : [];
  return fixOf(`Say ${to}=True instead of ${from}=True`, edits.length === 0 ? null : edits, false);
}

/** A string that stands in the call itself becomes another. */
export function changeString(file: PythonFile, call: Node, name: string, at: number | null, from: string, to: string): Fix[] {
  const parts = callParts(file, call);
  const value = parts?.named.get(name)?.value ?? (at === null ? undefined : parts?.positional[at]);
  if (value?.name !== "String") return [];
  const text = textOf(file, value);
  return text.slice(1, -1) === from ? fixOf(`Say "${to}" instead of "${from}"`, [replace(value, text.charAt(0) + to + text.charAt(0))], false) : [];
}

/** The first item taken out of a list that stands in the call, alone or in torch.tensor([…]). */
export function withoutFirst(file: PythonFile, call: Node, name: string, title: string): Fix[] {
  const value = callParts(file, call)?.named.get(name)?.value;
  const list = value === undefined ? undefined : value.name === "CallExpression" ? callParts(file, value)?.positional[0] : value;
  if (list?.name !== "ArrayExpression" && list?.name !== "TupleExpression") return [];
  const parts = children(list).filter((c) => c.name !== "Comment");
  const [, first, comma, second] = parts;
  // Of a tuple of two, one item is left, which needs its comma.
  if (first === undefined || comma?.name !== "," || second === undefined || (list.name === "TupleExpression" && parts.length < 7) || parts.some((c) => c.name === "*")) return [];
  return fixOf(title, [{ from: first.from, to: second.from, text: "" }], false);
}

/** Where code stands, and text that may be put in its place. */
import { children, textOf, type Node, type PythonFile } from "../python";
import type { Edit, Fix } from "../rules/rule";
import { joined, replace } from "./edits";
import { callParts, indentOf, withoutLines } from "./source";

const LOOSE = new Set(["ArgList", "AssignStatement", "UpdateStatement", "ReturnStatement", "ParenthesizedExpression", "ExpressionStatement"]);
const ATOMS = new Set(["VariableName", "Number", "String", "CallExpression", "MemberExpression", "ParenthesizedExpression", "TupleExpression", "ArrayExpression", "Boolean", "None"]);

/** The function that a place stands in; null at the module's level. */
export function enclosing(node: Node): Node | null {
  let at = node.parent;
  while (at !== null && at.name !== "FunctionDefinition" && at.name !== "LambdaExpression") at = at.parent;
  return at;
}

/** Whether both stand in the same function (not in one nested in it). */
export function together(a: Node, b: Node): boolean {
  const [x, y] = [enclosing(a), enclosing(b)];
  return x === null || y === null ? x === y : x.from === y.from && x.to === y.to;
}

/** Whether it stands directly in this function; null: at the module's level. */
export function standsIn(fn: { readonly node: Node } | null, node: Node): boolean {
  const own = enclosing(node);
  return fn === null || own === null ? fn === null && own === null : own.from === fn.node.from && own.to === fn.node.to;
}

/** The simple statement that an expression is part of; null in a lambda, or in the head of a loop or branch. */
export function statementOf(node: Node): Node | null {
  let at: Node | null = node;
  while (at !== null && !/Statement$/.test(at.name)) {
    if (at.name === "LambdaExpression" || at.name === "Body" || at.name === "FunctionDefinition") return null;
    at = at.parent;
  }
  return at !== null && /^(Assign|Update|Return|Expression)Statement$/.test(at.name) ? at : null;
}

/** A line of its own put before a statement. */
export function lineBefore(file: PythonFile, statement: Node, text: string): Edit | null {
  const indent = indentOf(file, statement);
  return indent === null ? null : { from: statement.from, to: statement.from, text: `${text}\n${indent}` };
}

/** Takes a statement away with its line; null where its line or its block holds nothing else. */
export function withoutStatement(file: PythonFile, statement: Node): Edit | null {
  const { parent } = statement;
  if (parent === null || parent.name === "StatementGroup" || children(parent).filter((c) => c.name !== ":").length < 2) return null;
  return withoutLines(file, statement);
}

/** The text of an expression, in parentheses where it would fall apart beside an operator, a dot or a bracket. */
export function atom(file: PythonFile, node: Node): string {
  const text = textOf(file, node);
  return ATOMS.has(node.name) && !(node.name === "Number" || text.includes("\n")) ? text : `(${text})`;
}

/** The text of `inner` as it may stand in the place of `outer`. */
export function inPlaceOf(file: PythonFile, outer: Node, inner: Node): string {
  return outer.parent !== null && LOOSE.has(outer.parent.name) && (outer.parent.name === "ArgList" || outer.parent.name === "ParenthesizedExpression" || !textOf(file, inner).includes("\n")) ? textOf(file, inner) : atom(file, inner);
}

export function replaced(file: PythonFile, outer: Node, inner: Node): Edit {
  return { from: outer.from, to: outer.to, text: inPlaceOf(file, outer, inner) };
}

/** Places where a variable is read or bound; names of arguments and attributes are none. */
export function usesOf(file: PythonFile, within: Node, name: string): Node[] {
  const found: Node[] = [];
  const stack: Node[] = [within];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    const parts = children(node);
    for (let i = parts.length - 1; i >= 0; i--) {
      const part = parts[i]!;
      if (part.name !== "VariableName") stack.push(part);
      else if (textOf(file, part) === name && !(node.name === "ArgList" && parts[i + 1]?.name === "AssignOp") && node.name !== "ParamList") found.push(part);
    }
  }
  return found.sort((a, b) => a.from - b.from);
}

/** Whether a name is bound here: on the left of an assignment, in the head of a loop. */
export function isBound(node: Node): boolean {
  let at: Node = node;
  while (at.parent !== null && /^(Tuple|Array|Parenthesized)Expression$/.test(at.parent.name)) at = at.parent;
  const { parent } = at;
  if (parent === null) return false;
  if (parent.name === "AssignStatement") return lastAssignment(parent) > at.from;
  if (parent.name === "UpdateStatement" || parent.name === "NamedExpression") return parent.from === at.from;
  if (parent.name === "ForStatement") return children(parent).some((c) => c.name === "in" && c.from > at.from);
  return parent.name === "WithStatement" || parent.name === "DeleteStatement";
}

function lastAssignment(statement: Node): number {
  return children(statement).reduce((last, c) => (c.name === "AssignOp" ? c.from : last), -1);
}

/** The name that an assignment of a single name binds. */
export function boundName(file: PythonFile, statement: Node): string | null {
  const parts = children(statement);
  return statement.name === "AssignStatement" && parts.length === 3 && parts[0]!.name === "VariableName" ? textOf(file, parts[0]!) : null;
}

/** Statements of a function behind its docstring; null for a lambda. */
export function firstStatement(fn: { readonly body: Node }): Node | null {
  if (fn.body.name !== "Body") return null;
  const statements = children(fn.body).filter((c) => c.name !== ":");
  const [first, second] = statements;
  const isText = first?.name === "ExpressionStatement" && /^(Continued)?String$/.test(first.firstChild?.name ?? "");
  return (isText ? second : first) ?? null;
}

/** Takes an argument out of a call. */
export function withoutArgument(file: PythonFile, call: Node, name: string): Edit | null {
  const said = callParts(file, call)?.named.get(name);
  const list = said?.name.parent;
  if (said === undefined || list === null || list === undefined) return null;
  const parts = children(list);
  const at = parts.findIndex((p) => p.from === said.name.from);
  const previous = parts[at - 1];
  const [next, following] = parts.slice(at + 3);
  // A comment on the argument before stays.
  if (previous?.name === "," && !file.text.slice(previous.to, said.name.from).includes("#")) return { from: previous.from, to: said.value.to, text: "" };
  return { from: said.name.from, to: next?.name !== "," ? said.value.to : following === undefined || following.name === ")" || file.text.slice(next.to, following.from).includes("#") ? next.to : following.from, text: "" };
}

/** Puts an argument at the end of a call; null where *args or **kwargs may hold it already. */
export function withArgument(file: PythonFile, call: Node, text: string): Edit | null {
  const parts = callParts(file, call);
  if (parts === null || parts.open) return null;
  const last = children(parts.close.parent ?? call).at(-2);
  if (last === undefined) return null;
  return { from: last.to, to: last.to, text: parts.empty ? text : last.name === "," ? ` ${text}` : `, ${text}` };
}

/** An argument with this value, said already or not. */
export function setArgument(file: PythonFile, call: Node, name: string, value: string): Edit | null {
  const parts = callParts(file, call);
  if (parts === null || parts.open) return null;
  const said = parts.named.get(name);
  return said === undefined ? withArgument(file, call, `${name}=${value}`) : replace(said.value, value);
}

/** One fix of these edits; none where one of them is not possible, or two of them collide. */
export function fixOf(title: string, edits: readonly (Edit | null)[] | null, safe: boolean): Fix[] {
  const sure = (edits ?? []).flatMap((e) => (e === null ? [] : [e]));
  const all = edits === null || sure.length < edits.length || sure.length === 0 ? null : joined(sure);
  return all === null ? [] : [{ title, edits: all, safe }];
}

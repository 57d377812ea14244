/** Places in the source: the parts of a call, statements, lines. */
import { child, children, lineAt, textOf, type Node, type PythonFile } from "../python";
import type { Edit, Range } from "../rules/rule";

export interface CallParts {
  readonly callee: Node;
  readonly positional: readonly Node[];
  readonly named: ReadonlyMap<string, { readonly name: Node; readonly value: Node }>;
  /** The closing parenthesis. */
  readonly close: Node;
  /** *args or **kwargs are among the arguments. */
  readonly open: boolean;
  readonly empty: boolean;
}

/** null for what is no whole call. */
export function callParts(file: PythonFile, node: Node): CallParts | null {
  const callee = node.name === "CallExpression" ? node.firstChild : null;
  const list = callee === null ? null : child(node, "ArgList");
  const parts = list === null ? [] : children(list).filter((p) => p.name !== "Comment");
  const close = parts.at(-1);
  if (callee === null || close?.name !== ")" || parts.some((p) => p.name === "for" || p.name === "⚠")) return null;
  const positional: Node[] = [];
  const named = new Map<string, { name: Node; value: Node }>();
  let open = false;
  for (let i = 1; i < parts.length - 1; i++) {
    const part = parts[i]!;
    if (part.name === ",") continue;
    if (part.name === "*" || part.name === "**") {
      open = true;
      i++;
    } else if (part.name === "VariableName" && parts[i + 1]?.name === "AssignOp") {
      const value = parts[i + 2];
      if (value !== undefined) named.set(textOf(file, part), { name: part, value });
      i += 2;
    } else positional.push(part);
  }
  return { callee, positional, named, close, open, empty: parts.length === 2 };
}

/** x of x.sum(…), null for a call of a plain name. */
export function objectOf(callee: Node): Node | null {
  return callee.name === "MemberExpression" && child(callee, "[") === null ? callee.firstChild : null;
}

export function nodeAt(root: Node, range: Range): Node | null {
  let at: Node | null = root;
  while (at !== null) {
    if (at.from === range.from && at.to === range.to && at.name !== "Script" && at.name !== "ExpressionStatement") return at;
    let next: Node | null = null;
    for (let c: Node | null = at.firstChild; c !== null; c = c.nextSibling) if (c.from <= range.from && range.to <= c.to) next = c;
    at = next;
  }
  return null;
}

/** Without parentheses around it. */
export function bare(node: Node): Node {
  let at = node;
  while (at.name === "ParenthesizedExpression") {
    const inner = children(at).find((c) => c.name !== "(" && c.name !== ")" && c.name !== "Comment");
    if (inner === undefined) return at;
    at = inner;
  }
  return at;
}

/** The statement that it stands in. */
export function statementOf(node: Node): Node {
  let at = node;
  while (at.parent !== null && at.parent.name !== "Body" && at.parent.name !== "Script" && at.parent.name !== "StatementGroup") at = at.parent;
  return at;
}

export function isWithin(node: Range, outer: Range): boolean {
  return outer.from <= node.from && node.to <= outer.to;
}

/** The indentation of a statement that begins its line; null when something stands before it on the line. */
export function indentOf(file: PythonFile, statement: Node): string | null {
  const start = file.lineStarts[lineAt(file, statement.from) - 1] ?? 0;
  const before = file.text.slice(start, statement.from);
  return before.trim() === "" ? before : null;
}

/** Takes whole lines of a statement away; null when it shares a line with other code. A comment that ends its line goes with it. */
export function withoutLines(file: PythonFile, statement: Node): Edit | null {
  if (indentOf(file, statement) === null) return null;
  const from = file.lineStarts[lineAt(file, statement.from) - 1] ?? 0;
  // A body may reach past its last line.
  let last = statement.to;
  while (last > statement.from && /\s/.test(file.text.charAt(last - 1))) last--;
  const end = file.text.indexOf("\n", last);
  const rest = file.text.slice(last, end < 0 ? file.text.length : end).trim();
  if (rest !== "" && !rest.startsWith("#")) return null;
  return { from, to: end < 0 ? file.text.length : end + 1, text: "" };
}

/** A name that the file does not use yet. */
export function freshName(file: PythonFile, wanted: string): string {
  let name = wanted;
  for (let i = 2; new RegExp(`\\b${name}\\b`).test(file.text); i++) name = `${wanted}_${i}`;
  return name;
}

/** Whether what it computes may stand beside any operator as it is. */
export function isAtom(node: Node): boolean {
  return ["VariableName", "Number", "CallExpression", "MemberExpression", "ParenthesizedExpression"].includes(node.name);
}

/** Its text, in parentheses unless it needs none. */
export function atomText(file: PythonFile, node: Node): string {
  return isAtom(node) ? textOf(file, node) : `(${textOf(file, node)})`;
}

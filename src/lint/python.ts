/** Python source as a tree (Lezer's grammar: tolerant of half-typed code), with the few helpers that reading losses needs. Nothing is run. */
import { chunksOf, treeOf } from "./chunks";
import { perPiece, pieceOf, type Piece } from "./pieces";

/** The part of Lezer's SyntaxNode that is used here. */
export interface Node {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly firstChild: Node | null;
  readonly nextSibling: Node | null;
  readonly parent: Node | null;
}

export interface PythonFile {
  readonly path: string;
  readonly text: string;
  readonly root: Node;
  /** The text by top-level definitions. */
  readonly pieces: readonly Piece[];
  /** Offsets at which lines begin. */
  readonly lineStarts: readonly number[];
}

export interface PythonFunction {
  readonly file: PythonFile;
  /** The class's name for a loss written as a class. */
  readonly name: string;
  readonly node: Node;
  /** Statements, or the expression of a lambda. */
  readonly body: Node;
  /** Parameter names in order, `self` left out, with the default's node. */
  readonly params: readonly { readonly name: string; readonly fallback: Node | null }[];
  /** Functions and classes that enclose it, outermost first. */
  readonly within: readonly Node[];
}

/** Files that were read last, by path: modules are imported again and again. */
const recent = new Map<string, PythonFile>();
const MAX_RECENT = 64;

export function parsePython(path: string, text: string): PythonFile {
  const known = recent.get(path);
  const file = known?.text === text ? known : parsed(path, text);
  // The last one used is the last one listed.
  recent.delete(path);
  recent.set(path, file);
  const oldest = recent.keys().next();
  if (recent.size > MAX_RECENT && oldest.done !== true) recent.delete(oldest.value);
  return file;
}

function parsed(path: string, text: string): PythonFile {
  const lineStarts = [0];
  for (let i = text.indexOf("\n"); i >= 0; i = text.indexOf("\n", i + 1)) lineStarts.push(i + 1);
  // A byte order mark is nothing of the code's, and no indentation.
  const chunks = chunksOf(text.startsWith("\uFEFF") ? `\n${text.slice(1)}` : text);
  const root = treeOf(chunks.map(({ from, piece }) => ({ from, piece: readable(piece) }))).topNode;
  return { path, text, root, pieces: chunks.map(({ piece }) => piece), lineStarts };
}

/**
 * A text as the grammar can read it, character by character where it stands. The grammar takes "1." for an attribute of 1; "01" has the
 * same length and is read as a number.
 */
const readable = perPiece((text) => pieceOf(text.replace(/(?<![\w.])(\d+)\.(?=[eE][+-]?\d|[^\w.]|$)/gm, "0$1")));

/** Without comments: they may stand between any two arguments. */
export function children(node: Node): Node[] {
  const out: Node[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) if (child.name !== "Comment") out.push(child);
  return out;
}

export function child(node: Node, name: string): Node | null {
  return children(node).find((c) => c.name === name) ?? null;
}

export function textOf(file: PythonFile, node: Node): string {
  return file.text.slice(node.from, node.to);
}

/** Line (from 1) at an offset. */
export function lineAt(file: PythonFile, offset: number): number {
  let low = 0;
  let high = file.lineStarts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (file.lineStarts[middle]! <= offset) low = middle;
    else high = middle - 1;
  }
  return low + 1;
}

const functionsKnown = new WeakMap<PythonFile, readonly PythonFunction[]>();

/** Every function of the file; a class with `call`, `forward` or `__call__` counts as a function of the class's name. */
export function functionsOf(file: PythonFile): readonly PythonFunction[] {
  let functions = functionsKnown.get(file);
  if (functions === undefined) {
    functions = functionsIn(file);
    functionsKnown.set(file, functions);
  }
  return functions;
}

function functionsIn(file: PythonFile): PythonFunction[] {
  const found: PythonFunction[] = [];
  const visit = (node: Node, within: Node[], depth: number): void => {
    if (depth > MAX_NESTING) return;
    for (const c of children(node)) {
      const own = c.name === "FunctionDefinition" ? functionAt(file, c, within) : c.name === "AssignStatement" ? lambdaAt(file, c, within) : null;
      if (own !== null) found.push(own);
      visit(c, c.name === "FunctionDefinition" || c.name === "ClassDefinition" ? [...within, c] : within, depth + 1);
    }
  };
  visit(file.root, [], 0);
  return found;
}

/** Code nested deeper than this was not written by hand. */
const MAX_NESTING = 100;

/** name = lambda y_true, y_pred: … */
function lambdaAt(file: PythonFile, node: Node, within: Node[]): PythonFunction | null {
  const parts = children(node);
  const [nameNode, op, lambda] = parts;
  if (parts.length !== 3 || nameNode?.name !== "VariableName" || op?.name !== "AssignOp" || lambda?.name !== "LambdaExpression") return null;
  const list = child(lambda, "ParamList");
  const body = children(lambda).at(-1);
  if (list === null || body === undefined || body === list) return null;
  return { file, name: textOf(file, nameNode), node, body, params: paramsOf(file, list), within };
}

/** Whether `node` is a class's __init__. */
export function isConstructor(file: PythonFile, node: Node): boolean {
  const name = node.name === "FunctionDefinition" ? child(node, "VariableName") : null;
  return name !== null && textOf(file, name) === "__init__";
}

const ENTRY_METHODS = new Set(["call", "forward", "__call__"]);

function functionAt(file: PythonFile, node: Node, within: Node[]): PythonFunction | null {
  const nameNode = child(node, "VariableName");
  const body = child(node, "Body");
  const list = child(node, "ParamList");
  if (nameNode === null || body === null || list === null) return null;
  let name = textOf(file, nameNode);
  const owner = within.at(-1);
  if (owner?.name === "ClassDefinition" && ENTRY_METHODS.has(name)) {
    const className = child(owner, "VariableName");
    if (className !== null) name = textOf(file, className);
  }
  return { file, name, node, body, params: paramsOf(file, list), within };
}

/** Parameters in order, without self and cls. */
function paramsOf(file: PythonFile, list: Node): PythonFunction["params"] {
  const params: { name: string; fallback: Node | null }[] = [];
  const parts = children(list);
  parts.forEach((part, i) => {
    if (part.name !== "VariableName") return;
    const previous = parts[i - 1]?.name;
    if (previous === "AssignOp") return; // a default that is a name
    let j = i + 1;
    if (parts[j]?.name === "TypeDef") j++;
    params.push({ name: textOf(file, part), fallback: parts[j]?.name === "AssignOp" ? (parts[j + 1] ?? null) : null });
  });
  if (params[0]?.name === "self" || params[0]?.name === "cls") params.shift();
  return params;
}

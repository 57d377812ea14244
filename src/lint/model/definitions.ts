/** Functions and classes of a file, each known once by where it stands. */
import { pieceOf, type Piece } from "../pieces";
import { child, children, textOf, type Node, type PythonFile } from "../python";

export interface Param {
  readonly name: string;
  readonly fallback: Node | null;
  /** "*": *args, "**": **kwargs, "": any other */
  readonly star: "" | "*" | "**";
  readonly at: Node;
}

export interface FunctionInfo {
  readonly file: PythonFile;
  /** "<lambda>" for one without a name. */
  readonly name: string;
  readonly node: Node;
  /** Statements, or the expression of a lambda. */
  readonly body: Node;
  /** With `self`. */
  readonly params: readonly Param[];
  readonly decorators: readonly string[];
  /** The class whose method it is. */
  readonly owner: ClassInfo | null;
  /** Functions and classes that enclose it, outermost first. */
  readonly within: readonly (FunctionInfo | ClassInfo)[];
}

export interface ClassInfo {
  readonly file: PythonFile;
  readonly name: string;
  readonly node: Node;
  readonly body: Node;
  readonly bases: readonly Node[];
  readonly methods: Map<string, FunctionInfo>;
  readonly within: readonly (FunctionInfo | ClassInfo)[];
}

export interface Definitions {
  /** By offset of the node. */
  readonly functions: ReadonlyMap<number, FunctionInfo>;
  readonly classes: ReadonlyMap<number, ClassInfo>;
}

const pieces = new WeakMap<FunctionInfo | ClassInfo, Piece>();

/** The text of a function or class, to ask about it once as long as it stays the same. */
export function pieceOfDefinition(info: FunctionInfo | ClassInfo): Piece {
  let piece = pieces.get(info);
  if (piece === undefined) {
    piece = pieceOf(textOf(info.file, info.node));
    pieces.set(info, piece);
  }
  return piece;
}

/** Code nested deeper than this was not written by hand. */
const MAX_NESTING = 150;

const LEAVES = new Set(["ImportStatement", "ReturnStatement", "ExpressionStatement", "UpdateStatement", "PassStatement", "RaiseStatement", "AssertStatement"]);

const known = new WeakMap<PythonFile, Definitions>();

/** Read once for each file. */
export function definitionsOf(file: PythonFile): Definitions {
  let definitions = known.get(file);
  if (definitions === undefined) {
    definitions = definitionsIn(file);
    known.set(file, definitions);
  }
  return definitions;
}

function definitionsIn(file: PythonFile): Definitions {
  const functions = new Map<number, FunctionInfo>();
  const classes = new Map<number, ClassInfo>();
  const visit = (node: Node, within: readonly (FunctionInfo | ClassInfo)[], decorators: readonly string[], depth: number): void => {
    if (depth > MAX_NESTING) return;
    for (let c = node.firstChild; c !== null; c = c.nextSibling) {
      if (c.name === "FunctionDefinition") {
        const info = functionAt(file, c, within, decorators);
        if (info === null) continue;
        functions.set(c.from, info);
        info.owner?.methods.set(info.name, info);
        visit(info.body, [...within, info], [], depth + 1);
      } else if (c.name === "ClassDefinition") {
        const info = classAt(file, c, within);
        if (info === null) continue;
        classes.set(c.from, info);
        visit(info.body, [...within, info], [], depth + 1);
      } else if (c.name === "DecoratedStatement") {
        visit(c, within, children(c).flatMap((d) => (d.name === "Decorator" ? [textOf(file, d).slice(1).trim()] : [])), depth + 1);
      } else if (!LEAVES.has(c.name) && c.name !== "AssignStatement") visit(c, within, [], depth + 1);
    }
  };
  visit(file.root, [], [], 0);
  return { functions, classes };
}

function functionAt(file: PythonFile, node: Node, within: readonly (FunctionInfo | ClassInfo)[], decorators: readonly string[]): FunctionInfo | null {
  const name = child(node, "VariableName");
  const body = child(node, "Body");
  const list = child(node, "ParamList");
  if (name === null || body === null || list === null) return null;
  const last = within.at(-1);
  const owner = last !== undefined && "methods" in last ? last : null;
  return { file, name: textOf(file, name), node, body, params: paramsOf(file, list), decorators, owner, within };
}

export function lambdaInfo(file: PythonFile, node: Node, name: string): FunctionInfo | null {
  const list = child(node, "ParamList");
  const body = children(node).at(-1);
  if (body === undefined || body.name === "ParamList" || body.name === ":" || body.name === "lambda") return null;
  return { file, name, node, body, params: list === null ? [] : paramsOf(file, list), decorators: [], owner: null, within: [] };
}

function classAt(file: PythonFile, node: Node, within: readonly (FunctionInfo | ClassInfo)[]): ClassInfo | null {
  const name = child(node, "VariableName");
  const body = child(node, "Body");
  if (name === null || body === null) return null;
  const list = child(node, "ArgList");
  const parts = list === null ? [] : children(list);
  const bases = parts.filter((p, i) => (p.name === "VariableName" || p.name === "MemberExpression") && parts[i + 1]?.name !== "AssignOp" && parts[i - 1]?.name !== "AssignOp");
  return { file, name: textOf(file, name), node, body, bases, methods: new Map(), within };
}

function paramsOf(file: PythonFile, list: Node): Param[] {
  const params: Param[] = [];
  const parts = children(list);
  parts.forEach((part, i) => {
    if (part.name !== "VariableName") return;
    const before = parts[i - 1]?.name;
    if (before === "AssignOp") return; // a default that is a name
    const j = parts[i + 1]?.name === "TypeDef" ? i + 2 : i + 1;
    const fallback = parts[j]?.name === "AssignOp" ? (parts[j + 1] ?? null) : null;
    params.push({ name: textOf(file, part), fallback, star: before === "*" ? "*" : before === "**" ? "**" : "", at: part });
  });
  return params;
}

/** Parameters that a caller fills: without self and cls, *args and **kwargs. */
export function ownParams(fn: FunctionInfo): readonly Param[] {
  const isStatic = fn.decorators.some((d) => d === "staticmethod");
  const skip = fn.owner !== null && !isStatic ? 1 : fn.params[0]?.name === "self" ? 1 : 0;
  return fn.params.slice(skip).filter((p) => p.star === "");
}

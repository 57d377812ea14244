/** Functions by the names under which the file at hand has them: K.sum, tf.reduce_sum, ops.sum, torch.sum, jnp.sum. */
import type { Loss, Model } from "../model/model";
import { children, textOf, type Node, type PythonFile } from "../python";
import type { Edit } from "../rules/rule";
import { insert } from "./edits";

type Dialect = "K" | "tf" | "ops" | "torch" | "jnp";

export type Word = "sum" | "mean" | "max" | "min" | "prod" | "abs" | "exp" | "log" | "sqrt" | "square" | "power" | "maximum" | "minimum" | "clip" | "where" | "equal" | "cast" | "reshape" | "sign" | "tanh" | "ones_like" | "stack" | "softmax" | "sigmoid" | "one_hot";

/** Names that differ from the word itself; null: the dialect has no such function. */
const NAMES: Readonly<Record<Dialect, Partial<Record<Word, string | null>>>> = {
  K: { power: "pow", where: "switch" },
  tf: { sum: "reduce_sum", mean: "reduce_mean", max: "reduce_max", min: "reduce_min", prod: "reduce_prod", log: "math.log", power: "pow", clip: "clip_by_value", softmax: "nn.softmax" },
  ops: {},
  torch: { power: "pow", equal: "eq", clip: "clamp", cast: null, one_hot: "nn.functional.one_hot" },
  jnp: { cast: null },
};

interface Import {
  readonly name: string;
  readonly path: string;
}

export class Words {
  private readonly have: readonly (readonly [Dialect, string])[];
  /** Import statements that the names need. */
  private readonly added = new Map<string, Edit>();

  /** null where the framework is not known, or no name of it is at hand. */
  static of(model: Model, loss: Loss): Words | null {
    const dialects = loss.framework === "torch" ? (["torch"] as const) : loss.framework === "jax" ? (["jnp"] as const) : loss.framework === "keras" || loss.framework === "tensorflow" ? (["K", "tf", "ops"] as const) : [];
    if (dialects.length === 0) return null;
    const imports = importsOf(model.file);
    const body = textOf(model.file, loss.fn.node);
    const have = dialects.flatMap((dialect) => [...new Set(aliasesOf(dialect, imports))].map((alias) => [dialect, alias] as const));
    const counted = new Map(have.map(([, alias]) => [alias, body.split(`${alias}.`).length - 1]));
    const uses = (alias: string): number => counted.get(alias) ?? 0;
    // Where Keras' backend has functions, Keras is older than keras.ops.
    const old = have.some(([dialect, alias]) => dialect === "K" && uses(alias) > 0);
    const free = have.filter(([dialect, alias]) => !loss.fn.params.some((p) => alias === p.name) && !(old && dialect === "ops" && uses(alias) === 0));
    return new Words(model.file, loss, imports, free.sort((a, b) => uses(b[1]) - uses(a[1])));
  }

  private constructor(
    private readonly file: PythonFile,
    readonly loss: Loss,
    private readonly imports: readonly Import[],
    have: readonly (readonly [Dialect, string])[],
  ) {
    this.have = have;
  }

  get isTorch(): boolean {
    return this.loss.framework === "torch";
  }

  /** A function's name; a name that the file lacks comes with its import. */
  name(word: Word): string {
    return this.pick(word)[1];
  }

  private pick(word: Word, first: Dialect | null = null): readonly [Dialect, string] {
    // K.switch is for want of anything better: it broadcasts nothing.
    const order = word === "where" ? [...this.have].sort((a, b) => Number(a[0] === "K") - Number(b[0] === "K")) : first === null ? this.have : [...this.have].sort((a, b) => Number(b[0] === first) - Number(a[0] === first));
    for (const [dialect, alias] of order) {
      const own = NAMES[dialect][word];
      if (own !== null) return [dialect, `${alias}.${own ?? word}`];
    }
    const dialect = this.missing();
    const alias = { K: "K", tf: "tf", ops: "keras.ops", torch: "torch", jnp: "jnp" }[dialect];
    return [dialect, `${alias}.${NAMES[dialect][word] ?? word}`];
  }

  /** What is imported where nothing is at hand. */
  private missing(): Dialect {
    const dialect: Dialect = this.loss.framework === "torch" ? "torch" : this.loss.framework === "jax" ? "jnp" : this.imports.some((i) => i.path.startsWith("tensorflow")) ? "tf" : "ops";
    const line = { K: "from tensorflow.keras import backend as K", tf: "import tensorflow as tf", ops: "import keras", torch: "import torch", jnp: "import jax.numpy as jnp" }[dialect];
    this.added.set(line, insert(importPlace(this.file), `${line}\n`));
    return dialect;
  }

  /** Edits that bring the names in. */
  get edits(): Edit[] {
    return [...this.added.values()];
  }

  /** Whether a word comes from Keras' backend or TensorFlow 1, where branches have the shape of the condition. */
  private needsShape(word: Word): boolean {
    const [dialect] = this.pick(word);
    return dialect === "K" || (dialect === "tf" && /\btf\.(placeholder|Session|disable_v2_behavior)\b|compat\.v1|tensorflow\.contrib|tf\.contrib\b/.test(this.file.text));
  }

  /** The sum of x over `axes` (Python text); null: over all. */
  reduce(word: "sum" | "mean", x: string, axes: string | null, keep = false): string {
    const [dialect, name] = this.pick(word);
    const keyword = dialect === "torch" ? "dim" : "axis";
    return `${name}(${x}${axes === null ? "" : `, ${keyword}=${axes}`}${keep ? `, ${dialect === "torch" ? "keepdim" : "keepdims"}=True` : ""})`;
  }

  /** x, at least `least`, by the same library as `where`; `x` must be able to stand before a dot. */
  atLeast(x: string, least: string): string {
    return this.isTorch ? `${x}.clamp(min=${least})` : `${this.pick("maximum", this.pick("where")[0])[1]}(${x}, ${least})`;
  }

  /** `yes` where the test holds, else the number `no`, as an array like `like`. */
  where(test: string, yes: string, no: string, like: string): string {
    const other = this.needsShape("where") ? `${no} * ${this.pick("ones_like", this.pick("where")[0])[1]}(${like})` : no;
    return `${this.name("where")}(${test}, ${yes}, ${other})`;
  }

  /** The number of an array's classes: the size of its last axis. */
  size(x: string): string {
    const backend = this.have.find(([dialect]) => dialect === "K");
    return backend !== undefined && this.have[0] === backend ? `${backend[1]}.int_shape(${x})[-1]` : `${x}.shape[-1]`;
  }

  /** Labels that equal a number, as 0 and 1. */
  equals(x: string, value: string): string {
    if (this.isTorch) return `(${x} == ${value}).float()`;
    if (this.loss.framework === "jax") return `(${x} == ${value}).astype("float32")`;
    return this.floating(`${this.name("equal")}(${x}, ${value})`);
  }

  /** As the floating point numbers that the predictions are. */
  floating(x: string): string {
    const [dialect, cast] = this.pick("cast");
    return `${cast}(${x}, ${dialect === "K" ? `${cast.slice(0, -"cast".length)}floatx()` : `${this.loss.pair.predictions}.dtype`})`;
  }
}

const PATHS: Readonly<Record<Dialect, RegExp>> = {
  K: /^(keras|tensorflow\.keras|tensorflow\.compat\.v1\.keras|tensorflow\.python\.keras|tf_keras|keras\.src)\.(legacy\.)?backend$/,
  tf: /^tensorflow(\.compat\.v[12])?$/,
  ops: /^(keras|keras\.src|tensorflow\.keras)\.ops$/,
  torch: /^torch$/,
  jnp: /^jax\.numpy$/,
};

function aliasesOf(dialect: Dialect, imports: readonly Import[]): string[] {
  const direct = imports.filter((i) => PATHS[dialect].test(i.path)).map((i) => i.name);
  if (direct.length > 0) return direct;
  // import keras: keras.ops; import tensorflow as tf alone gives tf itself, which is shorter.
  if (dialect === "ops") return imports.filter((i) => i.path === "keras").map((i) => `${i.name}.ops`);
  return dialect === "jnp" ? imports.filter((i) => i.path === "jax").map((i) => `${i.name}.numpy`) : [];
}

const imported = new WeakMap<PythonFile, readonly Import[]>();

/** Names that import statements of the module (and of blocks and functions in it) bind. */
function importsOf(file: PythonFile): readonly Import[] {
  const before = imported.get(file);
  if (before !== undefined) return before;
  const found: Import[] = [];
  imported.set(file, found);
  const visit = (node: Node, depth: number): void => {
    if (node.name === "ImportStatement") found.push(...boundBy(textOf(file, node)));
    else if (depth < 8) for (const c of children(node)) if (/Statement$|Body|Definition$/.test(c.name)) visit(c, depth + 1);
  };
  for (const node of children(file.root)) visit(node, 0);
  return found;
}

function boundBy(statement: string): Import[] {
  const text = statement.replace(/#[^\n]*/g, "").replace(/[()\\\n]/g, " ").trim();
  const from = /^from\s+([\w.]+)\s+import\s+(.+)$/.exec(text);
  const list = (from?.[2] ?? text.replace(/^import\s+/, "")).split(",").map((s) => s.trim().split(/\s+as\s+/));
  return list.flatMap(([name = "", alias]) => {
    if (!/^[\w.]+$/.test(name)) return [];
    if (from !== null) return [{ name: alias ?? name, path: `${from[1] ?? ""}.${name}` }];
    return alias !== undefined ? [{ name: alias, path: name }] : [{ name: name.split(".")[0] ?? name, path: name.split(".")[0] ?? name }];
  });
}

/** Behind the last of the import statements with which the file begins (after its docstring). */
export function importPlace(file: PythonFile): number {
  let place = 0;
  for (const node of children(file.root)) {
    const isDoc = node.name === "ExpressionStatement" && node.firstChild?.name === "String";
    if (node.name === "ImportStatement" || (isDoc && place === 0)) {
      const end = file.text.indexOf("\n", node.to);
      place = end < 0 ? file.text.length : end + 1;
    } else if (node.name !== "Comment") break;
  }
  return place;
}

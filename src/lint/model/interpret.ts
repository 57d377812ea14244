/** Follows statements in source order, as far as needed to know what a loss computes from labels and predictions. Nothing is run. */
import { child, children, type Node, type PythonFile } from "../python";
import { assign, augmented } from "./assign";
import { branches, loop, tried, ways } from "./control";
import { lambdaInfo, ownParams, type ClassInfo, type FunctionInfo } from "./definitions";
import { Env } from "./env";
import { expression } from "./expressions";
import { fields } from "./fields";
import { importStatement } from "./imports";
import type { Layout } from "./axes";
import { isFormatName } from "./layout";
import type { Step } from "./steps";
import type { LoadedFile, Program } from "./program";
import { placeAt, Trace } from "./trace";
import { derived, join, UNKNOWN, type Place, type Tensor, type Value } from "./values";

/** Calls of the user's own functions are followed this deep. */
const MAX_CALLS = 5;
const MAX_DEPTH = 150;
/** Statements and expressions looked at for one entry with all that it calls. */
export const MAX_STEPS = 30_000;

export interface Arguments {
  readonly positional: readonly Value[];
  readonly named: ReadonlyMap<string, Value>;
  /** Whether *args or **kwargs hide some. */
  readonly open: boolean;
}

export const NO_ARGUMENTS: Arguments = { positional: [], named: new Map(), open: true };

export interface Made {
  readonly info: ClassInfo;
  readonly given: Arguments;
  readonly node: Node;
  readonly file: PythonFile;
}

/** How values flow through one function call. */
export interface Frame {
  readonly file: PythonFile;
  readonly env: Env;
  readonly depth: number;
  returned: Value | null;
}

export class Interpreter {
  trace = new Trace();
  /** Statements and expressions looked at so far. */
  steps = 0;
  /** Those that enclose the one that is looked at. */
  nesting = 0;
  /** Functions being followed: a recursion is not. */
  private readonly open: FunctionInfo[] = [];
  /** Objects of the user's classes, as they were made. */
  readonly made: Made[] = [];
  /** Inside `with torch.no_grad()`: what loses a gradient there does so on purpose. */
  withoutGradient = 0;
  /** Set while a training step is followed that computes its loss itself. */
  step: Step | null = null;

  constructor(
    readonly program: Program,
    /** The number of axes of labels and predictions where the source tells it. */
    readonly rank: number | null,
    /** Where the classes stand; null when it is not known. */
    readonly layout: Layout | null = null,
  ) {}

  /** Names of a file's own statements. */
  module(loaded: LoadedFile): Env {
    if (!loaded.begun) {
      loaded.begun = true;
      const { file, env } = loaded;
      this.block(file.root, { file, env, depth: 0, returned: null });
    }
    return loaded.env;
  }

  /** Whether it stands among the own statements of the linted file. */
  isAtTop({ env }: Frame): boolean {
    return env === this.program.main?.env && this.open.length === 0 && this.withoutGradient === 0;
  }

  /** Follows a function's body with these arguments. Defaults count where they are numbers: a flag may be anything. */
  call(fn: FunctionInfo, outer: Env, self: Value | null, given: Arguments, depth: number): Value {
    const unknown = derived([...given.positional, ...given.named.values()]);
    if (depth > MAX_CALLS || this.open.includes(fn) || this.steps > MAX_STEPS) return unknown;
    const env = new Env(outer);
    this.bind(fn, env, self, given);
    this.open.push(fn);
    const frame: Frame = { file: fn.file, env, depth, returned: null };
    const quiet = fn.decorators.some((d) => /no_grad|inference_mode/.test(d)) ? 1 : 0;
    this.withoutGradient += quiet;
    try {
      if (fn.body.name === "Body") this.block(fn.body, frame);
      else {
        frame.returned = this.expression(fn.body, frame);
        this.trace.returns.push({ file: fn.file, node: fn.body, value: frame.returned, depth });
      }
    } finally {
      this.withoutGradient -= quiet;
      this.open.pop();
    }
    return frame.returned ?? { kind: "none" };
  }

  /** What functions nested in `fn` see, when it was called by somebody who is not known. */
  closure(fn: FunctionInfo, outer: Env): Env {
    const env = new Env(outer);
    this.bind(fn, env, null, NO_ARGUMENTS);
    if (fn.body.name === "Body") this.block(fn.body, { file: fn.file, env, depth: 1, returned: null });
    return env;
  }

  /** Forgets what was met so far: the preparation of an entry is not the entry. */
  begin(): void {
    this.trace = new Trace();
    this.steps = 0;
  }

  private bind(fn: FunctionInfo, env: Env, self: Value | null, given: Arguments): void {
    const params = ownParams(fn);
    const first = fn.params[0];
    if (first !== undefined && params[0] !== first && first.star === "") env.set(first.name, self ?? UNKNOWN);
    for (const p of fn.params) if (p.star !== "") env.set(p.name, UNKNOWN);
    params.forEach((param, i) => {
      const value = given.positional[i] ?? given.named.get(param.name);
      if (value !== undefined) env.set(param.name, value);
      else env.set(param.name, param.fallback === null ? UNKNOWN : this.fallback(param.name, param.fallback, { file: fn.file, env, depth: 0, returned: null }, given.open));
    });
  }

  /** `open`: the caller is not known, so that only numbers are taken for what they say. */
  private fallback(name: string, node: Node, frame: Frame, open: boolean): Value {
    const value = this.expression(node, frame);
    if (value.kind === "number" || value.kind === "sequence") return { ...value, param: name };
    if (open && value.kind === "string" && this.layout !== null && isFormatName(name)) return value;
    return open && (value.kind === "boolean" || value.kind === "none" || value.kind === "string") ? UNKNOWN : value;
  }

  /** An object of a class of the user's files: its constructors are followed, the bases' first. */
  make(info: ClassInfo, env: Env, given: Arguments, node: Node | null, depth: number): Extract<Value, { kind: "object" }> {
    const object: Extract<Value, { kind: "object" }> = { kind: "object", info, env, attributes: new Map(), node };
    this.program.memory?.made(object.attributes);
    for (const { info: owner, env: at } of this.lineage(info, env).reverse()) {
      for (const part of children(owner.body)) if (part.name === "AssignStatement" && part.firstChild?.name === "VariableName") this.classAttribute(owner, at, part, object);
      const init = owner.methods.get("__init__");
      if (init !== undefined) this.call(init, at, object, owner === info ? given : NO_ARGUMENTS, depth + 1);
    }
    if (!info.methods.has("__init__")) fields(object, given);
    return object;
  }

  private classAttribute(owner: ClassInfo, env: Env, node: Node, object: Extract<Value, { kind: "object" }>): void {
    const own = new Env(env);
    const frame: Frame = { file: owner.file, env: own, depth: 0, returned: null };
    assign(this, node, frame);
    for (const [name, value] of own.save()) object.attributes.set(name, value);
  }

  /** The class and those of its bases that are known, nearest first. */
  lineage(info: ClassInfo, env: Env): { info: ClassInfo; env: Env }[] {
    const out: { info: ClassInfo; env: Env }[] = [];
    let at: { info: ClassInfo; env: Env } | null = { info, env };
    while (at !== null && out.length < 6 && !out.some((o) => o.info === at?.info)) {
      out.push(at);
      const current: { info: ClassInfo; env: Env } = at;
      at = null;
      for (const base of current.info.bases) {
        const value = this.expression(base, { file: current.info.file, env: current.env, depth: 0, returned: null });
        if (value.kind === "class") {
          at = { info: value.info, env: value.env };
          break;
        }
      }
    }
    return out;
  }

  method(object: Extract<Value, { kind: "object" }>, name: string): Value | null {
    for (const { info, env } of this.lineage(object.info, object.env)) {
      const fn = info.methods.get(name);
      if (fn === undefined) continue;
      const value: Value = { kind: "function", fn, env, self: object };
      return fn.decorators.includes("property") ? this.call(fn, env, object, { positional: [], named: new Map(), open: false }, 3) : value;
    }
    return null;
  }

  block(body: Node, frame: Frame): void {
    for (let node = body.firstChild; node !== null; node = node.nextSibling) this.statement(node, frame);
  }

  statement(node: Node, frame: Frame): void {
    if (++this.steps > MAX_STEPS || this.nesting >= MAX_DEPTH) return;
    this.nesting++;
    this.statementAt(node, frame);
    this.nesting--;
  }

  expression(node: Node, frame: Frame): Value {
    if (++this.steps > MAX_STEPS || this.nesting >= MAX_DEPTH) return UNKNOWN;
    this.nesting++;
    const value = expression(this, node, frame);
    this.nesting--;
    return value;
  }

  private statementAt(node: Node, frame: Frame): void {
    const { file, env } = frame;
    switch (node.name) {
      case "StatementGroup": // a = 1; b = 2
        this.block(node, frame);
        return;
      case "AssignStatement":
        assign(this, node, frame);
        return;
      case "UpdateStatement":
        augmented(this, node, frame);
        return;
      case "ReturnStatement": {
        const values = children(node).slice(1).filter((c) => c.name !== ",");
        if (values.length === 0) return;
        const each = values.map((v) => this.expression(v, frame));
        const value: Value = each.length === 1 ? each[0]! : { kind: "sequence", items: each, span: null, complete: true };
        frame.returned = frame.returned === null ? value : join(frame.returned, value);
        this.trace.returns.push({ file, node: values[0]!, value, depth: frame.depth });
        return;
      }
      case "ExpressionStatement":
        for (let c = node.firstChild; c !== null; c = c.nextSibling) this.expression(c, frame);
        return;
      case "FunctionDefinition": {
        const fn = this.program.of(file).definitions.functions.get(node.from);
        if (fn !== undefined) env.set(fn.name, { kind: "function", fn, env, self: null });
        return;
      }
      case "ClassDefinition": {
        const info = this.program.of(file).definitions.classes.get(node.from);
        if (info !== undefined) env.set(info.name, { kind: "class", info, env });
        return;
      }
      case "DecoratedStatement": {
        const inner = child(node, "FunctionDefinition") ?? child(node, "ClassDefinition");
        if (inner !== null) this.statement(inner, frame);
        return;
      }
      case "ImportStatement":
        importStatement(this, node, frame);
        return;
      case "IfStatement":
        branches(this, node, frame);
        return;
      case "WithStatement": {
        const body = child(node, "Body");
        const head = file.text.slice(node.from, body?.from ?? node.to);
        const quiet = /no_grad|inference_mode/.test(head) ? 1 : 0;
        this.withoutGradient += quiet;
        if (body !== null) this.block(body, frame);
        this.withoutGradient -= quiet;
        return;
      }
      case "ForStatement":
        loop(this, node, frame);
        return;
      case "WhileStatement": {
        const before = env.save();
        for (const c of children(node)) if (c.name === "Body") this.block(c, frame);
        env.joinWays([before, env.save()]);
        return;
      }
      case "TryStatement":
        tried(this, node, frame);
        return;
      case "MatchStatement":
        ways(this, children(child(node, "MatchBody") ?? node).flatMap((c) => (c.name === "MatchClause" ? [child(c, "Body")] : [])), frame, true);
        return;
      default:
        return;
    }
  }

  private readonly ids = new Map<string, number>();
  /** Where each of the weights is made, by identity. */
  readonly weightPlaces: Place[] = [];

  /** One identity for the weights made at one place, however often it is passed. */
  weightId(file: PythonFile, node: Node): number {
    const key = `${node.from}:${file.path}`;
    let id = this.ids.get(key);
    if (id === undefined) {
      id = this.weightPlaces.push(placeAt({ file, node })) - 1;
      this.ids.set(key, id);
    }
    return id;
  }

  lambda(node: Node, frame: Frame): Value {
    const fn = lambdaInfo(frame.file, node, "<lambda>");
    return fn === null ? UNKNOWN : { kind: "function", fn, env: frame.env, self: null };
  }

  /** A value whose gradient ends here, for a reason that is not the author's wish. */
  lost(of: Tensor, node: Node, file: PythonFile): Pick<Tensor, "gradient" | "lostAt"> {
    if (of.gradient !== "flows" && of.gradient !== "unknown") return { gradient: of.gradient, lostAt: of.lostAt };
    if (this.withoutGradient > 0) return { gradient: "cut", lostAt: null };
    return of.gradient === "unknown" ? { gradient: "unknown", lostAt: null } : { gradient: "lost", lostAt: placeAt({ file, node }) };
  }

}

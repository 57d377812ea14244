/**
 * What a Python file says about its losses: each of them followed from labels and predictions to what it returns.
 *
 * The text is parsed once, by Lezer's Python grammar: it is error tolerant (half-typed code keeps its shape around the broken place),
 * incremental (the editor hands in the fragments that an edit left alone), small and pure JavaScript, so that it runs in any worker.
 */
import type { RunFacts } from "../facts";
import { inPiece } from "../pieces";
import { parsePython, type PythonFile } from "../python";
import { imageAxes } from "./axes";
import { layoutOf, rankAround } from "./layout";
import { lambdaInfo, pieceOfDefinition, type FunctionInfo } from "./definitions";
import type { ImportMemory } from "./importMemory";
import { handedTo, withHanded, type Handed } from "./handed";
import { Interpreter, NO_ARGUMENTS, type Arguments, type Made } from "./interpret";
import { SHARE } from "./level";
import { evidenceOf, frameworkOf, isMetric, isPerhapsLoss, lambdasOf, nameOf, pairOf, rankOf, type Framework, type Pair } from "./losses";
import { isStep, lossOfStep, stepArguments } from "./steps";
import { usageOf, type Usage } from "./usage";
import { isFollowed, isWorthIt } from "./worth";
import { Program, type LoadedFile, type Resolver } from "./program";
import { weightedRank } from "./rank";
import type { Trace } from "./trace";
import { isTrainedOn } from "./trained";
import { LABELS, PREDICTIONS, TENSOR, type Place, type Tensor, type Value } from "./values";

export interface Loss {
  readonly fn: FunctionInfo;
  readonly name: string;
  readonly pair: Pair;
  readonly framework: Framework | null;
  readonly evidence: "compiled" | "class" | "name" | "used" | "metric";
  /** Runs on symbols: a Keras loss, outside of eager mode. */
  readonly symbolic: boolean;
  readonly trace: Trace;
  readonly returned: Value;
  /** Where each of the weights is made, by identity. */
  readonly weightPlaces: readonly Place[];
  /** Several classes for sure: a softmax, one-hot labels, a loop over classes. */
  readonly multiclass: boolean;
  /** Computed by a training step: its pair has no names, so that fixes cannot write them. */
  readonly inline?: true;
}

/** Code around losses: the module's own statements, training loops. */
export interface Flow {
  readonly fn: FunctionInfo | null;
  readonly trace: Trace;
}

export interface Model {
  readonly file: PythonFile;
  readonly usage: Usage;
  readonly losses: readonly Loss[];
  readonly flows: readonly Flow[];
  /** Coefficients that are measured, not trained on: functions in metrics=[…], or called dice, iou or the like. */
  readonly metrics: readonly Loss[];
  /** Of a run near the code, where one is known. */
  readonly facts: RunFacts | null;
}

/** Past so many losses in one file the rest is not looked at: code that no hand wrote. */
const MAX_ENTRIES = 400;
/** Longer functions are no training loops. */
const MAX_FLOW = 40_000;
/** Generated tables of megabytes are no losses. */
const MAX_TEXT = 2_000_000;

export function buildModel(path: string, text: string, resolver: Resolver | null = null, facts: RunFacts | null = null, memory: ImportMemory | null = null): Model {
  const file = text.length <= MAX_TEXT && isWorthIt(text) ? parsePython(path, text) : parsePython(path, "");
  memory?.begin();
  const program = new Program(resolver, memory);
  const loaded = program.add(file);
  const usage = usageOf(file.pieces);
  const module = new Interpreter(program, null);
  module.module(loaded);
  const imports = importsOf(loaded);
  const losses: Loss[] = [];
  const metrics: Loss[] = [];
  const flows: Flow[] = [{ fn: null, trace: module.trace }];
  const functions = [...loaded.definitions.functions.values()];
  for (const { node, name } of lambdasOf(file)) {
    const fn = lambdaInfo(file, node, name);
    if (fn !== null) functions.push(fn);
  }
  const entries = functions.slice(0, MAX_ENTRIES).map((fn) => {
    const pair = pairOf(fn, usage);
    return { fn, pair, evidence: evidenceOf(fn, pair, usage) };
  });
  const made = [...module.made];
  for (const { fn, pair, evidence } of entries) if ((pair === null || evidence === null) && fn.node.to - fn.node.from < MAX_FLOW && isFollowed(pieceOfDefinition(fn))) flows.push(followFlow(program, loaded, fn, made));
  for (const { fn, pair, evidence } of entries) {
    const perhaps = evidence === null && isPerhapsLoss(fn, pair);
    if (pair === null || (evidence === null && !perhaps && !isMetric(fn, usage))) continue;
    const handed = handedTo(fn, pair, flows.map(({ trace }) => trace));
    const loss = followLoss(program, loaded, { fn, pair, evidence: evidence ?? "metric", usage, imports, given: constructionOf(fn, made), handed });
    // A coefficient that is returned as 1 - Dice is trained on.
    const trained = evidence === null && isTrainedOn(loss) && !usage.metrics.has(fn.name);
    if (trained) losses.push({ ...loss, evidence: "name" });
    else if (evidence !== null) losses.push(loss);
    else if (isMetric(fn, usage)) metrics.push(loss);
  }
  for (const { fn, pair } of entries) {
    const step = pair === null && fn.node.to - fn.node.from < MAX_FLOW && isStep(fn) ? followStep(program, loaded, fn, imports) : null;
    if (step !== null) losses.push(step);
  }
  return { file, usage, losses, flows, metrics, facts };
}

/** A step's own loss; null where it computes none from a network's predictions. */
function followStep(program: Program, loaded: LoadedFile, fn: FunctionInfo, imports: ReadonlySet<Framework>): Loss | null {
  const framework = frameworkOf(fn, imports);
  const layout = layoutOf(fn, framework);
  if (layout === null) return null;
  const interpreter = new Interpreter(program, null, layout);
  const { env, self } = scopeOf(interpreter, loaded, fn);
  interpreter.begin();
  interpreter.step = { layout };
  interpreter.call(fn, env, self, { positional: [], named: stepArguments(fn), open: true }, 0);
  const { trace, weightPlaces } = interpreter;
  const loss = lossOfStep(trace, fn);
  // A loss of its own: what others compute is said where they stand.
  if (loss === null) return null;
  trace.returns.splice(0, trace.returns.length, { file: fn.file, node: loss.node, value: loss.value, depth: 0 });
  const pair = { labels: "the labels", predictions: "the predictions", labelsFirst: false };
  return { fn, name: fn.name, pair, framework, evidence: "used", symbolic: false, trace, returned: loss.value, weightPlaces, multiclass: isMulticlass(fn, trace), inline: true };
}

/** What is known of a loss before it is followed. */
interface Entry extends Pick<Loss, "fn" | "pair" | "evidence"> {
  readonly usage: Usage;
  readonly imports: ReadonlySet<Framework>;
  readonly given: Arguments;
  readonly handed: Handed | null;
}

function followLoss(program: Program, loaded: LoadedFile, entry: Entry): Loss {
  const { fn, pair, imports } = entry;
  const rank = rankOf(fn, pair) ?? helpersRank(fn, loaded) ?? rankAround(fn, layoutOf(fn, frameworkOf(fn, imports)));
  const loss = followRanked(program, loaded, entry, rank);
  const told = rank === null ? weightedRank(loss.trace) : null;
  return told === null ? loss : followRanked(program, loaded, entry, told);
}

function followRanked(program: Program, loaded: LoadedFile, { fn, pair, evidence, usage, imports, given, handed }: Entry, rank: number | null): Loss {
  const framework = frameworkOf(fn, imports);
  const layout = layoutOf(fn, framework);
  const axes = layout === null ? null : imageAxes(layout, rank);
  const interpreter = new Interpreter(program, rank, layout);
  const labels: Tensor = { ...TENSOR, origin: LABELS, state: "raw", axes: framework === "torch" ? null : axes, over: "", level: SHARE, param: pair.labels };
  const predictions: Tensor = withHanded({ ...TENSOR, origin: PREDICTIONS, state: /logits?$/i.test(pair.predictions) ? "logits" : "raw", axes, over: "", level: SHARE, gradient: "flows", param: pair.predictions }, handed);
  const { env, self } = scopeOf(interpreter, loaded, fn, given);
  interpreter.begin();
  const named = new Map<string, Value>([
    [pair.labels, labels],
    [pair.predictions, predictions],
  ]);
  const returned = interpreter.call(fn, env, self, { positional: [], named, open: true }, 0);
  const { trace, weightPlaces } = interpreter;
  return { fn, name: nameOf(fn), pair, framework, evidence, symbolic: isSymbolic(fn, framework, evidence, usage, trace), trace, returned, weightPlaces, multiclass: isMulticlass(fn, trace) || (handed?.activation === "softmax" && handed.channels?.count !== 1) };
}

/** Below if __name__ == "__main__" things are tried out. */
function isTrial({ node, file }: Made): boolean {
  for (let at = node.parent; at !== null; at = at.parent) if (at.name === "IfStatement" && /^if\s+__name__\b/.test(file.text.slice(at.from, at.from + 40))) return true;
  return false;
}

/** How an object of the method's class is made, where the file makes one in one way only: its flags are then known. */
function constructionOf(fn: FunctionInfo, made: readonly Made[]): Arguments {
  const own = made.filter((m) => m.info === fn.owner && !isTrial(m));
  const [first] = own;
  return first !== undefined && !first.given.open && own.every((m) => m.node === first.node) ? first.given : NO_ARGUMENTS;
}

function followFlow(program: Program, loaded: LoadedFile, fn: FunctionInfo, made: Made[]): Flow {
  const interpreter = new Interpreter(program, null);
  const { env, self } = scopeOf(interpreter, loaded, fn);
  interpreter.begin();
  interpreter.call(fn, env, self, NO_ARGUMENTS, 0);
  made.push(...interpreter.made);
  return { fn, trace: interpreter.trace };
}

/** The number of axes that a function tells to which the loss hands labels and predictions: loss = 1 - coefficient(y_true, y_pred). */
function helpersRank(fn: FunctionInfo, loaded: LoadedFile): number | null {
  const { text } = pieceOfDefinition(fn);
  return rankedIn(loaded).find(({ helper }) => helper !== fn && text.includes(`${helper.name}(`))?.rank ?? null;
}

const ranked = new WeakMap<LoadedFile, readonly { readonly helper: FunctionInfo; readonly rank: number }[]>();

/** Functions of a file that tell how many axes labels or predictions have. */
function rankedIn(loaded: LoadedFile): readonly { readonly helper: FunctionInfo; readonly rank: number }[] {
  let found = ranked.get(loaded);
  if (found === undefined) {
    found = [...loaded.definitions.functions.values()].flatMap((helper) => {
      const pair = pairOf(helper);
      const rank = pair === null ? null : rankOf(helper, pair);
      return rank === null ? [] : [{ helper, rank }];
    });
    ranked.set(loaded, found);
  }
  return found;
}

/** What a function sees: its makers' names, the object whose method it is. */
function scopeOf(interpreter: Interpreter, loaded: LoadedFile, fn: FunctionInfo, given: Arguments = NO_ARGUMENTS): { env: LoadedFile["env"]; self: Value | null } {
  let { env } = loaded;
  for (const outer of fn.within) if (!("methods" in outer)) env = interpreter.closure(outer, env);
  return { env, self: fn.owner === null ? null : interpreter.make(fn.owner, env, given, null, 0) };
}

function importsOf(loaded: LoadedFile): ReadonlySet<Framework> {
  const found = new Set<Framework>();
  for (const value of loaded.env.save().values()) {
    if (value.kind !== "library") continue;
    const top = /^\w+/.exec(value.path)?.[0] ?? "";
    if (top === "torch" || top === "monai" || top === "kornia" || top === "segmentation_models_pytorch" || top === "pytorch_lightning" || top === "lightning" || top === "torchmetrics") found.add("torch");
    if (top === "keras") found.add("keras");
    if (top === "tensorflow") found.add("tensorflow");
    if (top === "jax" || top === "flax" || top === "optax") found.add("jax");
    if (top === "numpy") found.add("numpy");
  }
  return found;
}

/** A Keras loss is called on symbols while the model is compiled; a function that only numpy touches may be anything. */
function isSymbolic(fn: FunctionInfo, framework: Framework | null, evidence: Loss["evidence"], usage: Usage, trace: Trace): boolean {
  if (usage.eager === true || usage.values.has(nameOf(fn)) || (framework !== "keras" && framework !== "tensorflow")) return false;
  if (evidence === "compiled" || (fn.owner !== null && evidence === "class")) return true;
  return trace.calls.some((c) => (c.family === "keras" || c.family === "tensorflow") && c.args.some((a) => a.kind === "tensor" && a.origin !== 0 && !a.array));
}

function isMulticlass(fn: FunctionInfo, trace: Trace): boolean {
  if (trace.calls.some((c) => c.method === "softmax" || c.method === "log_softmax" || c.method === "Softmax" || /one_?hot|to_categorical/i.test(c.method))) return true;
  return namesClasses(pieceOfDefinition(fn));
}

const namesClasses = inPiece(/\b(n_?classes|num_?classes|nb_?classes|n_?cl|Ncl|num_?labels|class_?weights?)\b/);

export type { Resolver };

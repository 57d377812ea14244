/** Finds the loss function that a run used in Python files, and the class weights in it. */
import type { ClassWeightRule, LossModel } from "../run";
import { weightsIn } from "./evaluate";
import { children, functionsOf, lineAt, parsePython, textOf, type Node, type PythonFunction } from "./python";

export interface Script {
  /** Relative to the run's folder, or absolute for files outside of it. */
  readonly path: string;
  readonly text: string;
  /** Whether it lies in the run's own folder. */
  readonly own: boolean;
}

const TRUTH = /true|target|label|mask|truth|^(gt|y|t|seg)$/i;
const GUESS = /pred|logit|output|prob|input|^(p|x|net)$/i;
const LOSS_NAME = /loss|dice|gdl|crossentropy|cross_entropy|tversky|focal|jaccard|iou_?loss|lovasz/i;
const METRIC_NAME = /metric|coef|score|accuracy|precision|recall|callback|^(train|fit|evaluate|step|training_step|validation_step)/i;

const BLOCKS = new Set(["Body", "IfStatement", "ForStatement", "WhileStatement", "WithStatement", "TryStatement", "MatchStatement", "MatchBody", "MatchClause"]);

/**
 * `name`: the loss in the compile config, null without one; `foundIn`: the checkpoint that names it.
 * Without a name, the loss function of the run's own files is taken if there is exactly one.
 */
export function findLoss(name: string | null, foundIn: string | null, scripts: readonly Script[]): LossModel | null {
  const functions = scripts.flatMap((script) => {
    const file = parsePython(script.path, script.text);
    return functionsOf(file).map((fn) => ({ fn, own: script.own }));
  });
  if (name !== null) {
    const wanted = plain(name);
    const same = functions.filter(({ fn }) => plain(fn.name) === wanted && fn.params.length >= 2);
    same.sort((a, b) => Number(b.own) - Number(a.own) || (a.fn.file.path < b.fn.file.path ? -1 : 1));
    const best = same[0];
    const foundBy = foundIn === null ? "named by the run" : `named in the compile config of ${foundIn}`;
    if (best !== undefined) return model(best.fn, foundBy);
    return { name, foundBy, path: null, line: null, endLine: null, weights: null };
  }
  const own = functions.filter(({ fn, own: mine }) => mine && isLoss(fn)).map(({ fn }) => fn);
  const outermost = own.filter((fn) => !own.some((other) => other !== fn && calls(other, fn.name)));
  const only = outermost.length === 1 ? outermost[0] : undefined;
  return only === undefined ? null : model(only, "the only loss function in the run's own files");
}

/** Takes labels and predictions, in either order, and is called like a loss or returns something of both. */
export function isLoss(fn: PythonFunction): boolean {
  const [a, b] = fn.params;
  if (a === undefined || b === undefined || METRIC_NAME.test(fn.name)) return false;
  const paired = (TRUTH.test(a.name) && GUESS.test(b.name)) || (GUESS.test(a.name) && TRUTH.test(b.name));
  return paired && (LOSS_NAME.test(fn.name) || fn.body.name !== "Body" || returnsSomething(fn.body));
}

/** Whether a return with a value stands among the statements. */
function returnsSomething(body: Node): boolean {
  return children(body).some((c) => (c.name === "ReturnStatement" ? children(c).length > 1 : BLOCKS.has(c.name) && returnsSomething(c)));
}

function calls(fn: PythonFunction, name: string): boolean {
  return new RegExp(`\\b${name.replace(/[^\w]/g, "")}\\s*\\(`).test(textOf(fn.file, fn.body));
}

/** Keras writes GeneralizedDice as generalized_dice in some places. */
function plain(name: string): string {
  return name.slice(name.lastIndexOf(">") + 1).replace(/[^a-z0-9]/gi, "").toLowerCase();
}

function model(fn: PythonFunction, foundBy: string): LossModel {
  const weights = weightsIn(fn).at(-1);
  const owner = fn.within.at(-1);
  const node = owner?.name === "ClassDefinition" && plain(fn.name) === plain(textOf(fn.file, children(owner)[1] ?? owner)) ? owner : fn.node;
  const rule: ClassWeightRule | null =
    weights === undefined
      ? null
      : {
          power: weights.power,
          over: weights.over,
          epsilon: weights.epsilon,
          absent: weights.absent,
          constantInGraphMode: weights.symbolic && typeof weights.absent === "number" ? weights.absent : null,
          line: lineAt(fn.file, weights.at),
        };
  return { name: fn.name, foundBy, path: fn.file.path, line: lineAt(fn.file, node.from), endLine: lineAt(fn.file, node.from + textOf(fn.file, node).trimEnd().length - 1), weights: rule };
}

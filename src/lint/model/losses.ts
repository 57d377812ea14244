/** Which functions of a file are losses, and which of their parameters are labels and predictions. */
import { perPiece } from "../pieces";
import { child, children, textOf, type Node, type PythonFile } from "../python";
import { ownParams, pieceOfDefinition, type ClassInfo, type FunctionInfo } from "./definitions";
import type { Usage } from "./usage";

export type Framework = "torch" | "keras" | "tensorflow" | "jax" | "numpy";

/** Masks of what counts are no labels. */
const TRUTH = /^(?!(?:loss|valid|validity|ignore|weight|pad|padding|attention|attn|roi|skip|void|key_padding|cls)_masks?$)(y_?true\w*|true|targets?|labels?|tgts?|lbls?|gts?|ground_?truths?|true_masks?|masks?|y_?onehot|one_?hot\w*|references?|seg|annotations?|(target|label|gt|true|truth|teacher)_\w+|teacher|\w+_(true|targets?|labels?|masks?|gt|truth))$/i;
const GUESS = /^(y_?pred\w*|out|pr|student|student_\w+|y_?hat|preds?|predictions?|predicted|logits?|outputs?|net_output|probs?|probabilit(y|ies)|probas?|inputs?|pred\w+|(logits?|prob|output|pred)_\w+|\w+_(preds?|predictions?|logits?|probs?|outputs?|proba))$/i;
/** Letters say so only beside the other's name, or in a function that is called a loss. */
const LETTER_TRUTH = /^[yt]$/;
const LETTER_GUESS = /^([px]|net|yp|y_)$/;

/** `lettered`: single letters count too. */
export const isTruthName = (name: string, lettered: boolean): boolean => TRUTH.test(name) || (lettered && LETTER_TRUTH.test(name));
export const isGuessName = (name: string, lettered: boolean): boolean => GUESS.test(name) || (lettered && LETTER_GUESS.test(name));

export const LOSS_NAME = /loss|gdl|lovasz|crossentropy|cross_entropy|tversky|objective|criterion|focal|(?:^|_)(?:w|b|c|wc|wb|sc)?ce(?:$|_)|^nll/i;
export const OVERLAP_NAME = /dice|jaccard|iou|tversky|gdl/i;
const METRIC_NAME = /metric|coef|score|accuracy|precision|recall|callback|index|_np$|numpy|eval|^(train|fit|evaluate|test|step|training_step|validation_step|plot|show|log|update|compute_metrics)/i;

export interface Pair {
  readonly labels: string;
  readonly predictions: string;
  /** Labels come first, as Keras calls it. */
  readonly labelsFirst: boolean;
}

/** Labels and predictions among the parameters, in either order. */
export function pairOf(fn: FunctionInfo, usage: Usage | null = null): Pair | null {
  const names = ownParams(fn).slice(0, 5).map((p) => p.name);
  const handed = usage !== null && isHandedByKeras(fn, usage);
  const lettered = handed || LOSS_NAME.test(nameOf(fn)) || OVERLAP_NAME.test(nameOf(fn));
  const guess = names.findIndex((n) => GUESS.test(n)) >= 0 ? names.findIndex((n) => GUESS.test(n)) : lettered ? names.findIndex((n) => LETTER_GUESS.test(n)) : -1;
  const truth = names.findIndex((n, i) => i !== guess && TRUTH.test(n)) >= 0 ? names.findIndex((n, i) => i !== guess && TRUTH.test(n)) : lettered ? names.findIndex((n, i) => i !== guess && LETTER_TRUTH.test(n)) : -1;
  // Keras hands in labels and predictions in this order, whatever they are called.
  if ((guess < 0 || truth < 0) && handed && names.length >= 2 && (names.length === 2 || ownParams(fn)[2]?.fallback !== null)) return { labels: names[0]!, predictions: names[1]!, labelsFirst: true };
  if (guess < 0 || truth < 0 || guess > 2 || truth > 2) return null;
  return { labels: names[truth]!, predictions: names[guess]!, labelsFirst: truth < guess };
}

/** compile(loss=f), or call of a Loss of Keras. */
function isHandedByKeras(fn: FunctionInfo, usage: Usage): boolean {
  if (fn.owner !== null) return fn.name === "call" && fn.owner.bases.some((b) => /(^|\.)losses\.Loss$|^Loss$/.test(textOf(fn.file, b)));
  return fn.within.length === 0 && usage.compiled.has(fn.name);
}

const ENTRIES = new Set(["call", "forward", "__call__"]);

/** The class's name for its entry method. */
export function nameOf(fn: FunctionInfo): string {
  return fn.owner !== null && ENTRIES.has(fn.name) ? fn.owner.name : fn.name;
}

/** Why a function counts as a loss; null when it does not. */
export function evidenceOf(fn: FunctionInfo, pair: Pair | null, usage: Usage): "compiled" | "class" | "name" | "used" | null {
  if (pair === null) return null;
  const name = nameOf(fn);
  const maker = fn.within.at(-1);
  const made = maker !== undefined && !("methods" in maker) ? maker.name : null;
  if (usage.compiled.has(name) || (made !== null && usage.compiled.has(made))) return "compiled";
  if (fn.owner !== null) {
    if (!ENTRIES.has(fn.name)) return LOSS_NAME.test(fn.name) && !METRIC_NAME.test(fn.name) && !/^_/.test(fn.name) ? "name" : null;
    if (METRIC_NAME.test(name) && !LOSS_NAME.test(name)) return null;
    if (isMetricClass(fn.owner)) return null;
    if (usage.used.has(name) || isRegisteredClass(fn.owner)) return "class";
    return LOSS_NAME.test(name) || fn.owner.bases.some((b) => /loss/i.test(textOf(fn.file, b))) || (OVERLAP_NAME.test(name) && fn.owner.bases.length > 0) ? "class" : null;
  }
  if (usage.used.has(name) || (made !== null && usage.used.has(made)) || isRegistered(fn)) return "used";
  if (METRIC_NAME.test(fn.name) && !/loss/i.test(fn.name)) return null;
  if (usage.metrics.has(name)) return null;
  return LOSS_NAME.test(fn.name) || (made !== null && LOSS_NAME.test(made)) ? "name" : null;
}

/** @LOSSES.register_module(), @register_loss("dice"), @weighted_loss */
function isRegistered(fn: FunctionInfo): boolean {
  return fn.decorators.some((d) => /regist/i.test(d) && /loss|criteri/i.test(d));
}

/** A coefficient that is measured beside the loss. */
export function isMetric(fn: FunctionInfo, usage: Usage): boolean {
  return fn.owner === null && (usage.metrics.has(fn.name) || (OVERLAP_NAME.test(fn.name) && !/^_?(test|plot|show)/i.test(fn.name)));
}

/** A class without a base that is called like an overlap, a module or function that takes predictions and labels: a loss or not, as what it returns will tell. */
export function isPerhapsLoss(fn: FunctionInfo, pair: Pair | null): boolean {
  if (fn.owner !== null && (!ENTRIES.has(fn.name) || isMetricClass(fn.owner))) return false;
  if (fn.owner !== null && fn.owner.bases.length === 0 && OVERLAP_NAME.test(fn.owner.name)) return true;
  // Masks may be those of an attention.
  return pair !== null && !METRIC_NAME.test(nameOf(fn)) && isTruthName(pair.labels, false) && isGuessName(pair.predictions, false) && !/^(inputs?|masks?|seg|references?|annotations?)$|_masks?$/i.test(pair.labels) && (!/^inputs?$/i.test(pair.predictions) || (fn.owner !== null && /^targets?$/i.test(pair.labels)));
}

function isRegisteredClass({ file, node }: ClassInfo): boolean {
  const decorated = node.parent;
  return decorated?.name === "DecoratedStatement" && children(decorated).some((d) => d.name === "Decorator" && /regist/i.test(textOf(file, d)) && /loss|criteri/i.test(textOf(file, d)));
}

function isMetricClass(info: ClassInfo): boolean {
  return info.bases.some((b) => /metric/i.test(textOf(info.file, b)));
}

/** The framework whose functions a loss uses, from what the file imports and the text itself. */
export function frameworkOf(fn: FunctionInfo, imports: ReadonlySet<Framework>): Framework | null {
  if (fn.owner !== null) {
    const bases = fn.owner.bases.map((b) => textOf(fn.file, b)).join(" ");
    if (/Module|_Loss/.test(bases) && !imports.has("keras")) return "torch";
    if (/(^|\.)(keras|losses)\./.test(bases)) return imports.has("torch") && !imports.has("keras") && !imports.has("tensorflow") ? "torch" : "keras";
  }
  const used = frameworkIn(pieceOfDefinition(fn));
  if (used !== null) return used;
  const known = [...imports].filter((f) => f !== "numpy");
  const groups = new Set(known.map((f) => (f === "tensorflow" ? "keras" : f)));
  return groups.size === 1 ? (known[0] ?? null) : null;
}

const NAMES: readonly (readonly [Framework, RegExp])[] = [
  ["tensorflow", /\btf\.|\bK\.|\bkeras\.|\bops\./g],
  ["torch", /\btorch\.|\bF\.|\bnn\.|\bdim\s*=/g],
  ["jax", /\bjnp\.|\bjax\./g],
];

/** The one whose names are used by far the most. */
const frameworkIn = perPiece((text): Framework | null => {
  const votes = NAMES.flatMap(([framework, pattern]) => {
    const n = text.match(pattern)?.length ?? 0;
    return n > 0 ? [{ framework, n }] : [];
  });
  const [best, second] = votes.sort((a, b) => b.n - a.n);
  return best !== undefined && (second === undefined || best.n > 2 * second.n) ? best.framework : null;
});

/** The number of axes of labels and predictions where an index names them all: y_true[:, :, :, c]. */
export function rankOf(fn: FunctionInfo, pair: Pair): number | null {
  const ranks = ranksIn(pieceOfDefinition(fn));
  return ranks.get(pair.predictions) ?? ranks.get(pair.labels) ?? null;
}

/** By name, the first that is told. */
const ranksIn = perPiece((text): ReadonlyMap<string, number> => {
  const ranks = new Map<string, number>();
  for (const [, name = "", inside = ""] of text.matchAll(/\b(\w+)\s*\[([^[\]]{0,80})\]/g)) {
    const indices = inside.split(",").map((s) => s.trim());
    if (!ranks.has(name) && indices.length >= 4 && indices.length <= 6 && !indices.some((i) => i === "..." || i === "None" || i.endsWith("newaxis"))) ranks.set(name, indices.length);
  }
  return ranks;
});

/** name = lambda y_true, y_pred: … */
export function lambdasOf(file: PythonFile): { readonly node: Node; readonly name: string }[] {
  return children(file.root).flatMap((node) => {
    if (node.name !== "AssignStatement") return [];
    const lambda = child(node, "LambdaExpression");
    const [target] = children(node);
    return lambda !== null && target?.name === "VariableName" ? [{ node: lambda, name: textOf(file, target) }] : [];
  });
}

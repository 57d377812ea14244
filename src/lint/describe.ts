/** What a loss computes, in one plain line: only what the model knows. */
import { list, number } from "../diagnose/words";
import { classWeightsOf } from "./classWeightsOf";
import { Forms, overlapOf, type Overlap } from "./forms";
import type { Loss } from "./model/model";
import type { RatioMet } from "./model/trace";
import { LABELS, PREDICTIONS, type Value } from "./model/values";
import { reachedFrom } from "./reach";

/** Losses of libraries by the last name of their function or class. */
const KNOWN: ReadonlyMap<string, string> = new Map([
  ["cross_entropy", "cross-entropy"],
  ["crossentropyloss", "cross-entropy"],
  ["nll_loss", "negative log-likelihood"],
  ["nllloss", "negative log-likelihood"],
  ["categorical_crossentropy", "categorical cross-entropy"],
  ["categoricalcrossentropy", "categorical cross-entropy"],
  ["sparse_categorical_crossentropy", "sparse categorical cross-entropy"],
  ["sparsecategoricalcrossentropy", "sparse categorical cross-entropy"],
  ["binary_crossentropy", "binary cross-entropy"],
  ["binarycrossentropy", "binary cross-entropy"],
  ["binary_cross_entropy", "binary cross-entropy"],
  ["bceloss", "binary cross-entropy"],
  ["binary_cross_entropy_with_logits", "binary cross-entropy of logits"],
  ["bcewithlogitsloss", "binary cross-entropy of logits"],
  ["sigmoid_cross_entropy_with_logits", "binary cross-entropy of logits"],
  ["sigmoid_binary_cross_entropy", "binary cross-entropy of logits"],
  ["softmax_cross_entropy_with_logits", "cross-entropy of logits"],
  ["softmax_cross_entropy_with_logits_v2", "cross-entropy of logits"],
  ["softmax_cross_entropy", "cross-entropy of logits"],
  ["sparse_softmax_cross_entropy_with_logits", "sparse cross-entropy of logits"],
  ["softmax_cross_entropy_with_integer_labels", "sparse cross-entropy of logits"],
  ["sigmoid_focal_loss", "focal loss"],
  ["mse_loss", "mean squared error"],
  ["mseloss", "mean squared error"],
  ["mean_squared_error", "mean squared error"],
  ["meansquarederror", "mean squared error"],
  ["l1_loss", "mean absolute error"],
  ["l1loss", "mean absolute error"],
  ["mean_absolute_error", "mean absolute error"],
]);

/** Past so many terms a line is no longer read. */
const MAX_TERMS = 4;

/** A part of a loss, and whether what it returns was followed back to it. */
interface Term {
  readonly text: string;
  readonly summed: boolean;
}

export function describeLoss(loss: Loss): string {
  const forms = new Forms(loss);
  const reached = reachedFrom(loss);
  const coefficients = loss.trace.ratios.map((ratio) => ({ text: overlapTerm(loss, forms, ratio), summed: resultsOf(loss, ratio).some((value) => reached.has(value)) }));
  const terms = [...knownLosses(loss, reached), ...coefficients];
  if (terms.length === 0) return `no ratio known: it is computed from ${loss.pair.labels} (labels) and ${loss.pair.predictions} (predictions)`;
  const summed = unique(terms.filter((term) => term.summed));
  const used = unique(terms.filter((term) => !term.summed)).filter((text) => !summed.includes(text));
  // One coefficient alone is the loss, however it is handed on.
  if (summed.length === 0 && used.length === 1 && coefficients.length > 0) return used[0]!;
  return [...(summed.length === 0 ? [] : [cut(summed).join(" + ")]), ...(used.length === 0 ? [] : [`uses ${list(cut(used))}`])].join("; ");
}

const unique = (terms: readonly Term[]): string[] => [...new Set(terms.map(({ text }) => text))];

function cut(terms: readonly string[]): readonly string[] {
  return terms.length > MAX_TERMS ? [...terms.slice(0, MAX_TERMS), `${terms.length - MAX_TERMS} more`] : terms;
}

/** Arrays that a coefficient's fraction made. */
function resultsOf({ trace }: Loss, { node, file }: RatioMet): Value[] {
  return [...trace.binaries, ...trace.calls].flatMap((met) => (met.node === node && met.file === file ? [met.result] : []));
}

/** Losses of libraries that it calls, and cross-entropy written out. */
function knownLosses(loss: Loss, reached: ReadonlySet<Value>): Term[] {
  const found: Term[] = [];
  for (const { method, path, instance, args, named, result } of loss.trace.calls) {
    const summed = reached.has(result);
    const word = KNOWN.get(method.toLowerCase());
    const takes = instance !== null || [...args, ...named.values()].some((v) => v.kind === "tensor" && v.origin !== 0);
    if (word !== undefined && takes && (path !== null || instance !== null)) found.push({ text: word, summed });
    else if (instance !== null && /Loss$/.test(method)) found.push({ text: `${method} of ${instance.path.slice(0, instance.path.indexOf("."))}`, summed });
  }
  const written = writtenOut(loss);
  if (written.length === 0) return found;
  const gamma = focusOf(loss);
  return [...found, { text: gamma === null ? "cross-entropy" : `focal cross-entropy, γ ${number(gamma)}`, summed: written.some((value) => reached.has(value)) }];
}

/** Labels times the logarithm of predictions: what it made. */
function writtenOut({ trace }: Loss): Value[] {
  const logs = new Set(trace.calls.flatMap(({ method, args: [a], result }) => (/^(log|log2|log10|log_softmax|logsigmoid|log_sigmoid)$/.test(method) && a?.kind === "tensor" && a.origin === PREDICTIONS && a.over === "" && a.ratio === null ? [result] : [])));
  const labels = (v: Value): boolean => v.kind === "tensor" && v.origin === LABELS && v.over === "" && v.part === null;
  return trace.binaries.flatMap(({ op, left, right, result }) => (op === "*" && ((labels(left) && logs.has(right)) || (logs.has(left) && labels(right))) ? [result] : []));
}

/** γ of (1 - p)^γ. */
function focusOf({ trace }: Loss): number | null {
  const focus = (base: Value | undefined, exponent: Value | undefined): number | null =>
    base?.kind === "tensor" && base.origin === PREDICTIONS && base.complement && base.over === "" && exponent?.kind === "number" ? exponent.value : null;
  for (const { op, left, right } of trace.binaries) if (op === "**" && focus(left, right) !== null) return focus(left, right);
  for (const { method, args, named } of trace.calls) if (/^pow(er)?$/.test(method) && focus(args[0], args[1] ?? named.get("exponent")) !== null) return focus(args[0], args[1] ?? named.get("exponent"));
  return null;
}

function overlapTerm(loss: Loss, forms: Forms, ratio: RatioMet): string {
  const { above, below } = ratio;
  const overlap = overlapOf(forms, ratio);
  const rule = classWeightsOf(loss, ratio);
  const weighted = above.weights.length > 0 || below.weights.length > 0;
  const { before, after } = scopeOf(loss, ratio, weighted, rule?.over ?? null);
  const name = nameOf(overlap, above.weights.length > 0 && below.weights.length > 0);
  const extras: string[] = [];
  if (overlap?.squared === true) extras.push("squared denominator");
  if (weighted) {
    const one = above.weights.length === 0 ? " in the denominator only" : below.weights.length === 0 ? " in the numerator only" : "";
    if (rule === null) extras.push(`weighted by inverse volumes${one}`);
    else {
      const v = rule.power === 2 ? "V²" : "V";
      extras.push(`weights ${rule.epsilon > 0 ? `1/(${v} + ${number(rule.epsilon)})` : `1/${v}`}${one}${rule.over === "image" && before !== "per-image " ? " per image" : ""}`);
      extras.push(`absent class ${rule.absent === "infinite" ? "infinite" : rule.absent === "max" ? "as the largest other weight" : number(rule.absent)}`);
    }
  }
  const smoothing = smoothingOf(above.added, below.added);
  if (smoothing !== null) extras.push(smoothing);
  else if (above.added === 0 && below.added === 0 && !weighted && !isGuarded(loss, ratio)) extras.push("no smoothing");
  if (above.foreground) extras.push("background left out");
  const power = powerOf(loss);
  if (power !== null) extras.push(`to the power ${number(power)}`);
  return [`${before}${name}${after}`, ...extras].join(", ");
}

/** "batch-wise ", " per class": what the sums run over, as far as it is known. */
function scopeOf(loss: Loss, { above }: RatioMet, weighted: boolean, volumes: "batch" | "image" | null): { before: string; after: string } {
  const { over } = above;
  // Volumes of a whole batch weigh no single image.
  if (over === null && volumes === "batch") return { before: "batch-wise ", after: "" };
  if (over === null || over === "") return { before: "", after: "" };
  if (over === "C") return { before: "per-pixel ", after: " over the last axis" };
  if (!over.includes("S")) return { before: "", after: "" };
  const before = over.includes("N") ? "batch-wise " : "per-image ";
  if (weighted) return { before, after: "" };
  if (over.includes("C")) return { before, after: loss.multiclass ? " over all classes at once" : "" };
  return { before, after: above.oneClass ? " of one class" : " per class" };
}

function nameOf(overlap: Overlap | null, generalized: boolean): string {
  if (overlap === null) return generalized ? "overlap ratio summed over weighted classes" : "overlap ratio";
  const { alpha, beta } = overlap;
  if (alpha === 0.5 && beta === 0.5) return generalized ? "generalized Dice" : "soft Dice";
  if (alpha === 1 && beta === 1) return generalized ? "generalized Jaccard" : "soft Jaccard";
  return `${generalized ? "generalized " : ""}Tversky α ${number(alpha)} (false positives) β ${number(beta)} (false negatives)`;
}

function smoothingOf(above: number | null, below: number | null): string | null {
  if (above === null || below === null) return null;
  if (above === 0 && below === 0) return null;
  if (above === below) return `smoothing ${number(above)} above and below`;
  if (above === 0) return `smoothing ${number(below)} below only`;
  return below === 0 ? `smoothing ${number(above)} above only` : `smoothing ${number(above)} above, ${number(below)} below`;
}

/** Something else than a constant keeps it from dividing by 0. */
function isGuarded(loss: Loss, { node, below }: RatioMet): boolean {
  return loss.trace.calls.some((c) => (/clamp|clip|maximum|where|switch|cond|nan_to_num/.test(c.method) && (c.result === below || c.args.includes(below))) || (/no_nan/.test(c.method) && c.node === node));
}

/** (1 - Tversky)^0.75 */
function powerOf(loss: Loss): number | null {
  const raised = (base: Value | undefined, exponent: Value | undefined): number | null => (base?.kind === "tensor" && base.ratio !== null && exponent?.kind === "number" ? exponent.value : null);
  for (const { op, left, right } of loss.trace.binaries) if (op === "**" && raised(left, right) !== null) return raised(left, right);
  for (const { method, args, named } of loss.trace.calls) if (/^pow(er)?_?$/.test(method)) return raised(args[0], args[1] ?? named.get("exponent"));
  return null;
}

/** Class indices made one-hot, where an overlap reads them. */
import { child, textOf, type Node } from "../python";
import type { Loss, Model } from "../model/model";
import type { CallMet } from "../model/trace";
import type { Fix } from "../rules/rule";
import { fixOf, isBound, lineBefore, standsIn, statementOf, usesOf } from "./code";
import { replace } from "./edits";
import { perClassFixes } from "./perClass";
import { freshName } from "./source";
import { Words } from "./words";

/** Functions in which one-hot labels may take the place of indices. */
const READS = /^(sum|mean|reduce_sum|reduce_mean|square|multiply|mul|add|abs|float|double|cast|to|type|type_as|astype|flatten|batch_flatten|ravel)$/;
/** Functions that go on taking indices. */
const INDICES = /cross_?entropy|nll|one_?hot|^long$/i;

/** `taken`: a place where the labels are read as one-hot; `indices`: the call that shows that they are none. */
export function makeOneHot(model: Model, loss: Loss, indices: CallMet): Fix[] {
  const { fn, pair } = loss;
  const { file } = model;
  // A void label would be no class; a labels' axis of its own would stay.
  if (!standsIn(fn, indices.node) || fn.body.name !== "Body" || indices.named.has("ignore_index") || indices.named.has("ignore_class")) return [];
  if (indices.instance?.named.has("ignore_index") === true || indices.instance?.named.has("ignore_class") === true) return [];
  const uses = usesOf(file, fn.body, pair.labels);
  if (uses.some(isBound) || usesOf(file, fn.body, pair.predictions).some((n) => isBound(n) && !keepsClasses(loss, n))) return [];
  const kinds = uses.map((n) => kindOf(model, n));
  const first = uses.find((_, i) => kinds[i] === "onehot");
  const statement = first === undefined ? null : statementOf(first);
  if (kinds.includes("unknown") || statement === null || statement.parent?.from !== fn.body.from) return [];
  const onehot = encoded(model, loss);
  if (onehot === null) return [];
  const name = freshName(file, "onehot");
  const edits = [...onehot.edits, lineBefore(file, statement, `${name} = ${onehot.text}`), ...uses.flatMap((n, i) => (kinds[i] === "onehot" ? [replace(n, name)] : []))];
  const flat = loss.trace.ratios.filter((r) => r.above.over?.includes("C") === true);
  // Sums that run over the classes too would make of one-hot labels the mean probability of the true class.
  const perClass = flat.map((ratio) => perClassFixes(model, loss, ratio)[0]?.edits ?? null);
  if (flat.length > 0 && !perClass.includes(null)) return fixOf("Turn the labels into one-hot, sum per class", [...edits, ...perClass.flatMap((e) => e ?? [])], false);
  return flat.length > 0 && !loss.multiclass ? [] : fixOf("Turn the labels into one-hot", edits, false);
}

/** Bound again by an activation alone: the shape is the same. */
function keepsClasses(loss: Loss, node: Node): boolean {
  return loss.trace.assigns.some((a) => a.node.from === node.from && a.value.kind === "tensor" && a.value.activation !== null && !a.value.foreground && !a.value.oneClass && !a.value.empty && a.value.axes !== null);
}

function encoded(model: Model, loss: Loss): { text: string; edits: Fix["edits"] } | null {
  const { labels, predictions } = loss.pair;
  const words = Words.of(model, loss);
  if (words === null || loss.framework === "jax") return null;
  if (words.isTorch) {
    const alias = /^\s*import torch\.nn\.functional as (\w+)/m.exec(model.file.text) ?? /^\s*from torch\.nn import functional as (\w+)/m.exec(model.file.text);
    return { text: `${alias?.[1] === undefined ? words.name("one_hot") : `${alias[1]}.one_hot`}(${labels}.long(), ${predictions}.shape[1]).movedim(-1, 1).to(${predictions}.dtype)`, edits: words.edits };
  }
  if (/channels_first|data_format|NCHW|NCDHW/.test(model.file.text)) return null;
  const tf = /^\s*import tensorflow(?:\.compat\.v[12])? as (\w+)/m.exec(model.file.text)?.[1];
  const short = words.name("one_hot").slice(0, -"one_hot".length);
  const [m, size, type] = tf !== undefined ? [`${tf}.`, `${tf}.shape(${predictions})[-1]`, `, dtype=${predictions}.dtype`] : [short, `${predictions}.shape[-1]`, short.endsWith("ops.") ? `, dtype=${predictions}.dtype` : ""];
  // Keras hands sparse labels over with or without a last axis of one.
  return { text: `${m}one_hot(${m}cast(${m}reshape(${labels}, ${m}shape(${predictions})[:-1]), "int32"), ${size}${type})`, edits: tf === undefined ? words.edits : [] };
}

function kindOf(model: Model, use: Node): "onehot" | "indices" | "unknown" {
  const { parent } = use;
  if (parent?.name === "MemberExpression" && child(parent, "[") !== null) return "unknown";
  for (let at: Node | null = use; at !== null && !/Statement$/.test(at.name); at = at.parent) {
    if (at.name === "LambdaExpression") return "unknown";
    if (at.name === "BinaryExpression" && child(at, "CompareOp") !== null) return "unknown";
    if (at.name !== "CallExpression") continue;
    const method = /\w+$/.exec(at.firstChild === null ? "" : textOf(model.file, at.firstChild))?.[0] ?? "";
    if (INDICES.test(method)) return "indices";
    if (!READS.test(method)) return "unknown";
  }
  return "onehot";
}


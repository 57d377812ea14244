/** An activation that is missing. */
import { child, textOf, type Node } from "../python";
import type { Loss, Model } from "../model/model";
import type { CallMet } from "../model/trace";
import type { Instance } from "../model/values";
import type { Edit, Fix } from "../rules/rule";
import { firstStatement, fixOf, isBound, lineBefore, setArgument, usesOf } from "./code";
import { replace } from "./edits";
import { freshName } from "./source";
import { Words } from "./words";

export type Activation = "softmax" | "sigmoid";

/** The function for it under a name of the file, over the class axis, and the import it needs; null where either is not sure. */
export function activationOf(model: Model, loss: Loss, kind: Activation): { readonly apply: (x: string) => string; readonly edits: readonly Edit[] } | null {
  const text = textOf(model.file, loss.fn.node);
  if (loss.framework === "jax") {
    // jax.nn takes the last axis, which holds the classes unless the sums say otherwise.
    const isLast = !/(axis|axes|dim)\s*=\s*(1\b|[[(]\s*(0\s*,\s*)?2\s*,)/.test(text);
    const has = /^\s*import jax(\s|$|,)/m.test(model.file.text);
    return has && (isLast || kind === "sigmoid") ? { apply: (x) => `jax.nn.${kind}(${x})`, edits: [] } : null;
  }
  if (loss.framework !== "torch" && kind === "softmax" && /channels_first|data_format|NCHW|NCDHW/.test(model.file.text)) return null;
  const words = Words.of(model, loss);
  const name = words?.name(kind);
  if (words === null || name === undefined) return null;
  return { apply: (x) => `${name}(${x}${kind === "softmax" && words.isTorch ? ", dim=1" : ""})`, edits: words.edits };
}

/** Functions that take logits for what they are: those uses stay. */
const LOGITS = /softmax|sigmoid|cross_?entropy|with_logits|bce|logsumexp|argmax|shape|size/i;
/** Functions that mean the same of probabilities. */
const PLAIN = /^(sum|mean|reduce_sum|reduce_mean|square|pow|power|multiply|mul|add|abs|einsum|flatten|batch_flatten|view|reshape|contiguous|float|cast|to|permute|transpose|movedim|unsqueeze|squeeze|expand_dims|ravel|clamp|clip|clip_by_value|type|astype)$/;

/** The predictions of a loss, which its parameter calls logits, become probabilities at its head. */
export function activate(model: Model, loss: Loss): Fix[] {
  const { fn, pair } = loss;
  const { file } = model;
  const first = fn.file.path === file.path ? firstStatement(fn) : null;
  if (first === null || !/logits?$/i.test(pair.predictions)) return [];
  const name = pair.predictions;
  const uses = usesOf(file, fn.body, name);
  const kinds = uses.map((n) => kindOf(model, n));
  if (kinds.includes("unknown")) return [];
  const rebound = uses.some(isBound);
  if (rebound && kinds.includes("logits")) return [];
  const flat = loss.trace.sums.some((s) => s.of.part === "tp" && s.of.over === "" && (s.result.over === null || s.result.over.includes("C")));
  const choices: readonly Activation[] = flat && !loss.multiclass ? ["sigmoid"] : flat ? ["softmax"] : ["softmax", "sigmoid"];
  return choices.flatMap((kind) => {
    const activation = activationOf(model, loss, kind);
    if (activation === null) return [];
    const bound = rebound ? name : freshName(file, "probabilities");
    const renamed = rebound ? [] : uses.flatMap((n, i) => (kinds[i] === "plain" ? [replace(n, bound)] : []));
    return fixOf(TITLES[kind], [...activation.edits, lineBefore(file, first, `${bound} = ${activation.apply(name)}`), ...renamed], false);
  });
}

const TITLES: Readonly<Record<Activation, string>> = { softmax: "Apply a softmax over the classes first", sigmoid: "Apply a sigmoid first (one channel, or classes that overlap)" };

/** What reads the name: arithmetic and sums, something that takes logits, or something that may take either. */
function kindOf(model: Model, use: Node): "plain" | "logits" | "unknown" {
  const { parent } = use;
  if (parent?.name === "MemberExpression" && child(parent, "PropertyName") !== null && /^(shape|dtype|device|ndim)$/.test(textOf(model.file, child(parent, "PropertyName")!))) return "logits";
  for (let at: Node | null = use; at !== null && !/Statement$/.test(at.name); at = at.parent) {
    if (at.name === "LambdaExpression") return "unknown";
    if (at.name !== "CallExpression") continue;
    const callee = at.firstChild === null ? "" : textOf(model.file, at.firstChild);
    const method = /\w+$/.exec(callee)?.[0] ?? "";
    if (LOGITS.test(method)) return "logits";
    if (!PLAIN.test(method)) return "unknown";
  }
  return "plain";
}

/** softmax=True or sigmoid=True in the maker of a loss that takes either probabilities or logits. */
export function tellActivation(model: Model, call: CallMet, instance: Instance): Fix[] {
  if (instance.file.path !== model.file.path) return [];
  const trace = [...model.losses, ...model.flows].flatMap((owner) => owner.trace.calls);
  const all = trace.filter((c) => c.instance?.node.from === instance.node.from && c.instance.file.path === instance.file.path);
  if (!all.every((c) => c.args[0]?.kind === "tensor" && c.args[0].state === "logits")) return [];
  const onehot = instance.named.get("to_onehot_y");
  const channels = trace.find((c) => c.result === call.args[0])?.instance?.named.get("out_channels");
  const single = channels?.kind === "number" && channels.value === 1;
  const choices: readonly Activation[] = onehot?.kind === "boolean" && onehot.value ? ["softmax"] : single ? ["sigmoid"] : ["softmax", "sigmoid"];
  return choices.flatMap((kind) => fixOf(`Say ${kind}=True${choices.length > 1 && kind === "sigmoid" ? " (one channel, or classes that overlap)" : ""}`, [setArgument(model.file, instance.node, kind, "True")], false));
}

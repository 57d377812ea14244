/**
 * Which part of a checkpoint is the model, which its averaged copies, which the optimizer's. The model's dict is the root of
 * names, so that a tensor is called as the framework calls it; everything else is named after the keys that lead to it.
 */
import { PickleList, PickleMap, PickleObject, type PickleValue } from "../bytes/pickleValues";
import { type Container, isContainer, isModule, partsOf, TensorSearch } from "./torchTree";
import { TorchTensor } from "./torchValues";

export type Part = "model" | "averaged" | "optimizer" | "state" | "other";

export interface Group {
  readonly part: Part;
  /** Keys that lead to it; empty where it is the root of names. */
  readonly prefix: string;
  readonly value: PickleValue;
}

/** Envelopes inside each other ({"model": {"state_dict": …}}) are opened to here. */
const MOST_ENVELOPES = 4;
const OPTIMIZER = /(^|_)(optim|opt(s|_|$)|sched|lr_sched|scaler|grad_scaler|amp(_|$))/;
const AVERAGED = /(^|_)(ema|swa|averaged?|averages|averaging|avg|shadow)(_|\d|$)/;
/** What a trainer keeps beside: counters, scores, generators, settings. */
const STATE = /(^|_)(callbacks?|loops?|rng|random|trainer|sampler|data_?loaders?|data_?modules?|meta|message_hub|logging|logger|plot_stuff|hyper_?parameters|hparams|args|config|cfg|metrics?|history|stats?|seed)(_|$)/;
const MODEL = /^((model|net|network|module|unet|backbone|generator)s?(_(state_dict|state|weights|params|dict))?|state_dict|weights?|params|parameters|state|student)$/;

/** Lower case, words apart: "optimizerState" is optimizer_state, "netG" is net_g. */
function snake(key: string): string {
  return key.replace(/([a-z0-9])([A-Z])/g, "$1_$2").replace(/[^A-Za-z0-9]+/g, "_").toLowerCase();
}

/** What a key calls what lies under it. */
export function partOfKey(key: string): Part {
  const words = snake(key);
  if (OPTIMIZER.test(words)) return "optimizer";
  if (AVERAGED.test(words)) return "averaged";
  if (MODEL.test(words)) return "model";
  return STATE.test(words) ? "state" : "other";
}

/** The dict of `Optimizer.state_dict`. */
export function isOptimizer(value: PickleValue): value is PickleMap {
  return value instanceof PickleMap && value.get("param_groups") instanceof PickleList && value.get("state") instanceof PickleMap;
}

/** The parts of what a checkpoint holds, those without tensors left out. */
export function groupsOf(root: PickleValue): Group[] {
  return open(root, "", new TensorSearch(), 0);
}

function open(value: PickleValue, prefix: string, search: TensorSearch, depth: number): Group[] {
  const whole = (part: Part): Group[] => [{ part, prefix, value }];
  if (isOptimizer(value)) return whole("optimizer");
  if (!isEnvelope(value)) return whole("model");
  const groups: Group[] = [];
  const direct: Group[] = [];
  for (const [key, child] of partsOf(value)) {
    if (!search.has(child)) continue;
    const at = prefix === "" ? key : `${prefix}.${key}`;
    if (!isContainer(child)) direct.push({ part: "other", prefix: at, value: child });
    else groups.push({ part: isOptimizer(child) ? "optimizer" : partOfKey(key), prefix: at, value: child });
  }
  const told = groups.some(({ part }) => part === "model" || part === "optimizer" || part === "averaged");
  // Tensors beside parts of known names are scores and counters; beside others they make it a state dict.
  if (direct.length > 0 && !told) return whole("model");
  const others = [...groups.filter(({ part }) => part === "other"), ...direct.map((group): Group => ({ ...group, part: "state" }))];
  const models = groups.filter(({ part }) => part === "model");
  const rest = groups.filter(({ part }) => part === "optimizer" || part === "state");
  let averaged = groups.filter(({ part }) => part === "averaged");
  let root = models.shift();
  const loose = others.filter(({ part }) => part === "other");
  if (root === undefined && loose.length === 1 && depth === 0) root = others.splice(others.indexOf(loose[0]!), 1)[0]!;
  // Weights that were saved as nothing but an average are the weights.
  if (root === undefined && loose.length === 0) [root, ...averaged] = averaged;
  const inner = root === undefined ? [] : depth < MOST_ENVELOPES ? open(root.value, prefix, search, depth + 1) : [{ part: "model" as const, prefix, value: root.value }];
  return [...others, ...models.map((group): Group => ({ ...group, part: "other" })), ...inner, ...averaged, ...rest];
}

/** A dict, list or object that holds parts, and is no model itself. */
function isEnvelope(value: PickleValue): value is Container {
  if (value instanceof PickleObject) return !isModule(value) && !value.type.startsWith("__torch__") && value.state instanceof PickleMap;
  return value instanceof PickleMap || (value instanceof PickleList && !value.items.some((item) => item instanceof TorchTensor));
}

/** What a checkpoint of PyTorch tells of its run beside the weights: epoch, step, loss, settings, and series that it carries along. */
import { itemsOf, PickleList, PickleMap, PickleObject, type PickleValue, wholeNumber } from "../bytes/pickleValues";
import type { ConfigValue, LoggedSeries } from "../format";

export interface TorchFacts {
  readonly epoch: number | null;
  readonly step: number | null;
  readonly loss: string | null;
  readonly logged: readonly LoggedSeries[];
  readonly facts: ReadonlyMap<string, ConfigValue>;
}

const MOST_FACTS = 2000;
const MOST_DEPTH = 10;
const LONGEST_TEXT = 4096;
/** Lists of settings up to this length are given. */
const LONGEST_LIST = 64;
const MOST_SERIES = 500;
/** Where trainers keep settings: Lightning, plain scripts, Ultralytics, nnU-Net, timm. */
const SETTINGS = ["hyper_parameters", "hparams", "hyperparameters", "args", "train_args", "config", "cfg", "opt", "options", "settings", "init_args"];
const STEP_KEYS = ["global_step", "step", "iteration", "iter", "iter_num", "n_iter", "iterations"];
const LOSS_KEYS = ["loss", "loss_name", "loss_fn", "loss_function", "criterion"];
/** nnU-Net v1's `plot_stuff`, in its order. */
const PLOT_STUFF = ["train_losses", "val_losses", "val_losses_tr_mode", "val_eval_metrics"];

/** `read`: the number that a tensor of one element holds, null for others. */
export function factsOf(root: PickleValue, read: (value: PickleValue) => number | null): TorchFacts {
  const get = (...path: string[]): PickleValue => path.reduce<PickleValue>((value, key) => fieldOf(value, key), root);
  const whole = (...path: string[]): number | null => {
    const value = get(...path);
    return wholeNumber(value) ?? wholeOf(read(value));
  };
  const facts = new Map<string, ConfigValue>();
  for (const key of SETTINGS) collect(fieldOf(root, key), "", facts, 0, new Set());
  for (const key of ["trainer_name", "arch"]) if (typeof get(key) === "string") facts.set(key, get(key) as string);
  const epoch = epochOf(whole, get);
  return {
    epoch,
    step: stepOf(whole),
    loss: lossOf(root, facts),
    logged: loggedOf(root, epoch),
    facts,
  };
}

/** An item of a dict or attribute of an object. */
function fieldOf(value: PickleValue, key: string): PickleValue {
  if (value instanceof PickleMap) return value.get(key) ?? null;
  return value instanceof PickleObject ? (value.attribute(key) ?? value.entries.get(key) ?? null) : null;
}

function wholeOf(value: number | null): number | null {
  return value !== null && Number.isSafeInteger(value) ? value : null;
}

type Whole = (...path: string[]) => number | null;

/**
 * The epoch as the file says it, whatever it counts from; where it says which epoch comes next (nnU-Net), the one before.
 * Negative numbers stand for "done" (Ultralytics).
 */
function epochOf(whole: Whole, get: (...path: string[]) => PickleValue): number | null {
  const next = whole("current_epoch");
  if (next !== null && get("network_weights") !== null) return next > 0 ? next - 1 : null;
  // nnU-Net v1 writes one more than the epoch that it has just done.
  const first = get("plot_stuff") !== null ? 1 : 0;
  const epoch = whole("epoch") ?? whole("meta", "epoch") ?? whole("last_epoch") ?? next;
  if (epoch !== null) return epoch - first >= 0 ? epoch - first : null;
  // ignite's Trainer counts iterations alone.
  const length = whole("trainer", "epoch_length");
  const iteration = whole("trainer", "iteration");
  return length !== null && length > 0 && iteration !== null && iteration % length === 0 ? iteration / length : null;
}

function stepOf(whole: Whole): number | null {
  for (const key of STEP_KEYS) {
    const step = whole(key) ?? whole("meta", key) ?? whole("trainer", key);
    if (step !== null && step >= 0) return step;
  }
  return null;
}

function lossOf(root: PickleValue, facts: ReadonlyMap<string, ConfigValue>): string | null {
  for (const key of LOSS_KEYS) {
    const value = facts.get(key);
    if (typeof value === "string" && value !== "") return value;
  }
  // Scripts that keep the loss's value call it "loss" too; only a text names one.
  for (const key of LOSS_KEYS) {
    const value = fieldOf(root, key);
    if (typeof value === "string" && value !== "" && value.length < 200) return value;
  }
  return null;
}

/** A setting that a file of text could hold; undefined for tensors, objects and such. */
function plain(value: PickleValue, depth: number): ConfigValue | undefined {
  if (value === null || typeof value === "boolean" || typeof value === "number") return value;
  if (typeof value === "string") return value.length <= LONGEST_TEXT ? value : undefined;
  if (typeof value === "bigint") return Number(value);
  if (!(value instanceof PickleList) || value.items.length > LONGEST_LIST || depth > MOST_DEPTH) return undefined;
  const items: ConfigValue[] = [];
  for (const item of value.items) {
    const own = plain(item, depth + 1);
    if (own === undefined) return undefined;
    items.push(own);
  }
  return items;
}

/** Flat, by dotted key; `around`: the containers that this one lies in. */
function collect(value: PickleValue, key: string, into: Map<string, ConfigValue>, depth: number, seen: Set<PickleValue>): void {
  if (depth > MOST_DEPTH || into.size >= MOST_FACTS) return;
  const own = opened(value);
  const setting = plain(own, depth);
  if (setting !== undefined) {
    if (key !== "" && (setting !== null || value === null)) into.set(key, setting);
    return;
  }
  if (seen.has(own)) return;
  seen.add(own);
  const pairs = own instanceof PickleMap ? own.entries : own instanceof PickleObject && own.state instanceof PickleMap ? own.state.entries : null;
  for (const [name, item] of pairs ?? []) {
    if (typeof name !== "string" && typeof name !== "number") continue;
    collect(item, key === "" ? String(name) : `${key}.${name}`, into, depth + 1, seen);
  }
}

/** What OmegaConf's containers and nodes hold (`_content`, `_val`). */
function opened(value: PickleValue): PickleValue {
  let own = value;
  for (let i = 0; i < MOST_DEPTH && own instanceof PickleObject && own.type.startsWith("omegaconf."); i++) {
    own = own.attribute("_content") ?? own.attribute("_val") ?? null;
  }
  return own;
}

/** nnU-Net's history, and lists of numbers that have one for each epoch that the file counts. */
function loggedOf(root: PickleValue, epoch: number | null): LoggedSeries[] {
  const out: LoggedSeries[] = [];
  const logging = fieldOf(root, "logging");
  const plots = itemsOf(fieldOf(root, "plot_stuff"));
  if (logging instanceof PickleMap && fieldOf(root, "network_weights") !== null) {
    for (const [tag, values] of logging.entries) if (typeof tag === "string" && !tag.endsWith("_timestamps")) addSeries(out, tag, itemsOf(values) ?? [], 0);
    return out;
  }
  if (plots !== null) {
    plots.forEach((values, i) => addSeries(out, PLOT_STUFF[i] ?? `plot_stuff/${i}`, itemsOf(values) ?? [], 0));
    return out;
  }
  if (epoch === null || epoch < 1 || !(root instanceof PickleMap)) return out;
  const add = (tag: string, value: PickleValue): void => {
    const values = itemsOf(value);
    // A file that counts from 0 has one value more than its epoch says.
    if (values !== null && (values.length === epoch || values.length === epoch + 1) && values.every((item) => typeof item === "number")) addSeries(out, tag, values, values.length === epoch ? 1 : 0);
  };
  for (const [key, value] of root.entries) {
    if (typeof key !== "string") continue;
    if (/(loss|losses|metrics?|dice|iou|acc|accuracy|scores?|lrs?|history)$|^(train|val|valid)_/i.test(key)) add(key, value);
    if (/^(history|logs?|metrics?|logging)$/i.test(key) && value instanceof PickleMap) for (const [tag, values] of value.entries) if (typeof tag === "string") add(tag, values);
  }
  return out;
}

/** A list of numbers, or of lists with one number for each class (tag/0, tag/1, …). What is no number leaves a gap. */
function addSeries(out: LoggedSeries[], tag: string, values: readonly PickleValue[], first: number): void {
  const columns = values.reduce<number>((n, value) => Math.max(n, itemsOf(value)?.length ?? 0), 0);
  const take = (name: string, pick: (value: PickleValue) => PickleValue | undefined): void => {
    const steps: number[] = [];
    const numbers: number[] = [];
    values.forEach((value, i) => {
      const number = pick(value);
      if (typeof number !== "number") return;
      steps.push(first + i);
      numbers.push(number);
    });
    if (numbers.length > 0 && out.length < MOST_SERIES) out.push({ tag: name, unit: "epoch", steps, values: numbers });
  };
  if (columns === 0) take(tag, (value) => value);
  else for (let i = 0; i < Math.min(columns, MOST_SERIES); i++) take(`${tag}/${i}`, (value) => itemsOf(value)?.[i]);
}

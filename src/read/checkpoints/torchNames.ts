/** Names and kinds of the tensors in a checkpoint of PyTorch, in the order: what lies beside the model, the model, averaged copies, state of the optimizer. */
import { NumpyArray } from "../bytes/pickleNumpy";
import { itemsOf, PickleMap, type PickleValue, wholeNumber } from "../bytes/pickleValues";
import type { TensorEntry } from "../format";
import { arrayEntry } from "./torchArrays";
import type { TensorProblems} from "./rawTensor";
import { uniqueNames } from "./rawTensor";
import { type Group, groupsOf, isOptimizer, partOfKey } from "./torchGroups";
import type { Entries } from "./torchTensors";
import { DEEPEST, isContainer, partsOf } from "./torchTree";
import { TorchTensor } from "./torchValues";

/** Names that one checkpoint may list. */
const MOST_TENSORS = 500_000;
/** Name of a tensor that a file holds without any key. */
export const ALONE = "tensor";
const RUNNING = /(^|\.)(running_(mean|var)|num_batches_tracked)$/;
/** Slots that have their parameter's shape, whatever the optimizer. */
const SHAPED = /^(exp_avg|exp_avg_sq|max_exp_avg_sq|exp_inf|momentum_buffer|square_avg|grad_avg|acc_delta|sum|ax|prev)$/;

/** All tensors below `root`; those that cannot be read become lines of `problems`. */
export function namedTensors(root: PickleValue, entries: Entries, problems: TensorProblems): TensorEntry[] {
  const namer = new Namer(entries, problems);
  const groups = groupsOf(root);
  // The model first: what is shared is called as the model calls it.
  const model = groups.filter(({ part }) => part === "model").map((group) => namer.group(group));
  const averaged = groups.filter(({ part }) => part === "averaged").map((group) => namer.group(group));
  const others = groups.filter(({ part }) => part === "other").map((group) => namer.group(group));
  const rest = groups.filter(({ part }) => part === "optimizer" || part === "state").map((group) => namer.group(group));
  const own = others.flat();
  // Of several networks the model is listed last, where its last layer is looked for. An entry stands before those that name it.
  const before = own.every(({ sameAs }) => sameAs === undefined) ? own : [];
  return uniqueNames([...before, ...model.flat(), ...(before === own ? [] : own), ...averaged.flat(), ...rest.flat()]);
}

class Namer {
  private readonly visited = new Set<PickleValue>();
  /** Trained tensors of the model, in order. */
  private readonly parameters: TensorEntry[] = [];
  private listed = 0;

  constructor(
    private readonly entries: Entries,
    private readonly problems: TensorProblems,
  ) {}

  group(group: Group): TensorEntry[] {
    const out: TensorEntry[] = [];
    this.walk(group.value, group.prefix, group.part, out, 0);
    if (group.part === "model") this.parameters.push(...out.filter(({ kind, sameAs, dtype }) => kind === null && sameAs === undefined && dtype.includes("float")));
    return out;
  }

  private walk(value: PickleValue, name: string, part: Group["part"], out: TensorEntry[], depth: number): void {
    if (value instanceof TorchTensor || value instanceof NumpyArray) {
      this.add(value, name, part, out);
      return;
    }
    if (!isContainer(value) || depth > DEEPEST || this.visited.has(value)) return;
    this.visited.add(value);
    if (part === "optimizer" && isOptimizer(value)) {
      this.optimizer(value, name, out, depth);
      return;
    }
    for (const [key, child] of partsOf(value)) {
      const below = part === "state" && isContainer(child) ? (isOptimizer(child) ? "optimizer" : averagedBelow(key)) : part;
      this.walk(child, joined(name, key), below, out, depth + 1);
    }
  }

  private add(value: TorchTensor | NumpyArray, name: string, part: Group["part"], out: TensorEntry[]): void {
    // Scores and counters that a trainer keeps as tensors of one number are no weights, and its arrays (of a generator's state) no tensors.
    if (part === "state" && (value instanceof NumpyArray || value.shape.length === 0)) return;
    if (value instanceof NumpyArray && (part === "optimizer" || value.shape.reduce((n, m) => n * m, 1) < 2)) return;
    if (++this.listed > MOST_TENSORS) {
      if (this.listed === MOST_TENSORS + 1) this.problems.add(`more than ${MOST_TENSORS} tensors; the others are left out`);
      return;
    }
    const called = name === "" ? ALONE : name;
    const kind = part === "state" || part === "optimizer" ? "optimizer" : part === "averaged" ? "averaged" : RUNNING.test(called) ? "running" : null;
    const entry = value instanceof TorchTensor ? this.entries.entry(called, value, kind) : arrayEntry(called, value, kind);
    if (typeof entry === "string") this.problems.add(entry);
    else out.push(entry);
  }

  /** Slots named after their parameters where the file tells which those are, else by number. */
  private optimizer(value: PickleMap, name: string, out: TensorEntry[], depth: number): void {
    const state = value.get("state");
    const names = state instanceof PickleMap ? this.parameterNames(value, state) : null;
    for (const [key, child] of partsOf(value)) {
      if (key !== "state" || !(child instanceof PickleMap) || names === null) {
        this.walk(child, joined(name, key), "optimizer", out, depth + 1);
        continue;
      }
      for (const [id, slots] of partsOf(child)) this.walk(slots, joined(joined(name, key), names.get(id) ?? id), "optimizer", out, depth + 2);
    }
  }

  /** Parameter of each number of the state; null where the file does not tell, or shapes disagree. */
  private parameterNames(optimizer: PickleMap, state: PickleMap): ReadonlyMap<string, string> | null {
    const groups = (itemsOf(optimizer.get("param_groups")) ?? []).filter((group) => group instanceof PickleMap);
    const told = new Map<string, string>();
    for (const group of groups) {
      const names = itemsOf(group.get("param_names"));
      itemsOf(group.get("params"))?.forEach((id, i) => {
        const name = names?.[i];
        const number = wholeNumber(id);
        if (typeof name === "string" && number !== null) told.set(String(number), name);
      });
    }
    if (told.size > 0) return told;
    // The order of one group is that of the model's parameters; several may split them anyhow.
    const ids = groups.length === 1 ? (itemsOf(groups[0]!.get("params")) ?? []).map((id) => wholeNumber(id)) : [];
    if (ids.length === 0 || ids.length !== this.parameters.length) return null;
    const out = new Map<string, string>();
    for (const [i, id] of ids.entries()) {
      const parameter = this.parameters[i]!;
      if (id === null) return null;
      const slots = state.entries.get(id);
      if (slots instanceof PickleMap && !fits(slots, parameter.shape)) return null;
      out.set(String(id), parameter.name);
    }
    return out;
  }
}

/** In what a trainer keeps, copies of weights are told by their key (an averaging callback's). */
function averagedBelow(key: string): Group["part"] {
  return partOfKey(key) === "averaged" ? "averaged" : "state";
}

function fits(slots: PickleMap, shape: readonly number[]): boolean {
  for (const [slot, value] of partsOf(slots)) {
    if (SHAPED.test(slot) && value instanceof TorchTensor && value.shape.join() !== shape.join()) return false;
  }
  return true;
}

/** Keys joined by dots. Settings that Lightning writes into the keys of callbacks are left out. */
function joined(name: string, key: string): string {
  const plain = key.replace(/\{.*\}$/s, "");
  return name === "" ? plain : `${name}.${plain}`;
}

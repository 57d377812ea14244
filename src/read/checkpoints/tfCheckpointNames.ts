/** Names, layers and kinds of a TensorFlow checkpoint's tensors, and the order of the layers. */
import type { TensorEntry } from "../format";
import { compareKeys, type Ranked } from "./kerasTensors";
import { guessLastLayer } from "./lastLayer";
import type { GraphVariable } from "./tfCheckpointGraph";
import type { BundleTensor } from "./tfCheckpointIndex";

/** A tensor with what is to be said of it. */
export interface Named {
  readonly tensor: BundleTensor;
  readonly name: string;
  readonly layer: string | null;
  readonly kind: TensorEntry["kind"];
}

const ATTRIBUTE = /\/\.ATTRIBUTES\/[^/]*$/;
const MOVING = /(^|\/)_?(moving_(mean|variance|avg_\w+)|renorm_\w+|ExponentialMovingAverage)$/;
const METRIC = /(^|\/)_?(keras_api\/metrics|(compile_)?metrics|loss_tracker|\w+_metrics)\//;
/** Keys of optimizers where no object graph tells: by folder, or as TensorFlow 1 calls its slots and counters. */
const OPTIMIZER_KEY =
  /\/\.OPTIMIZER_SLOT\/|(^|\/)_?optimizer\/|^training(_\d+)?\/|^(\w+\/)?(adam\w*|nadam|sgd|rmsprop|adagrad|adadelta|adamax|ftrl|lion|lamb|momentum)(_\d+)?\/|(^|\/)(beta[12]_power(_\d+)?|global_step|save_counter)$/i;
/** Models of Keras number their layers in the order of the graph. */
const IN_ORDER = /(^|\/)(_operations\/\d+|_layers\/\d+|layer_with_weights-\d+|layer-\d+)\/|^(model\/)?variables\/\d+\//;

/**
 * Puts tensors in the order of the layers: network, metrics, optimizer. A tensor keeps its key as its name where that says what
 * it is; what is kept in a list ("variables/4") or under its optimizer is called as its author called the variable.
 */
export function named(tensors: readonly BundleTensor[], graph: ReadonlyMap<string, GraphVariable> | null): Named[] {
  const keys = new Map(tensors.map((tensor) => [tensor.key, tensor]));
  const rows = withoutCopies(
    tensors.map((tensor): Row => {
      const variable = graph?.get(tensor.key) ?? null;
      const plain = tensor.key.replace(ATTRIBUTE, "");
      const optimizer = variable === null ? OPTIMIZER_KEY.test(plain) || isSlot(plain, tensor, keys) : variable.optimizer || /^save_counter$/.test(plain);
      return { tensor, variable, plain, optimizer, metric: !optimizer && METRIC.test(plain) };
    }),
  );
  const uses = new Map<string, number>();
  /** Objects whose variables begin with a name: one where it is a layer's. */
  const owners = new Map<string, Set<string>>();
  for (const row of rows) {
    if (row.optimizer) continue;
    const full = fullName(row);
    uses.set(full, (uses.get(full) ?? 0) + 1);
    const known = owners.get(parent(full)) ?? new Set();
    owners.set(parent(full), known.add(parent(pathOf(row) ?? "")));
  }
  const seen = new Map<string, number>();
  const taken = new Set<string>();
  const out = rows.map((row): Named & { row: Row } => {
    const full = fullName(row);
    const nth = row.optimizer ? 0 : (seen.get(full) ?? 0) + 1;
    seen.set(full, nth);
    const own = nameOf(row, full, uses.get(full) === 1 ? 0 : nth, owners.get(parent(full))?.size === 1);
    // Rather the key, which is there once, than a name twice.
    const called = taken.has(own.name) ? { name: row.tensor.key, layer: own.layer } : own;
    taken.add(called.name);
    const running = row.metric || MOVING.test(row.plain) || MOVING.test(full);
    return { tensor: row.tensor, ...called, kind: row.optimizer ? "optimizer" : running ? "running" : null, row };
  });
  out.sort((a, b) => rank(a.row) - rank(b.row)); // stable: places stay
  return lastLayerLast(out);
}

interface Row {
  readonly tensor: BundleTensor;
  readonly variable: GraphVariable | null;
  /** The key without what is the same in all of them. */
  readonly plain: string;
  readonly optimizer: boolean;
  readonly metric: boolean;
}

const rank = (row: Row): number => (row.optimizer ? 2 : row.metric ? 1 : 0);
const fullName = (row: Row): string => row.variable?.fullName ?? "";

function byPlace(a: Row, b: Row): number {
  const order = (a.variable?.order ?? Infinity) - (b.variable?.order ?? Infinity);
  // Infinity minus infinity: neither is in the graph.
  return Number.isNaN(order) || order === 0 ? compareKeys(a.plain.split("/"), b.plain.split("/")) : order;
}

/** A slot of TensorFlow 1: "VARIABLE/Adam_1", of the shape of VARIABLE. */
function isSlot(plain: string, tensor: BundleTensor, keys: ReadonlyMap<string, BundleTensor>): boolean {
  const cut = plain.lastIndexOf("/");
  const of = cut < 0 ? undefined : keys.get(plain.slice(0, cut));
  return of !== undefined && !MOVING.test(plain) && String(of.shape) === String(tensor.shape);
}

/** In order of place. Exported models keep every variable a second time; the same bytes under the same name are one tensor. */
function withoutCopies(rows: Row[]): Row[] {
  const first = new Map<string, Row>();
  const sorted = [...rows].sort(byPlace);
  for (const row of sorted) if (row.tensor.crc !== null && fullName(row) !== "") setOnce(first, copyKey(row), row);
  const inList = (row: Row): boolean => /(^|\/)\d+$/.test(row.plain);
  return sorted.filter((row) => row.optimizer || !inList(row) || (first.get(copyKey(row)) ?? row) === row);
}

function copyKey(row: Row): string {
  return [fullName(row), row.tensor.type, row.tensor.shape.join(","), row.tensor.crc].join("\0");
}

function setOnce(map: Map<string, Row>, key: string, row: Row): void {
  if (!map.has(key)) map.set(key, row);
}

/** Names from the root to it; null for a variable of the network that only an optimizer leads to. */
function pathOf({ optimizer, plain, variable }: Row): string | null {
  return optimizer || variable === null ? plain : (variable.path?.replace(ATTRIBUTE, "") ?? null);
}

/**
 * `nth`: which of several network variables of the same full name; 0 where it is the only one. `layered`: whether all that
 * begin with its layer's name belong to one object (models that are classes of their own may give all layers one name).
 */
function nameOf(row: Row, full: string, nth: number, layered: boolean): { name: string; layer: string | null } {
  const { tensor, variable } = row;
  const author = nth === 0 && layered && !row.optimizer && full.includes("/") ? parent(full) : null;
  const path = pathOf(row);
  const layer = author ?? (path === null ? null : parent(path));
  if (path !== null && (row.optimizer || full === "" || !/(^|\/)\d+$/.test(path))) {
    return { name: variable === null || row.optimizer ? tensor.key : variable.path!, layer };
  }
  if (full === "") return { name: tensor.key, layer };
  if (nth === 0) return { name: full, layer };
  // "unet/kernel" of several layers: kernel and bias of one layer get the same number.
  const cut = full.lastIndexOf("/");
  if (cut < 0) return { name: `${full} (${nth})`, layer: null };
  const numbered = `${full.slice(0, cut)} (${nth})`;
  return { name: `${numbered}${full.slice(cut)}`, layer: numbered };
}

function parent(path: string): string {
  const cut = path.lastIndexOf("/");
  return cut < 0 ? path : path.slice(0, cut);
}

/** Where neither numbers nor a model's graph order the layers, the last one is guessed by its channels. */
function lastLayerLast(items: (Named & { row: Row })[]): Named[] {
  if (items.every(({ row, tensor }) => row.optimizer || row.metric || tensor.shape.length < 2 || IN_ORDER.test(`${row.variable?.path ?? row.plain}/`))) return items;
  const of = new Map<TensorEntry, Named>();
  const ranked = items.map((item): Ranked => {
    const own = item.name.replace(ATTRIBUTE, "").replace(/(^|\/)_?(kernel|weights?|w)$/i, "$1kernel");
    const layer = item.layer ?? own;
    const tensor: TensorEntry = { name: own, layer, dtype: item.tensor.type, shape: item.tensor.shape, kind: item.kind, chunks: () => [] };
    of.set(tensor, item);
    return { tensor, rank: item.row.optimizer ? 2 : item.row.metric ? 1 : 0, className: layer, key: [layer] };
  });
  return guessLastLayer(ranked).map(({ tensor }) => of.get(tensor)!);
}

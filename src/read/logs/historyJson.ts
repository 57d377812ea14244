/**
 * Keras' history as JSON: `json.dump(history.history)` (a dict of lists), a list of row dicts or a dict of them by epoch,
 * `{"history": …, "epoch": […]}`, and what pandas' to_json makes of them (a dict of dicts by index; "split"). NaN and Infinity as Python writes them.
 *
 * Epochs are the list index from 0, unless a list, key or index of that name tells.
 */
import type { LogFormat, LogSink } from "../format";
import { isTrainingName } from "./csvPlan";
import { at, isDict, isList, type JsonDict, type JsonList, type JsonNode } from "./jsonTree";
import { quantityOf, wordsOf } from "./role";
import { headOf, readWholeJson, type WholeJsonState } from "./wholeJson";

const NAME = "history-json";
/** Names nested in names: {"train": {"loss": […]}} is "train/loss". */
const DEEPEST_TAG = 3;
/** Elements of one cell that become series of their own ("dice[3]"). */
const MOST_ELEMENTS = 1024;

export const historyJson: LogFormat<WholeJsonState> = {
  name: NAME,
  probe(name, head) {
    const root = /\.json$/i.test(name) ? headOf(head) : null;
    return root !== null && isHistory(root);
  },
  read: (source, _state, sink) => readWholeJson(NAME, source, sink, (root) => (root === null ? "epoch" : give(root, sink))),
};

type Unit = "epoch" | "step";
/** A sink that sees names and values. */
type Take = (tag: string, step: number, value: number, line: number) => void;

/** Whether a (perhaps torn) document is a training's history and not another JSON file. */
function isHistory(root: JsonNode): boolean {
  const { lists, rows } = shapeOf(root);
  if (rows !== null) {
    const first = rows.items[0];
    if (!isDict(first)) return false;
    const axis = first.keys.some((key, i) => axisOf(key) !== null && typeof first.values[i] === "number");
    const things = first.values.some((value, i) => typeof value === "string" && !SPLIT_KEY.test(first.keys[i]!));
    const names = cellNames(first);
    const measured = names.some((name) => isTrainingName(name) && axisOf(name) === null);
    return axis ? measured : measured && !things && names.some((name) => quantityOf(name) === "loss");
  }
  if (lists === null) return false;
  const names: string[] = [];
  eachColumn(lists, (name, values) => {
    if (values.length > 0 && values.every((value) => isMeasured(value))) names.push(name);
  });
  const plain = new Set(names.map((name) => wordsOf(name).join("_")));
  const axis = names.some((name) => axisOf(name) !== null);
  const pair = [...plain].some((name) => plain.has(`val_${name}`) || (name.startsWith("train_") && plain.has(`val_${name.slice(6)}`)));
  // One list of Dice values may be per class; with a loss, an axis or both splits it is a history.
  return names.some((name) => quantityOf(name) === "loss" && isTrainingName(name)) || (names.some(isTrainingName) && (axis || pair));
}

/** Names of what a row measures, also within names: {"train": {"loss": 0.5}} is "train/loss". */
function cellNames(row: JsonDict, prefix = "", depth = 0): string[] {
  return row.values.flatMap((value, i) => {
    const name = prefix + row.keys[i]!;
    if (isMeasured(value)) return [name];
    return isDict(value) && depth < DEEPEST_TAG ? cellNames(value, `${name}/`, depth + 1) : [];
  });
}

/** A number, or a list that starts with numbers: what a cell of a history may be. */
function isMeasured(value: JsonNode): boolean {
  return typeof value === "number" || value === null || (isList(value) && value.items.every((item) => typeof item === "number" || item === null));
}

const SPLIT_KEY = /^(phase|split|mode|stage|subset)$/i;

function axisOf(key: string): Unit | null {
  if (/^epochs?$/i.test(key)) return "epoch";
  return /^(global_)?steps?$|^iter(ation)?s?$/i.test(key) ? "step" : null;
}

/** The dict of lists or the list of rows that the document holds, wherever it keeps it. */
function shapeOf(root: JsonNode): { lists: JsonDict | null; rows: JsonList | null; axis: JsonList | null } {
  if (isList(root)) return { lists: null, rows: root, axis: null };
  if (!isDict(root)) return { lists: null, rows: null, axis: null };
  const history = at(root, "history");
  const epoch = at(root, "epoch") ?? at(root, "epochs");
  const axis = isList(epoch) ? epoch : null;
  if (isDict(history) && rowsByEpoch(history) === null) return { lists: history, rows: null, axis };
  if (isList(history) && isDict(history.items[0])) return { lists: null, rows: history, axis: null };
  const { columns, data } = { columns: at(root, "columns"), data: at(root, "data") };
  if (isList(columns) && isList(data)) {
    const index = at(root, "index");
    return { lists: null, rows: splitRows(columns, data), axis: isList(index) ? index : null };
  }
  const byEpoch = rowsByEpoch(isDict(history) ? history : root);
  return byEpoch === null ? { lists: root, rows: null, axis: null } : { lists: null, ...byEpoch };
}

/** {"1": {"loss": …}, "2": …} and {"epoch_1": …}, also pandas' to_json(orient="index"); null for other dicts. */
function rowsByEpoch(dict: JsonDict): { rows: JsonList; axis: JsonList } | null {
  const epochs = dict.keys.map((key) => /^(?:epochs?[-_ ]?)?(\d{1,9})$/i.exec(key)?.[1]);
  if (epochs.length === 0 || epochs.includes(undefined) || !dict.values.every(isDict)) return null;
  const { values, lines } = dict;
  return { rows: { kind: "list", items: values, lines }, axis: { kind: "list", items: epochs.map(Number), lines } };
}

/** pandas' to_json(orient="split"): rows without their names. */
function splitRows(columns: JsonList, data: JsonList): JsonList {
  const names = columns.items.map((name) => (typeof name === "string" ? name : ""));
  const rows = data.items.map((row, i): JsonDict => {
    const values = isList(row) ? row.items.slice(0, names.length) : [];
    return { kind: "dict", keys: names.slice(0, values.length), values, lines: isList(row) ? row.lines : values.map(() => data.lines[i]!) };
  });
  return { kind: "list", items: rows, lines: data.lines };
}

/** Gives all points; returns what the steps count. */
function give(root: JsonNode, sink: LogSink): Unit {
  const { lists, rows, axis } = shapeOf(root);
  const take: Take = (tag, step, value, line) => sink.point(tag, step, value, line, NaN);
  if (rows !== null) return giveRows(rows, axis, sink, take);
  return lists === null ? "epoch" : giveLists(lists, axis, sink, take);
}

function giveRows(rows: JsonList, axis: JsonList | null, sink: LogSink, take: Take): Unit {
  const key = axisKey(rows);
  const unit = key === null ? "epoch" : (axisOf(key) ?? "epoch");
  let last = -Infinity;
  for (const [i, row] of rows.items.entries()) {
    if (!isDict(row)) continue;
    const own = key === null ? axis?.items[i] : at(row, key);
    if (key !== null && typeof own !== "number") continue;
    const step = typeof own === "number" ? own : i;
    if (!Number.isFinite(step)) continue;
    if (step < last) sink.restart(null, step);
    last = step;
    const split = row.values.find((value, k) => typeof value === "string" && SPLIT_KEY.test(row.keys[k]!));
    const prefix = typeof split === "string" ? `${split}/` : "";
    for (const [k, name] of row.keys.entries()) {
      if (name === key || name === "") continue;
      const value = row.values[k] ?? null;
      if (value === null) {
        if (unit === "epoch" && isNan(name, (other) => at(row, other))) take(prefix + name, step, NaN, row.lines[k]!);
      } else cell(prefix + name, value, step, row.lines[k]!, take, 0);
    }
  }
  return unit;
}

/** The key that holds the rows' place: "epoch" unless its values repeat where a step tells rows apart. */
function axisKey(rows: JsonList): string | null {
  const keys = new Map<string, { count: number; repeats: number; last: JsonNode | undefined; unit: Unit }>();
  for (const row of rows.items) {
    if (!isDict(row)) continue;
    for (const [k, key] of row.keys.entries()) {
      const unit = axisOf(key);
      if (unit === null || typeof row.values[k] !== "number") continue;
      const seen = keys.get(key) ?? { count: 0, repeats: 0, last: undefined, unit };
      seen.count++;
      if (seen.last === row.values[k]) seen.repeats++;
      seen.last = row.values[k];
      keys.set(key, seen);
    }
  }
  const all = [...keys].filter(([, seen]) => seen.count * 2 > rows.items.length);
  const steps = all.find(([, seen]) => seen.unit === "step");
  const epochs = all.find(([, seen]) => seen.unit === "epoch" && (steps === undefined || seen.repeats * 3 < seen.count));
  return (epochs ?? steps)?.[0] ?? null;
}

function giveLists(lists: JsonDict, axis: JsonList | null, sink: LogSink, take: Take): Unit {
  const columns = new Map<string, JsonNode[]>();
  eachColumn(lists, (name, values) => void columns.set(name, values));
  const key = axis === null ? [...columns].find(([name, values]) => axisOf(name) !== null && values.every((value) => typeof value === "number") && tellsApart(values))?.[0] : undefined;
  const steps = axis?.items ?? (key === undefined ? null : columns.get(key)!);
  eachColumn(lists, (name, values, lines, index) => {
    if (name === key) return;
    let last: number | null = null;
    for (const [i, value] of values.entries()) {
      const own = steps === null ? index?.[i] : steps[i];
      const step = typeof own === "number" && Number.isFinite(own) ? own : i;
      // Lists that were joined after a resumed training.
      if (last !== null && step < last) sink.restart(name, step);
      last = step;
      if (value === null) {
        if (isNan(name, (other) => columns.get(other)?.[i])) take(name, step, NaN, lines[i]!);
      } else cell(name, value, step, lines[i]!, take, 0);
    }
  });
  return key === undefined ? "epoch" : (axisOf(key) ?? "epoch");
}

function tellsApart(values: readonly JsonNode[]): boolean {
  let repeats = 0;
  for (let i = 1; i < values.length; i++) if (values[i] === values[i - 1]) repeats++;
  return repeats * 3 <= values.length;
}

/** Lists of a history, also those one name deeper ("train/loss"), and pandas' dicts by index ("0": …, "1": …). */
function eachColumn(dict: JsonDict, take: (name: string, values: JsonNode[], lines: number[], index: number[] | null) => void, prefix = "", depth = 0): void {
  for (const [i, key] of dict.keys.entries()) {
    const value = dict.values[i];
    const name = prefix + key;
    if (isList(value)) take(name, value.items, value.lines, null);
    else if (isDict(value) && value.keys.length > 0) {
      if (value.keys.every((k, n) => k === String(n))) take(name, value.values, value.lines, value.keys.map(Number));
      else if (depth < DEEPEST_TAG) eachColumn(value, take, `${name}/`, depth + 1);
    }
  }
}

/** One cell: a number, or numbers within. */
function cell(tag: string, value: JsonNode, step: number, line: number, take: Take, depth: number): void {
  if (typeof value === "number") take(tag, step, value, line);
  else if (depth < DEEPEST_TAG && isList(value) && value.items.length <= MOST_ELEMENTS) {
    for (const [i, item] of value.items.entries()) cell(`${tag}[${i}]`, item, step, value.lines[i]!, take, depth + 1);
  } else if (depth < DEEPEST_TAG && isDict(value) && value.keys.length <= MOST_ELEMENTS) {
    for (const [i, key] of value.keys.entries()) cell(`${tag}/${key}`, value.values[i]!, step, value.lines[i]!, take, depth + 1);
  }
}

/**
 * pandas and strict writers put null for NaN. A training has a loss every epoch, so that a missing one is a NaN; but rows of
 * training and validation may be written apart, so that the other split's must be missing or NaN too.
 */
function isNan(name: string, other: (name: string) => JsonNode | undefined): boolean {
  if (quantityOf(name) !== "loss" || other("loss") === undefined) return false;
  const mirror = name.startsWith("val_") ? name.slice(4) : `val_${name}`;
  const counterpart = other(mirror) ?? null;
  return counterpart === null || (typeof counterpart === "number" && Number.isNaN(counterpart));
}

/** How a delimited log is laid out, decided from its header and first rows alone. */
import type { LogRead } from "../format";
import { cellList, cellNumber, splitCells, type Separator } from "./csvCells";
import { quantityOf, splitNamed, wordsOf } from "./role";

/** Rows looked at. */
export const SAMPLE_ROWS = 16;

export interface CsvPlan {
  readonly separator: Separator;
  /** One a cell; null for columns that are no series. */
  readonly tags: readonly (string | null)[];
  /** Cells a whole row has. */
  readonly width: number;
  /** Column of the steps; -1 for the row's number. */
  readonly stepColumn: number;
  readonly unit: LogRead<unknown>["unit"];
  /** Column of the epoch where the steps are another; -1 for none. */
  readonly epochColumn: number;
  /** Column that says "train" or "val" for each row; -1 for none. */
  readonly splitColumn: number;
  /** Column of the wall time in seconds; -1 for none. */
  readonly wallColumn: number;
  /** Columns whose empty cell is a NaN, each with the column that must be NaN or empty too (itself when none). */
  readonly nanWhenEmpty: ReadonlyMap<number, number>;
  /** Whether it looks like the log of a training. */
  readonly training: boolean;
}

const EPOCH = /^(epochs?|ep|epoch[_ ]?(nr|no|num|number|idx|index|id)|epoche)$/i;
const STEP = /^(global[_ ]?step|steps?|iterations?|iters?|trainer\/global_step|batch(es)?|update|num[_ ]?updates)$/i;
const UNNAMED = /^(unnamed(: ?\d+)?|index)?$/i;
const WALL = /^(wall[_ ]?time|timestamps?)$/i;
const SPLIT = /^(phase|split|mode|stage|subset)$/i;
/** Names of columns that list things: files, cases. A table with one is no log, unless it counts epochs. */
const THINGS = new Set(["file", "filename", "filenames", "files", "path", "filepath", "image", "images", "img", "mask", "masks", "case", "cases", "id", "ids", "uid", "subject", "patient", "scan", "study", "name", "sample", "class", "label", "target", "prediction", "pred"]);
/** Names of columns that tell trainings apart. */
const SETTING = /^(run|run[_ ]?(id|name)|trial|experiment|exp|model|architecture|backbone|optimi[sz]er|seed|batch[_ ]?size|bs|weight[_ ]?decay|dropout)$/i;
const MEASURED = new Set(["precision", "recall", "auc", "mse", "mae", "rmse", "error", "sensitivity", "specificity", "hausdorff", "hd95", "perplexity", "f2", "psnr", "ssim", "map", "kappa", "mcc"]);

/** The epoch or step that a cell tells, also "3/100" and "Epoch 3". */
export function placeOf(cell: string, decimalComma = false): number | undefined {
  const value = cellNumber(cell, decimalComma);
  if (value !== undefined || cell.length > 32) return value;
  const counted = /^(?:epoch|ep|step|iter(?:ation)?)?[ _#:-]{0,3}(\d{1,12})(?:\s?(?:\/|of)\s?\d{1,12})?$/i.exec(cell);
  return counted === null ? undefined : Number(counted[1]);
}

/** Whether a name is that of something measured while training. */
export function isTrainingName(name: string): boolean {
  const words = wordsOf(name);
  if (words.some((word) => word === "weight" || word === "weights")) return false;
  return quantityOf(name) !== "other" || /^(val|train|valid|training|validation)[_/ -]./i.test(name) || words.some((word) => MEASURED.has(word));
}

/** Whether a line is a header: two or more names (one, when it is of a training's quantity), none of them a value. */
export function isHeader(cells: readonly string[]): boolean {
  const named = cells.filter((cell) => cell !== "");
  if (named.length === 0 || (named.length === 1 && cells.length === 1 && !isTrainingName(named[0]!))) return false;
  return named.every((cell) => cell.length <= 200 && cellNumber(cell) === undefined && cellList(cell) === null && !/[{}=<>]/.test(cell)) && new Set(named).size > named.length / 2;
}

/** A header's text without its comment sign (numpy.savetxt) and byte order mark. */
export function headerText(line: string): string {
  return line.replace(/^\uFEFF/, "").replace(/^\s*#+ ?/, "");
}

/**
 * The layout of a header line followed by complete rows; null when the line is no header. `known`: its separator, where that is
 * known; `bySteps`: a column of steps is the axis whatever the epochs do.
 */
export function planOf(line: string, rows: readonly string[], known: Separator | null = null, bySteps = false): CsvPlan | null {
  const text = headerText(line);
  const separator = known ?? separatorOf(text, rows);
  let names = splitCells(text, separator);
  if (!isHeader(names)) return null;
  const cells = rows.filter((row) => row.trim() !== "").map((row) => splitCells(row, separator));
  // R's write.table and pandas' index_label=False leave the index out of the header.
  if (cells.length > 0 && cells.every((row) => row.length === names.length + 1 && row[row.length - 1] !== "")) names = ["", ...names];
  if (names.length > 1 && names[names.length - 1] === "") names.pop();
  return layOut(names, cells, separator, bySteps);
}

function separatorOf(header: string, rows: readonly string[]): Separator {
  let best: Separator = " ";
  let most = 1;
  for (const separator of [",", ";", "\t", "|"] as const) {
    const n = splitCells(header, separator).length;
    const fits = rows.length === 0 || rows.some((row) => splitCells(row, separator).length > 1);
    if (n > most && fits) {
      best = separator;
      most = n;
    }
  }
  return best;
}

function layOut(names: readonly string[], rows: readonly string[][], separator: Separator, bySteps: boolean): CsvPlan {
  const find = (pattern: RegExp): number => names.findIndex((name) => pattern.test(name));
  const numeric = (column: number): boolean => rows.some((row) => cellNumber(row[column] ?? "", separator === ";") !== undefined);
  const epoch = find(EPOCH);
  const step = find(STEP);
  const unnamed = UNNAMED.test(names[0]!) ? 0 : -1;
  const splitColumn = columnOfSplits(names, rows, numeric);
  const wall = find(WALL);
  const wallColumn = wall >= 0 && rows.every((row) => isWallTime(row[wall])) ? wall : -1;

  const values = names.map((_, i) => i).filter((i) => i !== epoch && i !== step && i !== unnamed && i !== splitColumn && i !== wallColumn);
  // Beside a step, an epoch must be in every row to be the axis.
  const mayLack = (column: number): number => (column === epoch && step >= 0 ? 0 : rows.length / 4);
  const axes = bySteps && step >= 0 ? [step] : [epoch, step, unnamed];
  const places = (column: number): boolean => rows.some((row) => placeOf(row[column] ?? "", separator === ";") !== undefined);
  let stepColumn = axes.find((column) => column >= 0 && (rows.length === 0 || places(column)) && isIndex(column, values, splitColumn, rows, mayLack(column))) ?? -1;
  if (stepColumn === unnamed && unnamed >= 0 && (epoch >= 0 || step >= 0)) stepColumn = -1; // the index of rows that do not count epochs
  const perRow = stepColumn < 0 && epoch < 0 && step < 0;
  const unit = perRow || (stepColumn >= 0 && stepColumn !== step) ? "epoch" : "step";

  const seen = new Map<string, number>();
  const tags = names.map((name, i) => {
    if (i === stepColumn || i === splitColumn || i === wallColumn || i === unnamed || name === "" || UNNAMED.test(name)) return null;
    const before = seen.get(name) ?? 0;
    seen.set(name, before + 1);
    return before === 0 ? name : `${name} (${before + 1})`;
  });
  const measured = values.filter((i) => isTrainingName(names[i]!) && (rows.length === 0 || numeric(i)));
  const lists = names.some((name) => wordsOf(name).length === 1 && THINGS.has(wordsOf(name)[0]!));
  const indexedByWords = unnamed === 0 && rows.some((row) => (row[0] ?? "") !== "" && cellNumber(row[0]!) === undefined); // pandas' describe()
  let training: boolean;
  // Epochs count a training whatever stands beside them, unless it is the list of many trainings or of the cases of each epoch.
  if (epoch >= 0 && !(lists && stepColumn < 0) && !isTableOfTrials(names, epoch, rows)) training = values.some(numeric) || (rows.length === 0 && measured.length > 0);
  else if (epoch < 0 && step >= 0) training = measured.length > 0 && !(lists && stepColumn < 0);
  // Rows alone may be cases: a Dice of each is no history, a loss is.
  else training = epoch < 0 && !lists && !indexedByWords && measured.some((i) => quantityOf(names[i]!) === "loss" || (quantityOf(names[i]!) !== "other" && splitNamed(names[i]!) !== null)) && isTableOfNumbers(rows, values, separator);
  return { separator, tags, width: names.length, stepColumn, unit, epochColumn: unit === "step" && stepColumn >= 0 ? epoch : -1, splitColumn, wallColumn, nanWhenEmpty: emptyIsNan(names, rows, stepColumn, epoch, step), training };
}

/** A result of each training, with its settings: "run,lr,epochs,batch_size,dice". Its epochs do not count up. */
function isTableOfTrials(names: readonly string[], epoch: number, rows: readonly string[][]): boolean {
  if (!/^epochs$/i.test(names[epoch]!) || !names.some((name) => SETTING.test(name))) return false;
  const epochs = rows.map((row) => placeOf(row[epoch] ?? "") ?? NaN);
  return epochs.every((at, i) => at === epochs[0] || at - epochs[i - 1]! !== 1) && !(epochs[0]! <= 1);
}

/** The column of texts that say of which split a row is, by its name or by what it says; -1 for none. */
function columnOfSplits(names: readonly string[], rows: readonly string[][], numeric: (column: number) => boolean): number {
  const named = names.findIndex((name, i) => SPLIT.test(name) && !numeric(i));
  if (named >= 0) return named;
  const said = (column: number): (string | null)[] => rows.flatMap((row) => ((row[column] ?? "") === "" ? [] : [splitNamed(row[column]!)]));
  return names.findIndex((_, i) => !numeric(i) && new Set(said(i).filter((split) => split !== null)).size > 1);
}

/**
 * Whether a column can be the axis. It cannot where rows of the same value fill the same columns again and again (an epoch
 * column in a log of batches), or where more than `mayLack` of its cells are empty. A few repeats are a resumed training.
 */
function isIndex(column: number, values: readonly number[], split: number, rows: readonly string[][], mayLack: number): boolean {
  let pairs = 0;
  let repeats = 0;
  let empty = 0;
  for (const [i, row] of rows.entries()) {
    if ((row[column] ?? "") === "") empty++;
    const before = rows[i - 1];
    if (before === undefined) continue;
    pairs++;
    if (before[column] !== row[column] || (split >= 0 && before[split] !== row[split])) continue;
    if (values.some((v) => (row[v] ?? "") !== "" && (before[v] ?? "") !== "")) repeats++;
  }
  return (repeats < 2 || repeats < 0.4 * pairs) && empty <= mayLack;
}

function isWallTime(cell: string | undefined): boolean {
  const value = cellNumber(cell ?? "");
  return value !== undefined && value > 1e8 && value < 1e10;
}

/** Without a step column: whether rows are numbers throughout, as a list of cases or files is not. */
function isTableOfNumbers(rows: readonly string[][], values: readonly number[], separator: Separator): boolean {
  const first = values[0];
  if (first === undefined) return false;
  return rows.every((row) => {
    const cell = row[first] ?? "";
    return cell === "" || /^(na|none|null)$/i.test(cell) || cellNumber(cell, separator === ";") !== undefined || cellList(cell) !== null;
  });
}

/**
 * pandas writes NaN as an empty cell. A history has one row an epoch with its loss, so that an empty loss is a NaN; but
 * validation may be rarer, or have rows of its own, so that the other split's must be empty or NaN too.
 */
function emptyIsNan(names: readonly string[], rows: readonly string[][], stepColumn: number, epoch: number, step: number): ReadonlyMap<number, number> {
  const out = new Map<number, number>();
  const loss = names.indexOf("loss");
  if (loss < 0 || step >= 0 || rows.length === 0) return out;
  const filled = cellNumber(rows[0]![loss] ?? "") !== undefined;
  const ascending = stepColumn < 0 || rows.every((row, i) => i === 0 || (placeOf(row[stepColumn] ?? "") ?? NaN) > (placeOf(rows[i - 1]![stepColumn] ?? "") ?? NaN));
  if (stepColumn === epoch && epoch >= 0 && !(filled && ascending)) return out;
  for (const [i, name] of names.entries()) {
    if (quantityOf(name) !== "loss") continue;
    const mirror = names.indexOf(name.startsWith("val_") ? name.slice(4) : `val_${name}`);
    out.set(i, mirror >= 0 ? mirror : i);
  }
  return out;
}

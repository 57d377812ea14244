/** How a log of JSON lines is laid out, decided from its first rows alone. */
import { decode } from "./lines";
import { isTrainingName } from "./csvPlan";
import { eachNumber, rowOf, type JsonRow } from "./jsonRows";
import { quantityOf, splitNamed, wordsOf } from "./role";

/** Rows looked at. */
const SAMPLE_ROWS = 64;

export interface JsonLinesPlan {
  /** Key of the steps; null for the row's number. */
  readonly axis: string | null;
  readonly unit: "epoch" | "step";
  /** Key of the epoch where the steps are another; null for none. */
  readonly epoch: string | null;
  /** Key that says "train" or "val" for each row; null for none. */
  readonly split: string | null;
  /** Key of the wall time in seconds; null for none. */
  readonly wall: string | null;
  /** Key of a second count of steps, in rows of training alone (mmengine's "iter" beside "step"); null for none. */
  readonly inner: string | null;
  /** Rows of validation count batches of their own (mmcv's "iter" in rows of mode "val"). */
  readonly ownValidationSteps: boolean;
  /** Whether it looks like the log of a training. */
  readonly training: boolean;
  readonly rows: number;
}

const EPOCH = /^(?:_|current_|cur_)?epoch(?:_(?:num|idx|nr|id))?$|^ep$/i;
const STEPS: readonly RegExp[] = [/^(?:trainer\/)?global_?(?:step|iter)s?$|^_step$/i, /^(?:current_|cur_)?steps?$/i, /^(?:current_|cur_|n_)?iter(?:ation)?s?$/i, /^(?:it|num_updates?|updates?|batch(?:es|_idx|_id)?)$/i];
const SPLIT = /^(?:phase|split|mode|stage|subset|partition|set)$/i;
const EVENT = /^_?(?:event|type|kind|loop|job|prefix|state|section|group|tag|name|key)(?:_(?:type|name))?$/i;
const WALL = /^_?(?:wall_?)?time(?:stamp)?$/i;
const THINGS = new Set(["file", "filename", "filepath", "path", "image", "images", "img", "mask", "id", "uid", "case", "subject", "patient", "name", "prompt", "text", "question", "answer", "messages", "caption", "label", "prediction", "url"]);

/** The objects that the head of a file holds; the last line too where it is whole. */
export function sampleOf(head: Uint8Array): JsonRow[] {
  const rows: JsonRow[] = [];
  for (const line of decode(head).split("\n")) {
    if (rows.length === SAMPLE_ROWS) break;
    const row = rowOf(line.replace(/^\uFEFF/, ""));
    if (row !== null) rows.push(row);
  }
  return rows;
}

export function planOfRows(sample: readonly JsonRow[]): JsonLinesPlan {
  // A row before the others that tells settings (mmcv's env_info) has no place.
  const placed = sample.filter((row) => Object.keys(row).some((key) => typeof row[key] === "number" && (EPOCH.test(key) || rankOf(key) >= 0)));
  const rows = placed.length > 0 ? placed : sample.filter((row) => numbersOf(row).some(isTrainingName));
  const counts = new Map<string, number>();
  for (const row of rows) for (const key of Object.keys(row)) if (typeof row[key] === "number") counts.set(key, (counts.get(key) ?? 0) + 1);
  const often = [...counts].filter(([, n]) => 2 * n > rows.length).map(([key]) => key);
  const epoch = often.find((key) => EPOCH.test(key)) ?? null;
  const steps = often.filter((key) => rankOf(key) >= 0).sort((a, b) => counts.get(b)! - counts.get(a)! || rankOf(a) - rankOf(b));
  const step = steps[0] ?? null;
  const split = splitKey(rows);
  const everywhere = epoch !== null && (step === null || counts.get(epoch)! === rows.length);
  const axis = everywhere && tellsApart(rows, epoch, step, split) ? epoch : step;
  const wall = often.find((key) => WALL.test(key) && rows.every((row) => row[key] === undefined || isWallTime(row[key]))) ?? null;
  const inner = axis !== null && axis !== epoch ? (steps.find((key) => key !== axis && counts.get(key)! < counts.get(axis)!) ?? null) : null;
  const ownValidationSteps = split === "mode" && axis === "iter" && epoch !== null;
  return { axis, unit: axis === epoch ? "epoch" : "step", epoch: axis === epoch ? null : epoch, split, wall, inner, ownValidationSteps, training: isTraining(rows, axis ?? epoch), rows: rows.length };
}

/** The key of texts that say of which split a row is: by its name, or by what it says. */
function splitKey(rows: readonly JsonRow[]): string | null {
  const texts = [...new Set(rows.flatMap((row) => Object.keys(row)))].filter((key) => rows.every((row) => row[key] === undefined || typeof row[key] === "string"));
  const says = (key: string): (string | null)[] => rows.flatMap((row) => (typeof row[key] === "string" ? [splitNamed(row[key])] : []));
  return (
    texts.find((key) => SPLIT.test(key)) ??
    // {"event": "train", …}: a long epoch of training may fill all rows that are looked at.
    texts.find((key) => EVENT.test(key) && says(key).every((split) => split !== null)) ??
    texts.find((key) => new Set(says(key).filter((split) => split !== null)).size > 1) ??
    null
  );
}

/** Which kind of step a key counts; lower is surer. */
function rankOf(key: string): number {
  return STEPS.findIndex((pattern) => pattern.test(key));
}

function numbersOf(row: JsonRow): string[] {
  const names: string[] = [];
  eachNumber(row, new Set(), (name) => void names.push(name));
  return names;
}

/**
 * Whether an epoch tells rows apart: rows of the same epoch seldom hold the same measures. A few that do are a resumed training,
 * unless their steps go on.
 */
function tellsApart(rows: readonly JsonRow[], epoch: string, step: string | null, split: string | null): boolean {
  let repeats = 0;
  let steps = 0;
  for (const [i, row] of rows.entries()) {
    const before = rows[i - 1];
    if (before === undefined || before[epoch] !== row[epoch] || (split !== null && before[split] !== row[split])) continue;
    if (Object.keys(row).some((key) => key !== epoch && rankOf(key) < 0 && typeof row[key] === "number" && typeof before[key] === "number")) {
      repeats++;
      if (step !== null && Number(row[step]) > Number(before[step])) steps++;
    }
  }
  return steps < 2 && (repeats < 2 || repeats < 0.4 * (rows.length - 1));
}

function isTraining(rows: readonly JsonRow[], axis: string | null): boolean {
  const names = new Set(rows.flatMap(numbersOf));
  // A rate alone is a setting.
  const measured = [...names].some((name) => isTrainingName(name) && name !== axis && quantityOf(name) !== "lr");
  if (axis !== null) return measured || rows.some((row) => Object.keys(row).some((key) => SPLIT.test(key)) && names.size > 1);
  const things = rows.some((row) => Object.keys(row).some((key) => wordsOf(key).some((word) => THINGS.has(word))));
  return measured && !things && [...names].some((name) => quantityOf(name) === "loss");
}

/** Whether a value is seconds since 1970. */
export function isWallTime(value: unknown): boolean {
  return typeof value === "number" && value > 1e8 && value < 1e10;
}

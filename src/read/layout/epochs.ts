/** Numbers in file names → epochs as the log counts them. */

export interface Numbered {
  /** Relative to the run's folder. */
  readonly path: string;
  readonly number: number | null;
  /** What the number counts, as far as the name tells. */
  readonly counts: "epoch" | "step" | null;
  /** Predictions of the training and of the validation set may be counted apart. */
  readonly split?: "train" | "val";
  /** What the file's content says. */
  readonly contentEpoch: number | null;
  /** Optimizer steps that the file's content says were done. */
  readonly contentStep: number | null;
}

export interface AlignInput {
  /** Ascending, as the log counts; null without a log. */
  readonly logEpochs: readonly number[] | Float64Array | null;
  readonly stepsPerEpoch: number | null;
  readonly predictions: readonly Numbered[];
  readonly checkpoints: readonly Numbered[];
}

export interface Alignment {
  /** Epochs as the log counts, one an input; null where nothing tells. */
  readonly predictions: readonly (number | null)[];
  readonly checkpoints: readonly (number | null)[];
  readonly assumptions: readonly string[];
}

/** How the log counts: its first epoch's number (0, or 1 where its first rows say so), and its last. */
interface Log {
  readonly base: 0 | 1;
  readonly last: number | null;
}

/** The first number that a set of files counts from, and how well that is known (0: not at all). */
interface Base {
  readonly base: 0 | 1;
  readonly sure: 0 | 1 | 2;
}

/**
 * Files count epochs from 0 or from 1 and logs do either, so one base is decided for the predictions of each split and one for checkpoints:
 * by a 0 or 1 among the numbers, by numbers that the log's length rules out, by steps that checkpoints hold, by regular
 * gaps (5, 10, 15 count from 1; 4, 9, 14 from 0), else as the other set counts, else from 1.
 */
export function alignEpochs(input: AlignInput): Alignment {
  const epochs = input.logEpochs;
  const log: Log = { base: epochs === null ? 0 : baseOfLog(epochs), last: epochs?.at(-1) ?? null };
  const assumptions: string[] = [];
  const kinds = kindsOf(input);
  const sets = kinds.map(({ files }) => split(files, log));
  const stepsPerEpoch = input.stepsPerEpoch ?? stepsFrom(kinds.flatMap(({ files }) => files), sets, log, assumptions);
  const bases = sets.map((set, i) => baseOf(set.epochs, kinds[i]!.files, log, stepsPerEpoch));
  const out = sets.map((set, i) => {
    const own = bases[i]!;
    // Of the other predictions, then of the checkpoints (of the predictions for these), the first that is sure.
    const at = kinds.findIndex((_, k) => k !== i && bases[k]!.sure > 0);
    const other = bases[at] ?? { base: 1, sure: 0 };
    const base = own.sure === 0 && other.sure > 0 ? other.base : own.base;
    const { name, files } = kinds[i]!;
    if (own.sure === 0 && set.epochs.length > 0 && log.last !== null) {
      const fellow = kinds[at]?.name ?? "";
      const why = other.sure > 0 ? `as those of ${fellow} do` : "since neither the names nor the log tell";
      assumptions.push(`Numbers in the names of ${name} (${listed(set.epochs)}) are taken to count epochs from ${base}, ${why}.`);
    }
    // Without a log one number that no word tells of may be anything ("net_22362.keras").
    const unsure = log.last === null && sets.every(({ epochs: numbers }, k) => numbers.length <= (k === i ? 1 : 0));
    return files.map((file, k) => (name === "checkpoints" && unsure && file.counts === null ? null : epochOf(file, set.isStep[k]!, base, log, stepsPerEpoch)));
  });
  const checkpoints = out.pop()!;
  fillFromContent(checkpoints, input.checkpoints, stepsPerEpoch, log);
  if (stepsPerEpoch === null) placeSteps([...out, checkpoints], kinds.map(({ files }) => files), sets, log, assumptions);
  for (const [i, epochs] of out.entries()) fillLast(epochs, kinds[i]!.files, log, assumptions);
  const all = new Map(kinds.flatMap(({ files }, i) => (i < out.length ? files.map((file, k) => [file, out[i]![k] ?? null] as const) : [])));
  const predictions = input.predictions.map((file) => all.get(file) ?? null);
  tellLeftOut(predictions, input.predictions, log, assumptions);
  return { predictions, checkpoints, assumptions };
}

/** A log of every 2nd or 5th epoch begins with neither 0 nor 1: 5, 10, 15 count from 1; 4, 9, 14 from 0. */
function baseOfLog(epochs: readonly number[] | Float64Array): 0 | 1 {
  const first = epochs[0];
  if (first === undefined || first <= 1) return first === 1 ? 1 : 0;
  const gap = gapOf([...epochs]);
  return gap >= 2 && first % gap === 0 ? 1 : 0;
}

const gapOf = (numbers: readonly number[]): number => numbers.slice(1).reduce((g, n, i) => gcd(g, n - numbers[i]!), 0);

interface KindOfFiles {
  readonly name: string;
  readonly files: readonly Numbered[];
}

/** Predictions of each split, those of validation first, and checkpoints last. */
function kindsOf(input: AlignInput): KindOfFiles[] {
  const train = input.predictions.filter((file) => file.split === "train");
  const others = input.predictions.filter((file) => file.split !== "train");
  const predictions = [others, train].filter((files) => files.length > 0);
  return [...(predictions.length === 0 ? [[]] : predictions).map((files) => ({ name: predictions.length > 1 && files === train ? "training predictions" : "predictions", files })), { name: "checkpoints", files: input.checkpoints }];
}

interface SplitSet {
  /** Distinct, ascending. */
  readonly epochs: readonly number[];
  readonly isStep: readonly boolean[];
}

/** Which numbers are steps: those whose name says so, and plain ones where the log rules out that they all are epochs. */
function split(files: readonly Numbered[], log: Log): SplitSet {
  const plain = files.filter((f) => f.number !== null && f.counts === null).map((f) => f.number!);
  const rows = log.last === null ? Infinity : log.last - log.base + 1;
  // Files may be one epoch ahead of a log that is being written. Early steps may look like epochs (checkpoint-8 to checkpoint-72 of nine epochs).
  const plainAreSteps = plain.length > 0 && (plain.every((n) => n > rows + 1) || (plain.some((n) => n > rows + 1) && (eachOf(ascending(plain), rows) ?? 1) > 1));
  const isStep = files.map((f) => f.number !== null && (f.counts === "step" || (f.counts === null && plainAreSteps)));
  const epochs = ascending(files.filter((f, i) => f.number !== null && !isStep[i]).map((f) => f.number!));
  return { epochs, isStep };
}

/** Distinct. */
const ascending = (numbers: readonly number[]): number[] => [...new Set(numbers)].sort((a, b) => a - b);

/**
 * Steps an epoch where the log does not tell. The last saved step divided by the rows of the log, when every saved step is then
 * a whole number of epochs; else the one number that divides them all and leaves enough rows, and by which the run ended
 * before the next save was due where gaps are regular.
 */
function stepsFrom(files: readonly Numbered[], sets: readonly SplitSet[], log: Log, assumptions: string[]): number | null {
  const flags = sets.flatMap((set) => set.isStep);
  const steps = ascending(files.filter((_, i) => flags[i]).map((f) => f.number!));
  const most = steps.at(-1);
  if (most === undefined || log.last === null) return null;
  const rows = log.last - log.base + 1;
  const each = eachOf(steps, rows);
  if (each === null) return null;
  assumptions.push(`Numbers in names up to ${most} are taken for steps, ${each} an epoch, since the log has ${rows} epochs.`);
  return each;
}

/** Steps an epoch by saved steps (ascending) and the rows of the log; null where they do not tell. */
function eachOf(steps: readonly number[], rows: number): number | null {
  const most = steps.at(-1)!;
  const divides = (each: number): boolean => Number.isInteger(each) && each >= 1 && steps.every((s) => s % each === 0);
  return divides(most / rows) ? most / rows : fromGaps(steps, rows, divides);
}

function fromGaps(steps: readonly number[], rows: number, divides: (each: number) => boolean): number | null {
  const most = steps.at(-1)!;
  const gap = most - (steps.at(-2) ?? most);
  if (gap === 0) return null;
  // What is saved every so many steps has regular gaps; 1st, 5th, 10th epoch have not, and end wherever they end.
  const regular = steps.every((s, i) => i === 0 || s - steps[i - 1]! === gap);
  const end = regular ? most + gap : steps[0]! * rows + 1;
  const fits: number[] = [];
  for (let each = Math.ceil(most / rows); each * rows < end && fits.length < 2; each++) if (divides(each)) fits.push(each);
  return fits.length === 1 ? fits[0]! : null;
}

function baseOf(numbers: readonly number[], files: readonly Numbered[], log: Log, stepsPerEpoch: number | null): Base {
  if (numbers.length === 0) return { base: 1, sure: 0 };
  const low = numbers[0]!;
  const high = numbers.at(-1)!;
  if (low === 0) return { base: 0, sure: 2 };
  if (log.last !== null && high + log.base > log.last) return { base: 1, sure: 2 };
  const fromSteps = baseFromSteps(files, stepsPerEpoch);
  if (fromSteps !== null) return { base: fromSteps, sure: 2 };
  if (low === 1) return oddNumbers(numbers) ? baseOfOdd(high, log) : { base: 1, sure: 2 };
  // Every third epoch and the last: 2, 5, 8, 10 of eleven.
  const ends = log.last === null || high === log.last - log.base;
  return baseOfGaps(numbers) ?? (numbers.length > 2 && ends ? baseOfGaps(numbers.slice(0, -1)) : null) ?? { base: 1, sure: 0 };
}

/** 5, 10, 15 or 1, 6, 11 count from 1; 4, 9, 14 from 0. Null without regular gaps. */
function baseOfGaps(numbers: readonly number[]): Base | null {
  const gap = gapOf(numbers);
  if (gap < 2) return null;
  const rest = numbers[0]! % gap;
  if (rest === 0 || (rest === 1 && gap > 2)) return { base: 1, sure: 1 };
  return rest === gap - 1 && gap > 2 ? { base: 0, sure: 1 } : null;
}

/** 1, 3, 5, …: every second epoch from the first on, counted from 1, or every second one (2nd, 4th, …), counted from 0. */
function oddNumbers(numbers: readonly number[]): boolean {
  return numbers.length >= 2 && numbers.every((n, i) => n === 2 * i + 1);
}

/** Of the two ways to count odd numbers the one whose next number the log rules out: nothing is missing then. */
function baseOfOdd(high: number, log: Log): Base {
  if (log.last === null) return { base: 1, sure: 0 };
  const rows = log.last - log.base + 1;
  if (high + 2 === rows) return { base: 0, sure: 1 };
  // Either way nothing is missing: a loop that counts from 0 likely names its files so.
  return { base: high + 1 === rows ? log.base : 1, sure: 0 };
}

/** Done steps = steps an epoch × (number − base + 1): two checkpoints, or one and the steps an epoch, give the base. */
function baseFromSteps(files: readonly Numbered[], stepsPerEpoch: number | null): 0 | 1 | null {
  const known = files.filter((f) => f.number !== null && f.counts !== "step" && f.contentStep !== null && f.contentStep > 0);
  const a = known[0];
  if (a === undefined) return null;
  let each = stepsPerEpoch;
  const b = known.findLast((f) => f.number !== a.number);
  if (each === null && b !== undefined) each = (b.contentStep! - a.contentStep!) / (b.number! - a.number!);
  if (each === null || !(each > 0)) return null;
  const base = a.number! + 1 - a.contentStep! / each;
  return base === 0 ? 0 : base === 1 ? 1 : null;
}

function epochOf(file: Numbered, isStep: boolean, base: 0 | 1, log: Log, stepsPerEpoch: number | null): number | null {
  if (file.number === null) return null;
  if (isStep) return stepsPerEpoch === null ? null : epochAtStep(file.number, stepsPerEpoch, log);
  const epoch = file.number - base + log.base;
  // One epoch ahead of the log is a run being written; further is no epoch of this log.
  return epoch < log.base || (log.last !== null && epoch > log.last + 1) ? null : epoch;
}

/** The epoch in which the step lay. */
function epochAtStep(step: number, stepsPerEpoch: number, log: Log): number | null {
  if (step <= 0) return null;
  const epoch = Math.ceil(step / stepsPerEpoch) - 1 + log.base;
  return log.last !== null && epoch > log.last + 1 ? null : epoch;
}

/**
 * Steps where nothing tells how many an epoch has. Their order is known: the last one is placed at the log's last epoch and the
 * others in proportion; without a log steps stand for epochs. Of checkpoints and predictions together.
 */
function placeSteps(out: readonly (number | null)[][], files: readonly (readonly Numbered[])[], sets: readonly SplitSet[], log: Log, assumptions: string[]): void {
  const open = files.flatMap((list, s) => list.flatMap((file, i) => (sets[s]!.isStep[i] === true && out[s]![i] === null && file.number! > 0 ? [{ s, i, step: file.number! }] : [])));
  const rows = log.last === null ? null : log.last - log.base + 1;
  // Checkpoints alone have an order of their own; predictions need a place.
  if (open.length === 0 || (rows === null && !open.some(({ s }) => s < files.length - 1))) return;
  const most = open.reduce((m, { step }) => Math.max(m, step), 0);
  if (rows !== null && most < rows) return; // fewer steps than epochs: none
  for (const { s, i, step } of open) out[s]![i] = rows === null ? step : Math.ceil((step / most) * rows - 1e-9) - 1 + log.base;
  assumptions.push(
    rows === null
      ? "Numbers in names count steps, and no log tells how many an epoch has: steps stand for epochs."
      : `Numbers in names up to ${most} count steps, and nothing tells how many an epoch has: the last one is placed at epoch ${log.last!}, the others in proportion.`,
  );
}

/** Checkpoints without a number ("last.keras"): by the steps or the epoch inside, as numbered ones relate to theirs. */
function fillFromContent(epochs: (number | null)[], files: readonly Numbered[], stepsPerEpoch: number | null, log: Log): void {
  const pairs = files.map((f, i) => ({ f, epoch: epochs[i]! })).filter((p) => p.f.number !== null);
  const offset = pairs.find((p) => typeof p.epoch === "number" && p.f.contentEpoch !== null);
  const shift = offset === undefined ? 0 : offset.epoch - offset.f.contentEpoch!;
  const bySteps = pairs.filter((p) => typeof p.epoch === "number" && p.f.contentStep !== null && p.f.contentStep > 0);
  const [a, b] = [bySteps[0], bySteps.at(-1)];
  const each = stepsPerEpoch ?? (a !== undefined && b !== undefined && b.epoch !== a.epoch ? (b.f.contentStep! - a.f.contentStep!) / (b.epoch - a.epoch) : null);
  for (const [i, file] of files.entries()) {
    if (epochs[i] !== null || file.number !== null) continue;
    if (file.contentStep !== null && each !== null && each > 0) epochs[i] = epochAtStep(file.contentStep, each, log);
    else if (file.contentEpoch !== null) {
      const epoch = file.contentEpoch + shift;
      epochs[i] = epoch < 0 || (log.last !== null && epoch > log.last + 1) ? null : epoch;
    }
  }
}

/** Predictions without a number belong to the last epoch when nothing else stands there. */
function fillLast(epochs: (number | null)[], files: readonly Numbered[], log: Log, assumptions: string[]): void {
  const open = files.flatMap((f, i) => (f.number === null ? [i] : []));
  if (open.length === 0) return;
  const numbered = epochs.filter((e) => e !== null);
  const last = log.last ?? (numbered.length === 0 ? 0 : null);
  if (last === null || numbered.includes(last)) return;
  const named = open.filter((i) => /(?:^|[^a-z])(?:last|final|latest|end)(?:[^a-z]|$)/i.test(files[i]!.path));
  const chosen = named.length === 1 ? named[0] : open.length === 1 && numbered.length === 0 ? open[0] : undefined;
  if (chosen === undefined) return;
  epochs[chosen] = last;
  if (named.length === 0 && log.last !== null) assumptions.push(`${files[chosen]!.path} names no epoch; it is taken for the last one, ${last}.`);
}

/** Predictions that have no place in the order of epochs are not measured; that is said. One alone was made at the end. */
function tellLeftOut(epochs: (number | null)[], files: readonly Numbered[], log: Log, assumptions: string[]): void {
  const open = files.filter((_, i) => epochs[i] === null);
  const first = open[0];
  if (first === undefined) return;
  if (files.length === 1) {
    epochs[0] = log.last ?? 0;
    assumptions.push(`${first.path} names no epoch of the log; it is taken for the last one, ${epochs[0]}.`);
    return;
  }
  assumptions.push(`${first.path}${open.length > 1 ? ` and ${open.length - 1} more predictions` : ""} name${open.length > 1 ? "" : "s"} no epoch of the log and ${open.length > 1 ? "are" : "is"} left out.`);
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}

function listed(numbers: readonly number[]): string {
  return numbers.length <= 6 ? numbers.join(", ") : `${numbers.slice(0, 3).join(", ")}, …, ${numbers.at(-1)}`;
}

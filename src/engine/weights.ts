/** Checkpoints of one run, measured tensor by tensor; what was measured before is taken from the cache. */
import { FormatError } from "../read/bytes/source";
import type { CheckpointFormat, ConfigValue, LoggedSeries } from "../read/format";
import type { FileEntry } from "../read/layout/plan";
import { SeriesCollector } from "../read/logs/collector";
import type { CheckpointMeasure, Problem, Series, TensorStats } from "../run";
import { stampOf, type RunCache } from "./cache";
import { isOfContent, lineOf } from "./errors";
import type { OpenCheckpoint, Shelf } from "./shelf";
import { measuredTensor, sharing } from "./tensorJob";
import { measureTensors, type OpenAs, type TensorThreads } from "./tensorThreads";

export interface CheckpointHead {
  readonly file: FileEntry;
  readonly format: CheckpointFormat;
  readonly epoch: number | null;
  readonly step: number | null;
  readonly loss: string | null;
  /** Series that it carries along. */
  readonly logged: readonly LoggedSeries[];
  /** Settings of the run that it carries along, in the order of the file. */
  readonly facts: readonly (readonly [string, ConfigValue])[];
}

type Opened = Omit<CheckpointHead, "file" | "format"> | { readonly problem: string; readonly torn: boolean };

/**
 * Opens each checkpoint for what its content says of epoch, step and loss; those that cannot be opened become problems.
 * `torn`: one of them may still be being written.
 */
export async function checkpointHeads(shelf: Shelf, cache: RunCache, found: readonly { file: FileEntry; format: CheckpointFormat }[], problems: Problem[]): Promise<{ heads: CheckpointHead[]; torn: boolean }> {
  const heads: CheckpointHead[] = [];
  let torn = false;
  for (const { file, format } of found) {
    const key = `head\n${stampOf(file)}`;
    let head = cache.peek(key) as Opened | undefined;
    if (head === undefined) {
      try {
        const opened = await shelf.openCheckpoint(file.path, format);
        const { epoch, step, loss, logged, facts } = opened.file;
        head = { epoch: lastEpochOf(logged) ?? epoch, step, loss, logged: logged ?? [], facts: [...(facts ?? [])] };
        opened.close();
        cache.put(key, head);
      } catch (error) {
        head = { problem: lineOf(error), torn: error instanceof FormatError && error.torn };
        if (isOfContent(error)) cache.put(key, head);
      }
    }
    if ("problem" in head) {
      problems.push({ path: file.path, message: head.problem });
      torn ||= head.torn;
    } else heads.push({ file, format, ...head });
  }
  return { heads, torn };
}

/** The last epoch in the history that a checkpoint carries: what it calls its current one may be the next. */
function lastEpochOf(logged: readonly LoggedSeries[] | undefined): number | null {
  return (logged ?? []).reduce<number | null>((last, { unit, steps }) => (unit !== "epoch" || steps.length === 0 ? last : Math.max(last ?? -Infinity, steps.at(-1)!)), null);
}

/** Series that only checkpoints carry, from the one that has most of them; a log's own stand for themselves. */
export function carriedSeries(heads: readonly CheckpointHead[], logged: readonly Series[]): Series[] {
  const points = (head: CheckpointHead): number => head.logged.reduce((sum, { steps }) => sum + steps.length, 0);
  const fullest = heads.reduce<CheckpointHead | null>((best, head) => (points(head) > (best === null ? 0 : points(best)) ? head : best), null);
  if (fullest === null) return [];
  const plain = (tag: string): string => tag.toLowerCase().replace(/[^a-z0-9]+/g, "_");
  const known = new Set(logged.map(({ tag }) => plain(tag)));
  const out: Series[] = [];
  for (const unit of ["epoch", "step"] as const) {
    const collector = new SeriesCollector();
    const sink = collector.sink(fullest.file.path, fullest.format.name);
    for (const one of fullest.logged) {
      if (one.unit !== unit || known.has(plain(one.tag))) continue;
      for (const [i, step] of one.steps.entries()) sink.point(one.tag, step, one.values[i] ?? NaN, 0, NaN);
    }
    collector.settle(fullest.file.path, unit);
    out.push(...collector.series().filter((series) => !logged.some((other) => agree(series, other))));
  }
  return out;
}

/** Values are logged rounded: this far apart they may be the same, as a share and as such. */
const ROUNDED = { share: 0.01, most: 1e-4 };

/** Whether a log holds the same series under another name: the same steps, and values that rounding explains. */
function agree(a: Series, b: Series): boolean {
  if (a.unit !== b.unit || a.steps.length !== b.steps.length) return false;
  return a.steps.every((step, i) => {
    const [p, q] = [a.values[i]!, b.values[i]!];
    return step === b.steps[i] && (Object.is(p, q) || Math.abs(p - q) <= Math.max(ROUNDED.most, ROUNDED.share * Math.abs(p)));
  });
}

/** All of them in order of epoch, each against the one before. `epochs`: of each head; `step` is called after each. */
export async function measureCheckpoints(shelf: Shelf, cache: RunCache, heads: readonly CheckpointHead[], epochs: readonly (number | null)[], problems: Problem[], threads: TensorThreads | null, step: () => void): Promise<CheckpointMeasure[]> {
  const order = heads
    .map((head, i) => ({ head, epoch: epochs[i] ?? null }))
    .sort((a, b) => ascending(a.epoch, b.epoch) || ascending(a.head.step, b.head.step) || (a.head.file.path < b.head.file.path ? -1 : 1));
  const out: CheckpointMeasure[] = [];
  let before: CheckpointHead | null = null;
  for (const { head, epoch } of order) {
    const measured = await measureCheckpoint(shelf, cache, head, before, epoch, problems, threads);
    if (measured !== null) {
      out.push(measured);
      before = head;
    }
    step();
  }
  return out;
}

/** Unknown last. */
function ascending(a: number | null, b: number | null): number {
  return a === b ? 0 : a === null ? 1 : b === null ? -1 : a - b;
}

interface Measured {
  readonly tensors: readonly TensorStats[];
  readonly problems: readonly string[];
  /** False when the system was in the way: the next time may give more. */
  readonly lasting: boolean;
}

/** Measures `head` against the checkpoint before it (null for the first). */
export async function measureCheckpoint(shelf: Shelf, cache: RunCache, head: CheckpointHead, before: CheckpointHead | null, epoch: number | null, problems: Problem[], threads: TensorThreads | null = null): Promise<CheckpointMeasure | null> {
  const key = `tensors\n${stampOf(head.file)}\n${before === null ? "" : stampOf(before.file)}`;
  let measured = cache.peek(key) as Measured | undefined;
  if (measured === undefined) {
    try {
      measured = await measure(shelf, head, before, threads);
      if (measured.lasting) cache.put(key, measured);
    } catch (error) {
      problems.push({ path: head.file.path, message: lineOf(error) });
      return null;
    }
  }
  for (const message of measured.problems) problems.push({ path: head.file.path, message });
  return { path: head.file.path, format: head.format.name, epoch, step: head.step, tensors: measured.tensors, loss: head.loss };
}

async function measure(shelf: Shelf, head: CheckpointHead, before: CheckpointHead | null, threads: TensorThreads | null): Promise<Measured> {
  const current = await shelf.openCheckpoint(head.file.path, head.format);
  let previous: OpenCheckpoint | null = null;
  let lasting = true;
  try {
    if (before !== null) {
      try {
        previous = await shelf.openCheckpoint(before.file.path, before.format);
      } catch (error) {
        lasting = isOfContent(error); // its own line says what is wrong with it; change is then unknown
      }
    }
    const entries = current.file.tensors;
    const opened = (one: CheckpointHead): OpenAs => ({ path: shelf.locate(one.file.path), name: one.file.path, format: one.format.name });
    const results = await measureTensors(threads, entries, previous?.file.tensors ?? [], opened(head), before === null || previous === null ? null : opened(before));
    const tensors: TensorStats[] = [];
    const byName = new Map<string, TensorStats>();
    const problems = [...current.file.problems];
    for (const [index, tensor] of entries.entries()) {
      const same = tensor.sameAs === undefined ? undefined : byName.get(tensor.sameAs);
      const result = same === undefined ? (results.get(index) ?? measuredTensor(tensor, null)) : { stats: sharing(same, tensor) };
      if ("stats" in result) {
        byName.set(tensor.name, result.stats);
        tensors.push(result.stats);
      } else {
        problems.push(result.problem);
        lasting &&= result.lasting;
      }
    }
    return { tensors, problems, lasting };
  } finally {
    previous?.close();
    current.close();
  }
}

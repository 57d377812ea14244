/** Checkpoints of one run, measured tensor by tensor; what was measured before is taken from the cache. */
import { measureTensor } from "../measure/tensors";
import { FormatError } from "../read/bytes/source";
import type { CheckpointFormat, TensorEntry } from "../read/format";
import type { FileEntry } from "../read/layout/plan";
import type { CheckpointMeasure, Problem, TensorStats } from "../run";
import { stampOf, type RunCache } from "./cache";
import { isOfContent, lineOf } from "./errors";
import type { OpenCheckpoint, Shelf } from "./shelf";

export interface CheckpointHead {
  readonly file: FileEntry;
  readonly format: CheckpointFormat;
  readonly epoch: number | null;
  readonly step: number | null;
  readonly loss: string | null;
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
        head = { epoch: opened.file.epoch, step: opened.file.step, loss: opened.file.loss };
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

interface Measured {
  readonly tensors: readonly TensorStats[];
  readonly problems: readonly string[];
  /** False when the system was in the way: the next time may give more. */
  readonly lasting: boolean;
}

/** Measures `head` against the checkpoint before it (null for the first). */
export async function measureCheckpoint(shelf: Shelf, cache: RunCache, head: CheckpointHead, before: CheckpointHead | null, epoch: number | null, problems: Problem[]): Promise<CheckpointMeasure | null> {
  const key = `tensors\n${stampOf(head.file)}\n${before === null ? "" : stampOf(before.file)}`;
  let measured = cache.peek(key) as Measured | undefined;
  if (measured === undefined) {
    try {
      measured = await measure(shelf, head, before);
      if (measured.lasting) cache.put(key, measured);
    } catch (error) {
      problems.push({ path: head.file.path, message: lineOf(error) });
      return null;
    }
  }
  for (const message of measured.problems) problems.push({ path: head.file.path, message });
  return { path: head.file.path, format: head.format.name, epoch, step: head.step, tensors: measured.tensors, loss: head.loss };
}

async function measure(shelf: Shelf, head: CheckpointHead, before: CheckpointHead | null): Promise<Measured> {
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
    const known = new Map<string, TensorEntry>(previous?.file.tensors.map((tensor) => [tensor.name, tensor]) ?? []);
    const tensors: TensorStats[] = [];
    const problems = [...current.file.problems];
    for (const tensor of current.file.tensors) {
      try {
        tensors.push(measured(tensor, known.get(tensor.name) ?? null));
      } catch (error) {
        problems.push(lineOf(error));
        lasting &&= isOfContent(error);
      }
    }
    return { tensors, problems, lasting };
  } finally {
    previous?.close();
    current.close();
  }
}

/** When the tensor before cannot be read, the change is unknown, and the rest is not. */
function measured(tensor: TensorEntry, before: TensorEntry | null): TensorStats {
  if (before === null) return measureTensor(tensor, null);
  try {
    return measureTensor(tensor, before);
  } catch {
    return measureTensor(tensor, null); // throws what is wrong with this one
  }
}

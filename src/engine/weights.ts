/** Checkpoints of one run, measured tensor by tensor; what was measured before is taken from the cache. */
import { measureTensor } from "../measure/tensors";
import type { CheckpointFile, CheckpointFormat, TensorEntry } from "../read/format";
import type { FileEntry } from "../read/layout/plan";
import type { CheckpointMeasure, Problem, TensorStats } from "../run";
import { stampOf, type RunCache } from "./cache";
import { lineOf } from "./pairs";
import type { Shelf } from "./shelf";

export interface CheckpointHead {
  readonly file: FileEntry;
  readonly format: CheckpointFormat;
  readonly epoch: number | null;
  readonly step: number | null;
  readonly loss: string | null;
}

/** Opens each checkpoint for what its content says of epoch, step and loss; those that cannot be opened become problems. */
export async function checkpointHeads(shelf: Shelf, cache: RunCache, found: readonly { file: FileEntry; format: CheckpointFormat }[], problems: Problem[]): Promise<CheckpointHead[]> {
  const heads: CheckpointHead[] = [];
  for (const { file, format } of found) {
    const key = `head\n${stampOf(file)}`;
    let head = cache.peek(key) as Omit<CheckpointHead, "file" | "format"> | undefined;
    if (head === undefined) {
      try {
        const opened = await shelf.openCheckpoint(file.path, format);
        head = { epoch: opened.file.epoch, step: opened.file.step, loss: opened.file.loss };
        opened.close();
        cache.put(key, head);
      } catch (error) {
        problems.push({ path: file.path, message: lineOf(error) });
        continue;
      }
    }
    heads.push({ file, format, ...head });
  }
  return heads;
}

interface Measured {
  readonly tensors: readonly TensorStats[];
  readonly problems: readonly string[];
}

/** Measures `head` against the checkpoint before it (null for the first). */
export async function measureCheckpoint(shelf: Shelf, cache: RunCache, head: CheckpointHead, before: CheckpointHead | null, epoch: number | null, problems: Problem[]): Promise<CheckpointMeasure | null> {
  const key = `tensors\n${stampOf(head.file)}\n${before === null ? "" : stampOf(before.file)}`;
  let measured = cache.peek(key) as Measured | undefined;
  if (measured === undefined) {
    try {
      measured = await measure(shelf, head, before);
      cache.put(key, measured);
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
  let previous: { file: CheckpointFile; close: () => void } | null = null;
  try {
    if (before !== null) {
      try {
        previous = await shelf.openCheckpoint(before.file.path, before.format);
      } catch {
        previous = null; // its own line says what is wrong with it; change is then unknown
      }
    }
    const known = new Map<string, TensorEntry>(previous?.file.tensors.map((tensor) => [tensor.name, tensor]) ?? []);
    const tensors: TensorStats[] = [];
    const problems = [...current.file.problems];
    for (const tensor of current.file.tensors) {
      try {
        tensors.push(measureTensor(tensor, known.get(tensor.name) ?? null));
      } catch (error) {
        problems.push(lineOf(error));
      }
    }
    return { tensors, problems };
  } finally {
    previous?.close();
    current.close();
  }
}

/** From what a file of PyTorch's unpickles to, to a checkpoint: the same for every container. */
import { isQuiet } from "../bytes/pickleNames";
import { NumpyArray } from "../bytes/pickleNumpy";
import type { PickleTools } from "../bytes/pickle";
import type { PickleNotes } from "../bytes/pickleNotes";
import type { PickleValue } from "../bytes/pickleValues";
import { FormatError } from "../bytes/source";
import type { CheckpointFile, TensorEntry } from "../format";
import { shown, TensorProblems } from "./rawTensor";
import { factsOf } from "./torchFacts";
import { ALONE, namedTensors } from "./torchNames";
import type { Entries } from "./torchTensors";
import { persistent, torchNames, TorchTensor } from "./torchValues";

/** How a message ends where there is nothing to measure. */
const NO_TENSOR = "no tensor in it";
/** Names shown in one line. */
const MOST_NAMES = 8;

/** How pickles of PyTorch's are read. */
export const torchPickle: PickleTools = { names: torchNames, expected: (name) => isQuiet(name) || name.startsWith("__torch__"), persistent };

/** What one file holds, before it is named. */
export interface Unpickled {
  readonly root: PickleValue;
  readonly notes: PickleNotes;
  readonly entries: Entries;
  readonly problems: readonly string[];
}

/** Throws FormatError where there is no tensor in it. */
export function torchFile(format: string, { root, notes, entries, problems }: Unpickled): CheckpointFile {
  const lines = new TensorProblems();
  const tensors = namedTensors(root, entries, lines);
  const unreadable = [...problems, ...lines.lines()];
  if (tensors.length === 0) throw new FormatError(format, danger(notes) ?? unreadable[0] ?? NO_TENSOR);
  const found = [...told(format, notes), ...unreadable];
  const read = (value: PickleValue): number | null => {
    if (value instanceof NumpyArray) return value.shape.length === 0 ? single(value.numbers()?.[0]) : null;
    if (!(value instanceof TorchTensor) || value.shape.length > 0) return null;
    const entry = entries.entry("", value, null);
    return typeof entry === "string" ? null : firstOf(entry);
  };
  const facts = factsOf(root, read);
  return { tensors, ...facts, problems: found, close: () => undefined };
}

/** The one number of a tensor. Null where it cannot be read: whoever measures it says so. */
function firstOf(entry: TensorEntry): number | null {
  try {
    for (const chunk of entry.chunks()) return single(chunk[0]);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
  }
  return null;
}

function single(value: number | bigint | undefined): number | null {
  return value === undefined ? null : Number(value);
}

/** What might be run where the file is trusted; null where it names nothing of the kind. */
function danger({ dangerous }: PickleNotes): string | null {
  return dangerous.size === 0 ? null : `the file names ${listed([...dangerous])}, which can run commands where it is loaded by PyTorch; nothing was run`;
}

/** Lines about names that were not on the list: what might have been run first. */
function told(format: string, notes: PickleNotes): string[] {
  const dangerous = danger(notes);
  const out = dangerous === null ? [] : [`${format}: ${dangerous}`];
  const { unknown } = notes;
  if (unknown.size > 0) {
    const count = [...unknown.values()].reduce((n, m) => n + m, 0);
    out.push(`${format}: ${count} ${count === 1 ? "object" : "objects"} of names not on the list ${count === 1 ? "was" : "were"} kept as data: ${listed([...unknown.keys()])}; nothing was run`);
  }
  return out;
}

function listed(names: readonly string[]): string {
  const some = names.slice(0, MOST_NAMES).map((name) => (shown(name).length > 80 ? `${shown(name).slice(0, 80)}…` : shown(name)));
  return some.join(", ") + (names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : "");
}

/** Whether a checkpoint has weights; one without any tensor is worth its line where it names what runs commands. */
export function holdsModel(open: () => CheckpointFile): boolean {
  try {
    const file = open();
    // A tensor on its own is somebody's data, and rows of bytes or words are the state of a random generator.
    const model = file.tensors.some(({ kind, dtype, shape, name }) => kind !== "optimizer" && name !== ALONE && !(shape.length === 1 && /^uint(8|32)$/.test(dtype)));
    file.close();
    return model;
  } catch (error) {
    if (error instanceof FormatError && !error.torn && error.message.endsWith(NO_TENSOR)) return false;
    throw error;
  }
}

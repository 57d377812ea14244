/** What the readers make of an input, as one line for each thing that they gave: two readings of the same bytes give the same lines. */
import { measureTensor } from "../../src/measure/tensors";
import { LibraryNeeded } from "../../src/read/bytes/hdf5";
import type { ByteSource, NumericArray, ReadTools } from "../../src/read/bytes/source";
import { FormatError } from "../../src/read/bytes/source";
import type { CheckpointFormat, ConfigFormat, LogFormat, VolumeEntry, VolumeFormat } from "../../src/read/format";
import { SeriesCollector } from "../../src/read/logs/collector";

/** By what it is about ("tensor w", "entry null", "end"): what is told of it. */
export type Reading = Map<string, string>;

/** Where a line that a user would see is looked at; `part`: it is about a part of the file, and stands behind the format's name. */
export type Seen = (line: string, part?: boolean) => void;

/** Elements of one array that are read; a claim of more is tried at its end. */
const MOST_ELEMENTS = 1 << 20;
/** What `TensorEntry.chunks` may give at once: 1 MiB, twice that when float16 is widened. */
const LARGEST_CHUNK = 2 << 20;
/** What a log may keep between readings. */
const LARGEST_STATE = 1 << 18;

/** A demand of the readers that one of them did not meet. */
export class Broken extends Error {}

const scratch = new Float64Array(1);
const words = new Uint32Array(scratch.buffer);

/** FNV-1a over the bits of numbers; every NaN counts as the same. */
class Hash {
  private h = 0x811c9dc5;
  private n = 0;

  add(values: Iterable<number | bigint>): this {
    for (const value of values) {
      scratch[0] = Number(value) + 0; // JSON, which keeps a log's state, knows no -0
      if (Number.isNaN(scratch[0])) scratch[0] = NaN;
      this.h = Math.imul(Math.imul(this.h ^ words[0]!, 0x01000193) ^ words[1]!, 0x01000193);
      this.n++;
    }
    return this;
  }

  toString(): string {
    return `${this.n}:${(this.h >>> 0).toString(16)}`;
  }
}

const hash = (values: Iterable<number | bigint> | null): string => (values === null ? "none" : new Hash().add(values).toString());

/** What an action gives, or the line of its FormatError. */
function orLine(seen: Seen, action: () => string): string {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof FormatError) || error instanceof LibraryNeeded) throw error;
    seen(error.message);
    return `! ${error.message}`;
  }
}

/** A log that has been each of `stages`, one after the other. After a FormatError it is read from its start again, as the engine does. */
export function readingOfLog(format: LogFormat, stages: readonly ByteSource[], tools: ReadTools, seen: Seen): Reading {
  const out: Reading = new Map();
  const collector = new SeriesCollector();
  let state: unknown = null;
  for (const source of stages) {
    out.clear();
    try {
      const got = format.read(source, state, collector.sink(source.name, format.name), tools);
      const stored = JSON.stringify(got.state);
      if (stored.length > LARGEST_STATE) throw new Broken(`its state takes ${stored.length} characters`);
      state = JSON.parse(stored);
      if (got.problem !== null) seen(got.problem);
      collector.settle(source.name, got.unit, got.units);
      out.set("end", `${got.end} ${got.problem ?? ""}`);
      out.set("understood", got.understood ?? "");
      out.set("unit", got.unit);
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      seen(error.message);
      state = null;
      out.set("end", `! ${error.message}`);
    }
  }
  // What was given before an error stays until the file is read anew: nothing is asked of it.
  if (out.get("end")!.startsWith("!")) return out;
  for (const s of collector.series()) {
    if (s.steps.length !== s.values.length) throw new Broken(`series ${s.tag}: ${s.steps.length} steps, ${s.values.length} values`);
    out.set(`series ${s.tag}`, `${s.unit} restarts ${s.restarts} steps ${hash(s.steps)} values ${hash(s.values)} lines ${hash(s.lines)} times ${hash(s.wallTimes)}`);
  }
  for (const [key, value] of collector.factsOf(stages[0]!.name)) out.set(`fact ${key}`, JSON.stringify(value));
  return out;
}

export function readingOfCheckpoint(format: CheckpointFormat, source: ByteSource, tools: ReadTools, seen: Seen): Reading {
  const out: Reading = new Map();
  const accepted = orLine(seen, () => String(format.accepts(source, tools)));
  out.set("accepts", accepted);
  const line = orLine(seen, () => {
    const file = format.open(source, tools);
    try {
      file.problems.forEach((problem) => seen(problem, true));
      out.set("problems", file.problems.join("\n"));
      out.set("head", JSON.stringify([file.epoch, file.step, file.loss, file.logged ?? [], [...(file.facts ?? [])]]));
      const listed = new Set<string>();
      for (const tensor of file.tensors) {
        const name = `tensor ${tensor.name}`;
        if (tensor.sameAs !== undefined && !listed.has(tensor.sameAs)) throw new Broken(`${name} is the same as ${tensor.sameAs}, which is not before it`);
        listed.add(tensor.name);
        const about = `${tensor.dtype} [${tensor.shape.join()}] ${tensor.layer} ${tensor.kind} ${tensor.sameAs ?? ""}`;
        const told = orLine(seen, () => {
          const stats = measureTensor({ ...tensor, chunks: () => checkedChunks(tensor.name, tensor.chunks()) }, null);
          // A complex number counts as two.
          const claimed = tensor.shape.reduce((a, b) => a * b, tensor.dtype.startsWith("complex") ? 2 : 1);
          if (stats.count !== claimed) throw new Broken(`${name} of shape [${tensor.shape.join()}] gives ${stats.count} elements`);
          return JSON.stringify(stats, (_, value: unknown) => (typeof value === "number" && !Number.isFinite(value) ? String(value) : value));
        });
        out.set(name, `${about} ${told}`);
      }
    } finally {
      file.close();
    }
    return "opened";
  });
  out.set("end", line);
  return out;
}

function* checkedChunks(name: string, chunks: Iterable<NumericArray>): Iterable<NumericArray> {
  for (const chunk of chunks) {
    if (chunk.byteLength > LARGEST_CHUNK) throw new Broken(`tensor ${name} gives ${chunk.byteLength} bytes at once`);
    yield chunk;
  }
}

/** `step`: elements asked for at once. */
export function readingOfVolume(format: VolumeFormat, source: ByteSource, tools: ReadTools, step: number, seen: Seen): Reading {
  const out: Reading = new Map();
  const line = orLine(seen, () => {
    const file = format.open(source, tools);
    try {
      file.problems.forEach((problem) => seen(problem, true));
      out.set("problems", file.problems.join("\n"));
      for (const entry of file.entries) {
        const about = JSON.stringify([entry.dtype, entry.shape, entry.order, entry.scaled, entry.colour, entry.palette, entry.classNames, entry.channelsAre, entry.seekable]);
        out.set(`entry ${entry.entry}`, `${about} ${orLine(seen, () => valuesOf(entry, step))}`);
      }
    } finally {
      file.close();
    }
    return "opened";
  });
  out.set("end", line);
  return out;
}

function valuesOf(entry: VolumeEntry, step: number): string {
  const total = entry.shape.reduce((a, b) => a * b, 1);
  if (!entry.shape.every((n) => Number.isSafeInteger(n) && n >= 0)) throw new Broken(`entry ${entry.entry} has the shape [${entry.shape.join()}]`);
  const read = (at: number, count: number): NumericArray => {
    const piece = entry.read(at, count);
    if (piece.length !== count) throw new Broken(`entry ${entry.entry}: ${piece.length} elements for ${count} from ${at} of ${total}`);
    return piece;
  };
  const all = new Hash();
  const most = Math.min(total, MOST_ELEMENTS);
  for (let at = 0; at < most; at += step) all.add(read(at, Math.min(step, most - at)));
  if (total > most && entry.seekable) all.add(read(total - 1, 1));
  // Back again, which starts a compressed stream anew.
  all.add(read(0, Math.min(64, most)));
  return all.toString();
}

export function readingOfConfig(format: ConfigFormat, source: ByteSource, tools: ReadTools, seen: Seen): Reading {
  const out: Reading = new Map();
  const line = orLine(seen, () => {
    const read = format.read(source, tools);
    read.problems.forEach((problem) => seen(problem, true));
    out.set("problems", read.problems.join("\n"));
    out.set("facts", JSON.stringify([...read.facts]));
    out.set("classes", JSON.stringify([read.classNames, read.colours, read.ignoreLabel]));
    if ((read.classNames?.length ?? 0) > 1 << 20 || (read.colours?.length ?? 0) > 1 << 20) throw new Broken(`${read.classNames?.length ?? 0} class names, ${read.colours?.length ?? 0} colours`);
    return "read";
  });
  out.set("end", line);
  return out;
}

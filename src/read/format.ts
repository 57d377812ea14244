/** What a format gives: logs, checkpoints and volumes each have one shape of reader. */
import type { LabelRegion } from "../run";
import type { ByteSource, NumericArray, ReadTools } from "./bytes/source";

/** How a file ended. Torn: being written, come again with the state; corrupt: what was good has been given. */
export type End = "complete" | "torn" | "corrupt";

/** Takes what a log reader finds, in file order. */
export interface LogSink {
  /** `line` counts from 1, 0 where the format has none; `wallTime` in seconds, NaN where unknown. */
  point(tag: string, step: number, value: number, line: number, wallTime: number): void;
  /** `point` for one tag, for logs of millions of rows that give the same tags again and again; good until `reset`. */
  column?(tag: string): (step: number, value: number, line: number, wallTime: number) => void;
  /** The training went back: points of `tag` (all tags when null) at or after `step` give way to what follows. */
  restart(tag: string | null, step: number): void;
  /** Everything this file gave before is void (it was rewritten). */
  reset(): void;
  /** A setting of the run that the log itself tells (hparams, config records); a later value of a key replaces the earlier. */
  fact(key: string, value: ConfigValue): void;
}

export interface LogRead<S> {
  /** Plain data: can be stored and posted. A few numbers, whatever the file's length. */
  readonly state: S;
  readonly end: End;
  /** One line, format first, when corrupt or when rows had to be left out. */
  readonly problem: string | null;
  /** What the steps count. */
  readonly unit: "epoch" | "step";
  /** Tags whose steps count something else than `unit` says (a loss of each iteration beside one of each epoch). */
  readonly units?: Readonly<Record<string, "epoch" | "step">>;
  /** One line from a reader that had to learn the file's form: what it takes for what. Absent where the form is fixed. */
  readonly understood?: string | null;
}

export interface LogFormat<S = unknown> {
  readonly name: string;
  /** Cheap: by file name and the first 4 KiB (all of a smaller file). */
  probe(name: string, head: Uint8Array): boolean;
  /** Reads from `state` (null: from the start) to the end, so that reading in any pieces equals reading whole. */
  read(source: ByteSource, state: S | null, sink: LogSink, tools: ReadTools): LogRead<S>;
  /** A second, still cheap look into a file that passed `probe`, where name and head cannot tell (a database may hold anything). */
  accepts?(source: ByteSource, tools: ReadTools): boolean;
  /** The log that the file `path` holds a part of (a database's write-ahead log); null for other files. */
  partOf?(path: string): string | null;
}

/** A tensor in a checkpoint; its bytes are read only when asked for. */
export interface TensorEntry {
  readonly name: string;
  /** As the author named the layer, where the file tells; else null. */
  readonly layer: string | null;
  readonly dtype: string;
  readonly shape: readonly number[];
  /**
   * What the file tells: "optimizer" for slots, "running" for non-trainable state, "averaged" for a second copy of the weights
   * (EMA, SWA), null when only the name can tell.
   */
  readonly kind: "optimizer" | "running" | "averaged" | null;
  /** Name of an earlier tensor of the file with the same storage, shape and strides: listed, and counted only there. */
  readonly sameAs?: string;
  /** Pieces in C order, at most 1 MiB each, valid until the next is asked for; float16, bfloat16 and float8 widened to float32. */
  chunks(): Iterable<NumericArray>;
}

/** A logged series that a checkpoint carries along. */
export interface LoggedSeries {
  readonly tag: string;
  readonly unit: "epoch" | "step";
  readonly steps: readonly number[];
  readonly values: readonly number[];
}

export interface CheckpointFile {
  readonly tensors: readonly TensorEntry[];
  /** Epoch or step that the content names, if any (not from the file name). */
  readonly epoch: number | null;
  readonly step: number | null;
  /** Name of the loss in the compile config, if any. */
  readonly loss: string | null;
  /** Series that it carries along (nnU-Net's history), if any. */
  readonly logged?: readonly LoggedSeries[];
  /** Settings of the run that it carries along (hyper parameters, trainer arguments), flat, by dotted key. */
  readonly facts?: ReadonlyMap<string, ConfigValue>;
  /** Lines about parts that could not be read; the rest is given. */
  readonly problems: readonly string[];
  close(): void;
}

export interface CheckpointFormat {
  readonly name: string;
  probe(name: string, head: Uint8Array): boolean;
  /** A second, still cheap look into a file that passed `probe`, where name and head cannot tell (an .h5 may hold weights or labels). */
  accepts(source: ByteSource, tools: ReadTools): boolean;
  /** Throws FormatError when nothing can be had of it. */
  open(source: ByteSource, tools: ReadTools): CheckpointFile;
  /** The checkpoint whose data the file `path` holds a part of; null for other files. Parts are read with theirs, not alone. */
  partOf?(path: string): string | null;
}

/** One array in a volume file. */
export interface VolumeEntry {
  /** npz key or HDF5 dataset; null when the file is one array. */
  readonly entry: string | null;
  readonly dtype: string;
  /** Logical shape; `order` says which axis runs fastest in what `read` gives: "C" the last, "F" the first (NIfTI). */
  readonly shape: readonly number[];
  readonly order: "C" | "F";
  /** value = raw × slope + inter (NIfTI); 1 and 0 elsewhere. Already applied in what `read` gives. */
  readonly scaled: boolean;
  /** The last axis holds colour samples (an image of RGB or RGBA), not classes. */
  readonly colour?: "rgb" | "rgba";
  /** Colours of the indices that `read` gives (a palette image), as 0xRRGGBB. */
  readonly palette?: readonly number[];
  /** Names of the classes (by value, or along the class axis), where the file tells them; holes are null. */
  readonly classNames?: readonly (string | null)[];
  /** The file says that it holds one map of 0 and 1 for each of several regions, which may overlap, along its first axis. */
  readonly channelsAre?: "regions";
  /** Whether `read` may jump; otherwise starts must not decrease (compressed streams), and a jump back restarts the stream. */
  readonly seekable: boolean;
  /** Elements [start, start + count) in storage order, in memory that no later read writes to (`lend`: but the next of this array); throws FormatError where the data ends before. */
  read(start: number, count: number, lend?: boolean): NumericArray;
}

export interface VolumeFile {
  readonly entries: readonly VolumeEntry[];
  readonly problems: readonly string[];
  close(): void;
}

export interface VolumeFormat {
  readonly name: string;
  probe(name: string, head: Uint8Array): boolean;
  /** Throws FormatError when nothing can be had of it. */
  open(source: ByteSource, tools: ReadTools): VolumeFile;
  /** The volume whose data the file `path` holds a part of (a chunk of a zarr array, the .raw of an .mhd); null for other files. */
  partOf?(path: string): string | null;
}

/** A setting as its file has it. */
export type ConfigValue = string | number | boolean | null | readonly ConfigValue[];

/** What a file of settings tells of a run. */
export interface ConfigRead {
  /** Flat, by dotted key, as the author wrote them. */
  readonly facts: ReadonlyMap<string, ConfigValue>;
  /** Class index → name, where the file names classes; holes are null. */
  readonly classNames: readonly (string | null)[] | null;
  /** Class index → colour as 0xRRGGBB, where the file has a colour table. */
  readonly colours: readonly (number | null)[] | null;
  /** Label value that is left out of every score, where the file names one. */
  readonly ignoreLabel: number | null;
  /** Regions that may overlap and that the run learns in place of classes, in the order of the channels; null where the file tells none. */
  readonly regions: readonly LabelRegion[] | null;
  readonly problems: readonly string[];
}

export interface ConfigFormat {
  readonly name: string;
  probe(name: string, head: Uint8Array): boolean;
  /** Throws FormatError when nothing can be had of it. */
  read(source: ByteSource, tools: ReadTools): ConfigRead;
}

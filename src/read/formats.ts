/** The formats that are read, in the order in which they are tried, and the choice by name and header. */
import { kerasLegacyH5 } from "./checkpoints/kerasLegacyH5";
import { kerasV3 } from "./checkpoints/kerasV3";
import { kerasWeightsH5 } from "./checkpoints/kerasWeightsH5";
import { tfCheckpoint } from "./checkpoints/tfCheckpoint";
import type { CheckpointFormat, ConfigFormat, LogFormat, VolumeFormat } from "./format";
import { historyJson } from "./logs/historyJson";
import { kerasCsv } from "./logs/kerasCsv";
import { tfevents } from "./logs/tfevents";
import { hdf5Volume } from "./volumes/hdf5Volume";
import { nifti } from "./volumes/nifti";
import { npy } from "./volumes/npy";
import { npz } from "./volumes/npz";

export const LOG_FORMATS: readonly LogFormat[] = [tfevents, historyJson, kerasCsv];
export const CHECKPOINT_FORMATS: readonly CheckpointFormat[] = [kerasV3, kerasWeightsH5, kerasLegacyH5, tfCheckpoint];
export const VOLUME_FORMATS: readonly VolumeFormat[] = [nifti, npy, npz, hdf5Volume];
/** Settings of a run: hyper parameters, class names, colour tables. */
export const CONFIG_FORMATS: readonly ConfigFormat[] = [];

/** Raise when a reader or a measure gives other results than before: what was cached is then measured again. */
export const FORMATS_VERSION = 1;

/** What a file may be: formats of each kind whose `probe` says "mine", in order. */
export interface Candidates {
  readonly log: LogFormat | null;
  /** Each is to be asked `accepts` before it is believed. */
  readonly checkpoints: readonly CheckpointFormat[];
  readonly volumes: readonly VolumeFormat[];
}

/** `name`: path with forward slashes; `head`: the first 4 KiB, all of a smaller file. */
export function candidates(name: string, head: Uint8Array): Candidates {
  return {
    log: LOG_FORMATS.find((format) => format.probe(name, head)) ?? null,
    checkpoints: CHECKPOINT_FORMATS.filter((format) => format.probe(name, head)),
    volumes: VOLUME_FORMATS.filter((format) => format.probe(name, head)),
  };
}

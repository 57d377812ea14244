/** The formats that are read, in the order in which they are tried, and the choice by name and header. */
import { flax } from "./checkpoints/flax";
import { kerasLegacyH5 } from "./checkpoints/kerasLegacyH5";
import { kerasSharded } from "./checkpoints/kerasSharded";
import { kerasV3 } from "./checkpoints/kerasV3";
import { kerasWeightsH5 } from "./checkpoints/kerasWeightsH5";
import { npzWeights } from "./checkpoints/npzWeights";
import { onnx } from "./checkpoints/onnx";
import { orbax } from "./checkpoints/orbax";
import { safetensors } from "./checkpoints/safetensors";
import { safetensorsIndex } from "./checkpoints/safetensorsIndex";
import { tfCheckpoint } from "./checkpoints/tfCheckpoint";
import { tfjs } from "./checkpoints/tfjs";
import { torchDistributed } from "./checkpoints/torchDistributed";
import { torchLegacy } from "./checkpoints/torchLegacy";
import { torchZip } from "./checkpoints/torchZip";
import { CLASS_TABLES } from "./config/classTables";
import { iniConfig, jsonConfig, yamlConfig } from "./config/generic";
import { mlflowParam } from "./config/mlflowParam";
import { datasetJson, nnunetDebug, nnunetPlans } from "./config/nnunet";
import type { CheckpointFormat, ConfigFormat, LogFormat, VolumeFormat } from "./format";
import { CSV_FORMATS } from "./logs/csv";
import { historyJson } from "./logs/historyJson";
import { jsonLines } from "./logs/jsonLines";
import { mlflowMetric } from "./logs/mlflowMetric";
import { mlflowSqlite } from "./logs/mlflowSqlite";
import { tensorBoardJson } from "./logs/tensorBoardJson";
import { TEXT_LOG_FORMATS } from "./logs/text/textLogs";
import { tfevents } from "./logs/tfevents";
import { trackio } from "./logs/trackio";
import { trainerState } from "./logs/trainerState";
import { wandb } from "./logs/wandb";
import { bmp } from "./volumes/bmp";
import { hdf5Volume } from "./volumes/hdf5Volume";
import { metaImage } from "./volumes/metaImage";
import { nifti } from "./volumes/nifti";
import { npy } from "./volumes/npy";
import { npz } from "./volumes/npz";
import { nrrd } from "./volumes/nrrd";
import { png } from "./volumes/png";
import { tiff } from "./volumes/tiff";
import { zarr2, zarr3 } from "./volumes/zarr";

export const LOG_FORMATS: readonly LogFormat[] = [tfevents, wandb, mlflowMetric, mlflowSqlite, trackio, trainerState, tensorBoardJson, historyJson, jsonLines, ...CSV_FORMATS, ...TEXT_LOG_FORMATS];
export const CHECKPOINT_FORMATS: readonly CheckpointFormat[] = [kerasV3, kerasSharded, kerasWeightsH5, kerasLegacyH5, tfCheckpoint, safetensorsIndex, safetensors, onnx, tfjs, flax, npzWeights, orbax, torchZip, torchLegacy, torchDistributed];
export const VOLUME_FORMATS: readonly VolumeFormat[] = [nifti, nrrd, metaImage, zarr2, zarr3, npy, npz, png, bmp, tiff, hdf5Volume];
/** Settings of a run: hyper parameters, class names, colour tables. */
export const CONFIG_FORMATS: readonly ConfigFormat[] = [mlflowParam, datasetJson, nnunetPlans, nnunetDebug, ...CLASS_TABLES, yamlConfig, jsonConfig, iniConfig];

/** Raise when a reader or a measure gives other results than before: what was cached is then measured again. */
export const FORMATS_VERSION = 5;

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

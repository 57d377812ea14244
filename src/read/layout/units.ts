/** Folders that a framework writes one training to, known by names that it gives itself. */
import type { FolderEntry } from "./plan";

/**
 * "run": all below it is one training; "part": a piece of the training around it, logs included; "store": one array in many
 * files (zarr); null: names do not tell.
 */
export type Unit = "run" | "part" | "store" | null;

/** Files that stand for a zarr array or group: version 2 and version 3. */
const ZARR = new Set([".zarray", ".zgroup", "zarr.json"]);
/** mmengine and mmcv name what one start of a training writes by its time. */
const STARTED = /^\d{8}_\d{6}$/;

/** `parent`: the name of the folder around it. */
export function unitOf(folder: FolderEntry, parent: string): Unit {
  const { name, files } = folder;
  if (files.some((file) => ZARR.has(file))) return "store";
  const below = (child: string): boolean => folder.folders.some((f) => f.name === child);
  const file = (wanted: string): boolean => files.includes(wanted);
  // transformers: trainer.py, PREFIX_CHECKPOINT_DIR; each holds the log so far.
  if (/^checkpoint-\d+$/.test(name)) return "part";
  // nnU-Net: Trainer__Plans__configuration/fold_0, fold_all (v1: Trainer__Plans/fold_0).
  if (/^fold_(?:\d+|all)$/.test(name) && parent.includes("__")) return "run";
  // MLflow's file store: EXPERIMENT/RUN with meta.yaml, metrics, params, tags and artifacts.
  if (file("meta.yaml") && (below("metrics") || below("params") || (below("artifacts") && below("tags")))) return "run";
  // Weights & Biases: wandb/run-20240131_120000-1a2b3c4d, offline-run-…
  if (/^(?:offline-)?run-\d{8}_\d{6}-\w+$/.test(name) || files.some((f) => f.endsWith(".wandb"))) return "run";
  // Ultralytics: runs/segment/train, train2, …
  if (file("args.yaml") && (file("results.csv") || below("weights"))) return "run";
  // Lightning's loggers: lightning_logs/version_0.
  if (/^version_\d+$/.test(name) && (file("metrics.csv") || file("hparams.yaml") || below("checkpoints") || files.some((f) => f.includes("tfevents")))) return "run";
  // Hydra: outputs/DATE/TIME, multirun/DATE/TIME/0.
  if (below(".hydra")) return "run";
  // mmengine: work_dirs/NAME/20230501_120000/vis_data; mmcv: work_dirs/NAME/20230501_120000.log.json.
  if (folder.folders.some((f) => STARTED.test(f.name) && (f.folders.some((g) => g.name === "vis_data") || f.files.some((g) => g.startsWith(f.name))))) return "run";
  return files.some((f) => /^\d{8}_\d{6}\.log(?:\.json)?$/.test(f)) ? "run" : null;
}

/** Names by which people and hydra date their trainings: such a folder keeps its name. */
export const isDated = (name: string): boolean => /^(?:19|20)\d\d[-_.]?\d\d[-_.]?\d\d(?!\d)/.test(name) || /^\d\d[-_.]\d\d[-_.]\d\d$/.test(name);

/** Names of folders and files, as far as they tell what a training wrote there. */
import { hintOf, splitOf, wordsOf } from "./words";

const IGNORED = new Set(
  ("node_modules bower_components site-packages dist-packages __pycache__ __macosx venv env virtualenv conda miniconda miniconda3 anaconda3 envs dist build " +
    "htmlcov jspm_packages lost+found").split(" "),
);

/** Folders that no training writes to: dependencies, environments, caches, hidden ones. */
export function isIgnoredFolder(name: string): boolean {
  if (name === ".hydra") return false; // a run's settings
  const lower = name.toLowerCase();
  return name.startsWith(".") || IGNORED.has(lower) || /^(?:venv|virtualenv)[-_.\d]|[-_.]venv$|\.(?:egg-info|dist-info)$|^\$recycle/.test(lower);
}

const words = (list: string): ReadonlySet<string> => new Set(list.split(" "));
/** Words of folders that hold a part of a training, whatever it is. */
const PART_WORDS = words(
  "log logs logging csv tsv tb tensorboard tboard tfevents event events summary summaries history histories metric metrics curve curves scalar scalars stat stats dvclive mlruns mlflow wandb " +
    "checkpoint checkpoints ckpt ckpts chkpt chkpts cp tf saved save saves model models weight weights snapshot snapshots keras h5 best last final latest current backup state states export exported variables " +
    "out output outputs result results eval evaluation figures plots npz npy nii nifti epoch epochs step steps artifact artifacts files data per",
);
/** Words of curves: TensorBoard writes a folder for each of several curves in one plot ("loss_train"). */
const CURVE_WORDS = words("loss losses acc accuracy dice iou lr learning rate metric metrics score f precision recall auc writer");
const LOG_WORDS = words("log logs logging csv tsv tb tensorboard tboard tfevents event events summary summaries history histories metric metrics curve curves scalar scalars stat stats lightning dvclive mlruns mlflow wandb runs run results result output outputs out");

/** "train", "validation", "loss_val": parts of one training even where each has a log of its own. */
export function isSplitName(name: string): boolean {
  if (/\d/.test(name)) return false;
  const all = wordsOf(name);
  const splits = all.filter((w) => splitOf(w) !== null);
  return (splits.length > 0 || all.every((w) => CURVE_WORDS.has(w))) && all.length > 0 && all.every((w) => splitOf(w) !== null || CURVE_WORDS.has(w) || PART_WORDS.has(w));
}

/** Tools whose bare name rather names a run than the folder that they log to ("lightning_logs", "mlruns"). */
const TOOLS = new Set(["lightning", "mlflow"]);

/** Folders that a training keeps its logs in. */
export function isLogName(name: string): boolean {
  const all = wordsOf(name);
  if (all.length === 1 && TOOLS.has(all[0]!)) return false;
  return all.length > 0 && !/\d/.test(name) && (isSplitName(name) || all.every((w) => LOG_WORDS.has(w)));
}

/** Folders that hold checkpoints, predictions and such of the training around them. */
export function isPartName(name: string): boolean {
  const all = wordsOf(name);
  if (all.length === 0) return true; // "0001"
  if (all.every((w) => PART_WORDS.has(w) || splitOf(w) !== null || hintOf(w) !== null)) return true;
  return /^(?:epoch|ep|e|step|iter|cp|ckpt|checkpoint|training)[-_=]?\d+$/i.test(name);
}

/** Names of folders that hold a data set, where arrays named like predictions are none of a training's. */
export function isDataName(name: string): boolean {
  return /^(?:data|dataset|datasets|raw|data_raw|raw_data|images?|imagestr|imagests)$/i.test(name);
}

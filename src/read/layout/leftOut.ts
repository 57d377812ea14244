/** Files of fixed names that a framework writes beside what tells of the run: copies, states of helpers, prepared data. */
import type { FileEntry } from "./plan";

/** Prepared data and networks' inputs; of what nnU-Net prepares only the labels as they came are of use. */
const DATA_FOLDER = /(?:^|\/)(?:nnUNet_preprocessed\/(?!.*\/gt_segmentations\/)|nnUNet_cropped_data\/|images(?:Tr|Ts|Va)\/|nnUNet_(?:results|trained_models)\/.*\/(?:crossval_results[^/]*|predicted_next_stage|postprocessed|cv_niftis_(?:raw|postprocessed))\/)/;
/** transformers and accelerate: states of the optimizer, of random numbers and of the precision's scale, each in a file of its own. */
const TRAINER_STATE = /(?:^|\/)(?:optimizer(?:_\d+)?\.(?:pt|bin)|scheduler\.(?:pt|bin)|scaler\.(?:pt|bin)|rng_state(?:_\d+)?\.pth|random_states_\d+\.pkl|training_args\.bin)$/;
const NETWORK = /(?:^|\/)(?:model|pytorch_model|diffusion_pytorch_model|adapter_model|tf_model|flax_model)[^/]*\.(?:safetensors|bin|pt|pth|h5|msgpack|index\.json)$/;
/** Lines about the logger, and what was installed; not about the training. */
const CHATTER = /(?:^|\/)(?:requirements[^/]*\.txt|wandb\/[^/]*\/logs\/debug(?:-\w+)?\.log|wandb\/debug(?:-\w+)?\.log|(?:LICENSE|README|NOTICE|CHANGELOG)[^/]*)$/i;
const HISTORY = /^(.*\/)?(?:checkpoint-\d+\/)trainer_state\.json$/;

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf("/") + 1);

/** The files that tell of the run. Order stays. */
export function telling(files: readonly FileEntry[]): FileEntry[] {
  const withNetwork = new Set(files.filter(({ path }) => NETWORK.test(path)).map(({ path }) => folderOf(path)));
  const histories = longestHistories(files);
  return files.filter(({ path }) => {
    if (DATA_FOLDER.test(path) || CHATTER.test(path)) return false;
    if (TRAINER_STATE.test(path) && withNetwork.has(folderOf(path))) return false;
    return !path.endsWith("trainer_state.json") || histories.get(path) !== false;
  });
}

/** transformers writes the whole history so far beside each checkpoint, and once more at the end: the longest holds the others. False for these. */
function longestHistories(files: readonly FileEntry[]): Map<string, boolean> {
  const byTraining = new Map<string, FileEntry[]>();
  for (const file of files) {
    if (!file.path.endsWith("trainer_state.json")) continue;
    const place = HISTORY.exec(file.path)?.[1] ?? (HISTORY.test(file.path) ? "" : folderOf(file.path));
    byTraining.set(place, [...(byTraining.get(place) ?? []), file]);
  }
  const out = new Map<string, boolean>();
  for (const list of byTraining.values()) {
    const longest = list.reduce((best, file) => (file.size > best.size ? file : best));
    for (const file of list) out.set(file.path, file === longest);
  }
  return out;
}

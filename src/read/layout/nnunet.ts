/** nnU-Net's fixed tree: where the labels of a fold lie (nnunetv2/paths.py; nnunet/paths.py of version 1). */

export interface Fold {
  /** Folder that holds the data sets' results (v2: nnUNet_results; v1: RESULTS_FOLDER/nnUNet/3d_fullres). */
  readonly results: string;
  /** "Dataset501_Blobs", "Task100_Heart". */
  readonly dataset: string;
  /** Folder of the trainer, plans and configuration. */
  readonly trainer: string;
}

const FOLD = /^(.*)\/([^/]+)\/([^/]+__[^/]+)\/fold_(?:\d+|all)\//;

/** The fold that an absolute path (forward slashes; of a folder with a slash at its end) lies in; null for other paths. */
export function foldOf(path: string): Fold | null {
  const match = FOLD.exec(path);
  return match === null ? null : { results: match[1]!, dataset: match[2]!, trainer: `${match[1]!}/${match[2]!}/${match[3]!}` };
}

/** Folders that hold a fold's labels where they are there, the original ones first. */
export function labelFoldersOf({ results, dataset, trainer }: Fold): string[] {
  const up = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf("/")));
  const roots = [up(results), /\/nnUNet\/[^/]+$/.test(results) ? up(up(up(results))) : null].filter((root) => root !== null);
  return [
    ...roots.flatMap((root) => ["nnUNet_raw", "nnUNet_raw_data", "nnUNet_raw_data_base/nnUNet_raw_data", "nnUNet_raw/nnUNet_raw_data"].map((raw) => `${root}/${raw}/${dataset}/labelsTr`)),
    `${trainer}/gt_niftis`,
    ...roots.map((root) => `${root}/nnUNet_preprocessed/${dataset}/gt_segmentations`),
  ];
}

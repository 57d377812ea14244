/** Labels and settings that a framework keeps in a fixed place outside of the run's folder. Read, never written to. */
import { join, relative, resolve } from "node:path";
import { foldOf, labelFoldersOf, type Fold } from "../read/layout/nnunet";
import type { FileEntry } from "../read/layout/plan";
import { pathInside, slashes } from "./inside";
import { statOf } from "./walk";

/** The folder of labels of an nnU-Net run, relative to the run's folder; null where there is none, or where it lies inside. */
export function labelsAround(run: string, files: readonly FileEntry[]): string | null {
  const fold = foldAt(run, files);
  if (fold === null) return null;
  const there = labelFoldersOf(fold).find(isFolder);
  return there === undefined || pathInside(run, resolve(there)) !== null ? null : slashes(relative(run, resolve(there)));
}

/**
 * dataset.json and plans.json of an nnU-Net run, which lie beside its folds, as files of the run ("../plans.json"); those that lie
 * inside are listed already. Of the data set's own dataset.json where the trainer's folder has no copy.
 */
export function settingsAround(run: string, files: readonly FileEntry[]): FileEntry[] {
  const fold = foldAt(run, files);
  if (fold === null) return [];
  const data = labelFoldersOf(fold).map((folder) => join(folder, "..", "dataset.json"));
  return [[join(fold.trainer, "dataset.json"), ...data], [join(fold.trainer, "plans.json")]].flatMap((places) => {
    const there = places.flatMap((path) => fileAt(path) ?? []).slice(0, 1);
    return there.filter(({ path }) => pathInside(run, path) === null).map((file) => ({ ...file, path: slashes(relative(run, file.path)) }));
  });
}

function foldAt(run: string, files: readonly FileEntry[]): Fold | null {
  const place = slashes(resolve(run));
  return foldOf(`${place}/`) ?? foldOf(`${place}/${files.find(({ path }) => foldOf(`${place}/${path}`) !== null)?.path ?? ""}`);
}

function fileAt(path: string): FileEntry | null {
  try {
    const stat = statOf(path);
    return stat?.isFile() === true ? { path: resolve(path), size: stat.size, mtime: stat.mtimeMs } : null;
  } catch {
    return null; // one may not look: as if it were not there
  }
}

function isFolder(path: string): boolean {
  try {
    return statOf(path)?.isDirectory() === true;
  } catch {
    return false; // one may not look: as if it were not there
  }
}

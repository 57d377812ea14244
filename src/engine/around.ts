/** Labels that a framework keeps in a fixed place outside of the run's folder. Read, never written to. */
import { relative, resolve } from "node:path";
import { foldOf, labelFoldersOf } from "../read/layout/nnunet";
import type { FileEntry } from "../read/layout/plan";
import { pathInside, slashes } from "./inside";
import { statOf } from "./walk";

/** The folder of labels of an nnU-Net run, relative to the run's folder; null where there is none, or where it lies inside. */
export function labelsAround(run: string, files: readonly FileEntry[]): string | null {
  const place = slashes(resolve(run));
  const fold = foldOf(`${place}/`) ?? foldOf(`${place}/${files.find(({ path }) => foldOf(`${place}/${path}`) !== null)?.path ?? ""}`);
  if (fold === null) return null;
  const there = labelFoldersOf(fold).find(isFolder);
  return there === undefined || pathInside(run, resolve(there)) !== null ? null : slashes(relative(run, resolve(there)));
}

function isFolder(path: string): boolean {
  try {
    return statOf(path)?.isDirectory() === true;
  } catch {
    return false; // one may not look: as if it were not there
  }
}

/** Finds the runs below a folder on disk. */
import { closeSync, openSync, readSync } from "node:fs";
import { join, relative } from "node:path";
import { findRuns, type FoundRun } from "../read/layout/findRuns";
import { slashes } from "./inside";
import { walkNames } from "./walk";

/** As much of a file's beginning as tells its format. */
export const HEAD_BYTES = 4096;

/** `explicit`: the user named this folder, so that one training in it makes it the run. */
export function findRunsBelow(folder: string, explicit: boolean): FoundRun[] {
  return findRuns(walkNames(folder), (path) => readHead(join(folder, path)), { explicit });
}

/** A run on disk. */
export interface PlacedRun {
  /** Absolute path of its folder. */
  readonly folder: string;
  /** Folders elsewhere that belong to it, relative to its own, with forward slashes. */
  readonly also: readonly string[];
}

/** Where runs found below `root` (absolute) lie. */
export function placed(root: string, run: FoundRun): PlacedRun {
  const folder = run.path === "." ? root : join(root, run.path);
  return { folder, also: (run.also ?? []).map((path) => slashes(relative(folder, join(root, path)))) };
}

/** The first bytes of a file; null when it cannot be read. */
function readHead(path: string): Uint8Array | null {
  let fd: number;
  try {
    fd = openSync(path, "r");
  } catch {
    return null; // vanished or forbidden: whoever needs it says so
  }
  try {
    const head = new Uint8Array(HEAD_BYTES);
    return head.subarray(0, readSync(fd, head, 0, HEAD_BYTES, 0));
  } catch {
    return null;
  } finally {
    closeSync(fd);
  }
}

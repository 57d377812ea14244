/** Listing folders: bounded, without following links in circles, and never failing as a whole. */
import { readdirSync, realpathSync, statSync, type Dirent } from "node:fs";
import { join } from "node:path";
import { isIgnoredFolder } from "../read/layout/findRuns";
import type { FileEntry, FolderEntry } from "../read/layout/plan";

export interface WalkLimits {
  readonly maxFiles: number;
  readonly maxFolders: number;
  readonly maxDepth: number;
}

/** Enough for any project seen; past it the folder says that it was cut. */
export const LIMITS: WalkLimits = { maxFiles: 500_000, maxFolders: 50_000, maxDepth: 32 };

/** Names of all files and folders below `root`, without stat calls. Unreadable folders are listed in `problems`. */
export function walkNames(root: string, problems: { path: string; message: string }[] = [], limits = LIMITS): FolderEntry {
  const seen = new Set<string>();
  let files = 0;
  let folders = 0;
  const visit = (path: string, name: string, depth: number): FolderEntry => {
    const entry = { name, files: [] as string[], folders: [] as FolderEntry[], truncated: false };
    const children = listFolder(path, seen, problems);
    if (children === null) return entry;
    for (const child of children) {
      const kind = kindOf(path, child);
      if (kind === "file") {
        if (files >= limits.maxFiles) {
          entry.truncated = true;
          break;
        }
        files++;
        entry.files.push(child.name);
      } else if (kind === "folder" && !isIgnoredFolder(child.name)) {
        if (folders >= limits.maxFolders || depth >= limits.maxDepth) {
          entry.truncated = true;
          continue;
        }
        folders++;
        entry.folders.push(visit(join(path, child.name), child.name, depth + 1));
      }
    }
    return entry;
  };
  return visit(root, "", 0);
}

/** All files below a run's folder with size and time, and its folders (relative). */
export function listFiles(root: string, problems: { path: string; message: string }[], limits = LIMITS): { files: FileEntry[]; folders: string[]; truncated: boolean } {
  const tree = walkNames(root, problems, limits);
  const files: FileEntry[] = [];
  const folders: string[] = [];
  let truncated = false;
  const visit = (folder: FolderEntry, path: string): void => {
    folders.push(path);
    truncated ||= folder.truncated;
    for (const name of folder.files) {
      const relative = path === "" ? name : `${path}/${name}`;
      const stat = statSync(join(root, relative), { throwIfNoEntry: false });
      if (stat?.isFile() === true) files.push({ path: relative, size: stat.size, mtime: stat.mtimeMs });
    }
    for (const child of folder.folders) visit(child, path === "" ? child.name : `${path}/${child.name}`);
  };
  visit(tree, "");
  return { files, folders, truncated };
}

function listFolder(path: string, seen: Set<string>, problems: { path: string; message: string }[]): Dirent[] | null {
  try {
    const real = realpathSync(path);
    if (seen.has(real)) return null; // a link in a circle, or a second way to the same folder
    seen.add(real);
    return readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    problems.push({ path, message: `folder: cannot be listed: ${messageOf(error)}` });
    return null;
  }
}

function kindOf(parent: string, child: Dirent): "file" | "folder" | null {
  if (child.isFile()) return "file";
  if (child.isDirectory()) return "folder";
  if (!child.isSymbolicLink()) return null;
  try {
    const stat = statSync(join(parent, child.name));
    return stat.isFile() ? "file" : stat.isDirectory() ? "folder" : null;
  } catch {
    return null; // a dangling link, or a circle of links: nothing is behind it
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

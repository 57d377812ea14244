/** Arrays that are smaller copies of another one beside them: the lower levels of an image pyramid are neither labels nor predictions. */
import type { FileEntry, VolumeHeader } from "../read/layout/plan";
import { groupOf, LARGEST_ATTRIBUTES, lowerLevels } from "../read/layout/pyramid";
import { stampOf, type RunCache } from "./cache";
import type { Shelf } from "./shelf";

/** The headers without those of lower levels. Reads the attributes of groups that hold arrays, once for each of their states. */
export function fullLevels(shelf: Shelf, cache: RunCache, files: readonly FileEntry[], headers: readonly VolumeHeader[]): readonly VolumeHeader[] {
  const arrays = headers.filter(({ path }) => /(?:^|\/)(?:\.zarray|zarr\.json)$/.test(path));
  if (arrays.length < 2) return headers;
  const folders = new Set(arrays.map(({ path }) => folderOf(path)));
  const around = new Set([...folders].flatMap(above));
  const lower = new Set<string>();
  for (const file of files) {
    const group = groupOf(file.path);
    if (group === null || !around.has(group) || folders.has(group) || file.size > LARGEST_ATTRIBUTES) continue;
    const key = `levels\n${stampOf(file)}`;
    let levels = cache.peek(key) as string[] | undefined;
    if (levels === undefined) {
      levels = lowerLevels(textOf(shelf, file.path));
      cache.put(key, levels);
    }
    for (const level of levels) lower.add(group === "" ? level : `${group}/${level}`);
  }
  return lower.size === 0 ? headers : headers.filter(({ path }) => !lower.has(folderOf(path)));
}

function textOf(shelf: Shelf, path: string): string {
  try {
    const { source } = shelf.openLog(path);
    try {
      return new TextDecoder().decode(source.read(0, source.size));
    } finally {
      source.close();
    }
  } catch {
    return ""; // the arrays themselves can be read
  }
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

/** Folders around `folder`, outermost first. */
function above(folder: string): string[] {
  const parts = folder === "" ? [] : folder.split("/");
  return parts.map((_, i) => parts.slice(0, i).join("/"));
}

/** Where paths lie in one another. */
import { isAbsolute, relative, sep } from "node:path";

/** `path` relative to `folder` with forward slashes ("" for itself); null when it lies outside. Both absolute. */
export function pathInside(folder: string, path: string): string | null {
  const way = relative(folder, path);
  if (way === ".." || way.startsWith(`..${sep}`) || isAbsolute(way)) return null;
  return slashes(way);
}

/** Those of `paths` that lie below `folder`, relative to it. All as `resolve` gives them. */
export function pathsBelow(folder: string, paths: Iterable<string>): string[] {
  const below: string[] = [];
  const start = folder.endsWith(sep) ? folder : folder + sep;
  for (const path of paths) {
    // Asked for each of thousands of runs about all others. Elsewhere upper and lower case may be the same.
    const way = sep !== "/" ? pathInside(folder, path) : path.startsWith(start) ? path.slice(start.length) : null;
    if (way !== null && way !== "") below.push(way);
  }
  return below;
}

/** With forward slashes, as all paths of a run are written. */
export function slashes(path: string): string {
  return sep === "/" ? path : path.split(sep).join("/");
}

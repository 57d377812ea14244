/** Where paths lie in one another. */
import { isAbsolute, relative, sep } from "node:path";

/** `path` relative to `folder` with forward slashes ("" for itself); null when it lies outside. Both absolute. */
export function pathInside(folder: string, path: string): string | null {
  const way = relative(folder, path);
  if (way === ".." || way.startsWith(`..${sep}`) || isAbsolute(way)) return null;
  return slashes(way);
}

/** Those of `paths` that lie below `folder`, relative to it. */
export function pathsBelow(folder: string, paths: Iterable<string>): string[] {
  return [...paths].flatMap((path) => {
    const way = pathInside(folder, path);
    return way === null || way === "" ? [] : [way];
  });
}

/** With forward slashes, as all paths of a run are written. */
export function slashes(path: string): string {
  return sep === "/" ? path : path.split(sep).join("/");
}

/** Modules of the user's own: import names → files, through a reader that the caller gives (disk, or the editor's documents). */
import type { Resolver } from "./model/program";

/** `read`: the text of a file by its path (with "/"), null where there is none. `root`: absolute imports are looked for up to this folder. */
export function moduleResolver(root: string, read: (path: string) => string | null): Resolver {
  return (module, from) => {
    const dots = /^\.*/.exec(module)?.[0].length ?? 0;
    const parts = module.slice(dots).split(".").filter((p) => p !== "");
    if (parts.some((p) => !/^\w+$/.test(p))) return null;
    const folders = dots > 0 ? [ascend(folderOf(from), dots - 1)] : above(folderOf(from), root);
    for (const folder of folders) {
      if (folder === null) continue;
      const base = [folder, ...parts].filter((p) => p !== "").join("/");
      for (const path of parts.length === 0 ? [`${base}/__init__.py`] : [`${base}.py`, `${base}/__init__.py`]) {
        if (path === from) continue;
        const text = read(path);
        if (text !== null) return { path, text };
      }
    }
    return null;
  };
}

function folderOf(path: string): string {
  return path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "";
}

function ascend(folder: string, levels: number): string | null {
  let at: string | null = folder;
  for (let i = 0; i < levels && at !== null; i++) at = at === "" ? null : folderOf(at);
  return at;
}

/** The folder and those above it, up to `root`; few, so that an import of a library costs little. */
function above(folder: string, root: string): string[] {
  const out = [folder];
  for (let at = folder; at !== root && at !== "" && at.startsWith(root) && out.length < 6; ) {
    at = folderOf(at);
    out.push(at);
  }
  return out;
}

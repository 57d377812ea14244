/** Modules that linted code imports: bounded in size, kept until the file changes, and only from the folders that were handed in. */
import { readFileSync, statSync } from "node:fs";
import { sep } from "node:path";
import { codeOf } from "../errors";

/** A module of a person is shorter. */
const MAX_BYTES = 4 << 20;
/** Files that are kept; past that all are forgotten. */
const MAX_KEPT = 2000;
/** Milliseconds for which a file is taken to be as it was: an edit looks for the same modules again. */
const FRESH = 1000;

interface Kept {
  readonly state: string | null;
  readonly text: string | null;
  readonly at: number;
}

export class LintFiles {
  private readonly kept = new Map<string, Kept>();

  constructor(public folders: readonly string[]) {}

  /** `path` with "/"; null where there is no such file, or none that may be read. */
  readonly read = (path: string): string | null => {
    if (!this.folders.some((folder) => path.startsWith(folder.endsWith("/") ? folder : `${folder}/`)) || path.includes("/../")) return null;
    const known = this.kept.get(path);
    const now = performance.now();
    if (known !== undefined && now - known.at < FRESH) return known.text;
    const state = this.stateOf(path);
    const text = state === null ? null : known?.state === state ? known.text : this.textOf(path);
    if (this.kept.size >= MAX_KEPT) this.kept.clear();
    this.kept.set(path, { state, text, at: now });
    return text;
  };

  /** It is looked at again the next time. */
  changed(path: string): void {
    this.kept.delete(path);
  }

  /** Null for what is no file of a bearable size. */
  private stateOf(path: string): string | null {
    try {
      const stat = statSync(native(path), { throwIfNoEntry: false });
      return stat?.isFile() === true && stat.size <= MAX_BYTES ? `${stat.size} ${stat.mtimeMs} ${stat.ino}` : null;
    } catch (error) {
      if (codeOf(error) === undefined) throw error;
      return null; // forbidden, or a path that goes through a file: not there for us
    }
  }

  private textOf(path: string): string | null {
    try {
      return readFileSync(native(path), "utf8");
    } catch (error) {
      if (codeOf(error) === undefined) throw error;
      return null; // gone since
    }
  }
}

const native = (path: string): string => (sep === "/" ? path : path.split("/").join(sep));

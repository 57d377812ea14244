/** Listing folders: bounded, without following links in circles, and never failing as a whole. */
import { readdirSync, realpathSync, statSync, type Dirent, type Stats } from "node:fs";
import { basename, join, sep } from "node:path";
import { isIgnoredFolder } from "../read/layout/findRuns";
import type { FileEntry, FolderEntry } from "../read/layout/plan";
import type { Problem } from "../run";
import { messageOf } from "./errors";
import { beat } from "./pulse";

export interface WalkLimits {
  readonly maxFiles: number;
  readonly maxFolders: number;
  readonly maxDepth: number;
}

/** Enough for any project seen; past it the folder says that it was cut. */
export const LIMITS: WalkLimits = { maxFiles: 500_000, maxFolders: 50_000, maxDepth: 32 };

interface Node extends FolderEntry {
  readonly files: string[];
  readonly folders: Node[];
  truncated: boolean;
}

/** A folder to be visited: where it lies as the user sees it, what it is called from the root, and where it really lies. */
interface Place {
  readonly path: string;
  readonly relative: string;
  readonly real: string;
  readonly depth: number;
}

class Walker {
  private readonly seen = new Set<string>();
  /** Links to folders, followed after all real folders: a folder is listed where it lies, not under a link that comes before it. */
  private readonly links: { readonly parent: Node; readonly name: string; readonly at: Place }[] = [];
  private files = 0;
  private folders = 0;

  constructor(
    private readonly problems: Problem[],
    private readonly limits: WalkLimits,
  ) {}

  walk(root: string): FolderEntry {
    let real = root;
    try {
      real = realpathSync.native(root);
    } catch {
      // listing it says what is wrong
    }
    const tree = this.visit({ path: root, relative: "", real, depth: 0 }, "");
    for (const { parent, name, at } of this.links) {
      const target = this.target(at);
      // A way back up would list everything around the root.
      // "latest-run" in a copied folder goes to where its neighbour lay before.
      const beside = target !== null && parent.folders.some((folder) => folder.name === basename(target));
      if (target === null || beside || this.seen.has(target) || real === target || real.startsWith(target.endsWith(sep) ? target : target + sep)) continue;
      const node = this.folder({ ...at, real: target }, name, parent);
      if (node !== null) parent.folders.sort((a, b) => (a.name < b.name ? -1 : 1));
    }
    return tree;
  }

  private visit(at: Place, name: string): Node {
    const node: Node = { name, files: [], folders: [], truncated: false };
    this.seen.add(at.real);
    let children: Dirent[];
    try {
      beat();
      children = readdirSync(at.path, { withFileTypes: true });
    } catch (error) {
      this.problems.push({ path: at.relative === "" ? "." : at.relative, message: `folder: cannot be listed: ${messageOf(error)}` });
      return node;
    }
    children.sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const child of children) {
      const kind = kindOf(at.path, child);
      if (kind === "file") {
        if (this.files >= this.limits.maxFiles) {
          node.truncated = true;
          continue;
        }
        this.files++;
        node.files.push(child.name);
      } else if (kind !== null && !isIgnoredFolder(child.name)) {
        const place: Place = { path: join(at.path, child.name), relative: at.relative === "" ? child.name : `${at.relative}/${child.name}`, real: join(at.real, child.name), depth: at.depth + 1 };
        if (kind === "link") this.links.push({ parent: node, name: child.name, at: place });
        else this.folder(place, child.name, node);
      }
    }
    return node;
  }

  /** Lists a folder below `parent`, unless it was listed already or the limits are reached. */
  private folder(at: Place, name: string, parent: Node): Node | null {
    if (this.seen.has(at.real)) return null;
    if (this.folders >= this.limits.maxFolders || at.depth > this.limits.maxDepth) {
      parent.truncated = true;
      return null;
    }
    this.folders++;
    const node = this.visit(at, name);
    parent.folders.push(node);
    return node;
  }

  private target(at: Place): string | null {
    try {
      return realpathSync.native(at.path);
    } catch {
      return null; // gone since its folder was listed
    }
  }
}

/** Names of all files and folders below `root`, with few stat calls. Folders that cannot be listed go to `problems`, relative to `root`. */
export function walkNames(root: string, problems: Problem[] = [], limits = LIMITS): FolderEntry {
  return new Walker(problems, limits).walk(root);
}

/** All files below `root` with size and time, relative to it, in the order of their names. */
export function listFiles(root: string, problems: Problem[], limits = LIMITS): { files: FileEntry[]; truncated: boolean } {
  const files: FileEntry[] = [];
  let truncated = false;
  const visit = (folder: FolderEntry, path: string): void => {
    truncated ||= folder.truncated;
    for (const name of folder.files) {
      const relative = path === "" ? name : `${path}/${name}`;
      try {
        const stat = statOf(join(root, relative));
        if (stat === null) files.push({ path: relative, ...BEHIND_NOTHING });
        else if (stat.isFile()) files.push({ path: relative, size: stat.size, mtime: stat.mtimeMs });
      } catch {
        files.push({ path: relative, ...BEHIND_NOTHING });
      }
    }
    for (const child of folder.folders) visit(child, path === "" ? child.name : `${path}/${child.name}`);
  };
  visit(walkNames(root, problems, limits), "");
  return { files, truncated };
}

/** A name without a file that one may look at: whoever opens it says what is wrong. */
const BEHIND_NOTHING = { size: -1, mtime: 0 };

/** Null where nothing is; throws the system's error where one may not look. */
export function statOf(path: string): Stats | null {
  beat();
  return statSync(path, { throwIfNoEntry: false }) ?? null;
}

function kindOf(parent: string, child: Dirent): "file" | "folder" | "link" | null {
  if (child.isFile()) return "file";
  if (child.isDirectory()) return "folder";
  if (!child.isSymbolicLink()) return null;
  try {
    const stat = statOf(join(parent, child.name));
    return stat === null || stat.isFile() ? "file" : stat.isDirectory() ? "link" : null;
  } catch {
    return "file"; // a link in a circle, or into what may not be looked at: said by whoever opens it
  }
}

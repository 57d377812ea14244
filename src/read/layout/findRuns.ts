/** Which folders are runs, and which folders one training wrote together. */
import { type Evidence, evidenceOf } from "./evidence";
import { isDataName, isLogName, isPartName, isSplitName } from "./folders";
import type { FolderEntry } from "./plan";

export { isIgnoredFolder } from "./folders";

export interface FoundRun {
  /** Relative to the searched folder, "." for itself. */
  readonly path: string;
}

/** What was found below one folder, at the folder that holds all of it. */
interface Group extends Evidence {
  readonly path: string;
}

/** Groups that look like trainings, and labels that lie loose. */
interface Below {
  readonly groups: readonly Group[];
  readonly labels: boolean;
}

/**
 * Runs below (or at) a folder, in the order of the tree. `head`: the first bytes of a file by its path relative to the
 * folder, null when it cannot be read; asked for few files. `explicit`: the user named this folder, so that a single
 * training in it, at whatever depth, makes the folder itself the run.
 */
export function findRuns(tree: FolderEntry, head: (path: string) => Uint8Array | null, options: { readonly explicit: boolean }): FoundRun[] {
  const { groups, labels } = visit(tree, "", [], head);
  const runs = groups.filter((g) => g.log || g.checkpoint || g.predictions || (options.explicit && g.numbered && (g.labels || labels)));
  if (options.explicit) {
    const trainings = runs.filter((g) => g.log);
    if (runs.length === 1 || trainings.length === 1) return [{ path: "." }];
  }
  return inOrder(runs, tree).map((path) => ({ path }));
}

function visit(folder: FolderEntry, path: string, above: readonly string[], head: (path: string) => Uint8Array | null): Below {
  const own = evidenceOf(folder.files, above, path, head);
  const children = folder.folders.map((child) => ({
    name: child.name,
    ...visit(child, path === "" ? child.name : `${path}/${child.name}`, [...above.slice(-3), child.name], head),
  }));
  if (children.every((c) => c.groups.length === 0)) {
    const labels = own.labels || children.some((c) => c.labels);
    return { groups: has(own) || own.numbered ? [{ ...own, labels, path }] : [], labels };
  }
  return gather(folder, path, own, children);
}

/** Decides which of the groups in a folder's children belong to one training with the folder's own files. */
function gather(folder: FolderEntry, path: string, own: Evidence, children: readonly (Below & { name: string })[]): Below {
  const labels = own.labels || children.some((c) => c.labels);
  const singles = children.filter((c) => c.groups.length === 1).map((c) => ({ name: c.name, group: c.groups[0]! }));
  const several = children.filter((c) => c.groups.length > 1);
  const parts: Group[] = [];
  const others: Group[] = [];
  const loose: Group[] = [];
  for (const { name, group } of singles) {
    if (group.log ? isLogName(name) || isSplitName(name) || (own.log && isPartName(name)) : isPartName(name) || !(group.checkpoint || group.labels)) parts.push(group);
    else (group.log ? others : loose).push(group);
  }
  const separate = several.flatMap((c) => (isWhole(c.name, c.groups) ? (parts.push(join(c.groups, c.groups[0]!.path)), []) : c.groups));

  let rest: Evidence = { ...parts.reduce((all, part) => unite(all, part), own), labels };
  if (others.length === 1 && separate.every((g) => !g.log) && belongs(others[0]!, rest, labels, folder)) {
    rest = unite(rest, others[0]!);
    others.length = 0;
  } else if (own.log && others.length === 1 && separate.length === 0 && !others[0]!.checkpoint && !others[0]!.predictions) {
    rest = unite(rest, others.pop()!);
  }
  const trainings = [...others, ...separate.filter((g) => g.log)];
  if (trainings.length === 0 && rest.log) {
    // One training: what else lies here without a log is its own.
    for (const group of [...loose, ...separate]) rest = unite(rest, group);
    return { groups: [place(folder, path, own, rest, children)], labels };
  }
  if (trainings.length === 0) {
    if (loose.length === 1 && separate.length === 0) rest = unite(rest, loose.pop()!);
    const groups = [...loose, ...separate];
    if (has(rest) || rest.numbered) groups.unshift(place(folder, path, own, rest, children));
    return { groups, labels };
  }
  const names = new Set(trainings.map((g) => leaf(g.path)));
  const lone = [...loose, ...separate.filter((g) => !g.log)].filter((g) => (g.checkpoint || (g.predictions && g.labels)) && !names.has(leaf(g.path)));
  // Beside whole trainings, what lies here is a run of its own only when it has a log and something to show for it.
  const mine = rest.log && (rest.checkpoint || rest.predictions) ? [place(folder, path, own, rest, children)] : parts.filter((g) => (g.log || g.checkpoint) && !names.has(leaf(g.path)));
  return { groups: [...mine, ...trainings, ...lone], labels };
}

/** Groups of one child that no name tells apart as trainings: checkpoints/best and checkpoints/last; train and validation. */
function isWhole(name: string, groups: readonly Group[]): boolean {
  return isPartName(name) && groups.every((g) => !g.log) && groups.every((g) => isPartName(leaf(g.path)));
}

/** Whether the one training with a log in a child takes what lies around it: each has what the other lacks. */
function belongs(training: Group, rest: Evidence, labels: boolean, folder: FolderEntry): boolean {
  if (rest.log) return !(rest.checkpoint || rest.predictions) || !(training.checkpoint || training.predictions);
  if (rest.predictions && !training.predictions) return true;
  if (rest.checkpoint && !training.checkpoint && !rest.predictions) return true;
  if (rest.numbered && labels && !training.predictions) return true;
  return labels && training.predictions && !training.labels && !isWorkspace(folder);
}

/** Where people keep more than one training: code or data beside. */
function isWorkspace(folder: FolderEntry): boolean {
  return folder.files.some((name) => /\.(?:py|ipynb|toml|md)$/i.test(name)) || folder.folders.some((child) => isDataName(child.name));
}

/** A single part lies at its parent: `exp1/checkpoints` is the run exp1; not so where a workspace holds one such folder. */
function place(folder: FolderEntry, path: string, own: Evidence, rest: Evidence, children: readonly (Below & { name: string })[]): Group {
  const full = children.filter((c) => c.groups.length > 0);
  const only = full.length === 1 && !has(own) && full[0]!.groups.length === 1 ? full[0]! : null;
  if (only === null) return { ...rest, path };
  const lifts = isSplitName(only.name) || !/[A-Za-z]/.test(only.name) || (isPartName(only.name) && !(path === "" && isWorkspace(folder)) && !/^(?:runs?|models?|results?|outputs?|saved?)$/i.test(only.name));
  return lifts ? { ...rest, path } : only.groups[0]!;
}

const has = (e: Evidence): boolean => e.log || e.checkpoint || e.predictions;
const leaf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

function unite(a: Evidence, b: Evidence): Evidence {
  return {
    log: a.log || b.log,
    checkpoint: a.checkpoint || b.checkpoint,
    predictions: a.predictions || b.predictions,
    labels: a.labels || b.labels,
    numbered: a.numbered || b.numbered,
  };
}

function join(groups: readonly Group[], path: string): Group {
  return { ...groups.reduce<Evidence>((all, g) => unite(all, g), groups[0]!), path };
}

/** Each folder before what lies in it, children as the tree lists them. */
function inOrder(groups: readonly Group[], tree: FolderEntry): string[] {
  const wanted = new Set(groups.map((g) => g.path));
  const out: string[] = [];
  const walk = (folder: FolderEntry, path: string): void => {
    if (out.length === wanted.size) return;
    if (wanted.has(path)) out.push(path === "" ? "." : path);
    for (const child of folder.folders) walk(child, path === "" ? child.name : `${path}/${child.name}`);
  };
  walk(tree, "");
  return out;
}

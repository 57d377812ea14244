/** Which folders are runs, and which folders one training wrote together. */
import { type Evidence, evidenceOf, EXPORTED, storeEvidence } from "./evidence";
import { isDataName, isLogName, isPartName, isSplitName } from "./folders";
import type { FolderEntry } from "./plan";
import { isDated, type Unit, unitOf } from "./units";

export { isIgnoredFolder } from "./folders";

export interface FoundRun {
  /** Relative to the searched folder, "." for itself. */
  readonly path: string;
  /** Folders elsewhere that the same training wrote (`checkpoints/a` beside `logs/a`), relative to the searched folder. */
  readonly also?: readonly string[];
}

/** What was found below one folder, at the folder that holds all of it. */
interface Group extends Evidence {
  readonly path: string;
  /** A framework's own folder of one training, or a piece of one, whatever its name sounds like. */
  readonly unit: Unit;
  readonly also: readonly string[];
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
    // Who names a folder that holds nothing but an exported network wants that looked at.
    if (runs.length === 1 || trainings.length === 1 || (runs.length === 0 && holds(tree, EXPORTED))) return [{ path: "." }];
  }
  return inOrder(runs, tree).map(({ path, also }) => ({ path: path === "" ? "." : path, ...(also.length === 0 ? {} : { also }) }));
}

const holds = (folder: FolderEntry, names: RegExp): boolean => folder.files.some((name) => names.test(name)) || folder.folders.some((child) => holds(child, names));

type Head = (path: string) => Uint8Array | null;

const childPath = (path: string, name: string): string => (path === "" ? name : `${path}/${name}`);

function visit(folder: FolderEntry, path: string, above: readonly string[], head: Head): Below {
  const unit = unitOf(folder, above.at(-2) ?? "");
  if (unit === "store") {
    const own = storeEvidence(folder.name, above.slice(0, -1));
    return { groups: has(own) || own.numbered ? [{ ...own, path, unit: null, also: [] }] : [], labels: own.labels };
  }
  const own = evidenceOf(folder.files, above, path, head);
  if (unit !== null) {
    const all = everything(folder, path, own, above, head, 0);
    return { groups: has(all) || all.numbered ? [{ ...all, path, unit, also: [] }] : [], labels: all.labels };
  }
  const children = folder.folders.map((child) => ({ name: child.name, ...visit(child, childPath(path, child.name), inside(above, child), head) }));
  if (children.every((c) => c.groups.length === 0)) {
    const labels = own.labels || children.some((c) => c.labels);
    return { groups: has(own) || own.numbered ? [{ ...own, labels, path, unit, also: [] }] : [], labels };
  }
  return gather(folder, path, own, children);
}

const inside = (above: readonly string[], child: FolderEntry): string[] => [...above.slice(-3), child.name];

/** What a framework's folder of one training shows, all below it taken together. */
function everything(folder: FolderEntry, path: string, own: Evidence, above: readonly string[], head: Head, depth: number): Evidence {
  let all = own;
  for (const child of folder.folders) {
    if (all.log && all.checkpoint && all.predictions && all.labels) break;
    const [at, names] = [childPath(path, child.name), inside(above, child)];
    const store = unitOf(child, folder.name) === "store";
    const evidence = store ? storeEvidence(child.name, above) : evidenceOf(child.files, names, at, head);
    all = unite(all, store || depth >= DEEPEST ? evidence : everything(child, at, evidence, names, head, depth + 1));
  }
  return all;
}

/** Folders below a framework's folder of one training that are looked into for what it shows. */
const DEEPEST = 6;

/** Decides which of the groups in a folder's children belong to one training with the folder's own files. */
function gather(folder: FolderEntry, path: string, own: Evidence, children: readonly (Below & { name: string })[]): Below {
  const labels = own.labels || children.some((c) => c.labels);
  const singles = children.filter((c) => c.groups.length === 1).map((c) => ({ name: c.name, group: c.groups[0]! }));
  const several = children.filter((c) => c.groups.length > 1);
  const parts: Group[] = [];
  const others: Group[] = [];
  const loose: Group[] = [];
  for (const { name, group } of singles) {
    if (group.unit === "run" && leaf(group.path) === name) (group.log ? others : loose).push(group);
    else if (group.unit === "part" || (group.log ? isLogName(name) || isSplitName(name) || (own.log && isPartName(name)) : isPartName(name) || !(group.checkpoint || group.labels))) parts.push(group);
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
  const latest = rest.log || others.length > 0 || ![rest, ...loose].some((g) => g.checkpoint || g.predictions) ? null : latestAttempt(several, separate);
  if (latest !== null) {
    for (const group of [...loose, latest]) rest = unite(rest, group);
    return { groups: [{ ...rest, path, unit: null, also: [] }, ...separate.filter((g) => g !== latest)], labels };
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
  const apart = [...loose, ...separate.filter((g) => !g.log)];
  const joined = withApart(sameVersions(trainings), folder, path, children);
  const lone = apart.filter((g) => (g.checkpoint || (g.predictions && g.labels)) && !names.has(leaf(g.path)));
  // Beside whole trainings, what lies here is a run of its own only when it has a log and something to show for it.
  const mine = rest.log && (rest.checkpoint || rest.predictions) ? [place(folder, path, own, rest, children)] : parts.filter((g) => (g.log || g.checkpoint) && !names.has(leaf(g.path)));
  return { groups: [...mine, ...joined, ...lone], labels };
}

/**
 * A script that was started several times in its folder leaves one run of W&B each time, and what it saved beside them: that is
 * the latest one's, which its name tells ("offline-run-20240501_120000-x1"). Null where trainings lie elsewhere too.
 */
function latestAttempt(several: readonly (Below & { name: string })[], separate: readonly Group[]): Group | null {
  const ofWandb = several.find((c) => c.name === "wandb")?.groups ?? [];
  const attempts = ofWandb.filter((g) => STARTED.test(leaf(g.path)));
  if (attempts.length === 0 || separate.some((g) => g.log && !attempts.includes(g))) return null;
  const started = (g: Group): string => STARTED.exec(leaf(g.path))![1]!;
  return attempts.reduce((last, g) => (started(g) > started(last) ? g : last));
}

const STARTED = /^(?:offline-)?run-(\d{8}_\d{6})-/;

/** `checkpoints/a` and `predictions/a` belong to `logs/a` where each kind lies in a folder of its own and no other training is called so. */
function withApart(trainings: readonly Group[], folder: FolderEntry, path: string, children: readonly (Below & { name: string })[]): Group[] {
  const count = new Map<string, number>();
  for (const g of trainings) count.set(leaf(g.path), (count.get(leaf(g.path)) ?? 0) + 1);
  const without = new Set(children.filter(({ groups }) => groups.length > 0 && groups.every((g) => !g.log)).map((c) => c.name));
  const apart = folder.folders.filter((child) => without.has(child.name)).map((child) => ({ name: child.name, names: new Set(child.folders.map((f) => f.name)) }));
  return trainings.map((g) => {
    const name = leaf(g.path);
    if (count.get(name) !== 1 || isPartName(name)) return g;
    const own = apart.filter((child) => child.names.has(name)).map((child) => `${childPath(path, child.name)}/${name}`);
    return own.length === 0 ? g : { ...g, also: [...g.also, ...own.filter((other) => !g.also.includes(other))] };
  });
}

/** Lightning's loggers number the same training alike: lightning_logs/version_3 and tb_logs/NAME/version_3. */
function sameVersions(trainings: readonly Group[]): Group[] {
  const byName = new Map<string, Group[]>();
  for (const g of trainings) if (/^version_\d+$/.test(leaf(g.path))) byName.set(leaf(g.path), [...(byName.get(leaf(g.path)) ?? []), g]);
  const merged = new Map<Group, Group | null>();
  for (const list of byName.values()) {
    if (list.length < 2 || new Set(list.map((g) => parentOf(g.path))).size < list.length || list.filter((g) => g.checkpoint).length > 1) continue;
    const main = list.find((g) => g.checkpoint) ?? list[0]!;
    const others = list.filter((g) => g !== main);
    for (const g of others) merged.set(g, null);
    merged.set(main, { ...main, ...others.reduce<Evidence>((all, g) => unite(all, g), main), also: [...main.also, ...others.flatMap((g) => [g.path, ...g.also])] });
  }
  return trainings.flatMap((g) => merged.get(g) ?? (merged.has(g) ? [] : [g]));
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
  const here: Group = { ...rest, path, unit: null, also: [] };
  if (only === null) return here;
  const lifts = only.groups[0]!.unit === "part" || isSplitName(only.name) || (!/[A-Za-z]/.test(only.name) && !isDated(only.name)) || (isPartName(only.name) && !(path === "" && isWorkspace(folder)) && !/^(?:runs?|models?|results?|outputs?|saved?)$/i.test(only.name));
  return lifts ? here : only.groups[0]!;
}

const has = (e: Evidence): boolean => e.log || e.checkpoint || e.predictions;
const leaf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);
const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf("/")));

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
  return { ...groups.reduce<Evidence>((all, g) => unite(all, g), groups[0]!), path, unit: null, also: groups.flatMap((g) => g.also) };
}

/** Each folder before what lies in it, children as the tree lists them. */
function inOrder(groups: readonly Group[], tree: FolderEntry): Group[] {
  const wanted = new Map(groups.map((g) => [g.path, g]));
  const out: Group[] = [];
  const walk = (folder: FolderEntry, path: string): void => {
    if (out.length === wanted.size) return;
    const group = wanted.get(path);
    if (group !== undefined) out.push(group);
    for (const child of folder.folders) walk(child, childPath(path, child.name));
  };
  walk(tree, "");
  return out;
}

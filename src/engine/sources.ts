/** The files of one run, sorted by what they are; and how a report lists them. */
import type { CheckpointFormat, LogFormat } from "../read/format";
import { mlflowParam } from "../read/config/mlflowParam";
import { shownPath } from "../read/layout/parts";
import type { FileEntry, RunPlan, VolumeHeader } from "../read/layout/plan";
import type { Problem, Source } from "../run";
import { isAbsolute } from "node:path";
import type { ConfigSource } from "./config";
import { sourceOf, Stopped } from "./pairs";
import type { Shelf } from "./shelf";

export interface Sorted {
  readonly logs: { file: FileEntry; format: LogFormat }[];
  readonly checkpoints: { file: FileEntry; format: CheckpointFormat }[];
  readonly headers: VolumeHeader[];
  /** Files of settings that are read. */
  readonly configs: ConfigSource[];
  readonly scripts: string[];
  /** Those that are no log, checkpoint or volume, and those that cannot be read. */
  readonly others: Source[];
  /** A file that was to hold something ends before it does. */
  torn: boolean;
}

/** Looks at each file; what cannot be read goes to `problems`. Of files outside of the run only arrays are taken. */
export async function sortFiles(shelf: Shelf, files: readonly FileEntry[], problems: Problem[], shouldStop: () => boolean): Promise<Sorted> {
  const sorted: Sorted = { logs: [], checkpoints: [], headers: [], configs: [], scripts: [], others: [], torn: false };
  shelf.prune(new Set(files.map((file) => file.path)));
  for (const file of files) {
    if (shouldStop()) throw new Stopped();
    const kind = await shelf.kindOf(file);
    if (kind === null) continue;
    const outside = isAbsolute(file.path);
    switch (kind.kind) {
      case "log":
        if (!outside) sorted.logs.push({ file, format: kind.format });
        break;
      case "checkpoint":
        if (!outside) sorted.checkpoints.push({ file, format: kind.format });
        break;
      case "volume":
        for (const header of kind.headers) sorted.headers.push(header);
        if (kind.problem !== null) problems.push({ path: shownPath(file.path), message: kind.problem });
        break;
      case "script":
        if (outside) break;
        sorted.scripts.push(file.path);
        sorted.others.push({ path: file.path, kind: "script", format: "python", problem: null });
        break;
      case "config":
        if (outside) break;
        if (kind.format !== null) sorted.configs.push({ file, format: kind.format });
        else sorted.others.push({ path: file.path, kind: "config", format: file.path.slice(file.path.lastIndexOf(".") + 1).toLowerCase(), problem: null });
        break;
      case "broken":
        if (outside && kind.as !== "volume") break;
        problems.push({ path: shownPath(file.path), message: kind.problem });
        sorted.torn ||= kind.torn;
        sorted.others.push({ path: shownPath(file.path), kind: kind.as === "volume" ? volumeKind(file.path) : kind.as, format: kind.format, problem: kind.problem });
        break;
    }
  }
  return sorted;
}

/** One line a source, in order of path, each once; the cases of one epoch, or of one set of labels, are one source: their folder. */
export function sourcesOf(sorted: Sorted, plan: RunPlan, problems: readonly Problem[]): Source[] {
  const said = new Map<string, string>();
  for (const { path, message } of problems) if (!said.has(path)) said.set(path, message);
  const problemOf = (path: string): string | null => said.get(path) ?? null;
  const shown = new Map<string, Source>();
  const show = (source: Source): void => {
    const key = `${source.path}\0${source.kind}`;
    const known = shown.get(key);
    shown.set(key, known === undefined ? source : { ...known, problem: known.problem ?? source.problem });
  };
  for (const source of sorted.others) show(source);
  for (const { file, format } of sorted.configs) {
    // A file for each setting: their folder is one source.
    const path = format === mlflowParam ? file.path.replace(/((?:^|\/)params)\/.*$/, "$1") : file.path;
    show({ path, kind: "config", format: format.name, problem: problemOf(file.path) });
  }
  for (const { file, format } of sorted.logs) show({ path: file.path, kind: "log", format: format.name, problem: problemOf(file.path) });
  for (const { file, format } of sorted.checkpoints) show({ path: file.path, kind: "checkpoint", format: format.name, problem: problemOf(file.path) });
  const formats = new Map(sorted.headers.map((header) => [header.path, header.format]));
  const grouped = new Map<string, string>();
  for (const pair of plan.pairs) for (const c of pair.cases) grouped.set(c.predictions.path, sourceOf(pair.predictions, c.predictions.path));
  for (const labels of plan.labels) for (const c of labels.cases) if (!grouped.has(c.ref.path)) grouped.set(c.ref.path, sourceOf(labels.path, c.ref.path));
  // Labels of cases without predictions lie in the folder of the others.
  const folders = new Set([...grouped].filter(([file, source]) => source !== shownPath(file)).map(([, source]) => source));
  for (const role of plan.roles) {
    if (role.kind === "other") continue;
    const path = grouped.get(role.path) ?? around(role.path, folders) ?? shownPath(role.path);
    show({ path, kind: role.kind, format: formats.get(role.path) ?? "", problem: problemOf(role.path) ?? problemOf(path) });
  }
  return [...shown.values()].sort((a, b) => (a.path === b.path ? order(a.kind, b.kind) : order(a.path, b.path)));
}

/** The innermost of `folders` that holds `path`. */
function around(path: string, folders: ReadonlySet<string>): string | undefined {
  if (folders.size === 0) return undefined;
  for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1)) if (folders.has(path.slice(0, end))) return path.slice(0, end);
  return undefined;
}

/** In order of path, each line once. */
export function tidied(problems: readonly Problem[]): Problem[] {
  const once = new Map(problems.map((problem) => [`${problem.path}\0${problem.message}`, problem]));
  return [...once.values()].sort((a, b) => (a.path === b.path ? order(a.message, b.message) : order(a.path, b.path)));
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function volumeKind(path: string): "labels" | "predictions" {
  return /label|mask|truth|(^|[/_.-])(gt|target|y)([/_.-]|$)/i.test(path) ? "labels" : "predictions";
}

/** Times of what a training writes; labels and inputs may be older or newer. */
export function activeTimes(files: readonly FileEntry[], sorted: Sorted, plan: RunPlan): number[] {
  const written = new Set<string>([...sorted.logs, ...sorted.checkpoints].map(({ file }) => file.path));
  for (const pair of plan.pairs) for (const c of pair.cases) written.add(c.predictions.path);
  return files.filter((file) => written.has(file.path)).map((file) => file.mtime);
}

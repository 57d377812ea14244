/** The settings of one run: its files of settings, read once for each of their states, and what its logs and checkpoints tell. */
import type { ConfigFormat, ConfigRead } from "../read/format";
import { knownOf, type SettingsOf } from "../read/config/known";
import type { FileEntry } from "../read/layout/plan";
import type { ClassInfo, Problem, RunConfig, RunOptions, Series } from "../run";
import { stampOf } from "./cache";
import { isOfContent, messageOf } from "./errors";
import type { RunLogs } from "./logs";
import type { Segmentation } from "./segmentation";
import type { Shelf } from "./shelf";
import type { CheckpointHead } from "./weights";

export interface ConfigSource {
  readonly file: FileEntry;
  readonly format: ConfigFormat;
}

interface Known {
  readonly stamp: string;
  readonly read: ConfigRead | null;
  readonly problems: readonly string[];
}

export class RunConfigs {
  private readonly known = new Map<string, Known>();

  constructor(private readonly shelf: Shelf) {}

  /** Reads what changed of `files`; what is wrong with them goes to `problems`. */
  update(files: readonly ConfigSource[], problems: Problem[]): void {
    const present = new Set(files.map(({ file }) => file.path));
    for (const path of this.known.keys()) if (!present.has(path)) this.known.delete(path);
    for (const { file, format } of files) {
      const stamp = `${format.name}\n${stampOf(file)}`;
      let known = this.known.get(file.path);
      if (known?.stamp !== stamp) this.known.set(file.path, (known = this.read(file.path, format, stamp)));
      for (const message of known.problems) problems.push({ path: file.path, message });
    }
  }

  /** What is known of the run's settings: the logs' own word first, then files by their nearness to a log, then checkpoints, the newest first. */
  config(logs: RunLogs, paths: readonly string[], heads: readonly CheckpointHead[]): RunConfig {
    const own: SettingsOf[] = paths.map((path) => ({ path, facts: logs.factsOf(path) }));
    const folders = [...new Set(paths.map(folderOf))];
    const files = [...this.known].flatMap(([path, { read }]) => (read === null ? [] : [{ path, ...read, distance: nearest(folderOf(path), folders) }]));
    files.sort((a, b) => a.distance - b.distance || (a.path < b.path ? -1 : 1));
    const carried = heads.toReversed().map(({ file, facts }): SettingsOf => ({ path: file.path, facts: new Map(facts) }));
    return knownOf([...own.filter(({ facts }) => facts.size > 0), ...files, ...carried.filter(({ facts }) => facts.size > 0).slice(0, 1)]);
  }

  private read(path: string, format: ConfigFormat, stamp: string): Known {
    try {
      const { source, tools } = this.shelf.openLog(path);
      try {
        const read = format.read(source, tools);
        return { stamp, read, problems: read.problems };
      } finally {
        source.close();
      }
    } catch (error) {
      const lasting = isOfContent(error);
      return { stamp: lasting ? stamp : "", read: null, problems: [lasting ? messageOf(error) : `${format.name}: cannot be read: ${messageOf(error)}`] };
    }
  }
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

/** Steps from a folder up and down to the nearest of `folders`; its depth where there are none. */
function nearest(folder: string, folders: readonly string[]): number {
  const parts = folder === "" ? [] : folder.split("/");
  return folders.reduce((least, other) => {
    const theirs = other === "" ? [] : other.split("/");
    let shared = 0;
    while (shared < Math.min(parts.length, theirs.length) && parts[shared] === theirs[shared]) shared++;
    return Math.min(least, parts.length + theirs.length - 2 * shared);
  }, folders.length === 0 ? parts.length : Infinity);
}

/**
 * The classes that were measured, named by the user, else by the run's own settings. Names alone make classes only where nothing
 * was measured: a list of names may be of another data set.
 */
export function classesOf(segmentation: Segmentation, channels: number | null, options: RunOptions, config: RunConfig): ClassInfo[] {
  const { epochs, trainEpochs, labels, trainLabels } = segmentation;
  const measured = [labels?.classes ?? 0, trainLabels?.classes ?? 0, ...[...epochs, ...trainEpochs].map((e) => e.classes)].reduce((a, b) => Math.max(a, b), channels ?? 0);
  const own = options.classNames ?? [];
  const told = config.classNames?.value ?? [];
  const length = Math.max(measured, own.length, measured === 0 && told.length <= MOST_UNMEASURED ? told.length : 0);
  // Label values that are no class indices: names by value, where there is one for each.
  const values = epochs.at(-1)?.labelValues;
  const byValue = values?.every((value) => told[value] != null) === true;
  const background = options.background ?? 0;
  return Array.from({ length }, (_, index) => ({ index, name: own[index] ?? (byValue ? told[values[index]!] : told[index]) ?? null, background: index === background }));
}

/** So many names without anything measured are a catalogue, not a run's classes. */
const MOST_UNMEASURED = 64;

/** Series whose tags name their class by a word get the index that the run's settings give it. */
export function withClasses(series: readonly Series[], names: RunConfig["classNames"]): readonly Series[] {
  if (names === null) return series;
  const plain = (name: string): string => name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "_");
  const index = new Map(names.value.flatMap((name, i) => (name === null ? [] : [[plain(name), i] as const])));
  return series.map((one) => {
    const own = one.className === undefined ? undefined : index.get(plain(one.className));
    return own === undefined || own === one.class ? one : { ...one, class: own };
  });
}

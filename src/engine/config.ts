/** The settings of one run: its files of settings, read once for each of their states, and what its logs and checkpoints tell. */
import type { ConfigFormat, ConfigRead } from "../read/format";
import { knownOf, type SettingsOf } from "../read/config/known";
import type { FileEntry } from "../read/layout/plan";
import type { Problem, RunConfig } from "../run";
import { stampOf } from "./cache";
import { isOfContent, messageOf } from "./errors";
import { slashes } from "./inside";
import type { RunLogs } from "./logs";
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
      // By its whole path: folders above tell of which configuration it speaks.
      const { source, tools } = this.shelf.openLog(path, slashes(this.shelf.locate(path)));
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

/** Gathers what log readers find into series: one a tag and file, or a tag and folder of event files that continue each other. */
import type { Series } from "../../run";
import type { ConfigValue, LogSink } from "../format";
import { rolesOf, wordsOf } from "./role";
import { Track } from "./track";

/** The format whose files continue each other within a folder. */
const EVENT_FORMAT = "tfevents";
/** So many consecutive validations make it evident that the steps count epochs. */
const EVIDENT = 3;

type Unit = Series["unit"];

interface LogFile {
  readonly path: string;
  readonly tracks: Map<string, Track>;
  readonly facts: Map<string, ConfigValue>;
  /** Lowest step from which a restart gave up all tags: also those of earlier files. */
  cut: number;
  unit: Unit;
}

interface Group {
  readonly key: string;
  readonly events: boolean;
  readonly files: Map<string, LogFile>;
  /** What was built of it; null when something was added since. */
  built: readonly Series[] | null;
}

export class SeriesCollector {
  private readonly groups = new Map<string, Group>();
  private built: Series[] | null = [];
  /** Series whose steps count something else than their file's, by what was built: the same object each time. */
  private readonly recounted = new WeakMap<Series, Series>();

  /** Where a reader puts what it finds in `path` (relative to the run's folder). The same file may be given again: it goes on. */
  sink(path: string, format: string): LogSink {
    const group = this.group(path, format);
    let known = group.files.get(path);
    if (known === undefined) {
      known = { path, tracks: new Map(), facts: new Map(), cut: Infinity, unit: "step" };
      group.files.set(path, known);
    }
    const file = known;
    const changed = (): void => {
      group.built = null;
      this.built = null;
    };
    changed();
    return {
      point: (tag, step, value, line, wallTime) => {
        if (Number.isNaN(step)) return; // a place on no axis
        let track = file.tracks.get(tag);
        if (track === undefined) file.tracks.set(tag, (track = new Track()));
        track.push(step, value, line, wallTime);
        if (group.built !== null) changed();
      },
      restart: (tag, step) => {
        if (tag === null) {
          for (const track of file.tracks.values()) track.drop(step, true);
          file.cut = Math.min(file.cut, step);
        } else {
          let track = file.tracks.get(tag);
          if (track === undefined) file.tracks.set(tag, (track = new Track()));
          track.drop(step, true);
          track.cut = Math.min(track.cut, step);
        }
        changed();
      },
      reset: () => {
        file.tracks.clear();
        file.facts.clear();
        file.cut = Infinity;
        changed();
      },
      fact: (key, value) => void file.facts.set(key, value),
    };
  }

  /** Settings that the log `path` tells itself, in the order in which it tells them. */
  factsOf(path: string): ReadonlyMap<string, ConfigValue> {
    for (const group of this.groups.values()) {
      const file = group.files.get(path);
      if (file !== undefined) return file.facts;
    }
    return new Map();
  }

  /** What the steps of `path` count, as its reader said. */
  settle(path: string, unit: Unit): void {
    for (const group of this.groups.values()) {
      const file = group.files.get(path);
      if (file === undefined || file.unit === unit) continue;
      file.unit = unit;
      group.built = null;
      this.built = null;
    }
  }

  /** The file is gone, and its points with it. */
  forget(path: string): void {
    for (const group of this.groups.values()) {
      if (!group.files.delete(path)) continue;
      group.built = null;
      this.built = null;
      if (group.files.size === 0) this.groups.delete(group.key);
    }
  }

  /**
   * All series that hold points: groups by their first file's path, tags in order of first appearance. The arrays are the
   * series' own and never change; what did not change since the last call is the same object.
   */
  series(): Series[] {
    if (this.built === null) {
      const groups = [...this.groups.values()].map((group) => ({ group, files: [...group.files.values()].sort((a, b) => order(a.path, b.path)) }));
      groups.sort((a, b) => order(a.files[0]!.path, b.files[0]!.path));
      const all = groups.flatMap(({ group, files }) => (group.built ??= build(files)).map((series) => ({ series, events: group.events })));
      const units = unitsOf(all);
      this.built = all.map(({ series }, i) => this.counting(series, units[i]!));
    }
    return this.built;
  }

  private counting(series: Series, unit: Unit): Series {
    if (series.unit === unit) return series;
    let other = this.recounted.get(series);
    if (other === undefined) this.recounted.set(series, (other = { ...series, unit }));
    return other;
  }

  private group(path: string, format: string): Group {
    const events = format === EVENT_FORMAT;
    const key = events ? `${path.slice(0, path.lastIndexOf("/") + 1)}*${EVENT_FORMAT}` : path;
    let group = this.groups.get(key);
    if (group === undefined) this.groups.set(key, (group = { key, events, files: new Map(), built: null }));
    return group;
  }
}

/** By code units: the same order on every machine. */
function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Merges files that continue each other, in the order given. */
function build(files: readonly LogFile[]): Series[] {
  const tags = new Set<string>();
  for (const file of files) for (const tag of file.tracks.keys()) tags.add(tag);
  const made = [...tags].map((tag) => merge(tag, files)).filter((series) => series !== null);
  const roles = rolesOf(
    made.map((series) => series.tag),
    files[0]?.path ?? "",
  );
  return made.map((series, i) => ({ ...series, ...roles[i]! }));
}

type Points = Omit<Series, "split" | "quantity" | "class">;

function merge(tag: string, files: readonly LogFile[]): Points | null {
  // From the newest file backwards: each keeps what no later one went back over.
  const kept: { file: LogFile; track: Track; n: number }[] = [];
  let cut = Infinity;
  let cutCounts = false;
  let restarts = 0;
  for (const file of [...files].reverse()) {
    const track = file.tracks.get(tag);
    if (track !== undefined) {
      const n = Math.min(track.length, track.firstAt(cut));
      restarts += track.restarts;
      if (n < track.length && (cutCounts || track.stepAt(track.length - 1) > cut)) restarts++;
      if (n > 0) kept.push({ file, track, n });
      if (track.cut < cut) {
        cut = track.cut;
        cutCounts = false;
      }
    }
    if (file.cut <= cut) {
      cut = file.cut;
      cutCounts = true;
    }
  }
  const newest = kept[0];
  if (newest === undefined) return null;
  kept.reverse();
  const count = kept.reduce((sum, { n }) => sum + n, 0);
  const steps = new Float64Array(count);
  const values = new Float64Array(count);
  const wallTimes = new Float64Array(count).fill(NaN);
  let told = false;
  let at = 0;
  for (const { track, n } of kept) {
    track.copyTo(n, at, steps, values);
    const extras = track.extras(n);
    if (extras.wallTimes !== null) {
      wallTimes.set(extras.wallTimes, at);
      told = true;
    }
    at += n;
  }
  // Lines are those of `source` alone.
  const lines = kept.length === 1 ? newest.track.extras(newest.n).lines : null;
  return { tag, source: newest.file.path, unit: newest.file.unit, steps, values, lines: lines?.slice() ?? null, wallTimes: told ? wallTimes : null, restarts };
}

/** What the steps of each series count, where the tag or the other series tell better than the file. */
function unitsOf(all: readonly { series: Series; events: boolean }[]): Unit[] {
  // Validations at steps 0, 1, 2, … (or from 1): nobody validates after every step, so these are epochs.
  const evident = all.filter(({ series, events }) => {
    const validation = events && (series.split === "val" || series.split === "test") && unitInTag(series.tag) === null;
    return validation && series.steps.length >= EVIDENT && consecutive(series.steps);
  });
  return all.map(({ series, events }) => {
    if (!events) return series.unit;
    return unitInTag(series.tag) ?? (countsLike(series, evident) ? "epoch" : series.unit);
  });
}

/** Keras: `epoch_*` counts epochs; `batch_*` and `evaluation_*_vs_iterations` count batches (keras/src/callbacks/tensorboard.py). */
function unitInTag(tag: string): Unit | null {
  if (/_vs_iterations$/.test(tag) || /^batch_/.test(tag)) return "step";
  return /^epoch_/.test(tag) ? "epoch" : null;
}

function countsLike(series: Series, evident: readonly { series: Series }[]): boolean {
  if (!consecutive(series.steps)) return false;
  const n = series.steps.length;
  if (n >= EVIDENT && wordsOf(series.tag).includes("epoch") && wordsOf(series.tag).length > 1) return true;
  return evident.some(({ series: other }) => other.steps[0] === series.steps[0] && Math.abs(other.steps.length - n) <= 1);
}

/** Whether steps rise by 1 from 0 or 1. */
function consecutive(steps: Float64Array): boolean {
  const first = steps[0];
  return (first === 0 || first === 1) && steps.every((step, i) => step === first + i);
}

/** Gathers what log readers find into series: one a tag and file, or a tag and the files that hold one history together (kin.ts). */
import type { Series } from "../../run";
import type { ConfigValue, LogSink } from "../format";
import { inOrder, isTwin, kinOf, type Kin } from "./kin";
import { type About, type Kept, Merged } from "./merged";
import { rolesOf, wordsOf } from "./role";
import { Track } from "./track";

/** So many consecutive validations make it evident that the steps count epochs. */
const EVIDENT = 3;

type Unit = Series["unit"];

interface LogFile {
  readonly path: string;
  readonly tracks: Map<string, Track>;
  readonly facts: Map<string, ConfigValue>;
  /** Lowest step from which a restart gave up all tags: also those of earlier files. */
  cut: number;
  /** How often a tag went back to an earlier step. */
  backs: number;
  unit: Unit;
  /** Of tags that count something else. */
  units: Readonly<Record<string, Unit>>;
}

interface Group extends Kin {
  readonly files: Map<string, LogFile>;
  /** Its series while they grow, by first file and tag. */
  readonly merged: Map<string, Merged>;
  /** What was built of it; null when something was added since. */
  built: readonly Built[] | null;
}

interface Built {
  readonly series: Series;
  /** Whether its steps rise by 1 from 0 or 1. */
  readonly consecutive: boolean;
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
      known = { path, tracks: new Map(), facts: new Map(), cut: Infinity, backs: 0, unit: "step", units: {} };
      group.files.set(path, known);
    }
    const file = known;
    const changed = (): void => {
      group.built = null;
      this.built = null;
    };
    changed();
    const trackOf = (tag: string): Track => {
      let track = file.tracks.get(tag);
      if (track === undefined) file.tracks.set(tag, (track = new Track()));
      return track;
    };
    const give = (track: Track, step: number, value: number, line: number, wallTime: number): void => {
      if (track.push(step, value, line, wallTime, file.backs)) file.backs++;
      if (group.built !== null) changed();
    };
    return {
      point: (tag, step, value, line, wallTime) => {
        if (!Number.isNaN(step)) give(trackOf(tag), step, value, line, wallTime); // NaN: a place on no axis
      },
      column: (tag) => {
        let track: Track | null = null;
        return (step, value, line, wallTime) => {
          if (!Number.isNaN(step)) give((track ??= trackOf(tag)), step, value, line, wallTime);
        };
      },
      restart: (tag, step) => {
        if (tag === null) {
          for (const track of file.tracks.values()) track.drop(step, true);
          file.cut = Math.min(file.cut, step);
        } else {
          const track = trackOf(tag);
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

  /** Whether `path` gave a point that stands in it, or a setting. */
  gave(path: string): boolean {
    for (const group of this.groups.values()) {
      const file = group.files.get(path);
      if (file !== undefined) return file.facts.size > 0 || [...file.tracks.values()].some((track) => track.length > 0);
    }
    return false;
  }

  /** What the steps of `path` count, as its reader said. */
  settle(path: string, unit: Unit, units: Readonly<Record<string, Unit>> = {}): void {
    for (const group of this.groups.values()) {
      const file = group.files.get(path);
      if (file === undefined || (file.unit === unit && sameUnits(file.units, units))) continue;
      file.unit = unit;
      file.units = units;
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
      const groups = [...this.groups.values()].map((group) => ({ group, files: [...group.files.values()].sort((a, b) => inOrder(a.path, b.path)) }));
      groups.sort((a, b) => order(a.files[0]!.path, b.files[0]!.path));
      const all = groups.flatMap(({ group, files }) => (group.built ??= build(group, files)).map((built) => ({ ...built, events: group.events })));
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
    const kin = kinOf(path, format);
    let group = this.groups.get(kin.key);
    if (group === undefined) this.groups.set(kin.key, (group = { ...kin, files: new Map(), merged: new Map(), built: null }));
    return group;
  }
}

/** By code units: the same order on every machine. */
function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function sameUnits(a: Readonly<Record<string, Unit>>, b: Readonly<Record<string, Unit>>): boolean {
  const tags = Object.keys(a);
  return tags.length === Object.keys(b).length && tags.every((tag) => Object.hasOwn(b, tag) && a[tag] === b[tag]);
}

/** Series of one group's files, in the order given. */
function build(group: Group, files: readonly LogFile[]): Built[] {
  let parts: (readonly LogFile[])[];
  if (group.kind === "copies") parts = [[longestOf(files)]];
  else if (group.kind === "siblings") parts = files.map((file) => [file]);
  else {
    const paths = new Set(files.map((file) => file.path));
    parts = [files.filter((file) => !isTwin(file.path, paths))];
  }
  const found = parts.flatMap((part) => {
    const tags = new Set(part.flatMap((file) => [...file.tracks.keys()]));
    return [...tags].flatMap((tag) => {
      const stands = keptOf(tag, part);
      return stands === null ? [] : [{ ...stands, key: `${part[0]!.path}\0${tag}` }];
    });
  });
  const roles = rolesOf(
    found.map(({ about }) => about.tag),
    files[0]?.path ?? "",
  );
  const before = new Map(group.merged);
  group.merged.clear();
  return found.map(({ kept, about, key }, i) => {
    const merged = before.get(key) ?? new Merged();
    group.merged.set(key, merged);
    return { series: merged.update(kept, about, roles[i]!), consecutive: merged.consecutive };
  });
}

/** Of several states of one history the newest: the one that goes furthest, then the one that holds most. */
function longestOf(files: readonly LogFile[]): LogFile {
  const size = (file: LogFile): [number, number] => [Math.max(-Infinity, ...[...file.tracks.values()].map((track) => track.lastStep)), [...file.tracks.values()].reduce((sum, track) => sum + track.length, 0)];
  let best = files[0]!;
  for (const file of files) {
    const [last, points] = size(file);
    const [bestLast, bestPoints] = size(best);
    if (last > bestLast || (last === bestLast && points > bestPoints)) best = file;
  }
  return best;
}

/** What of each file stands, and what is to be said of it; null where nothing does. */
function keptOf(tag: string, files: readonly LogFile[]): { kept: readonly Kept[]; about: About } | null {
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
      if (n < track.length && (cutCounts || track.lastStep > cut)) restarts++;
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
  const newest = kept[0]?.file;
  if (newest === undefined) return null;
  return { kept: kept.reverse(), about: { tag, source: newest.path, unit: Object.hasOwn(newest.units, tag) ? newest.units[tag]! : newest.unit, restarts } };
}

/** What the steps of each series count, where the tag or the other series tell better than the file. */
function unitsOf(all: readonly (Built & { events: boolean })[]): Unit[] {
  const told = (series: Series, events: boolean): Unit | null => (events ? unitInTag(series.tag) : null);
  // Validations at steps 0, 1, 2, … (or from 1): nobody validates after every step, so these are epochs.
  const evident = all.filter(({ series, consecutive, events }) => {
    const validation = (series.split === "val" || series.split === "test") && series.unit === "step" && told(series, events) === null;
    return validation && series.steps.length >= EVIDENT && consecutive;
  });
  return all.map(({ series, consecutive, events }) => {
    if (series.unit === "epoch") return told(series, events) ?? "epoch";
    return told(series, events) ?? (consecutive && countsLike(series, evident) ? "epoch" : "step");
  });
}

/** Keras: `epoch_*` counts epochs; `batch_*` and `evaluation_*_vs_iterations` count batches (keras/src/callbacks/tensorboard.py). */
function unitInTag(tag: string): Unit | null {
  if (/_vs_iterations$/.test(tag) || /^batch_/.test(tag)) return "step";
  return /^epoch_/.test(tag) ? "epoch" : null;
}

function countsLike(series: Series, evident: readonly { series: Series }[]): boolean {
  const n = series.steps.length;
  if (n >= EVIDENT && wordsOf(series.tag).includes("epoch") && wordsOf(series.tag).length > 1) return true;
  return evident.some(({ series: other }) => other.steps[0] === series.steps[0] && Math.abs(other.steps.length - n) <= 1);
}

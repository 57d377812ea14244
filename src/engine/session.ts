/** One run, inspected again and again: what did not change is not read again. */
import { basename, isAbsolute, relative, resolve, sep } from "node:path";
import { diagnose } from "../diagnose";
import { classWeights } from "../measure/classWeights";
import { outputChannels } from "../measure/tensors";
import type { CheckpointFormat, LogFormat } from "../read/format";
import { alignEpochs } from "../read/layout/epochs";
import { numbersInNames } from "../read/layout/numbers";
import type { FileEntry, RunPlan, VolumeHeader } from "../read/layout/plan";
import { planRun } from "../read/layout/planRun";
import type { CheckpointMeasure, ClassInfo, EpochMeasure, Inspection, LabelSet, Problem, RunMeasures, RunOptions, Series, Source } from "../run";
import { RunCache, stampOf } from "./cache";
import { RunLogs } from "./logs";
import { basePath, PairMeasurer, Stopped } from "./pairs";
import { ScriptReader } from "./scripts";
import { Shelf, type Kind } from "./shelf";
import { runState } from "./state";
import { listFiles } from "./walk";
import { checkpointHeads, measureCheckpoint, type CheckpointHead } from "./weights";

export interface SessionSetup {
  /** Where measured results are kept between sessions; null for memory only. */
  readonly cacheFolder: string | null;
}

export interface InspectHooks {
  readonly progress?: (done: number, total: number) => void;
  readonly shouldStop?: () => boolean;
}

interface Sorted {
  readonly logs: { file: FileEntry; format: LogFormat }[];
  readonly checkpoints: { file: FileEntry; format: CheckpointFormat }[];
  readonly headers: VolumeHeader[];
  readonly scripts: string[];
  readonly sources: Source[];
  readonly torn: boolean;
}

interface Segmentation {
  readonly plan: RunPlan;
  readonly epochs: EpochMeasure[];
  readonly trainEpochs: EpochMeasure[];
  readonly labels: LabelSet | null;
  readonly trainLabels: LabelSet | null;
}

export class RunSession {
  private readonly shelf: Shelf;
  private readonly logs: RunLogs;
  private readonly cache: RunCache;
  private readonly scripts = new ScriptReader();
  private seen = "";

  constructor(
    private readonly folder: string,
    setup: SessionSetup,
  ) {
    this.shelf = new Shelf(folder);
    this.logs = new RunLogs(this.shelf);
    this.cache = new RunCache(setup.cacheFolder, folder);
  }

  /** Whether a file came, went or changed since the last inspection. Lists names, sizes and times; reads nothing. */
  changed(): boolean {
    return fingerprint(listFiles(this.folder, []).files) !== this.seen;
  }

  /** Reads, measures and diagnoses; null when it was told to stop. */
  async inspect(options: RunOptions, hooks: InspectHooks = {}): Promise<Inspection | null> {
    const shouldStop = (): boolean => hooks.shouldStop?.() ?? false;
    try {
      return await this.whole(options, hooks.progress ?? nothing, shouldStop);
    } catch (error) {
      if (error instanceof Stopped) return null;
      throw error;
    } finally {
      this.shelf.closeAll();
    }
  }

  private async whole(options: RunOptions, progress: (done: number, total: number) => void, shouldStop: () => boolean): Promise<Inspection> {
    const problems: Problem[] = [];
    const files = this.files(options, problems);
    const sorted = await this.sort(files, problems, shouldStop);
    this.logs.update(sorted.logs);
    for (const { file } of sorted.logs) {
      const problem = this.logs.problemOf(file.path);
      if (problem !== null) problems.push({ path: file.path, message: problem });
    }
    const series = this.logs.series();
    const heads = await checkpointHeads(this.shelf, this.cache, sorted.checkpoints, problems);
    if (shouldStop()) throw new Stopped();

    const plan = planRun({ volumes: sorted.headers, peek: (ref, count) => this.peek(ref, count), options });
    problems.push(...plan.problems);
    const clock = alignRun(series, plan, heads);
    const work = { done: 0, total: plan.pairs.length + plan.labels.length + heads.length };
    const step = (): void => {
      if (shouldStop()) throw new Stopped();
      progress(++work.done, work.total);
    };

    const checkpoints = await this.measureCheckpoints(heads, clock.checkpoints, problems, step);
    const channels = checkpoints.length === 0 ? null : outputChannels(checkpoints[checkpoints.length - 1]!.tensors);
    const segmentation = this.measureSegmentation(plan, files, clock.predictions, channels, problems, step, shouldStop);
    const lastEpoch = clock.lastEpoch;
    const named = [...checkpoints].reverse().find((c) => c.loss !== null);
    const loss = this.scripts.loss(this.folder, sorted.scripts, options.scriptFolders ?? [], named?.loss == null ? null : { name: named.loss, by: named.path });
    const labels = segmentation.labels ?? segmentation.trainLabels;
    const measures: RunMeasures = {
      classes: classesOf(segmentation, channels, options),
      background: options.background ?? 0,
      lastEpoch,
      series,
      epochs: segmentation.epochs,
      trainEpochs: segmentation.trainEpochs,
      labels: segmentation.labels,
      trainLabels: segmentation.trainLabels,
      checkpoints,
      outputChannels: channels,
      loss,
      classWeights: labels === null ? null : classWeights(labels, loss, { batchSize: null }),
    };
    const sources = this.sources(sorted, plan, problems);
    const state = runState({
      times: activeTimes(files, sorted, plan),
      series,
      closed: closedByHistory(sorted),
      torn: sorted.torn || this.logs.torn,
      now: Date.now(),
    });
    const { findings, cannotJudge } = diagnose(measures, { state, ignored: options.ignoredSymptoms ?? [], thresholds: options.thresholds ?? {} });
    this.cache.sweep();
    this.seen = fingerprint(files.filter((file) => !isAbsolute(file.path)));
    return {
      ...measures,
      folder: this.folder,
      name: basename(this.folder),
      state,
      modified: files.reduce((newest, file) => Math.max(newest, file.mtime), 0),
      sources,
      problems: unique(problems),
      assumptions: [...plan.assumptions, ...clock.assumptions],
      findings,
      cannotJudge,
    };
  }

  /** Files of the run, and of what the user named outside of it (by absolute path). */
  private files(options: RunOptions, problems: Problem[]): FileEntry[] {
    const listed = listFiles(this.folder, problems);
    if (listed.truncated) problems.push({ path: ".", message: `folder: more than can be listed; ${listed.files.length} files were looked at` });
    const files = listed.files;
    for (const named of [options.labels, options.predictions]) {
      if (named === undefined) continue;
      const path = resolve(this.folder, basePath(named));
      if (!relative(this.folder, path).startsWith("..")) continue;
      const outside = listFiles(path, problems);
      if (outside.files.length > 0) files.push(...outside.files.map((file) => ({ ...file, path: `${path.split(sep).join("/")}/${file.path}` })));
      else files.push(...listFiles(resolve(path, ".."), []).files.filter((file) => file.path === basename(path)).map((file) => ({ ...file, path: path.split(sep).join("/") })));
    }
    return files.map((file) => file).sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  private async sort(files: readonly FileEntry[], problems: Problem[], shouldStop: () => boolean): Promise<Sorted> {
    const sorted = { logs: [], checkpoints: [], headers: [], scripts: [], sources: [], torn: false } as Sorted & { torn: boolean };
    this.shelf.prune(new Set(files.map((file) => file.path)));
    for (const file of files) {
      if (shouldStop()) throw new Stopped();
      const kind: Kind = await this.shelf.kindOf(file);
      if (kind === null) continue;
      switch (kind.kind) {
        case "log":
          sorted.logs.push({ file, format: kind.format });
          break;
        case "checkpoint":
          sorted.checkpoints.push({ file, format: kind.format });
          break;
        case "volume":
          sorted.headers.push(...kind.headers);
          if (kind.problem !== null) problems.push({ path: file.path, message: kind.problem });
          break;
        case "script":
          sorted.scripts.push(file.path);
          sorted.sources.push({ path: file.path, kind: "script", format: "python", problem: null });
          break;
        case "config":
          sorted.sources.push({ path: file.path, kind: "config", format: file.path.slice(file.path.lastIndexOf(".") + 1).toLowerCase(), problem: null });
          break;
        case "broken":
          problems.push({ path: file.path, message: kind.problem });
          sorted.torn ||= kind.torn;
          sorted.sources.push({ path: file.path, kind: kind.as === "volume" ? volumeKind(file.path) : kind.as, format: kind.format, problem: kind.problem });
          break;
      }
    }
    return sorted;
  }

  private peek(ref: { path: string; entry: string | null }, count: number): ReturnType<Parameters<typeof planRun>[0]["peek"]> {
    try {
      const array = this.shelf.array(ref, false);
      const size = array.shape.reduce((a, b) => a * b, 1);
      return array.read(0, Math.min(count, size));
    } catch {
      return null; // whoever needs the whole array says what is wrong with it
    }
  }

  private async measureCheckpoints(heads: readonly CheckpointHead[], epochs: readonly (number | null)[], problems: Problem[], step: () => void): Promise<CheckpointMeasure[]> {
    const order = heads
      .map((head, i) => ({ head, epoch: epochs[i] ?? null }))
      .sort((a, b) => (a.epoch ?? Infinity) - (b.epoch ?? Infinity) || (a.head.step ?? Infinity) - (b.head.step ?? Infinity) || (a.head.file.path < b.head.file.path ? -1 : 1));
    const out: CheckpointMeasure[] = [];
    let before: CheckpointHead | null = null;
    for (const { head, epoch } of order) {
      const measured = await measureCheckpoint(this.shelf, this.cache, head, before, epoch, problems);
      if (measured !== null) {
        out.push(measured);
        before = head;
      }
      step();
    }
    return out;
  }

  private measureSegmentation(
    plan: RunPlan,
    files: readonly FileEntry[],
    epochs: readonly (number | null)[],
    channels: number | null,
    problems: Problem[],
    step: () => void,
    shouldStop: () => boolean,
  ): Segmentation {
    const measurer = new PairMeasurer(this.shelf, this.cache, new Map(files.map((file) => [file.path, file])));
    const measured: EpochMeasure[] = [];
    plan.pairs.forEach((pair, i) => {
      const at = epochs[i] ?? null;
      // Without an epoch ("best" beside numbered ones) it has no place in the order.
      const epoch = at === null ? null : measurer.epoch(pair, at, channels, problems, shouldStop);
      if (epoch !== null) measured.push(epoch);
      step();
    });
    measured.sort((a, b) => a.epoch - b.epoch);
    const sets: LabelSet[] = [];
    for (const labels of plan.labels) {
      const set = measurer.labels(labels, channels, problems, shouldStop);
      if (set !== null) sets.push(set);
      step();
    }
    const val = measured.filter((m) => m.split === "val");
    const used = val[val.length - 1]?.labels;
    return {
      plan,
      epochs: val,
      trainEpochs: measured.filter((m) => m.split === "train"),
      labels: sets.find((s) => s.split === "val" && s.path === used) ?? sets.find((s) => s.split === "val") ?? null,
      trainLabels: sets.find((s) => s.split === "train") ?? null,
    };
  }

  private sources(sorted: Sorted, plan: RunPlan, problems: readonly Problem[]): Source[] {
    const problemOf = (path: string): string | null => problems.find((p) => p.path === path)?.message ?? null;
    const sources: Source[] = [...sorted.sources];
    for (const { file, format } of sorted.logs) sources.push({ path: file.path, kind: "log", format: format.name, problem: problemOf(file.path) });
    for (const { file, format } of sorted.checkpoints) sources.push({ path: file.path, kind: "checkpoint", format: format.name, problem: problemOf(file.path) });
    const formats = new Map(sorted.headers.map((header) => [header.path, header.format]));
    const grouped = new Map<string, string>(); // cases of one epoch, or of one label set, are one source: their folder
    for (const pair of plan.pairs) for (const c of pair.cases) grouped.set(c.predictions.path, basePath(pair.predictions));
    for (const labels of plan.labels) for (const c of labels.cases) if (!grouped.has(c.ref.path)) grouped.set(c.ref.path, basePath(labels.path));
    const shown = new Map<string, Source>();
    for (const role of plan.roles) {
      if (role.kind === "other") continue;
      const path = grouped.get(role.path) ?? role.path;
      const known = shown.get(path);
      shown.set(path, { path, kind: role.kind, format: formats.get(role.path) ?? "", problem: known?.problem ?? problemOf(role.path) ?? problemOf(path) });
    }
    sources.push(...shown.values());
    return sources.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  }
}

interface Clock {
  readonly predictions: readonly (number | null)[];
  readonly checkpoints: readonly (number | null)[];
  readonly lastEpoch: number | null;
  readonly assumptions: readonly string[];
}

/** Epochs of prediction and checkpoint files as the log counts them. */
function alignRun(series: readonly Series[], plan: RunPlan, heads: readonly CheckpointHead[]): Clock {
  const byEpoch = series.filter((s) => s.unit === "epoch" && s.steps.length > 0);
  const longest = byEpoch.reduce<Series | null>((best, s) => (best === null || s.steps.length > best.steps.length ? s : best), null);
  const byStep = series.find((s) => s.unit === "step" && longest !== null && s.steps.length === longest.steps.length);
  const stepsPerEpoch = byStep === undefined || longest === null ? null : byStep.steps.at(-1)! / longest.steps.length;
  const names = numbersInNames(heads.map((head) => head.file.path));
  const aligned = alignEpochs({
    logEpochs: longest === null ? null : Array.from(longest.steps),
    stepsPerEpoch: stepsPerEpoch !== null && stepsPerEpoch > 0 ? stepsPerEpoch : null,
    predictions: plan.pairs.map((pair) => ({ path: pair.predictions, number: pair.number, counts: pair.counts, contentEpoch: null, contentStep: null })),
    checkpoints: heads.map((head, i) => ({ path: head.file.path, number: names[i]?.number ?? null, counts: names[i]?.counts ?? null, contentEpoch: head.epoch, contentStep: head.step })),
  });
  const logged = byEpoch.reduce<number | null>((last, s) => Math.max(last ?? -Infinity, s.steps.at(-1)!), null);
  const seen = [...aligned.predictions, ...aligned.checkpoints].filter((e): e is number => e !== null);
  const lastEpoch = logged ?? (seen.length === 0 ? null : Math.max(...seen));
  // The one prediction without a number was made at the end.
  const predictions = aligned.predictions.map((epoch) => epoch ?? (plan.pairs.length === 1 ? (lastEpoch ?? 0) : null));
  return { predictions, checkpoints: aligned.checkpoints, lastEpoch, assumptions: aligned.assumptions };
}

function classesOf(segmentation: Segmentation, channels: number | null, options: RunOptions): ClassInfo[] {
  const counts = [channels ?? 0, options.classNames?.length ?? 0, ...segmentation.epochs.map((e) => e.classes), ...segmentation.trainEpochs.map((e) => e.classes)];
  for (const set of [segmentation.labels, segmentation.trainLabels]) if (set !== null) counts.push(set.classes);
  const background = options.background ?? 0;
  return Array.from({ length: Math.max(...counts) }, (_, index) => ({ index, name: options.classNames?.[index] ?? null, background: index === background }));
}

function volumeKind(path: string): "labels" | "predictions" {
  return /label|mask|truth|(^|[/_.-])(gt|target|y)([/_.-]|$)/i.test(path) ? "labels" : "predictions";
}

/** Times of what a training writes; labels and inputs may be older or newer. */
function activeTimes(files: readonly FileEntry[], sorted: Sorted, plan: RunPlan): number[] {
  const written = new Set<string>([...sorted.logs, ...sorted.checkpoints].map(({ file }) => file.path));
  for (const pair of plan.pairs) for (const c of pair.cases) written.add(c.predictions.path);
  return files.filter((file) => written.has(file.path)).map((file) => file.mtime);
}

/** Keras' history is written when `fit` returns: beside an older or equally old log it says that the training has ended. */
function closedByHistory(sorted: Sorted): boolean {
  const history = sorted.logs.filter(({ format }) => format.name === "history-json");
  const others = sorted.logs.filter(({ format }) => format.name !== "history-json");
  const newest = Math.max(...others.map(({ file }) => file.mtime), -Infinity);
  return history.some(({ file }) => others.length > 0 && file.mtime >= newest);
}

function fingerprint(files: readonly FileEntry[]): string {
  return files.map(stampOf).join("\n");
}

function unique(problems: readonly Problem[]): Problem[] {
  const seen = new Set<string>();
  return problems.filter((p) => {
    const key = `${p.path}\0${p.message}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function nothing(): void {
  // nobody wants to know
}

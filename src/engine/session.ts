/** One run, inspected again and again: what did not change is not read again. */
import { createHash } from "node:crypto";
import { basename, join } from "node:path";
import { diagnose } from "../diagnose";
import { classWeights } from "../measure/classWeights";
import { outputChannels } from "../measure/tensors";
import { labelAssumptions } from "../measure/interpret";
import { overSameClasses } from "../measure/widen";
import { LibraryNeeded } from "../read/bytes/hdf5";
import { historyJson } from "../read/logs/historyJson";
import { exportedModels } from "../read/layout/exports";
import { idlePictures } from "../read/layout/pictures";
import { telling } from "../read/layout/leftOut";
import { withParts } from "../read/layout/parts";
import type { FileEntry, Peek, RunPlan, VolumeRef } from "../read/layout/plan";
import { planRun } from "../read/layout/planRun";
import type { Inspection, Problem, RunMeasures, RunOptions, RunState } from "../run";
import { labelsAround, settingsAround } from "./around";
import { RunCache, stampOf } from "./cache";
import { classesOf, hasRegions, namesInLabels, valuesTold, withClasses } from "./classes";
import { RunConfigs } from "./config";
import { alignRun } from "./clock";
import { Summaries } from "./summaries";
import { RunLogs } from "./logs";
import { takeChoices, type Choices } from "./outside";
import { PairMeasurer, Stopped } from "./pairs";
import { LossFinder, ScriptStore } from "./scripts";
import { fullLevels } from "./pyramids";
import { Shelf } from "./shelf";
import { measureSegmentation } from "./segmentation";
import { activeTimes, sortFiles, sourcesOf, tidied, type Sorted } from "./sources";
import { closedByHistory, runState, type Activity } from "./state";
import type { TensorThreads } from "./tensorThreads";
import { listFiles, statOf } from "./walk";
import { carriedSeries, checkpointHeads, measureCheckpoints } from "./weights";

export interface SessionSetup {
  /** Where measured results are kept between sessions; null for memory only. */
  readonly cacheFolder: string | null;
  /** What is known of the workspace's scripts; one for all runs saves listing and reading them for each. */
  readonly scripts?: ScriptStore;
  /** Who helps with large checkpoints; nobody when left out. */
  readonly threads?: TensorThreads;
}

export interface InspectHooks {
  readonly progress?: (done: number, total: number) => void;
  readonly shouldStop?: () => boolean;
  /** Folders below the run's that are runs of their own, relative to it: their files are theirs. */
  readonly except?: readonly string[];
  /** Folders elsewhere that the same training wrote, relative to the run's ("../../checkpoints/a"). */
  readonly also?: readonly string[];
}

/** What a look at a run's folder shows. */
export type Look = "same" | "changed" | "gone";

interface Listed {
  /** In order of path; those outside of the run by absolute path. */
  readonly files: readonly FileEntry[];
  readonly options: RunOptions;
  readonly written: Choices["written"];
}

export class RunSession {
  private readonly cache: RunCache;
  private readonly losses: LossFinder;
  private readonly threads: TensorThreads | null;
  private shelf: Shelf;
  private logs: RunLogs;
  private configs: RunConfigs;
  private summaries: Summaries;
  private seen = "";
  private options: RunOptions = {};
  private except: readonly string[] = [];
  private also: readonly string[] = [];
  private planned: { readonly of: string; readonly plan: RunPlan } | null = null;
  /** What the state was judged by: it changes as time passes, also when no file does. */
  private activity: Omit<Activity, "now"> | null = null;
  private state: RunState = "unknown";

  constructor(
    private readonly folder: string,
    setup: SessionSetup,
  ) {
    this.threads = setup.threads ?? null;
    this.cache = new RunCache(setup.cacheFolder, folder);
    this.shelf = new Shelf(folder, this.cache);
    this.logs = new RunLogs(this.shelf);
    this.configs = new RunConfigs(this.shelf);
    this.summaries = new Summaries(this.shelf);
    this.losses = new LossFinder(folder, setup.scripts ?? new ScriptStore());
  }

  /** Whether another inspection would say something new. Lists names, sizes and times; reads nothing. */
  look(): Look {
    if (!this.present()) return "gone";
    const { files } = this.list(this.options, []);
    if (fingerprint(files) !== this.seen || this.losses.changed()) return "changed";
    return this.activity !== null && runState({ ...this.activity, now: Date.now() }) !== this.state ? "changed" : "same";
  }

  /** Reads, measures and diagnoses; null when it was told to stop. Throws when the folder is gone. */
  async inspect(options: RunOptions, hooks: InspectHooks = {}): Promise<Inspection | null> {
    const shouldStop = (): boolean => hooks.shouldStop?.() ?? false;
    this.except = hooks.except ?? [];
    this.also = hooks.also ?? [];
    if (!this.present()) throw new Error("the folder is no longer there");
    try {
      return await this.whole(options, hooks.progress ?? nothing, shouldStop);
    } catch (error) {
      if (error instanceof Stopped) return null;
      throw error;
    } finally {
      this.shelf.closeAll();
    }
  }

  /** Drops what can be read again; whether something has changed is still known. */
  rest(): void {
    this.cache.rest();
    this.planned = null;
    this.shelf = new Shelf(this.folder, this.cache);
    this.logs = new RunLogs(this.shelf);
    this.configs = new RunConfigs(this.shelf);
    this.summaries = new Summaries(this.shelf);
  }

  private async whole(asked: RunOptions, progress: (done: number, total: number) => void, shouldStop: () => boolean): Promise<Inspection> {
    const problems: Problem[] = [];
    const { files, options, written } = this.list(asked, problems);
    this.options = asked;
    this.activity = null;
    // Also when it ends early: what did not change since would end so again.
    this.seen = fingerprint(files);
    const sorted = await sortFiles(this.shelf, files, problems, shouldStop);
    const headers = fullLevels(this.shelf, this.cache, files, sorted.headers);
    if (headers.length < sorted.headers.length) sorted.headers.splice(0, sorted.headers.length, ...headers);
    this.logs.update(sorted.logs);
    for (const { file } of sorted.logs) {
      const problem = this.logs.problemOf(file.path);
      if (problem !== null) problems.push({ path: file.path, message: problem });
    }
    // Text that turned out to be no log is nobody's business.
    const logs = sorted.logs.filter(({ file }) => !this.logs.saysNothing(file.path));
    sorted.logs.splice(0, sorted.logs.length, ...logs);
    const opened = await checkpointHeads(this.shelf, this.cache, sorted.checkpoints, problems);
    if (shouldStop()) throw new Stopped();
    const logged = this.logs.series();
    this.configs.update(sorted.configs, problems);
    const config = this.configs.config(this.logs, sorted.logs.map(({ file }) => file.path), opened.heads);
    const series = withClasses([...logged, ...carriedSeries(opened.heads, logged)], config);

    const byPath = new Map(files.map((file) => [file.path, file]));
    const exported = new Set(exportedModels(opened.heads.map((head) => head.file.path), byPath));
    const heads = opened.heads.filter((head) => !exported.has(head.file.path));
    const plan = await this.plan(sorted, byPath, options);
    for (const { path, message } of plan.problems) problems.push({ path, message: message.replaceAll(path, () => written.get(path) ?? path) });
    const asWritten = (text: string): string => [...written].reduce((said, [path, as]) => said.replaceAll(path, () => as), text);
    const clock = alignRun(series, plan, heads);
    const total = plan.pairs.length + plan.labels.length + heads.length;
    let done = 0;
    const step = (): void => {
      if (shouldStop()) throw new Stopped();
      progress(++done, total);
    };

    const checkpoints = await measureCheckpoints(this.shelf, this.cache, heads, clock.checkpoints, problems, this.threads, step);
    const channels = checkpoints.length === 0 ? null : outputChannels(checkpoints[checkpoints.length - 1]!.tensors);
    const values = valuesTold(config, options.background ?? 0);
    const measurer = new PairMeasurer(this.shelf, this.cache, byPath, shouldStop, values.hint);
    const colours = await measurer.decideColours(plan, sorted.headers, config.colours?.value ?? null);
    const segmentation = overSameClasses(await measureSegmentation(measurer, plan, clock, channels, problems, step));
    this.summaries.check([...segmentation.epochs, ...segmentation.trainEpochs], byPath, values.hint.regions ?? null, problems);
    const named = checkpoints.findLast((c) => c.loss !== null);
    const loss = this.losses.loss(sorted.scripts, options.scriptFolders ?? [], named?.loss == null ? null : { name: named.loss, by: named.path });
    const labels = segmentation.labels ?? segmentation.trainLabels;
    const unlabelled = plan.roles.find((role) => role.kind === "predictions");
    const measures: RunMeasures = {
      classes: classesOf(segmentation, channels, options, config, namesInLabels(plan, sorted.headers)),
      background: hasRegions(segmentation) ? 0 : (options.background ?? 0),
      lastEpoch: clock.lastEpoch,
      series,
      ...segmentation,
      checkpoints,
      outputChannels: channels,
      loss,
      config,
      classWeights: labels === null ? null : classWeights(labels, loss, { batchSize: config.batchSize?.value ?? null }),
      ...(unlabelled === undefined || plan.pairs.length > 0 ? {} : { unlabelled: unlabelled.path }),
    };
    this.activity = {
      times: activeTimes(files, sorted, plan),
      series,
      planned: config.plannedEpochs?.value ?? null,
      closed: closedByHistory(sorted.logs.map(({ file, format }) => ({ mtime: file.mtime, begun: format === historyJson ? this.begunAt(file) : null }))),
      torn: sorted.torn || opened.torn || this.logs.torn,
    };
    this.state = runState({ ...this.activity, now: Date.now() });
    const { findings, cannotJudge } = diagnose(measures, { state: this.state, ignored: options.ignoredSymptoms ?? [], thresholds: options.thresholds ?? {} });
    this.cache.sweep();
    return {
      ...measures,
      folder: this.folder,
      name: basename(this.folder),
      state: this.state,
      modified: files.reduce((newest, file) => Math.max(newest, file.mtime), 0),
      sources: sourcesOf(sorted, plan, problems),
      problems: tidied(problems),
      assumptions: [...this.logs.understood(), ...this.logs.repeats(), ...plan.assumptions.map(asWritten), ...clock.assumptions, ...[colours, values.assumption].filter((line) => line !== null), ...[...exported].map((path) => `${path} is taken for the exported network; it is not measured beside the checkpoints.`), ...labelAssumptions([...segmentation.epochs, ...segmentation.trainEpochs])],
      findings,
      cannotJudge,
    };
  }

  private present(): boolean {
    try {
      return statOf(this.folder)?.isDirectory() === true;
    } catch {
      return true; // forbidden, not gone: listing it says so
    }
  }

  /** Files of the run, and of what the user named outside of it. */
  private list(asked: RunOptions, problems: Problem[]): Listed {
    const listed = listFiles(this.folder, problems);
    if (listed.truncated) problems.push({ path: ".", message: `folder: more than can be listed; ${listed.files.length} files were looked at` });
    const mine = this.except.length === 0 ? listed.files : listed.files.filter((file) => !this.except.some((nested) => file.path.startsWith(`${nested}/`)));
    const elsewhere = this.also.flatMap((folder) => listFiles(join(this.folder, folder), problems).files.map((file) => ({ ...file, path: `${folder}/${file.path}` })));
    const own = telling([...mine, ...elsewhere]);
    const around = (asked.labels ?? "").trim() === "" ? labelsAround(this.folder, own) : null;
    const { options, files, written } = takeChoices(this.folder, around === null ? asked : { ...asked, labels: around }, problems);
    const all = [...own, ...settingsAround(this.folder, own), ...files].sort((a, b) => (a.path < b.path ? -1 : 1));
    const named = [options.labels, options.predictions].filter((choice) => choice !== undefined);
    const idle = idlePictures(all.map(({ path }) => path));
    return { files: withParts(idle.size === 0 ? all : all.filter(({ path }) => !idle.has(path) || named.some((choice) => choice === "." || path.startsWith(choice)))), options, written };
  }

  /** What the arrays are. Of the same arrays and options it is known from the time before. */
  private async plan(sorted: Sorted, files: ReadonlyMap<string, FileEntry>, options: RunOptions): Promise<RunPlan> {
    const hash = createHash("sha256").update(JSON.stringify([options.labels ?? "", options.predictions ?? ""]));
    let last = "";
    for (const { path } of sorted.headers) {
      if (path === last) continue;
      last = path;
      const file = files.get(path);
      hash.update(`\n${file === undefined ? path : stampOf(file)}`);
    }
    const of = hash.digest("base64");
    if (this.planned?.of !== of) this.planned = { of, plan: await this.shelf.withLibrary(() => planRun({ volumes: sorted.headers, peek: this.peek(files), options })) };
    return this.planned.plan;
  }

  /** First values of arrays, remembered while their file does not change. */
  private peek(files: ReadonlyMap<string, FileEntry>): Peek {
    return (ref, count) => {
      const file = files.get(ref.path);
      const key = `peek\n${file === undefined ? ref.path : stampOf(file)}\n${JSON.stringify([ref.entry, ref.slice ?? null, count])}`;
      const known = this.cache.peek(key);
      if (known !== undefined) return known as ReturnType<Peek>;
      const values = this.firstValues(ref, count);
      if (values !== null) this.cache.put(key, values);
      return values;
    };
  }

  private firstValues(ref: VolumeRef, count: number): ReturnType<Peek> {
    try {
      const array = this.shelf.array(ref, false);
      const size = array.shape.reduce((a, b) => a * b, 1);
      return array.read(0, Math.min(count, size)).slice();
    } catch (error) {
      if (error instanceof LibraryNeeded) throw error;
      return null; // whoever needs the whole array says what is wrong with it
    }
  }

  /** Milliseconds since 1970 at which a file was made; its last change where the file system does not tell. */
  private begunAt(file: FileEntry): number {
    try {
      const born = statOf(this.shelf.locate(file.path))?.birthtimeMs ?? 0;
      return born > 0 ? Math.min(born, file.mtime) : file.mtime;
    } catch {
      return file.mtime;
    }
  }
}

function fingerprint(files: readonly FileEntry[]): string {
  const hash = createHash("sha256");
  for (const file of files) hash.update(`${stampOf(file)}\n`);
  return hash.digest("hex");
}

function nothing(): void {
  // nobody wants to know
}

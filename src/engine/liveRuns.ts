/** The runs of a workspace: found, inspected in workers, and followed while they are written. */
import { basename, resolve } from "node:path";
import type { RunOptions } from "../run";
import { messageOf } from "./errors";
import { placed } from "./discover";
import { Followed } from "./follow";
import { pathInside, pathsBelow } from "./inside";
import { shortestLabels } from "./labels";
import { Listeners } from "./listeners";
import { type Extent, Pool, WorkerFailed } from "./pool";
import type { Disposable, RunEntry, Runs } from "./runs";

export interface LiveRunsSetup {
  /** Folders to search. */
  readonly roots: readonly string[];
  readonly workerScript: string;
  readonly workers: number;
  /** Where measured results are kept between sessions; null for nowhere. */
  readonly cacheFolder: string | null;
  readonly optionsOf: (folder: string) => RunOptions;
  /** Folders of runs that the user leaves out: they are neither listed nor inspected, unless taken in by hand. */
  readonly excludes?: (folder: string) => boolean;
  readonly log: (line: string) => void;
  /** Milliseconds between looks at runs that are being written, and at the others; longer where looking takes long. */
  readonly pollRunning: number;
  readonly pollIdle: number;
}

/** Searching may take this share of the time: after a search that took a second, the next waits 20; after a hint, 5. */
const SEARCH_SHARE = 20;
const HINT_SHARE = 5;

export class LiveRuns implements Runs {
  private readonly pool: Pool;
  private readonly runs = new Map<string, Followed>();
  private readonly added = new Map<string, readonly string[]>();
  /** Those that the last search found, also those that the user leaves out, with their folders elsewhere. */
  private found = new Map<string, readonly string[]>();
  /** To be inspected once more when they are done. */
  private readonly again = new Set<Followed>();
  private readonly listeners: Listeners;
  private readonly timer: NodeJS.Timeout;
  private search: Promise<void> | null = null;
  private searchAgain = false;
  private searchHint: NodeJS.Timeout | null = null;
  /** Of the next search by itself; there is none before the first one was asked for. */
  private searchAt = Infinity;
  private searchRest = 0;
  private disposed = false;

  constructor(private readonly setup: LiveRunsSetup) {
    this.listeners = new Listeners(setup.log);
    this.pool = new Pool(setup.workerScript, { cacheFolder: setup.cacheFolder }, setup.workers);
    this.timer = setInterval(() => this.tick(), Math.min(setup.pollRunning, setup.pollIdle));
    this.timer.unref();
  }

  get entries(): readonly RunEntry[] {
    return [...this.runs.values()].map(({ entry }) => entry).sort((a, b) => (a.folder < b.folder ? -1 : 1));
  }

  get searching(): boolean {
    return this.search !== null;
  }

  get(folder: string): RunEntry | undefined {
    return this.runs.get(folder)?.entry;
  }

  onDidChange(listener: (folders: readonly string[]) => void): Disposable {
    return this.listeners.add(listener);
  }

  async refresh(folder?: string): Promise<void> {
    if (folder !== undefined) {
      await this.inspect(folder);
      return;
    }
    const known = new Set(this.runs.keys());
    await this.find();
    // New ones are being inspected already.
    await Promise.all([...this.runs].map(([path, run]) => (known.has(path) ? this.inspect(path) : (run.work ?? Promise.resolve()))));
  }

  async add(folder: string): Promise<RunEntry | undefined> {
    const root = resolve(folder);
    const found = (await this.pool.find(root, true)).map((run) => placed(root, run));
    for (const { folder: path, also } of found) {
      this.added.set(path, also);
      this.take(path);
    }
    this.relabel();
    await Promise.all(found.map((run) => this.inspect(run.folder)));
    const first = found[0];
    return first === undefined ? undefined : this.get(first.folder);
  }

  /** What is being measured by the options before is of no more use. */
  async setOptions(folder: string): Promise<void> {
    this.cancel(folder);
    await this.inspect(folder);
  }

  /** A hint that something at `path` changed (null: anywhere); cheap, and never needed for correctness. */
  touched(path: string | null): void {
    if (this.disposed) return;
    const run = path === null ? undefined : this.runAt(path);
    if (run === undefined) this.searchSoon();
    else this.inspectSoon(run);
  }

  /** Ends what is being measured for a run; what was known of it stays, and it is read again once a file changes. */
  cancel(folder: string): void {
    const stop = this.runs.get(folder)?.stop;
    if (stop != null) Atomics.store(stop, 0, 1);
  }

  async dispose(): Promise<void> {
    this.disposed = true;
    clearInterval(this.timer);
    if (this.searchHint !== null) clearTimeout(this.searchHint);
    for (const run of this.runs.values()) this.letGo(run);
    this.listeners.dispose();
    await this.pool.dispose();
  }

  private tick(): void {
    const now = performance.now();
    if (now >= this.searchAt && this.search === null) this.quietly("search", this.find());
    for (const run of this.runs.values()) if (run.isDue(now)) this.quietly(run.entry.folder, this.look(run));
  }

  /** The innermost run that holds `path`. */
  private runAt(path: string): Followed | undefined {
    let best: Followed | undefined;
    for (const run of this.runs.values()) {
      if (pathInside(run.entry.folder, path) !== null && run.entry.folder.length > (best?.entry.folder.length ?? 0)) best = run;
    }
    return best;
  }

  private searchSoon(): void {
    if (this.searchHint !== null) return;
    const begin = (): void => {
      this.searchHint = null;
      this.quietly("search", this.find());
    };
    const wait = this.searchRest - performance.now();
    if (wait <= 0) begin();
    else (this.searchHint = setTimeout(begin, wait)).unref();
  }

  private inspectSoon(run: Followed): void {
    if (run.hint !== null) return;
    const begin = (): void => {
      run.hint = null;
      this.quietly(run.entry.folder, this.inspect(run.entry.folder));
    };
    const wait = run.rest(performance.now());
    if (wait <= 0) begin();
    else (run.hint = setTimeout(begin, wait)).unref();
  }

  /** Searches all roots; runs that are gone leave the list. One search at a time, the next queued once. */
  private async find(): Promise<void> {
    if (this.search !== null) {
      this.searchAgain = true;
      return this.search;
    }
    const begun = performance.now();
    this.search = this.findOnce().finally(() => {
      const now = performance.now();
      this.search = null;
      this.searchAt = now + Math.max(this.setup.pollIdle, SEARCH_SHARE * (now - begun));
      this.searchRest = now + HINT_SHARE * (now - begun);
      this.tell([]);
    });
    await this.search;
    if (this.searchAgain && !this.disposed) {
      this.searchAgain = false;
      this.searchSoon();
    }
  }

  private async findOnce(): Promise<void> {
    const found = new Map<string, readonly string[]>();
    for (const root of this.setup.roots) {
      try {
        for (const run of (await this.pool.find(root, false)).map((one) => placed(resolve(root), one))) found.set(run.folder, run.also);
      } catch (error) {
        if (this.disposed) return;
        this.setup.log(`${root}: cannot be searched: ${messageOf(error)}`);
        for (const [folder, also] of this.found) if (pathInside(root, folder) !== null) found.set(folder, also);
      }
    }
    const present = new Set([...found.keys()].filter((folder) => this.setup.excludes?.(folder) !== true));
    for (const folder of await this.pool.present([...this.added.keys()])) present.add(folder);
    if (this.disposed) return;
    this.found = found;
    for (const folder of [...this.runs.keys()]) if (!present.has(folder)) this.drop(folder);
    const fresh = [...present].filter((folder) => !this.runs.has(folder));
    for (const folder of fresh) this.take(folder);
    this.relabel();
    for (const [folder, run] of this.runs) {
      // Also those whose folder holds another run by now, or no longer does.
      if (fresh.includes(folder) || (run.entry.inspection !== null && extentText(this.extent(folder)) !== extentText(run.extent))) this.quietly(folder, this.inspect(folder));
    }
  }

  /** Runs below `folder` are runs of their own. What the user took in by hand takes nothing from the run around it. */
  private extent(folder: string): Extent {
    return { except: pathsBelow(folder, this.found.keys()).sort(), also: this.found.get(folder) ?? this.added.get(folder) ?? [] };
  }

  private take(folder: string): void {
    if (this.runs.has(folder)) return;
    this.runs.set(folder, new Followed(folder, basename(folder), { running: this.setup.pollRunning, idle: this.setup.pollIdle }));
    this.tell([folder]);
  }

  private drop(folder: string): void {
    const run = this.runs.get(folder);
    if (run === undefined) return;
    this.letGo(run);
    this.runs.delete(folder);
    this.tell([folder]);
    this.quietly(folder, this.pool.forget(folder));
  }

  private letGo(run: Followed): void {
    if (run.stop !== null) Atomics.store(run.stop, 0, 1);
    if (run.hint !== null) clearTimeout(run.hint);
    run.hint = null;
  }

  private relabel(): void {
    for (const [folder, label] of shortestLabels([...this.runs.keys()])) {
      const entry = this.runs.get(folder)?.entry;
      if (entry === undefined || entry.label === label) continue;
      entry.label = label;
      this.tell([folder]);
    }
  }

  private async look(run: Followed): Promise<void> {
    run.looking = true;
    try {
      const { look, cost } = await this.pool.look(run.entry.folder);
      run.looked(performance.now(), cost);
      if (this.runs.get(run.entry.folder) !== run || this.disposed) return;
      if (look === "gone") this.lost(run.entry.folder);
      else if (look === "changed") await this.inspect(run.entry.folder);
    } catch (error) {
      run.failed(performance.now(), error instanceof WorkerFailed);
      throw error;
    } finally {
      run.looking = false;
    }
  }

  private lost(folder: string): void {
    this.drop(folder);
    this.relabel();
  }

  /** Inspects a run; when it is being inspected already, once more after that. */
  private inspect(folder: string): Promise<void> {
    const run = this.runs.get(folder);
    if (run === undefined || this.disposed) return Promise.resolve();
    if (run.work !== null) {
      this.again.add(run);
      return run.work;
    }
    run.work = this.inspectAll(run).finally(() => (run.work = null));
    return run.work;
  }

  private async inspectAll(run: Followed): Promise<void> {
    do await this.inspectOnce(run);
    while (this.again.delete(run) && this.runs.get(run.entry.folder) === run && !this.disposed);
  }

  private async inspectOnce(run: Followed): Promise<void> {
    const { entry } = run;
    const stop = new SharedArrayBuffer(4);
    run.stop = new Int32Array(stop);
    run.extent = this.extent(entry.folder);
    if (entry.inspection === null) {
      entry.phase = "reading";
      this.tell([entry.folder]);
    }
    try {
      const { inspection, cost } = await this.pool.inspect(entry.folder, this.setup.optionsOf(entry.folder), run.extent, stop, (done, total) => {
        entry.progress = { done, total };
        if (entry.inspection === null) this.tell([entry.folder]);
      });
      if (inspection !== null) {
        entry.inspection = inspection;
        entry.phase = "ready";
        entry.error = null;
      } else if (!this.again.has(run)) this.failed(run, "stopped before it was read");
      run.inspected(performance.now(), cost);
    } catch (error) {
      run.failed(performance.now(), error instanceof WorkerFailed);
      if (this.disposed || this.runs.get(entry.folder) !== run) return;
      if ((await this.pool.present([entry.folder])).length === 0) this.lost(entry.folder);
      else this.failed(run, messageOf(error));
    } finally {
      run.stop = null;
      entry.progress = null;
      this.tell([entry.folder]);
    }
  }

  /** What is known of it stays. */
  private failed({ entry }: Followed, error: string): void {
    if (entry.inspection === null) {
      entry.phase = "failed";
      entry.error = error;
    }
    this.setup.log(`${entry.folder}: ${error}`);
  }

  /** For work that nobody waits for: what goes wrong is a line in the log. */
  private quietly(what: string, work: Promise<unknown>): void {
    work.catch((error: unknown) => {
      if (!this.disposed) this.setup.log(`${what}: ${messageOf(error)}`);
    });
  }

  private tell(folders: readonly string[]): void {
    this.listeners.tell(folders);
  }
}

const extentText = ({ except, also }: Extent): string => [...except, "", ...also].join("\n");

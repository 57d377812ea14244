/** The runs of a workspace: found, inspected in workers, and followed while they are written. */
import { basename, join, relative, sep } from "node:path";
import type { Inspection, RunOptions } from "../run";
import { Pool } from "./pool";
import type { Disposable, RunEntry, Runs } from "./runs";
import { messageOf } from "./walk";

export interface LiveRunsSetup {
  /** Folders to search. */
  readonly roots: readonly string[];
  readonly workerScript: string;
  readonly workers: number;
  /** Where measured results are kept between sessions; null for nowhere. */
  readonly cacheFolder: string | null;
  readonly optionsOf: (folder: string) => RunOptions;
  readonly log: (line: string) => void;
  /** Milliseconds between looks at runs that are being written, and at the others. */
  readonly pollRunning: number;
  readonly pollIdle: number;
}

/** Listeners are told at most this often (milliseconds), so that views stay calm. */
const QUIET = 150;

type Mutable = { -readonly [K in keyof RunEntry]: RunEntry[K] };

export class LiveRuns implements Runs {
  private readonly pool: Pool;
  private readonly runs = new Map<string, Mutable>();
  private readonly added = new Set<string>();
  private readonly listeners = new Set<(folders: readonly string[]) => void>();
  private readonly changed = new Set<string>();
  private readonly busy = new Map<string, Promise<void>>();
  private readonly again = new Set<string>();
  private readonly stops = new Map<string, Int32Array>();
  private telling: NodeJS.Timeout | null = null;
  private readonly timers: NodeJS.Timeout[];
  private search: Promise<void> | null = null;
  private searchAgain = false;
  private disposed = false;

  constructor(private readonly setup: LiveRunsSetup) {
    this.pool = new Pool(setup.workerScript, { cacheFolder: setup.cacheFolder }, setup.workers);
    this.timers = [
      setInterval(() => this.look(true), setup.pollRunning),
      setInterval(() => {
        this.look(false);
        this.touched(null);
      }, setup.pollIdle),
    ];
    for (const timer of this.timers) timer.unref();
  }

  get entries(): readonly RunEntry[] {
    return [...this.runs.values()].sort((a, b) => (a.folder < b.folder ? -1 : 1));
  }

  get searching(): boolean {
    return this.search !== null;
  }

  get(folder: string): RunEntry | undefined {
    return this.runs.get(folder);
  }

  onDidChange(listener: (folders: readonly string[]) => void): Disposable {
    this.listeners.add(listener);
    return { dispose: () => void this.listeners.delete(listener) };
  }

  async refresh(folder?: string): Promise<void> {
    if (folder !== undefined) {
      await this.inspect(folder);
      return;
    }
    await this.find();
    await Promise.all([...this.runs.keys()].map((run) => this.inspect(run)));
  }

  async add(folder: string): Promise<RunEntry | undefined> {
    const found = await this.pool.find(folder, true);
    for (const run of found) {
      const path = run.path === "." ? folder : join(folder, run.path);
      this.added.add(path);
      this.take(path);
    }
    this.relabel();
    await Promise.all(found.map((run) => this.inspect(run.path === "." ? folder : join(folder, run.path))));
    const first = found[0];
    return first === undefined ? undefined : this.runs.get(first.path === "." ? folder : join(folder, first.path));
  }

  async setOptions(folder: string): Promise<void> {
    await this.inspect(folder);
  }

  /** A hint that something at `path` changed (null: anywhere); cheap, and never needed for correctness. */
  touched(path: string | null): void {
    if (this.disposed) return;
    const run = path === null ? undefined : [...this.runs.keys()].find((folder) => path === folder || path.startsWith(folder + sep));
    if (run === undefined) this.find().catch((error: unknown) => this.setup.log(`search: ${messageOf(error)}`));
    else this.inspect(run).catch((error: unknown) => this.setup.log(`${run}: ${messageOf(error)}`));
  }

  /** Ends what is being measured for a run; what was known of it stays. */
  cancel(folder: string): void {
    const stop = this.stops.get(folder);
    if (stop !== undefined) Atomics.store(stop, 0, 1);
  }

  async dispose(): Promise<void> {
    this.disposed = true;
    for (const timer of this.timers) clearInterval(timer);
    if (this.telling !== null) clearTimeout(this.telling);
    for (const stop of this.stops.values()) Atomics.store(stop, 0, 1);
    this.listeners.clear();
    await this.pool.dispose();
  }

  /** Searches all roots; runs that are gone leave the list. One search at a time, the next queued once. */
  private async find(): Promise<void> {
    if (this.search !== null) {
      this.searchAgain = true;
      return this.search;
    }
    this.search = this.findOnce().finally(() => {
      this.search = null;
      this.tell([]);
    });
    await this.search;
    if (this.searchAgain && !this.stopped()) {
      this.searchAgain = false;
      await this.find();
    }
  }

  private async findOnce(): Promise<void> {
    const present = new Set<string>(this.added);
    for (const root of this.setup.roots) {
      try {
        for (const run of await this.pool.find(root, false)) present.add(run.path === "." ? root : join(root, run.path));
      } catch (error) {
        if (this.stopped()) return;
        this.setup.log(`${root}: cannot be searched: ${messageOf(error)}`);
        for (const folder of this.runs.keys()) if (folder === root || folder.startsWith(root + sep)) present.add(folder);
      }
    }
    if (this.stopped()) return;
    for (const folder of [...this.runs.keys()]) if (!present.has(folder)) await this.drop(folder);
    const fresh = [...present].filter((folder) => !this.runs.has(folder));
    for (const folder of fresh) this.take(folder);
    this.relabel();
    for (const folder of fresh) this.inspect(folder).catch((error: unknown) => this.setup.log(`${folder}: ${messageOf(error)}`));
  }

  private take(folder: string): void {
    if (this.runs.has(folder)) return;
    this.runs.set(folder, { folder, label: basename(folder), phase: "found", inspection: null, error: null, progress: null });
    this.tell([folder]);
  }

  private async drop(folder: string): Promise<void> {
    this.cancel(folder);
    this.runs.delete(folder);
    this.added.delete(folder);
    this.tell([folder]);
    await this.pool.forget(folder);
  }

  /** Names that tell runs apart: the folder's name, and as much of its path as it takes. */
  private relabel(): void {
    const byName = new Map<string, Mutable[]>();
    for (const run of this.runs.values()) {
      const name = basename(run.folder);
      byName.set(name, [...(byName.get(name) ?? []), run]);
    }
    for (const [name, same] of byName) {
      for (const run of same) {
        const root = this.setup.roots.find((r) => run.folder.startsWith(r + sep));
        const label = same.length === 1 ? name : root === undefined ? run.folder : relative(root, run.folder).split(sep).join("/");
        if (run.label !== label) {
          run.label = label;
          this.tell([run.folder]);
        }
      }
    }
  }

  private look(running: boolean): void {
    for (const run of this.runs.values()) {
      const isRunning = run.inspection?.state === "running" || run.inspection?.state === "stalled";
      if (isRunning !== running || this.busy.has(run.folder) || run.phase === "found") continue;
      this.pool.changed(run.folder).then(
        (changed) => (changed && !this.stopped() ? this.inspect(run.folder) : undefined),
        (error: unknown) => this.setup.log(`${run.folder}: ${messageOf(error)}`),
      ).catch((error: unknown) => this.setup.log(`${run.folder}: ${messageOf(error)}`));
    }
  }

  /** Inspects a run; when it is being inspected already, once more after that. */
  private inspect(folder: string): Promise<void> {
    const running = this.busy.get(folder);
    if (running !== undefined) {
      this.again.add(folder);
      return running;
    }
    const work = this.inspectOnce(folder).finally(() => {
      this.busy.delete(folder);
      if (this.again.delete(folder) && this.runs.has(folder) && !this.stopped()) return this.inspect(folder);
      return undefined;
    });
    this.busy.set(folder, work);
    return work;
  }

  private async inspectOnce(folder: string): Promise<void> {
    const run = this.runs.get(folder);
    if (run === undefined || this.stopped()) return;
    const stop = new Int32Array(new SharedArrayBuffer(4));
    this.stops.set(folder, stop);
    if (run.inspection === null) {
      run.phase = "reading";
      this.tell([folder]);
    }
    try {
      const inspection = await this.pool.inspect(folder, this.setup.optionsOf(folder), stop.buffer, (done, total) => {
        run.progress = { done, total };
        if (run.inspection === null) this.tell([folder]);
      });
      if (inspection !== null) this.settle(run, inspection);
      else if (run.inspection === null) this.failed(run, "stopped before it was read");
    } catch (error) {
      if (!this.stopped()) this.failed(run, messageOf(error));
    } finally {
      this.stops.delete(folder);
      run.progress = null;
      this.tell([folder]);
    }
  }

  private settle(run: Mutable, inspection: Inspection): void {
    run.inspection = inspection;
    run.phase = "ready";
    run.error = null;
  }

  private failed(run: Mutable, error: string): void {
    run.phase = run.inspection === null ? "failed" : run.phase;
    run.error = error;
    this.setup.log(`${run.folder}: ${error}`);
  }

  private stopped(): boolean {
    return this.disposed;
  }

  private tell(folders: readonly string[]): void {
    for (const folder of folders) this.changed.add(folder);
    if (this.telling !== null || this.disposed) return;
    this.telling = setTimeout(() => {
      this.telling = null;
      const all = [...this.changed];
      this.changed.clear();
      for (const listener of this.listeners) listener(all);
    }, QUIET);
  }
}

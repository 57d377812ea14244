/** A few worker threads. A run stays with one worker, which keeps what it has read of it. */
import { Worker } from "node:worker_threads";
import type { FoundRun } from "../read/layout/findRuns";
import type { RunOptions } from "../run";
import { PulseWatch, pulseMemory, stateOf } from "./pulse";
import type { FromWorker, Inspected, Looked, ToWorker, WorkerRequest, WorkerSetup, WorkerStart } from "./workerMessages";

export type Progress = (done: number, total: number) => void;

interface Job {
  readonly request: WorkerRequest;
  readonly progress: Progress | undefined;
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** A worker that has read nothing for so long (milliseconds) while it should does not come back. */
const STUCK_AFTER = 90_000;
/** It is looked at so many times in that span. */
const LOOKS = 6;

/** A worker died over what it had in hand. */
export class WorkerFailed extends Error {}

/** One worker thread, started when it is needed. It is given one job at a time, so that its death fails that one alone. */
class Hand {
  private worker: Worker | null = null;
  private readonly queue: Job[] = [];
  private current: { readonly job: Job; readonly id: number } | null = null;
  private nextId = 1;
  private disposed = false;
  private readonly pulse = pulseMemory();
  private readonly watch = new PulseWatch(this.pulse);
  private watching: NodeJS.Timeout | null = null;

  /** `stuck`: files that workers did not come back from; shared by all hands. */
  constructor(
    private readonly script: string,
    private readonly setup: WorkerSetup,
    private readonly stuck: Set<string>,
    private readonly stuckAfter: number,
  ) {}

  ask(request: WorkerRequest, progress?: Progress): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.disposed) {
        reject(new WorkerFailed("the worker was stopped"));
        return;
      }
      this.queue.push({ request, progress, resolve, reject });
      this.next();
    });
  }

  /** Whether a worker is there that may hold something. */
  get started(): boolean {
    return this.worker !== null;
  }

  async dispose(): Promise<void> {
    this.disposed = true;
    if (this.watching !== null) clearInterval(this.watching);
    const stopped = new WorkerFailed("the worker was stopped");
    for (const job of this.queue.splice(0)) job.reject(stopped);
    this.settle((job) => job.reject(stopped));
    const worker = this.worker;
    this.worker = null;
    await worker?.terminate();
  }

  private next(): void {
    if (this.current !== null || this.disposed) return;
    const job = this.queue.shift();
    if (job === undefined) return;
    const id = this.nextId++;
    this.current = { job, id };
    this.watch.begin();
    this.watching ??= setInterval(() => this.look(), this.stuckAfter / LOOKS).unref();
    try {
      this.worker ??= this.start();
      this.worker.postMessage({ ...job.request, id } satisfies ToWorker);
    } catch (error) {
      this.settle(() => job.reject(error instanceof Error ? error : new Error(String(error))));
    }
  }

  private settle(tell: (job: Job) => void): void {
    const current = this.current;
    this.current = null;
    if (current !== null) tell(current.job);
    this.next();
  }

  /** Ends a worker that is stuck in a file; the next one leaves that file out. */
  private look(): void {
    const worker = this.worker;
    if (this.current === null || worker === null || this.watch.look() < LOOKS) return;
    const file = this.watch.file();
    const state = file === null ? null : stateOf(file);
    if (state !== null) this.stuck.add(state);
    this.worker = null;
    void worker.terminate();
    this.settle((job) => job.reject(new WorkerFailed(`reading ${file ?? "its files"} did not come to an end`)));
  }

  private start(): Worker {
    const worker = new Worker(this.script, { workerData: { ...this.setup, pulse: this.pulse, stuck: [...this.stuck] } satisfies WorkerStart });
    worker.unref();
    worker.on("message", (message: FromWorker) => {
      if (this.worker !== worker || this.current?.id !== message.id) return;
      if (message.kind === "progress") this.current.job.progress?.(message.done, message.total);
      else if (message.kind === "done") this.settle((job) => job.resolve(message.value));
      else this.settle((job) => job.reject(new Error(message.message)));
    });
    const died = (reason: string): void => {
      if (this.worker !== worker) return;
      this.worker = null;
      this.settle((job) => job.reject(new WorkerFailed(reason)));
    };
    worker.on("error", (error) => died(`the worker failed: ${error.message}`));
    worker.on("exit", (code) => died(`the worker ended with code ${code}`));
    return worker;
  }
}

/** What of a run's folder is not the run's, and what elsewhere is (see InspectHooks). */
export interface Extent {
  readonly except: readonly string[];
  readonly also: readonly string[];
}

export class Pool {
  private readonly hands: Hand[];
  /** Searches take long in large folders: they keep nobody else waiting. */
  private readonly scout: Hand;
  private readonly homes = new Map<string, Hand>();

  /** `stuckAfter`: milliseconds without a sign of life. */
  constructor(script: string, setup: WorkerSetup, size: number, stuckAfter = STUCK_AFTER) {
    const stuck = new Set<string>();
    this.hands = Array.from({ length: Math.max(1, size) }, () => new Hand(script, setup, stuck, stuckAfter));
    this.scout = new Hand(script, setup, stuck, stuckAfter);
  }

  async find(folder: string, explicit: boolean): Promise<readonly FoundRun[]> {
    return (await this.scout.ask({ what: "find", folder, explicit })) as readonly FoundRun[];
  }

  /** Those of `folders` that are there. */
  async present(folders: readonly string[]): Promise<readonly string[]> {
    return folders.length === 0 ? [] : ((await this.scout.ask({ what: "present", folders })) as readonly string[]);
  }

  async look(folder: string): Promise<Looked> {
    return (await this.home(folder).ask({ what: "look", folder })) as Looked;
  }

  async inspect(folder: string, options: RunOptions, { except, also }: Extent, stop: SharedArrayBuffer, progress?: Progress): Promise<Inspected> {
    return (await this.home(folder).ask({ what: "inspect", folder, options, except, also, stop }, progress)) as Inspected;
  }

  async forget(folder: string): Promise<void> {
    const home = this.homes.get(folder);
    this.homes.delete(folder);
    if (home?.started === true) await home.ask({ what: "forget", folder });
  }

  async dispose(): Promise<void> {
    await Promise.all([...this.hands, this.scout].map((hand) => hand.dispose()));
  }

  private home(folder: string): Hand {
    let home = this.homes.get(folder);
    if (home === undefined) {
      home = this.fewestRuns();
      this.homes.set(folder, home);
    }
    return home;
  }

  private fewestRuns(): Hand {
    const count = new Map(this.hands.map((hand) => [hand, 0]));
    for (const hand of this.homes.values()) count.set(hand, (count.get(hand) ?? 0) + 1);
    return this.hands.reduce((best, hand) => ((count.get(hand) ?? 0) < (count.get(best) ?? 0) ? hand : best));
  }
}

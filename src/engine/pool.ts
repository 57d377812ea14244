/** A few worker threads. A run stays with one worker, which keeps what it has read of it. */
import { Worker } from "node:worker_threads";
import type { FoundRun } from "../read/layout/findRuns";
import type { Inspection, RunOptions } from "../run";
import type { FromWorker, ToWorker, WorkerRequest, WorkerSetup } from "./workerMessages";

export type Progress = (done: number, total: number) => void;

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
  readonly progress: Progress | undefined;
}

class Hand {
  private worker: Worker | null = null;
  private readonly waiting = new Map<number, Waiting>();
  private nextId = 1;

  constructor(
    private readonly script: string,
    private readonly setup: WorkerSetup,
  ) {}

  get load(): number {
    return this.waiting.size;
  }

  ask(request: WorkerRequest, progress?: Progress): Promise<unknown> {
    const worker = (this.worker ??= this.start());
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject, progress });
      worker.postMessage({ ...request, id } satisfies ToWorker);
    });
  }

  async dispose(): Promise<void> {
    this.fail("the worker was stopped");
    const worker = this.worker;
    this.worker = null;
    await worker?.terminate();
  }

  private start(): Worker {
    const worker = new Worker(this.script, { workerData: this.setup, stderr: false });
    worker.unref();
    worker.on("message", (message: FromWorker) => {
      const waiting = this.waiting.get(message.id);
      if (waiting === undefined) return;
      if (message.kind === "progress") {
        waiting.progress?.(message.done, message.total);
        return;
      }
      this.waiting.delete(message.id);
      if (message.kind === "done") waiting.resolve(message.value);
      else waiting.reject(new Error(message.message));
    });
    // A worker that dies (out of memory, say) fails what it had in hand; the next question starts another.
    worker.on("error", (error) => {
      if (this.worker === worker) this.worker = null;
      this.fail(`the worker failed: ${error.message}`);
    });
    worker.on("exit", () => {
      if (this.worker !== worker) return;
      this.worker = null;
      this.fail("the worker ended");
    });
    return worker;
  }

  private fail(reason: string): void {
    const all = [...this.waiting.values()];
    this.waiting.clear();
    for (const waiting of all) waiting.reject(new Error(reason));
  }
}

export class Pool {
  private readonly hands: Hand[];
  private readonly homes = new Map<string, Hand>();

  constructor(script: string, setup: WorkerSetup, size: number) {
    this.hands = Array.from({ length: Math.max(1, size) }, () => new Hand(script, setup));
  }

  async find(folder: string, explicit: boolean): Promise<readonly FoundRun[]> {
    return (await this.idlest().ask({ what: "find", folder, explicit })) as readonly FoundRun[];
  }

  async changed(folder: string): Promise<boolean> {
    return (await this.home(folder).ask({ what: "changed", folder })) as boolean;
  }

  async inspect(folder: string, options: RunOptions, stop: SharedArrayBuffer | null, progress?: Progress): Promise<Inspection | null> {
    return (await this.home(folder).ask({ what: "inspect", folder, options, stop }, progress)) as Inspection | null;
  }

  async forget(folder: string): Promise<void> {
    const home = this.homes.get(folder);
    this.homes.delete(folder);
    if (home !== undefined) await home.ask({ what: "forget", folder });
  }

  async dispose(): Promise<void> {
    await Promise.all(this.hands.map((hand) => hand.dispose()));
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

  private idlest(): Hand {
    return this.hands.reduce((best, hand) => (hand.load < best.load ? hand : best));
  }
}

/** Threads that help to measure large checkpoints; started with the first one, ended when they have had nothing to do for a while. */
import { Worker } from "node:worker_threads";
import type { TensorEntry } from "../read/format";
import { elementsOf, measureTaken, measuredTensor, type TensorResult } from "./tensorJob";

/** A checkpoint as another thread opens it. */
export interface OpenAs {
  readonly path: string;
  readonly name: string;
  readonly format: string;
}

export interface TensorRequest {
  readonly id: number;
  readonly file: OpenAs;
  readonly before: OpenAs | null;
  readonly order: readonly number[];
  /** One Int32: how many of `order` were taken. */
  readonly taken: SharedArrayBuffer;
}

export interface TensorReply {
  readonly id: number;
  readonly results: readonly (readonly [number, TensorResult])[];
  /** Why it could not help; then the others do its part. */
  readonly failed: string | null;
}

/** Elements from which on a second thread saves more time than it takes to start. */
const LARGE = 16 << 20;
/** Milliseconds after which a thread with nothing to do is ended. */
const IDLE = 10_000;

/** The tensors that stand for themselves (`sameAs` names none), the largest first. */
function ownOf(tensors: readonly TensorEntry[]): { index: number; size: number }[] {
  const own = tensors.flatMap((tensor, index) => (tensor.sameAs === undefined ? [{ index, size: elementsOf(tensor) }] : []));
  return own.sort((a, b) => b.size - a.size || a.index - b.index);
}

/** With the help of `threads` where there are some; see there. */
export async function measureTensors(threads: TensorThreads | null, tensors: readonly TensorEntry[], before: readonly TensorEntry[], file: OpenAs, earlier: OpenAs | null): Promise<ReadonlyMap<number, TensorResult>> {
  if (threads !== null) return threads.measure(tensors, before, file, earlier);
  const results = new Map<number, TensorResult>();
  measureTaken(tensors, before, ownOf(tensors).map(({ index }) => index), new Int32Array(1), results);
  return results;
}

export class TensorThreads {
  private readonly workers: Worker[] = [];
  private idle: NodeJS.Timeout | null = null;
  private nextId = 1;

  /** `threads`: all that measure, this one among them; `script`: what the others run. */
  constructor(
    private readonly script: string,
    private readonly threads: number,
  ) {}

  /**
   * Measures all tensors that stand for themselves (`sameAs` names none), in any order of work; the result of each by its index.
   * `tensors` and `before` are open here; `file` and `earlier` say how the others open them.
   */
  async measure(tensors: readonly TensorEntry[], before: readonly TensorEntry[], file: OpenAs, earlier: OpenAs | null): Promise<Map<number, TensorResult>> {
    const own = ownOf(tensors);
    const order = own.map(({ index }) => index);
    const shared = new SharedArrayBuffer(4);
    const taken = new Int32Array(shared);
    const results = new Map<number, TensorResult>();
    const helped = this.threads > 1 && own.reduce((sum, { size }) => sum + size, 0) >= LARGE ? this.help({ id: this.nextId++, file, before: earlier, order, taken: shared }) : [];
    measureTaken(tensors, before, order, taken, results);
    for (const reply of await Promise.all(helped)) for (const [index, result] of reply.results) results.set(index, result);
    // What a thread that failed had taken is nobody's.
    for (const index of order) if (!results.has(index)) results.set(index, measuredTensor(tensors[index]!, before.find(({ name }) => name === tensors[index]!.name) ?? null));
    return results;
  }

  /** Ends the threads. */
  async close(): Promise<void> {
    if (this.idle !== null) clearTimeout(this.idle);
    this.idle = null;
    await Promise.all(this.workers.splice(0).map((worker) => worker.terminate()));
  }

  private help(request: TensorRequest): Promise<TensorReply>[] {
    while (this.workers.length < this.threads - 1) this.workers.push(this.start());
    if (this.idle !== null) clearTimeout(this.idle);
    this.idle = setTimeout(() => void this.close(), IDLE).unref();
    return this.workers.map((worker) => ask(worker, request));
  }

  private start(): Worker {
    const worker = new Worker(this.script);
    worker.unref(); // does not keep a program alive that has nothing else to do
    const gone = (): void => {
      const at = this.workers.indexOf(worker);
      if (at >= 0) this.workers.splice(at, 1);
    };
    worker.once("exit", gone);
    worker.once("error", gone);
    return worker;
  }
}

/** A thread that dies gives nothing; it is not the checkpoint's fault. */
function ask(worker: Worker, request: TensorRequest): Promise<TensorReply> {
  return new Promise((resolve) => {
    const done = (reply: TensorReply): void => {
      worker.off("message", heard);
      worker.off("error", died);
      worker.off("exit", ended);
      worker.unref();
      resolve(reply);
    };
    const heard = (reply: TensorReply): void => {
      if (reply.id === request.id) done(reply);
    };
    const died = (error: Error): void => done({ id: request.id, results: [], failed: error.message });
    const ended = (): void => done({ id: request.id, results: [], failed: "the thread ended" });
    worker.on("message", heard);
    worker.on("error", died);
    worker.on("exit", ended);
    worker.ref();
    worker.postMessage(request);
  });
}

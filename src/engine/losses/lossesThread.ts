/** One comparison of losses in a thread of its own. */
import { Worker } from "node:worker_threads";
import type { FromLosses, LossesJob } from "./lossesMessages";

export class LossesThread {
  private readonly worker: Worker;
  private over = false;

  /** `script`: path of lossesWorker.js. `heard` is called for each message until one ends it ("done", "failed"), or `stop` was called. */
  constructor(script: string, job: LossesJob, heard: (message: FromLosses) => void) {
    const tell = (message: FromLosses): void => {
      if (this.over) return;
      this.over = message.kind === "done" || message.kind === "failed";
      heard(message);
    };
    this.worker = new Worker(script, { workerData: job, resourceLimits: { maxOldGenerationSizeMb: 1024 } });
    this.worker.on("message", (message: FromLosses) => tell(message));
    this.worker.on("error", (error: Error) => tell({ kind: "failed", message: error.message }));
    this.worker.on("exit", (code) => tell({ kind: "failed", message: `the thread that compares ended with code ${code}` }));
  }

  /** Ends it at once; nothing is heard of it any more. */
  async stop(): Promise<void> {
    this.over = true;
    await this.worker.terminate();
  }
}

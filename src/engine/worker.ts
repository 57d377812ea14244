/** A worker thread: holds the sessions of the runs that were given to it, so that no reading happens on the host's thread. */
import { parentPort, workerData } from "node:worker_threads";
import { findRunsBelow } from "./discover";
import { RunSession } from "./session";
import { messageOf } from "./walk";
import type { FromWorker, ToWorker, WorkerSetup } from "./workerMessages";

const port = parentPort;
if (port === null) throw new Error("worker: must be started as a worker thread");
const setup = workerData as WorkerSetup;
const sessions = new Map<string, RunSession>();

function session(folder: string): RunSession {
  let known = sessions.get(folder);
  if (known === undefined) {
    known = new RunSession(folder, { cacheFolder: setup.cacheFolder });
    sessions.set(folder, known);
  }
  return known;
}

function post(message: FromWorker): void {
  port?.postMessage(message);
}

async function answer(message: ToWorker): Promise<unknown> {
  switch (message.what) {
    case "find":
      return findRunsBelow(message.folder, message.explicit);
    case "changed":
      return session(message.folder).changed();
    case "inspect": {
      const stop = message.stop === null ? null : new Int32Array(message.stop);
      return session(message.folder).inspect(message.options, {
        progress: (done, total) => post({ id: message.id, kind: "progress", done, total }),
        shouldStop: () => stop !== null && Atomics.load(stop, 0) !== 0,
      });
    }
    case "forget":
      sessions.delete(message.folder);
      return null;
  }
}

// One at a time: a second message waits, so that sessions never run into themselves.
let last: Promise<void> = Promise.resolve();
port.on("message", (message: ToWorker) => {
  last = last.then(async () => {
    try {
      post({ id: message.id, kind: "done", value: await answer(message) });
    } catch (error) {
      post({ id: message.id, kind: "failed", message: messageOf(error) });
    }
  });
});

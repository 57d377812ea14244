/** A worker thread: holds the sessions of the runs that were given to it, so that no reading happens on the host's thread. */
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import { tidyCaches } from "./cache";
import { findRunsBelow } from "./discover";
import { messageOf } from "./errors";
import { startPulse } from "./pulse";
import { ScriptStore } from "./scripts";
import { RunSession } from "./session";
import { TensorThreads } from "./tensorThreads";
import { statOf } from "./walk";
import type { FromWorker, Inspected, Looked, ToWorker, WorkerStart } from "./workerMessages";

/** Sessions that keep what they have read in memory; the others read it again when their run changes. */
const WARM = 24;
/** Days after which the cache of a run that nobody looked at is removed. */
const CACHE_DAYS = 60;

const port = parentPort;
if (port === null) throw new Error("worker: must be started as a worker thread");
const setup = workerData as WorkerStart;
startPulse(setup.pulse, setup.stuck);
const scripts = new ScriptStore();
/** Another thread or none: training goes before looking at it. */
const threads = new TensorThreads(join(__dirname, "tensors.js"), Math.min(2, availableParallelism()));
/** The last inspected ones last. */
const sessions = new Map<string, RunSession>();
let tidied = false;

function session(folder: string): RunSession {
  let known = sessions.get(folder);
  if (known === undefined) {
    known = new RunSession(folder, { cacheFolder: setup.cacheFolder, scripts, threads });
    sessions.set(folder, known);
  }
  return known;
}

/** Moves a run's session to the end of the line, and lets the one that falls out of the warm ones rest. */
function warmed(folder: string): RunSession {
  const known = session(folder);
  sessions.delete(folder);
  sessions.set(folder, known);
  [...sessions.values()].at(-1 - WARM)?.rest();
  return known;
}

function post(message: FromWorker): void {
  port?.postMessage(message);
}

async function answer(message: ToWorker): Promise<unknown> {
  const begun = performance.now();
  switch (message.what) {
    case "find":
      if (!tidied && setup.cacheFolder !== null) tidyCaches(setup.cacheFolder, CACHE_DAYS);
      tidied = true;
      return findRunsBelow(message.folder, message.explicit);
    case "present":
      return message.folders.filter(isThere);
    case "look": {
      const look = session(message.folder).look();
      return { look, cost: performance.now() - begun } satisfies Looked;
    }
    case "inspect": {
      const stop = new Int32Array(message.stop);
      let measuring = 0;
      let from = 0;
      const inspection = await warmed(message.folder).inspect(message.options, {
        progress: (done, total) => {
          const now = performance.now();
          if (from > 0) measuring += now - from;
          from = now;
          post({ id: message.id, kind: "progress", done, total });
        },
        except: message.except,
        also: message.also,
        shouldStop: () => Atomics.load(stop, 0) !== 0,
      });
      return { inspection, cost: performance.now() - begun - measuring } satisfies Inspected;
    }
    case "forget":
      sessions.delete(message.folder);
      return null;
  }
}

function isThere(folder: string): boolean {
  try {
    return statOf(folder)?.isDirectory() === true;
  } catch {
    return true; // forbidden, not gone
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

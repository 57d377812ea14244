/** One trial in a process of its own: what it takes is given back with it, and nothing that happens there ends the host. */
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { FromTrial, ToTrial, TrialJob } from "./trialMessages";

/** Of what the process wrote before it died, so much is looked at. */
const TAIL = 4000;

export class TrialRun {
  private readonly child: ChildProcess;
  private over = false;
  private errors = "";

  /** `script`: path of dist/trial.js. `heard` is called for each message until one ends it ("done", "failed"), or `stop` was called. */
  constructor(
    script: string,
    job: TrialJob,
    private readonly heard: (message: FromTrial) => void,
  ) {
    this.child = fork(script, [], {
      serialization: "advanced",
      execArgv: ["--max-old-space-size=2048"],
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      // The editor's own program is no Node unless it is told; TensorFlow tells a lot unless it is told.
      env: { ...process.env, ELECTRON_RUN_AS_NODE: "1", TF_CPP_MIN_LOG_LEVEL: "2" },
    });
    this.child.stderr?.setEncoding("utf8").on("data", (text: string) => (this.errors = (this.errors + text).slice(-TAIL)));
    this.child.on("message", (message: FromTrial) => this.tell(message));
    this.child.on("error", (error) => this.tell({ kind: "failed", message: error.message }));
    this.child.on("close", (code, signal) => this.tell({ kind: "failed", message: ending(code, signal, this.errors) }));
    this.send({ kind: "job", job });
  }

  /** Of the process; undefined where it could not be started. */
  get pid(): number | undefined {
    return this.child.pid;
  }

  /** Between two steps. */
  pause(): void {
    this.send({ kind: "pause" });
  }

  resume(): void {
    this.send({ kind: "resume" });
  }

  /** Goes on with the next variant. */
  skip(id: string): void {
    this.send({ kind: "skip", id });
  }

  /** Ends it at once; nothing is heard of it any more. */
  async stop(): Promise<void> {
    this.over = true;
    if (this.child.exitCode !== null || this.child.signalCode !== null || this.child.pid === undefined) return;
    const closed = once(this.child, "close");
    this.child.kill("SIGKILL");
    await closed;
  }

  private tell(message: FromTrial): void {
    if (this.over) return;
    this.over = message.kind === "done" || message.kind === "failed";
    this.heard(message);
  }

  private send(message: ToTrial): void {
    // A process that has gone tells by itself.
    if (this.child.connected) this.child.send(message, () => undefined);
  }
}

function ending(code: number | null, signal: NodeJS.Signals | null, errors: string): string {
  if (/heap out of memory|Cannot allocate memory|bad_alloc|OOM/i.test(errors)) return "The training ended: there is not enough free memory for it.";
  if (signal === "SIGKILL") return "The training was ended from outside (SIGKILL): the system does that when memory runs out.";
  const said = errors.split("\n").find((line) => /error/i.test(line))?.trim();
  return `The training ended with ${signal ?? `code ${code ?? "unknown"}`}${said === undefined ? "" : `: ${said}`}`;
}

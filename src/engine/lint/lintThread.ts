/**
 * The editor's side of the lint worker. Edits are handed on at once, questions one at a time: while one is answered the newest text
 * waits, and what is asked of an older one is not answered any more. A worker that does not come back is ended; what it was at is
 * left alone until it changes.
 */
import { Worker } from "node:worker_threads";
import { applied, type Change } from "../../lint/edits";
import type { RunFacts } from "../../lint/facts";
import type { CellText, Checked, CheckedCell } from "../../lint/session";
import type { FromLint, LintNews, LintQuestion, LintStart, ToLint } from "./lintMessages";

/** Milliseconds after which a worker that has not answered does not answer any more. */
const PATIENCE = 10_000;
/** What one edit makes is mostly gone before the next: with room for it little is copied. */
const YOUNG_MB = 64;

export interface LintFailure {
  /** What was linted; null when it was no document. */
  readonly key: string | null;
  readonly message: string;
}

interface Open {
  version: number;
  text: string;
  cells: readonly CellText[] | null;
  /** A worker did not come back from this state of it. */
  stuck: boolean;
}

interface Waiting {
  readonly question: LintQuestion;
  readonly version: number;
  resolve(value: unknown): void;
}

export interface LintThreadSetup {
  /** Absolute, with "/": below these modules that are imported are read. */
  readonly folders: readonly string[];
  readonly patience?: number;
}

export class LintThread {
  private readonly documents = new Map<string, Open>();
  private readonly queue: Waiting[] = [];
  private readonly listeners = new Set<(failure: LintFailure) => void>();
  private worker: Worker | null = null;
  private current: (Waiting & { readonly id: number; readonly timer: NodeJS.Timeout }) | null = null;
  private nextId = 1;
  private disposed = false;
  private folders: readonly string[];

  /** `script`: dist/lintWorker.js */
  constructor(
    private readonly script: string,
    private readonly setup: LintThreadSetup,
  ) {
    this.folders = setup.folders;
  }

  open(key: string, version: number, text: string): void {
    this.documents.set(key, { version, text, cells: null, stuck: false });
    this.tell({ what: "open", key, text });
  }

  /** `changes`: offsets of the text before all of them. */
  edit(key: string, version: number, changes: readonly Change[]): void {
    const document = this.documents.get(key);
    if (document === undefined) return;
    Object.assign(document, { version, stuck: false, text: applied(document.text, changes) } satisfies Partial<Open>);
    this.tell({ what: "edit", key, changes });
  }

  /** Also when cells came, went or changed places. */
  openNotebook(key: string, version: number, cells: readonly CellText[]): void {
    this.documents.set(key, { version, text: "", cells: [...cells], stuck: false });
    this.tell({ what: "openNotebook", key, cells });
  }

  /** `version`: of the notebook. */
  editCell(key: string, version: number, cell: string, changes: readonly Change[]): void {
    const document = this.documents.get(key);
    if (document === undefined) return;
    const cells = (document.cells ?? []).map((one) => (one.key === cell ? { key: cell, text: applied(one.text, changes) } : one));
    Object.assign(document, { version, stuck: false, cells } satisfies Partial<Open>);
    this.tell({ what: "editCell", key, cell, changes });
  }

  close(key: string): void {
    if (this.documents.delete(key)) this.tell({ what: "close", key });
  }

  /** A file on the disk changed, came or went. */
  changed(path: string): void {
    this.tell({ what: "changed", path });
  }

  setFolders(folders: readonly string[]): void {
    this.folders = folders;
    this.tell({ what: "folders", folders });
  }

  /** Null when the document is not open, has another version by now, or is left alone. */
  async check(key: string, version: number, facts: RunFacts | null = null): Promise<Checked | null> {
    return (await this.ask({ what: "check", key, facts }, version)) as Checked | null;
  }

  async checkNotebook(key: string, version: number, facts: RunFacts | null = null): Promise<readonly CheckedCell[] | null> {
    return (await this.ask({ what: "checkNotebook", key, facts }, version)) as readonly CheckedCell[] | null;
  }

  /** Open documents to be checked again when the file at `path` has changed, open or on the disk. */
  async dependents(path: string): Promise<readonly string[]> {
    return ((await this.ask({ what: "dependents", path }, 0)) as readonly string[] | null) ?? [];
  }

  onDidFail(listener: (failure: LintFailure) => void): { dispose(): void } {
    this.listeners.add(listener);
    return { dispose: () => void this.listeners.delete(listener) };
  }

  async dispose(): Promise<void> {
    this.disposed = true;
    this.listeners.clear();
    for (const waiting of this.queue.splice(0)) waiting.resolve(null);
    this.settle(null);
    await this.end();
  }

  /** To the worker that runs; one that is started later is told all that is open. */
  private tell(news: LintNews): void {
    this.worker?.postMessage(news satisfies ToLint);
  }

  private ask(question: LintQuestion, version: number): Promise<unknown> {
    return new Promise((resolve) => {
      if (this.disposed) {
        resolve(null);
        return;
      }
      // Of one document only the newest question counts.
      if (question.what !== "dependents") {
        const at = this.queue.findIndex((w) => w.question.what !== "dependents" && w.question.key === question.key);
        if (at >= 0) this.queue.splice(at, 1)[0]!.resolve(null);
      }
      this.queue.push({ question, version, resolve });
      this.next();
    });
  }

  private next(): void {
    while (this.current === null && !this.disposed) {
      const waiting = this.queue.shift();
      if (waiting === undefined) return;
      if (!this.isCurrent(waiting)) {
        waiting.resolve(null);
        continue;
      }
      const id = this.nextId++;
      this.worker ??= this.start();
      this.worker.postMessage({ ...waiting.question, id } satisfies ToLint);
      const timer = setTimeout(() => this.stuck(), this.setup.patience ?? PATIENCE).unref();
      this.current = { ...waiting, id, timer };
    }
  }

  private isCurrent({ question, version }: Waiting): boolean {
    if (question.what === "dependents") return true;
    const document = this.documents.get(question.key);
    return document?.version === version && !document.stuck;
  }

  private settle(value: unknown): void {
    const { current } = this;
    if (current === null) return;
    clearTimeout(current.timer);
    this.current = null;
    current.resolve(this.isCurrent(current) ? value : null);
    this.next();
  }

  private start(): Worker {
    const worker = new Worker(this.script, { workerData: { folders: this.folders } satisfies LintStart, resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB } });
    worker.unref();
    worker.on("message", (message: FromLint) => {
      if (this.worker !== worker || this.current?.id !== message.id) return;
      if (message.kind === "failed") this.failed(message.message);
      this.settle(message.kind === "done" ? message.value : null);
    });
    const died = (message: string): void => {
      if (this.worker === worker) this.lost(message);
    };
    worker.on("error", (error) => died(`the lint worker failed: ${error.message}`));
    worker.on("exit", (code) => died(`the lint worker ended with code ${code}`));
    for (const [key, { text, cells }] of this.documents) {
      worker.postMessage((cells === null ? { what: "open", key, text } : { what: "openNotebook", key, cells }) satisfies ToLint);
    }
    return worker;
  }

  private stuck(): void {
    this.lost("linting it did not come to an end; it is left alone until it changes");
  }

  /** What the worker had in hand ended it, and is not tried again as it is. */
  private lost(message: string): void {
    void this.end();
    const question = this.current?.question;
    const document = question === undefined || question.what === "dependents" ? undefined : this.documents.get(question.key);
    if (document !== undefined) document.stuck = true;
    this.failed(message);
    this.settle(null);
  }

  private failed(message: string): void {
    const question = this.current?.question;
    for (const listener of this.listeners) listener({ key: question === undefined || question.what === "dependents" ? null : question.key, message });
  }

  private async end(): Promise<void> {
    const { worker } = this;
    this.worker = null;
    await worker?.terminate();
  }
}

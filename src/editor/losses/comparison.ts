/** The comparison of losses on one run's labels: made anew when these change, kept otherwise. */
import type { RunEntry } from "../../engine/runs";
import { LossesThread } from "../../engine/losses/lossesThread";
import type { FromLosses, LossCode } from "../../engine/losses/lossesMessages";
import { labelsOf } from "../../losses/analysis/fromRun";
import type { LossesState, LossTable } from "../../protocol";
import { basename } from "node:path";

export type Which = "usual" | "all";

export class Comparison {
  private thread: LossesThread | null = null;
  private table: LossTable | null = null;
  /** What the table was made of. */
  private madeOf: unknown = null;
  private which: Which = "usual";
  /** Code of the losses in the table, by id. */
  private readonly codes = new Map<string, LossCode>();

  constructor(
    private readonly folder: string,
    private readonly script: string,
    private readonly entry: () => RunEntry | undefined,
    private readonly searching: () => boolean,
    private readonly changed: () => void,
    private readonly failed: (what: string, error: unknown) => void,
  ) {}

  choose(which: Which): void {
    if (which === this.which) return;
    this.which = which;
    this.madeOf = null;
    this.changed();
  }

  get state(): LossesState {
    const entry = this.entry();
    const title = entry?.label ?? basename(this.folder);
    const inspection = entry?.inspection ?? null;
    const say = (kind: "reading" | "problem", text: string): LossesState => ({ kind, title, folder: this.folder, text });
    if (entry === undefined) return this.searching() ? say("reading", "Looking for the run.") : say("problem", "No run is in this folder any more.");
    if (inspection === null) return entry.phase === "failed" ? say("problem", entry.error ?? "The run could not be read.") : say("reading", "The run is being read.");
    const labels = labelsOf(inspection);
    if (typeof labels === "string") return say("problem", labels);
    const of = [inspection.labels ?? inspection.trainLabels, inspection.loss, inspection.background, labels.set.batchSize];
    if (!(Array.isArray(this.madeOf) && this.madeOf.every((part, i) => part === of[i]))) {
      this.madeOf = of;
      const { set, over, names, batchBy } = labels;
      this.table = { kind: "table", title, folder: this.folder, over, names, classes: set.classes, images: set.images.length, background: set.background, batchSize: set.batchSize, batchBy, unknownLoss: null, rows: [], total: 0, error: null };
      this.end();
      this.codes.clear();
      this.thread = new LossesThread(this.script, { set, loss: inspection.loss, config: inspection.config ?? null, which: this.which, names }, (message) => this.heard(message, inspection.loss?.name ?? inspection.config?.lossName?.value ?? null));
    }
    return this.table === null ? say("reading", "The labels are being compared.") : { ...this.table, title };
  }

  /** Name and code of a loss in the table. Throws where there is none. */
  codeOf(id: string, framework: keyof LossCode): { readonly name: string; readonly code: string } {
    const row = this.table?.rows.find((r) => r.id === id);
    const code = this.codes.get(id)?.[framework] ?? null;
    if (row === undefined || code === null) throw new Error(row?.noCode ?? "This loss is not in the table any more.");
    return { name: row.name, code };
  }

  /** Ends what is being computed; what is there stays. */
  stop(): void {
    this.end();
    if (this.table !== null && (this.table.total === 0 || this.table.rows.length < this.table.total)) this.table = { ...this.table, total: this.table.rows.length, error: "Stopped." };
    this.changed();
  }

  dispose(): void {
    this.end();
  }

  private end(): void {
    const thread = this.thread;
    this.thread = null;
    thread?.stop().catch((error: unknown) => this.failed(`losses of ${this.folder}`, error));
  }

  private heard(message: FromLosses, lossName: string | null): void {
    if (this.table === null) return;
    switch (message.kind) {
      case "begun":
        this.table = { ...this.table, total: message.total, unknownLoss: message.own ? null : lossName };
        break;
      case "row":
        this.codes.set(message.row.id, message.code);
        this.table = { ...this.table, rows: [...this.table.rows, message.row] };
        break;
      case "failed":
        this.table = { ...this.table, total: this.table.rows.length, error: message.message };
        break;
      case "done":
        break;
    }
    this.changed();
  }
}

/** The comparison of losses on one run's labels, or on the toy set: made anew when these change, kept otherwise. */
import { LossesThread } from "../../engine/losses/lossesThread";
import type { FromLosses, LossCode } from "../../engine/losses/lossesMessages";
import type { LossesState, LossTable } from "../../protocol";
import type { CompareSubject, Compared } from "./compareSubject";
import { trialKey } from "./trialStore";
import type { TrialSubject } from "./trial";

export type Which = "usual" | "all";

export class Comparison {
  private thread: LossesThread | null = null;
  private table: LossTable | null = null;
  /** The table as it was given out: the same one while nothing changed. */
  private shown: { readonly of: LossTable; readonly table: LossTable } | null = null;
  /** What the table was made of. */
  private madeOf: unknown = null;
  private trains: TrialSubject | null = null;
  private which: Which = "usual";
  /** Code of the losses in the table, by id. */
  private readonly codes = new Map<string, LossCode>();

  constructor(
    private readonly folder: string,
    private readonly script: string,
    private readonly subject: () => Compared,
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
    const subject = this.subject();
    if (subject.kind !== "labels") return { ...subject, folder: this.folder };
    const { title, labels, loss, config, images, instead, of } = subject;
    if (!(Array.isArray(this.madeOf) && this.madeOf.length === of.length && this.madeOf.every((part, i) => part === of[i]))) {
      this.madeOf = of;
      const { set, over, names, batchBy } = labels;
      this.table = { kind: "table", title, folder: this.folder, over, names, classes: set.classes, images: set.images.length, background: set.background, batchSize: set.batchSize, batchBy, instead, unknownLoss: null, rows: [], total: 0, error: null };
      this.trains = { key: trialKey(this.folder, set), loss, config, names, images };
      this.end();
      this.codes.clear();
      this.thread = new LossesThread(this.script, { set, loss, config, which: this.which, names }, (message) => this.heard(message, nameOf(subject)));
    }
    if (this.table === null) return { kind: "reading", title, folder: this.folder, text: "The labels are being compared." };
    if (this.shown?.of !== this.table || this.shown.table.title !== title) this.shown = { of: this.table, table: { ...this.table, title } };
    return this.shown.table;
  }

  /** What a trial beside the table trains for; null while there is no table. */
  get trial(): TrialSubject | null {
    return this.subject().kind === "labels" ? this.trains : null;
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

function nameOf({ loss, config }: CompareSubject): string | null {
  return loss?.name ?? config?.lossName?.value ?? null;
}

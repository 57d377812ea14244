/**
 * nnU-Net's training log, training_log_Y_M_D_H_M_S.txt, and the same lines in its captured output. Version 2: nnunetv2
 * nnUNetTrainer.print_to_log_file ("2026-01-31 12:00:00.123456: train_loss -0.81"); version 1: network_trainer.py
 * ("train loss : -0.81", "validation loss: …", "Average global foreground Dice: [..]"). Steps are epochs as the log counts them, from 0.
 * Stamps are local time without a zone, read as UTC.
 *
 * A session that was resumed writes a new file that goes on counting (kin.ts joins them).
 */
import type { LogFormat, LogSink } from "../../format";
import type { Fingerprint } from "../fingerprint";
import { numberOf, unwrap } from "./pairs";
import { readPieces } from "./pieces";
import { unstamp } from "./stamp";

const NAME = "nnunet-log";
const NUMBER = String.raw`([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|[-+]?nan|[-+]?inf)`;
const EPOCH = /^epoch:?\s+(\d{1,15})(?:\/\d+)?$/i;
const VALUES: readonly (readonly [RegExp, string])[] = [
  [new RegExp(`^train_loss:?\\s+${NUMBER}$`), "train_loss"],
  [new RegExp(`^val_loss:?\\s+${NUMBER}$`), "val_loss"],
  [new RegExp(`^Current learning rate:\\s+${NUMBER}$`), "lr"],
  [new RegExp(`^train loss\\s*:\\s*${NUMBER}$`), "train loss"],
  [new RegExp(`^validation loss:?\\s*${NUMBER}$`), "validation loss"],
  [new RegExp(`^val loss \\(train=True\\):?\\s*${NUMBER}$`), "val loss (train=True)"],
  [new RegExp(`^lr(?: is now \\(scheduler\\)|:)\\s*${NUMBER}$`), "lr"],
  [new RegExp(`^Yayy! New best EMA pseudo Dice:\\s*${NUMBER}$`), ""],
];
/** One number a foreground class or region, the first class being 1. */
const LISTS: readonly (readonly [RegExp, string])[] = [
  [/^Pseudo dice:?\s*\[(.*)\]$/i, "pseudo dice"],
  [/^Average global foreground Dice:\s*[[(](.*)[\])]$/, "global foreground dice"],
];

export interface NnunetState extends Fingerprint {
  readonly line: number;
  readonly skipping: number;
  readonly epoch: number | null;
  readonly wallTime: number | null;
  /** Version 1 puts the learning rate of the next epoch behind an epoch's values, version 2 an epoch's before them. */
  readonly last: number | null;
}

export const nnunetLog: LogFormat<NnunetState> = {
  name: NAME,
  probe(path, head) {
    const name = path.slice(path.lastIndexOf("/") + 1);
    if (!/\.(?:txt|log|out|err|stdout|stderr)$/i.test(name) || head.length === 0 || head.includes(0)) return false;
    const text = new TextDecoder().decode(head);
    if (/^training_log_\d{4}(?:_\d+){5}\.txt$/.test(name)) return true;
    // Captured output: what it prints before the first epoch names the program, or the epochs themselves are there.
    return /when using nnU-?Net|nnUNetTrainer|nnunetv2\./.test(text) || (/^[\d-]+ [\d:.]+: train_loss \S+\s*$/m.test(text) && /^[\d-]+ [\d:.]+: Pseudo dice \[/m.test(text));
  },
  read(source, before, sink) {
    const { reader, place, torn } = readPieces(source, before, sink, (from) => new Reader(from, sink));
    return { state: { ...place, ...reader.state() }, end: torn ? "torn" : "complete", problem: null, unit: "epoch", ...(reader.empty ? { understood: null } : {}) };
  },
};

class Reader {
  private epoch: number | null;
  private wallTime: number | null;
  private last: number | null;

  constructor(
    before: NnunetState | null,
    private readonly sink: LogSink,
  ) {
    this.epoch = before?.epoch ?? null;
    this.wallTime = before?.wallTime ?? null;
    this.last = before?.last ?? null;
  }

  state(): Pick<NnunetState, "epoch" | "wallTime" | "last"> {
    return { epoch: this.epoch, wallTime: this.wallTime, last: this.last };
  }

  /** Whether no epoch was trained: an aborted start, or output of another command. */
  get empty(): boolean {
    return this.last === null;
  }

  take(raw: string, line: number): boolean {
    const stamped = unstamp(raw);
    if (!Number.isNaN(stamped.wallTime)) this.wallTime = stamped.wallTime;
    const text = stamped.text.trim();
    const epoch = EPOCH.exec(text);
    if (epoch !== null) {
      const next = Number(epoch[1]);
      if (this.epoch !== null && next < this.epoch) this.sink.restart(null, next);
      this.epoch = next;
      return true;
    }
    if (this.epoch === null) return true;
    for (const [pattern, tag] of VALUES) {
      const found = pattern.exec(text);
      if (found === null) continue;
      if (tag !== "") this.give(tag, numberOf(found[1]!), line);
      return true;
    }
    for (const [pattern, tag] of LISTS) {
      const found = pattern.exec(unwrap(text));
      if (found === null) continue;
      const values = found[1]!.split(/[\s,]+/).filter((value) => value !== "");
      if (values.every((value) => new RegExp(`^${NUMBER}$`).test(value))) values.forEach((value, i) => this.give(`${tag} ${i + 1}`, numberOf(value), line));
    }
    return true;
  }

  private give(tag: string, value: number, line: number): void {
    this.last = this.epoch;
    this.sink.point(tag, this.epoch!, value, line, this.wallTime ?? NaN);
  }
}

/** nnU-Net's own scores (summary.json in a folder of predictions), held against what was counted from the same files. */
import { FormatError } from "../read/bytes/source";
import type { FileEntry } from "../read/layout/plan";
import { readSummary, summaryProblems, type Summary } from "../read/layout/summaryJson";
import type { EpochMeasure, Problem } from "../run";
import { stampOf } from "./cache";
import { isOfContent, lineOf } from "./errors";
import type { Shelf } from "./shelf";

interface Known {
  readonly stamp: string;
  readonly summary: Summary | null;
  readonly problem: string | null;
}

/** Bytes of a summary of tens of thousands of cases. */
const LARGEST = 1 << 26;

export class Summaries {
  private readonly known = new Map<string, Known>();

  constructor(private readonly shelf: Shelf) {}

  /** Looks beside the predictions of each epoch; a Dice that differs is a problem of the summary. `regions`: label values of each, where regions were measured. */
  check(epochs: readonly EpochMeasure[], files: ReadonlyMap<string, FileEntry>, regions: readonly (readonly number[])[] | null, problems: Problem[]): void {
    const seen = new Set<string>();
    for (const epoch of epochs) {
      const file = files.get(epoch.predictions === "." ? "summary.json" : `${epoch.predictions}/summary.json`);
      if (file === undefined || seen.has(file.path)) continue;
      seen.add(file.path);
      const { summary, problem } = this.read(file);
      if (problem !== null) problems.push({ path: file.path, message: problem });
      if (summary !== null) problems.push(...summaryProblems(summary, epoch, regions).map((message) => ({ path: file.path, message })));
    }
    for (const path of this.known.keys()) if (!seen.has(path)) this.known.delete(path);
  }

  private read(file: FileEntry): Known {
    const stamp = stampOf(file);
    let known = this.known.get(file.path);
    if (known?.stamp === stamp) return known;
    try {
      known = { stamp, summary: this.open(file.path), problem: null };
    } catch (error) {
      known = { stamp: isOfContent(error) ? stamp : "", summary: null, problem: lineOf(error) };
    }
    this.known.set(file.path, known);
    return known;
  }

  private open(path: string): Summary | null {
    const { source } = this.shelf.openLog(path);
    try {
      if (source.size > LARGEST) throw new FormatError("summary.json", `${source.size} bytes are more than the ${LARGEST} that are read of it`);
      return readSummary(new TextDecoder().decode(source.read(0, source.size)));
    } finally {
      source.close();
    }
  }
}

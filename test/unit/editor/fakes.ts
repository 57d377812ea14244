/** Runs made up for tests of the editor's pure parts. */
import { join } from "node:path";
import type { RunEntry } from "../../../src/engine/runs";
import { blankInspection } from "../blank";
import type { EpochMeasure, Finding, Inspection, Series } from "../../../src/run";

export function finding(fields: Partial<Finding> & Pick<Finding, "symptom">): Finding {
  return { severity: "error", subject: {}, since: { epoch: 0 }, evidence: {}, message: `It is ${fields.symptom}.`, causes: [], advice: [], at: [], explains: [], ...fields };
}

/** Three classes; class 0 is background and, with `tp` 0, all that is predicted. */
export function measure(epoch: number, tp: number): EpochMeasure {
  // prettier-ignore
  const confusion = Float64Array.of(
    900, 0, 0,
    100 - tp, tp, 0,
    50, 0, 0,
  );
  return { epoch, split: "val", predictions: `p/${epoch}.npz`, labels: "val.npz", cases: 2, classes: 3, confusion, constant: false, caseDice: new Float64Array(6), caseNames: ["a", "b"], layout: "index map", nonFinite: 0, ignored: 0 };
}

export function series(source: string, steps: readonly number[], lines: readonly number[] | null): Series {
  return { tag: "loss", source, unit: "epoch", split: "train", quantity: "loss", class: null, steps: Float64Array.from(steps), values: Float64Array.from(steps, () => 1), lines: lines === null ? null : Uint32Array.from(lines), wallTimes: null, restarts: 0 };
}

export function inspection(fields: Partial<Inspection> = {}): Inspection {
  return { ...blankInspection(3), ...fields };
}

export function entry(label: string, of: Partial<Inspection> | null, fields: Partial<RunEntry> = {}): RunEntry {
  const folder = join("/w", label);
  return { folder, label, phase: of === null ? "reading" : "ready", inspection: of === null ? null : inspection({ folder, name: label, ...of }), error: null, progress: null, ...fields };
}

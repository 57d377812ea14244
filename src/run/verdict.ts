/** The one thing to say of a run before all others: the same in terminal, tree and panel. */
import type { Finding } from "./finding";
import type { Inspection } from "./run";

export interface Verdict {
  /** "healthy": judged, and nothing is wrong. "unknown": the files do not suffice to judge all of it. */
  readonly tone: "error" | "warning" | "healthy" | "unknown";
  /** One sentence; the reasons of what cannot be judged stand beside it. */
  readonly text: string;
  /** Without a finding, the same in a few words for a row: "no symptom", "no symptom in its curves", "cannot judge yet". */
  readonly short: string;
  /** What was looked at, each in a few words with its numbers. */
  readonly checked: readonly string[];
}

/** Pieces of an inspection that a verdict rests on. */
type Judged = Pick<Inspection, "findings" | "cannotJudge" | "series" | "epochs" | "checkpoints" | "classes" | "classWeights">;

/** From so many points on a loss says something: rules of curves begin here. */
const CURVE_POINTS = 5;

/** The leading finding where there is one that says something is wrong; else how far the run could be judged. */
export function verdict(inspection: Judged): Verdict {
  const checked = whatWasChecked(inspection);
  const leading = leadingFinding(inspection.findings);
  if (leading) return { tone: leading.severity === "error" ? "error" : "warning", text: leading.message, short: leading.symptom, checked };
  if (inspection.cannotJudge.length > 0) {
    const parts = judgedParts(inspection);
    if (parts.length === 0) return { tone: "unknown", text: "This run cannot be judged yet.", short: "cannot judge yet", checked };
    const names = parts.join(" and ");
    return { tone: "unknown", text: `Nothing is wrong in its ${names}; ${parts.includes("curves") ? "its classes" : "the rest"} cannot be judged.`, short: `no symptom in its ${names}`, checked };
  }
  if (checked.length === 0) return { tone: "unknown", text: "This folder holds nothing to judge yet.", short: "cannot judge yet", checked };
  return { tone: "healthy", text: "Nothing is wrong with this run, as far as its files tell.", short: "no symptom", checked };
}

/** The first error, else the first warning. Information alone is no diagnosis. */
export function leadingFinding(findings: readonly Finding[]): Finding | undefined {
  return findings.find((f) => f.severity === "error") ?? findings.find((f) => f.severity === "warning");
}

/** What could be judged of a run that cannot be judged as a whole: a loss of some epochs, weights of two checkpoints. */
function judgedParts({ series, checkpoints }: Judged): string[] {
  const parts: string[] = [];
  if (series.some((s) => s.quantity === "loss" && s.class === null && s.values.length >= CURVE_POINTS)) parts.push("curves");
  if (checkpoints.length >= 2) parts.push("weights");
  return parts;
}

function whatWasChecked(inspection: Judged): string[] {
  const out: string[] = [];
  const { series, epochs, checkpoints, classes, classWeights } = inspection;
  if (series.length > 0) {
    const points = series.reduce((most, s) => Math.max(most, s.values.length), 0);
    out.push(`${amount(series.length, "logged curve", "logged curves")} of up to ${amount(points, "point", "points")}`);
  }
  const newest = epochs[epochs.length - 1];
  if (newest) {
    const named = classes.length || newest.classes;
    out.push(`Dice of ${amount(named, "class", "classes")} at ${amount(epochs.length, "epoch", "epochs")}, counted over ${amount(newest.cases, "case", "cases")}`);
  }
  if (checkpoints.length > 0) {
    const tensors = checkpoints.reduce((most, c) => Math.max(most, c.tensors.length), 0);
    out.push(`${amount(tensors, "tensor", "tensors")} in ${amount(checkpoints.length, "checkpoint", "checkpoints")}`);
  }
  if (classWeights) out.push(`class weights ${classWeights.formula} over ${classWeights.over}`);
  return out;
}

function amount(n: number, one: string, many: string): string {
  return `${n.toLocaleString("en")} ${n === 1 ? one : many}`;
}

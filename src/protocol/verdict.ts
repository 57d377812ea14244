/** The one thing to say of a run before all others. */
import type { Finding, Inspection } from "../run";

export interface Verdict {
  /** "healthy": judged, and nothing is wrong. "unknown": the files do not suffice to judge. */
  readonly tone: "error" | "warning" | "healthy" | "unknown";
  /** One sentence. */
  readonly text: string;
  /** What was looked at, each in a few words with its numbers. */
  readonly checked: readonly string[];
}

/** Pieces of an inspection that a verdict rests on. */
type Judged = Pick<Inspection, "findings" | "cannotJudge" | "series" | "epochs" | "checkpoints" | "classes" | "classWeights">;

/** The leading finding where there is one that says something is wrong; else whether the run could be judged at all. */
export function verdict(inspection: Judged): Verdict {
  const checked = whatWasChecked(inspection);
  const leading = leadingFinding(inspection.findings);
  if (leading) return { tone: leading.severity === "error" ? "error" : "warning", text: leading.message, checked };
  if (inspection.cannotJudge.length > 0) return { tone: "unknown", text: "This run cannot be judged yet.", checked };
  if (checked.length === 0) return { tone: "unknown", text: "This folder holds nothing to judge yet.", checked };
  return { tone: "healthy", text: "Nothing is wrong with this run, as far as its files tell.", checked };
}

/** The first error, else the first warning. Information alone is no diagnosis. */
export function leadingFinding(findings: readonly Finding[]): Finding | undefined {
  return findings.find((f) => f.severity === "error") ?? findings.find((f) => f.severity === "warning");
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

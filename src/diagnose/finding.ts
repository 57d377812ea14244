/** Puts findings together. */
import type { Evidence, Finding, Place, Severity, Since, Subject, SymptomId } from "../run";

export interface Statement {
  readonly severity: Severity;
  readonly subject?: Subject;
  readonly since: Since | null;
  readonly evidence: Evidence;
  readonly message: string;
  readonly causes?: readonly string[];
  readonly advice: readonly string[];
  readonly at?: readonly Place[];
}

export function finding(symptom: SymptomId, s: Statement): Finding {
  return {
    symptom,
    severity: s.severity,
    subject: s.subject ?? {},
    since: s.since,
    evidence: s.evidence,
    message: s.message,
    causes: s.causes ?? [],
    advice: s.advice,
    at: s.at ?? [],
    explains: [],
  };
}

/** " since epoch 5"; empty when it is not known. */
export function sinceText(since: Since | null): string {
  if (since?.epoch !== undefined) return ` since epoch ${since.epoch}`;
  if (since?.step !== undefined) return ` since step ${since.step}`;
  return "";
}

/** "epoch 5" or "step 300". */
export function whenText(since: Since | null): string {
  if (since?.epoch !== undefined) return `epoch ${since.epoch}`;
  if (since?.step !== undefined) return `step ${since.step}`;
  return "some point";
}

/** {class} for one, {classes} for several. */
export function classSubject(classes: readonly number[]): Subject {
  return classes.length === 1 ? { class: classes[0]! } : { classes: [...classes] };
}

/** {layer} for one, {layers} for several. */
export function layerSubject(layers: readonly string[]): Subject {
  return layers.length === 1 ? { layer: layers[0]! } : { layers: [...layers] };
}

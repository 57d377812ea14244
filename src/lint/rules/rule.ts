/** What a rule is, and what it finds. */
import type { Model, Loss } from "../model/model";
import type { Met } from "../model/trace";
import type { Place } from "../model/values";

/** error: training must fail. warning: it runs, and is wrong or very likely to collapse. info: worth knowing; right in some cases. */
export type Severity = "error" | "warning" | "info";

export interface Range {
  readonly from: number;
  readonly to: number;
}

export interface Edit extends Range {
  readonly text: string;
}

/** Edits of the linted file after which the finding is gone and the code runs. */
export interface Fix {
  /** What it does, in the imperative: "Weigh per image, absent classes 1e-6". */
  readonly title: string;
  /** In source order, not overlapping. */
  readonly edits: readonly Edit[];
  /** Right whatever the author meant: may be applied to all findings at once. */
  readonly safe: boolean;
}

export interface Finding {
  /** L1 to L33 */
  readonly rule: string;
  readonly severity: Severity;
  /** One or two plain sentences. */
  readonly message: string;
  /** Offsets in the text. */
  readonly range: Range;
  /** Other places that take part; `path` when in another file. */
  readonly related: readonly { readonly range: Range; readonly message: string; readonly path?: string }[];
  /** The best first. */
  readonly fixes?: readonly Fix[];
  /** What stands there has no effect: editors show it faded. */
  readonly unused?: true;
}

export interface Rule {
  /** L1 to L33 */
  readonly id: string;
  /** A few words, in lower case. */
  readonly name: string;
  /** Pure: the same model gives the same findings. What it cannot know it says nothing of. */
  readonly check: (model: Model) => Finding[];
}

/** The page of documentation below docs/lint. */
export function pageOf(rule: string): string {
  return `docs/lint/${rule}.md`;
}

/** Whether it stands in the file that is linted: what is wrong in an imported file is said there. */
export function isHere(model: Model, met: Met): boolean {
  return met.file.path === model.file.path;
}

export function related(model: Model, place: Place | null | undefined, message: string): Finding["related"] {
  if (place === null || place === undefined) return [];
  const range = { from: place.from, to: place.to };
  return place.path === model.file.path ? [{ range, message }] : [{ range, message, path: place.path }];
}

/** One finding a place and rule, in source order: a helper is followed once for each loss that calls it. */
export function onePerPlace(findings: readonly Finding[]): Finding[] {
  const seen = new Map<string, Finding>();
  for (const finding of findings) {
    const key = `${finding.rule}:${finding.range.from}:${finding.range.to}`;
    const known = seen.get(key);
    // Of one place the finding that has a remedy: where a value comes from is seen by one of those who follow it.
    if (known === undefined || ((known.fixes?.length ?? 0) === 0 && (finding.fixes?.length ?? 0) > 0)) seen.set(key, finding);
  }
  return [...seen.values()].sort((a, b) => a.range.from - b.range.from || a.range.to - b.range.to);
}

/** Findings of a check on each loss. */
export function eachLoss(model: Model, check: (loss: Loss) => Finding[]): Finding[] {
  return onePerPlace(model.losses.flatMap((loss) => (loss.inline === true ? check(loss).map((found) => ({ ...found, fixes: [] })) : check(loss))));
}

export function excerpt(model: Model, range: Range): string {
  const text = model.file.text.slice(range.from, range.to).replace(/\s+/g, " ");
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** Words and numbers as all surfaces of the editor say them. */
import type { Finding, Inspection, Severity, SymptomId } from "../run";
import { foregroundDice } from "../run";
import { leadingFinding } from "../protocol";

/** A symptom in words, for the middle of a sentence. */
const SYMPTOM_WORDS: Readonly<Record<SymptomId, string>> = {
  "only-background": "only background",
  "constant-prediction": "constant prediction",
  "class-never-learned": "class never learned",
  "class-lost": "class lost",
  "class-confused": "class confused",
  "flat-validation": "flat validation",
  "flat-training": "flat training",
  "nan-loss": "NaN loss",
  "diverging-loss": "diverging loss",
  overfitting: "overfitting",
  "train-val-dice-gap": "gap between training and validation Dice",
  "logged-metric-misleads": "logged metric misleads",
  "weights-near-zero": "weights near zero",
  "weights-non-finite": "weights not finite",
  "weights-exploding": "weights exploding",
  "layer-frozen": "layer frozen",
  "nothing-changes": "nothing changes",
  "class-weights-near-zero": "class weights near zero",
  "absent-class-dominates": "absent classes dominate",
  "validation-without-foreground": "validation without foreground",
  "class-absent-from-validation": "class absent from validation",
};

export function symptomWords(symptom: SymptomId): string {
  return SYMPTOM_WORDS[symptom];
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** " since epoch 3", " since step 400", or nothing. */
function sinceWords(finding: Pick<Finding, "since">): string {
  if (finding.since?.epoch !== undefined) return ` since epoch ${finding.since.epoch}`;
  if (finding.since?.step !== undefined) return ` since step ${finding.since.step}`;
  return "";
}

/** e.g. "only background since epoch 0". */
export function diagnosisWords(finding: Finding): string {
  return symptomWords(finding.symptom) + sinceWords(finding);
}

/** How ill a run is: the severity of its leading finding; null when nothing is known to be wrong. */
export function sickness(inspection: Pick<Inspection, "findings"> | null): Exclude<Severity, "info"> | null {
  const leading = inspection === null ? undefined : leadingFinding(inspection.findings);
  if (leading === undefined) return null;
  return leading.severity === "error" ? "error" : "warning";
}

/** Mean foreground Dice of the newest measured epoch; null when there is none. */
export function lastForegroundDice(inspection: Inspection): number | null {
  const last = inspection.epochs.at(-1);
  return last === undefined ? null : foregroundDice(last, inspection.background);
}

export function amount(n: number, one: string, many = `${one}s`): string {
  return `${n.toLocaleString("en")} ${n === 1 ? one : many}`;
}

/** A Dice with three digits; a dash where it is undefined. */
export function diceWords(dice: number | null | undefined): string {
  return dice === null || dice === undefined || !Number.isFinite(dice) ? "–" : dice.toFixed(3);
}

/** Three significant digits, with an exponent where the number is tiny or huge. */
export function numberWords(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  if (value === 0) return "0";
  const size = Math.abs(value);
  return size < 1e-3 || size >= 1e6 ? value.toExponential(2) : String(Number(value.toPrecision(3)));
}

/** One line of at most `length` characters; cut at a word. */
export function clip(text: string, length: number): string {
  const line = text.replace(/\s+/g, " ").trim();
  if (line.length <= length) return line;
  const cut = line.slice(0, length - 1);
  const space = cut.lastIndexOf(" ");
  return `${cut.slice(0, space > length / 2 ? space : cut.length)}…`;
}

/** Characters of a path that a narrow row holds, its notes beside it. */
const SHORT = 36;

/** Each path, a long one by its last parts: as many as it takes to tell it from the others. */
export function shortPaths(paths: readonly string[]): Map<string, string> {
  const end = (path: string, parts: number): string => path.split("/").slice(-parts).join("/");
  const short = new Map<string, string>();
  let left = [...new Set(paths)];
  for (let parts = 1; left.length > 0; parts++) {
    const times = new Map<string, number>();
    for (const path of left) times.set(end(path, parts), (times.get(end(path, parts)) ?? 0) + 1);
    const alike = (path: string): boolean => times.get(end(path, parts))! > 1 && path.split("/").length > parts;
    for (const path of left) if (!alike(path)) short.set(path, path.length > SHORT ? end(path, parts) : path);
    left = left.filter(alike);
  }
  return short;
}

export function className(index: number, name: string | null | undefined): string {
  return name === null || name === undefined || name === "" ? `Class ${index}` : `${name} (class ${index})`;
}

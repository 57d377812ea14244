/** The diagnosis: verdict and findings. */
import type { Evidence, Finding, Place, Severity, SymptomId } from "../../src/run";
import type { RunView } from "../../src/protocol";
import type { Unit } from "./chart";
import { amount, moment, number } from "./format";

/** What a symptom is called, in a few words. */
export const TITLES: Readonly<Record<SymptomId, string>> = {
  "only-background": "Only background is predicted",
  "constant-prediction": "Every case gets the same prediction",
  "class-never-learned": "Class never learned",
  "class-lost": "Class lost",
  "class-confused": "Class taken for another",
  "flat-validation": "Validation stands still",
  "flat-training": "Training loss never moved",
  "nan-loss": "Loss is not finite",
  "diverging-loss": "Loss diverges",
  overfitting: "Overfitting",
  "train-val-dice-gap": "Far better on training than on validation",
  "logged-metric-misleads": "Logged score misleads",
  "weights-near-zero": "Weights near zero",
  "weights-non-finite": "Weights are not finite",
  "weights-exploding": "Weights explode",
  "layer-frozen": "Layer frozen",
  "nothing-changes": "Nothing changes between checkpoints",
  "class-weights-near-zero": "Class weights near zero",
  "absent-class-dominates": "Absent classes dominate the loss",
  "validation-without-foreground": "Validation holds no foreground",
  "class-absent-from-validation": "Class absent from validation",
};

/** Sections of the page, by the id of their heading's section. */
export type SectionId = "curves" | "dice" | "volumes" | "weights" | "class-weights";
export const SECTION_NAMES: Readonly<Record<SectionId, string>> = {
  curves: "Loss and metrics",
  dice: "Dice per class",
  volumes: "Predicted and labelled volume",
  weights: "Weight magnitudes",
  "class-weights": "Class weights",
};
const SHOWN_IN: Readonly<Record<SymptomId, SectionId>> = {
  "only-background": "volumes",
  "constant-prediction": "volumes",
  "class-never-learned": "dice",
  "class-lost": "dice",
  "class-confused": "volumes",
  "flat-validation": "curves",
  "flat-training": "curves",
  "nan-loss": "curves",
  "diverging-loss": "curves",
  overfitting: "curves",
  "train-val-dice-gap": "curves",
  "logged-metric-misleads": "dice",
  "weights-near-zero": "weights",
  "weights-non-finite": "weights",
  "weights-exploding": "weights",
  "layer-frozen": "weights",
  "nothing-changes": "weights",
  "class-weights-near-zero": "class-weights",
  "absent-class-dominates": "class-weights",
  "validation-without-foreground": "volumes",
  "class-absent-from-validation": "volumes",
};

export interface PlaceModel {
  readonly path: string;
  readonly line: number;
  /** "training.csv:2" */
  readonly text: string;
  readonly note: string;
}

export interface FindingModel {
  /** Stable over updates, unique on the page. */
  readonly key: string;
  readonly symptom: SymptomId;
  readonly severity: Severity;
  readonly title: string;
  readonly message: string;
  /** "since epoch 3"; empty when it has no beginning. */
  readonly since: string;
  /** Where charts show it. */
  readonly cursor: { readonly unit: Unit; readonly x: number } | null;
  readonly section: SectionId;
  readonly numbers: readonly { readonly name: string; readonly value: string }[];
  readonly causes: readonly string[];
  readonly advice: readonly string[];
  readonly places: readonly PlaceModel[];
  readonly explains: readonly FindingModel[];
}

export interface Letter {
  readonly tone: RunView["verdict"]["tone"];
  readonly toneName: string;
  readonly text: string;
  /** Name, state, epochs, time of the newest change. */
  readonly facts: readonly string[];
  readonly checked: readonly string[];
  readonly cannotJudge: readonly string[];
  readonly findings: readonly FindingModel[];
}

const TONES: Readonly<Record<Letter["tone"], string>> = { error: "Sick", warning: "Warning", healthy: "Healthy", unknown: "Not fully judged" };
const STATES: Readonly<Record<RunView["state"], string>> = { running: "being written", finished: "finished", stalled: "stalled", unknown: "" };

export function letter(run: RunView): Letter {
  const epochs = run.epochCount ?? 0;
  return {
    tone: run.verdict.tone,
    toneName: TONES[run.verdict.tone],
    text: run.verdict.text,
    facts: [STATES[run.state], epochs > 0 ? amount(epochs, "epoch") : "", run.modified > 0 ? `changed ${moment(run.modified)}` : ""].filter((t) => t !== ""),
    checked: run.verdict.checked,
    cannotJudge: run.cannotJudge,
    findings: run.findings.map((f, i) => findingModel(f, `${i}`)),
  };
}

function findingModel(f: Finding, path: string): FindingModel {
  const since = f.since?.epoch !== undefined ? ({ unit: "epoch", x: f.since.epoch } as const) : f.since?.step !== undefined ? ({ unit: "step", x: f.since.step } as const) : null;
  return {
    key: `${path} ${f.symptom} ${JSON.stringify(f.subject)}`,
    symptom: f.symptom,
    severity: f.severity,
    title: TITLES[f.symptom],
    message: f.message,
    since: since ? `since ${since.unit} ${since.x}` : "",
    cursor: since,
    section: SHOWN_IN[f.symptom],
    numbers: numbersOf(f.evidence),
    causes: f.causes,
    advice: f.advice,
    places: f.at.map(placeModel),
    explains: f.explains.map((inner, i) => findingModel(inner, `${path}.${i}`)),
  };
}

function placeModel(place: Place): PlaceModel {
  return { path: place.path, line: place.line, text: `${place.path}:${place.line}`, note: place.note ?? "" };
}

/** Evidence in the order given, names in words. */
function numbersOf(evidence: Evidence): { name: string; value: string }[] {
  return Object.entries(evidence).map(([name, value]) => ({ name: words(name), value: valueText(value) }));
}

function valueText(value: Evidence[string]): string {
  if (Array.isArray(value)) return value.length === 0 ? "none" : value.map((v: number | string | null) => single(v)).join(", ");
  return single(value as number | string | null);
}

function single(value: number | string | null): string {
  return typeof value === "string" ? value : value === null ? "undefined" : number(value);
}

/** "predictedBackgroundShare" → "predicted background share". */
export function words(name: string): string {
  return name
    .replace(/[_-]+/g, " ")
    .replace(/([a-z0-9])([A-Z])/g, (_, a: string, b: string) => `${a} ${b.toLowerCase()}`)
    .replace(/\bdice\b/g, "Dice")
    .trim();
}

/** The row of a run, and what hangs below it. */
import type { RunEntry } from "../../engine/runs";
import { epochCount, type Finding, type Inspection, type SymptomId } from "../../run";
import { leadingFinding, verdict } from "../../protocol";
import { amount, capital, clip, diagnosisWords, diceWords, lastForegroundDice, sickness, symptomWords } from "../words";
import { assumptionRows, checkpointGroup, classGroup, fileGroup } from "./groups";
import { DOUBT_ICON, ERROR_ICON, GOOD_ICON, severityIcon, type Row, type RowIcon } from "./row";

/** A run as a row; `ignored` are the symptoms that the user does not want to hear of. */
export function runRow(entry: RunEntry, ignored: readonly SymptomId[]): Row {
  const inspection = entry.inspection;
  const sick = sickness(inspection);
  return {
    id: entry.folder,
    kind: "run",
    folder: entry.folder,
    label: entry.label,
    description: runDescription(entry),
    tooltip: runTooltip(entry),
    icon: runIcon(entry),
    open: false,
    children: inspection === null ? [] : [...judgementRows(entry.folder, inspection), ...ignoredRows(entry.folder, ignored), ...groups(entry.folder, inspection)],
    action: { does: "openRun" },
    context: ["run", entry.phase, inspection?.state ?? "unread", sick === null ? "" : "sick"].filter((word) => word !== "").join(" "),
  };
}

/** Diagnosis, epochs, foreground Dice and whether it is being written, e.g. "only background since epoch 0 · 12 epochs · Dice 0.000". */
export function runDescription(entry: RunEntry): string {
  const { inspection } = entry;
  if (inspection === null) return entry.phase === "failed" ? clip(entry.error ?? "could not be read", 120) : readingWords(entry);
  const parts = [shortDiagnosis(inspection)];
  const epochs = epochCount(inspection);
  if (epochs !== null) parts.push(amount(epochs, "epoch"));
  const dice = lastForegroundDice(inspection);
  if (dice !== null) parts.push(`Dice ${diceWords(dice)}`);
  if (inspection.state === "running" || inspection.state === "stalled") parts.push(inspection.state);
  if (entry.error !== null) parts.push("could not be read again");
  return parts.join(" · ");
}

/** The leading diagnosis in a few words, or that there is none. */
export function shortDiagnosis(inspection: Inspection): string {
  const leading = leadingFinding(inspection.findings);
  if (leading !== undefined) return diagnosisWords(leading);
  return verdict(inspection).short;
}

function readingWords(entry: RunEntry): string {
  return entry.progress === null ? "reading…" : `reading ${entry.progress.done} of ${amount(entry.progress.total, "file")}…`;
}

function runTooltip(entry: RunEntry): string {
  const { inspection } = entry;
  if (inspection === null) return `Run ${entry.label}: ${entry.phase === "failed" ? (entry.error ?? "could not be read") : readingWords(entry)}`;
  const leading = leadingFinding(inspection.findings);
  const lines = [`Run ${entry.label}, ${leading === undefined ? shortDiagnosis(inspection) : `${leading.severity}: ${diagnosisWords(leading)}`}.`];
  if (leading !== undefined) lines.push(leading.message);
  const epochs = epochCount(inspection);
  const dice = lastForegroundDice(inspection);
  lines.push([epochs === null ? "No epochs logged" : `${capital(amount(epochs, "epoch"))} logged`, dice === null ? "" : `foreground Dice ${diceWords(dice)}`, stateWords(inspection)].filter((part) => part !== "").join(", ") + ".");
  if (entry.error !== null) lines.push(entry.error);
  lines.push(entry.folder);
  return lines.join("\n");
}

function stateWords(inspection: Inspection): string {
  switch (inspection.state) {
    case "running":
      return "being written";
    case "stalled":
      return "stalled";
    case "finished":
      return "finished";
    case "unknown":
      return "";
  }
}

function runIcon(entry: RunEntry): RowIcon {
  if (entry.inspection === null) return entry.phase === "failed" ? ERROR_ICON : { name: "loading~spin", colour: null };
  const sick = sickness(entry.inspection);
  if (sick !== null) return severityIcon(sick);
  return verdict(entry.inspection).tone === "healthy" ? GOOD_ICON : DOUBT_ICON;
}

/** Findings, and why not all could be judged. */
function judgementRows(folder: string, inspection: Inspection): Row[] {
  const findings = inspection.findings.map((finding, i) => findingRow(folder, finding, `${folder}|finding|${i}`));
  const doubts = inspection.cannotJudge.map(
    (reason, i): Row => ({
      id: `${folder}|doubt|${i}`,
      kind: "doubt",
      folder,
      label: "Not judged",
      description: reason,
      tooltip: `Not judged: ${reason}`,
      icon: DOUBT_ICON,
      open: false,
      children: [],
      action: { does: "openRun" },
      context: "doubt",
    }),
  );
  return [...findings, ...doubts];
}

function findingRow(folder: string, finding: Finding, id: string): Row {
  const place = finding.at[0];
  const spoken = [`${capital(finding.severity)}: ${diagnosisWords(finding)}.`, finding.message];
  if (finding.causes.length > 0) spoken.push("", "Likely causes:", ...finding.causes.map((cause, i) => `${i + 1}. ${cause}`));
  if (finding.advice.length > 0) spoken.push("", "What to do:", ...finding.advice.map((advice, i) => `${i + 1}. ${advice}`));
  if (finding.explains.length > 0) spoken.push("", `Explains ${amount(finding.explains.length, "other finding")}.`);
  return {
    id,
    kind: "finding",
    folder,
    label: capital(diagnosisWords(finding)),
    description: finding.message,
    tooltip: spoken.join("\n"),
    icon: severityIcon(finding.severity),
    open: false,
    children: finding.explains.map((below, i) => findingRow(folder, below, `${id}.${i}`)),
    action: place === undefined ? { does: "openRun" } : { does: "openPlace", place },
    context: "finding",
    symptom: finding.symptom,
  };
}

function ignoredRows(folder: string, ignored: readonly SymptomId[]): Row[] {
  return ignored.map((symptom) => ({
    id: `${folder}|ignored|${symptom}`,
    kind: "ignored",
    folder,
    label: capital(symptomWords(symptom)),
    description: "ignored for this run",
    tooltip: `${capital(symptomWords(symptom))} is ignored for this run, by your settings.`,
    icon: { name: "eye-closed", colour: "descriptionForeground" },
    open: false,
    children: [],
    action: null,
    context: "ignored",
    symptom,
  }));
}

function groups(folder: string, inspection: Inspection): Row[] {
  return [classGroup(folder, inspection), checkpointGroup(folder, inspection), fileGroup(folder, inspection), assumptionRows(folder, inspection)].filter((row) => row !== null);
}

/** What a hover over a row says: findings, and the classes at that row's epoch. */
import { dice, labelVoxels, predictedVoxels, type EpochMeasure, type Inspection } from "../../run";
import { className, diceWords } from "../words";

/** Classes shown at most; a hover is no spreadsheet. */
const MAX_ROWS = 40;

/** The epoch that a line of a log stands for, and null where it stands for none. */
export function epochOfLine(inspection: Inspection, path: string, line: number): number | null {
  for (const series of inspection.series) {
    if (series.source !== path || series.lines === null || series.unit !== "epoch") continue;
    const at = series.lines.indexOf(line);
    if (at >= 0) return series.steps[at] ?? null;
  }
  return null;
}

/** The newest measure at or before `epoch`; without an epoch, the newest. */
export function measureAt(inspection: Inspection, epoch: number | null): EpochMeasure | null {
  if (epoch === null) return inspection.epochs.at(-1) ?? null;
  return inspection.epochs.findLast((m) => m.epoch <= epoch) ?? null;
}

/** A Markdown table of the classes of one measured epoch. Names come from files and are escaped. */
export function classTable(inspection: Inspection, measure: EpochMeasure): string {
  const scores = dice(measure);
  const labelled = labelVoxels(measure);
  const predicted = predictedVoxels(measure);
  const lines = ["| Class | Dice | Labelled | Predicted |", "|:--|--:|--:|--:|"];
  const shown = Math.min(measure.classes, MAX_ROWS);
  for (let c = measure.regions === true ? 1 : 0; c < shown; c++) {
    const name = escapeMarkdown(className(c, inspection.classes[c]?.name)) + (c === inspection.background ? ", background" : "");
    lines.push(`| ${name} | ${diceWords(scores[c])} | ${labelled[c]!.toLocaleString("en")} | ${predicted[c]!.toLocaleString("en")} |`);
  }
  if (shown < measure.classes) lines.push(`| … ${measure.classes - shown} more | | | |`);
  return lines.join("\n");
}

/** Text of a file, so that Markdown shows it as it is. */
export function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-.!|<>~&$]/g, "\\$&").replace(/\s+/g, " ");
}

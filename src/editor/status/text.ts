/** What the status bar says of runs that are being written. */
import type { RunEntry } from "../../engine/runs";
import { shortDiagnosis } from "../runs/runRow";
import { isRunning, worstFirst } from "../runs/order";
import { clip, sickness } from "../words";

export interface StatusText {
  readonly folder: string;
  readonly text: string;
  readonly tooltip: string;
  readonly sick: "error" | "warning" | null;
}

/** The worst run that is being written; null when none is. */
export function statusText(entries: readonly RunEntry[]): StatusText | null {
  const running = worstFirst(entries.filter(isRunning));
  const entry = running[0];
  const inspection = entry?.inspection;
  if (entry === undefined || inspection == null) return null;
  const epoch = inspection.lastEpoch === null ? "" : ` epoch ${inspection.lastEpoch}`;
  const others = running.length - 1;
  const more = others === 0 ? "" : ` (+${others})`;
  const sick = sickness(inspection);
  // `$(` would be read as an icon.
  const name = clip(entry.label, 40).replaceAll("$(", "$ (");
  return {
    folder: entry.folder,
    text: `$(${sick === null ? "pulse" : sick}) ${name}:${epoch}${epoch === "" ? " " : ", "}${shortDiagnosis(inspection)}${more}`,
    tooltip: `Run ${entry.label} is being written:${epoch === "" ? "" : `${epoch},`} ${shortDiagnosis(inspection)}.${others === 0 ? "" : ` ${others} more being written.`} Click to open it.`,
    sick,
  };
}

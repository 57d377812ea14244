/** Worst first. */
import type { RunEntry } from "../../engine/runs";
import { sickness } from "../words";

/** How urgent a run is: 0 sick, 1 doubtful, 2 unreadable, 3 not judged yet, 4 nothing wrong. */
export function urgency(entry: RunEntry): number {
  if (entry.inspection === null) return entry.phase === "failed" ? 2 : 3;
  const sick = sickness(entry.inspection);
  if (sick !== null) return sick === "error" ? 0 : 1;
  return entry.inspection.cannotJudge.length > 0 ? 3 : 4;
}

const names = new Intl.Collator("en", { numeric: true });

/** Worst first, those being written before the others, then by name. */
export function worstFirst(entries: readonly RunEntry[]): RunEntry[] {
  return [...entries].sort(
    (a, b) => urgency(a) - urgency(b) || Number(isRunning(b)) - Number(isRunning(a)) || names.compare(a.label, b.label) || names.compare(a.folder, b.folder),
  );
}

export function isRunning(entry: RunEntry): boolean {
  return entry.inspection?.state === "running";
}

/** Runs with something wrong, for the badge. */
export function sickRuns(entries: readonly RunEntry[]): RunEntry[] {
  return entries.filter((entry) => sickness(entry.inspection) !== null);
}

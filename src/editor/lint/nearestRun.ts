/** The run whose numbers the linter tells of a file: the one that speaks of it, else the nearest by path. Pure. */
import { dirname, relative, sep } from "node:path";
import type { RunEntry } from "../../engine/runs";
import type { RunFacts } from "../../lint/facts";
import { runFacts } from "../../lint/runFacts";
import { absolutePath, everyFinding, isBelow } from "../places";

/** What is asked of a run. */
export type NearRun = Pick<RunEntry, "folder" | "label" | "inspection">;

/** Numbers of the nearest run that has counted labels; null where there is none. */
export function factsFor(path: string, runs: readonly NearRun[]): RunFacts | null {
  for (const run of nearestRuns(path, runs)) {
    const facts = run.inspection === null ? null : runFacts(run.inspection, run.label);
    if (facts !== null) return facts;
  }
  return null;
}

/**
 * Runs in the order in which they are asked: those whose findings or loss point at the file; those whose folder holds it, the innermost
 * first; the others by the folders between them. Of equals the newest. Runs that were not read yet are left out.
 */
export function nearestRuns(path: string, runs: readonly NearRun[]): NearRun[] {
  const read = runs.flatMap((run) => (run.inspection === null ? [] : [{ run, modified: run.inspection.modified, rank: speaksOf(run, path) ? 0 : isBelow(run.folder, path) ? 1 : 2, steps: stepsTo(run.folder, path) }]));
  read.sort((a, b) => a.rank - b.rank || (a.rank === 0 ? 0 : a.steps - b.steps) || b.modified - a.modified || (a.run.folder < b.run.folder ? -1 : 1));
  return read.map(({ run }) => run);
}

/** Whether the run's loss was found in the file, or a finding points at it. */
function speaksOf({ folder, inspection }: NearRun, path: string): boolean {
  if (inspection === null) return false;
  const loss = inspection.loss?.path ?? null;
  if (loss !== null && absolutePath(folder, loss) === path) return true;
  for (const { finding } of everyFinding(inspection.findings)) if (finding.at.some((place) => absolutePath(folder, place.path) === path)) return true;
  return false;
}

/** Folders to leave and to enter from the file's folder to the run's. */
function stepsTo(folder: string, path: string): number {
  const way = relative(dirname(path), folder);
  return way === "" ? 0 : way.split(sep).length;
}

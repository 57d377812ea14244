/** Which run has turned sick under our eyes. */
import type { RunEntry } from "../../engine/runs";
import { leadingFinding } from "../../protocol";
import { isRunning } from "../runs/order";
import { sickness } from "../words";

export class TurningSick {
  /** Runs seen without anything wrong; a run that was sick when first seen has not turned. */
  private readonly well = new Set<string>();
  private readonly told = new Set<string>();

  /** The first run that was well when last seen, is being written and is sick now; each run at most once. */
  take(entries: readonly RunEntry[]): { readonly entry: RunEntry; readonly message: string } | null {
    let turned: { entry: RunEntry; message: string } | null = null;
    for (const entry of entries) {
      if (entry.inspection === null) continue;
      const leading = leadingFinding(entry.inspection.findings);
      if (sickness(entry.inspection) === null || leading === undefined) {
        this.well.add(entry.folder);
        continue;
      }
      const wasWell = this.well.delete(entry.folder);
      if (!wasWell || this.told.has(entry.folder) || !isRunning(entry)) continue;
      this.told.add(entry.folder);
      turned ??= { entry, message: leading.message };
    }
    return turned;
  }
}

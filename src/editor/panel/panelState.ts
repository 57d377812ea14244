/** What a run's panel shows. */
import { basename } from "node:path";
import type { RunEntry } from "../../engine/runs";
import { toRunView, type PanelState, type RunView } from "../../protocol";
import type { Inspection } from "../../run";

/** Views by the inspection that they were made of: making one reads every series. */
const views = new WeakMap<Inspection, RunView>();

function viewOf(inspection: Inspection): RunView {
  let view = views.get(inspection);
  if (view === undefined) {
    view = toRunView(inspection);
    views.set(inspection, view);
  }
  return view;
}

/** The state of the panel of `folder`; without an entry the run is gone, or not found yet while the workspace is searched. */
export function panelState(folder: string, entry: RunEntry | undefined, searching: boolean): PanelState {
  if (entry === undefined) {
    const name = basename(folder);
    return searching ? { kind: "reading", name, folder, progress: null } : { kind: "gone", name, folder };
  }
  if (entry.inspection !== null) return { kind: "run", view: viewOf(entry.inspection), progress: entry.progress, error: entry.error };
  if (entry.phase === "failed") return { kind: "failed", name: entry.label, folder, error: entry.error ?? "could not be read" };
  return { kind: "reading", name: entry.label, folder, progress: entry.progress };
}

/** Name of the tab's icon. */
export function panelTone(state: PanelState): "error" | "warning" | "healthy" | "unknown" {
  return state.kind === "run" ? state.view.verdict.tone : state.kind === "failed" ? "error" : "unknown";
}

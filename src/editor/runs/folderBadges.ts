/** A badge on the folders of sick runs in the explorer. */
import { EventEmitter, FileDecoration, ThemeColor, Uri, window, type FileDecorationProvider } from "vscode";
import type { Disposable } from "../../engine/runs";
import type { WorkspaceRuns } from "../workspaceRuns";
import { capital, sickness } from "../words";
import { shortDiagnosis } from "./runRow";

export class FolderBadges implements FileDecorationProvider, Disposable {
  private readonly changed = new EventEmitter<Uri[]>();
  readonly onDidChangeFileDecorations = this.changed.event;
  private readonly disposables: Disposable[];
  /** What each folder shows now, so that only changes are told. */
  private readonly shown = new Map<string, string>();

  constructor(private readonly runs: WorkspaceRuns) {
    this.disposables = [this.changed, window.registerFileDecorationProvider(this), runs.onDidChange(() => this.update())];
  }

  provideFileDecoration(uri: Uri): FileDecoration | undefined {
    if (uri.scheme !== "file") return undefined;
    const inspection = this.runs.get(uri.fsPath)?.inspection ?? null;
    const sick = sickness(inspection);
    if (sick === null || inspection === null) return undefined;
    // The badge alone must tell the two apart: colours are not seen by everyone.
    return new FileDecoration(sick === "error" ? "✗" : "!", `Run Doctor: ${shortDiagnosis(inspection)}`, new ThemeColor(sick === "error" ? "list.errorForeground" : "list.warningForeground"));
  }

  dispose(): void {
    for (const disposable of this.disposables) disposable.dispose();
  }

  private update(): void {
    const now = new Map<string, string>();
    for (const { folder, inspection } of this.runs.entries) {
      const sick = sickness(inspection);
      if (sick !== null && inspection !== null) now.set(folder, capital(`${sick}: ${shortDiagnosis(inspection)}`));
    }
    const changed = [...new Set([...this.shown.keys(), ...now.keys()])].filter((folder) => this.shown.get(folder) !== now.get(folder));
    this.shown.clear();
    for (const [folder, text] of now) this.shown.set(folder, text);
    if (changed.length > 0) this.changed.fire(changed.map((folder) => Uri.file(folder)));
  }
}

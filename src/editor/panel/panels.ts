/** The panels that are open, one a run; restored after a reload. */
import { Uri, ViewColumn, window, type WebviewPanel, type WebviewPanelSerializer } from "vscode";
import type { Disposable } from "../../engine/runs";
import { folderOfState, PANEL_TYPE } from "../../protocol";
import type { WorkspaceRuns } from "../workspaceRuns";
import { RunPanel, type PanelDoors } from "./runPanel";

export class Panels implements WebviewPanelSerializer, Disposable {
  private readonly open = new Map<string, RunPanel>();
  private readonly registered: Disposable;

  constructor(
    private readonly extensionUri: Uri,
    private readonly runs: WorkspaceRuns,
    private readonly doors: PanelDoors,
  ) {
    this.registered = window.registerWebviewPanelSerializer(PANEL_TYPE, this);
  }

  /** The run whose panel is in front and has the focus. */
  get active(): string | undefined {
    return [...this.open.values()].find((panel) => panel.panel.active)?.folder;
  }

  of(folder: string): RunPanel | undefined {
    return this.open.get(folder);
  }

  show(folder: string): void {
    const there = this.open.get(folder);
    if (there !== undefined) {
      there.panel.reveal();
      return;
    }
    const panel = window.createWebviewPanel(PANEL_TYPE, this.runs.get(folder)?.label ?? folder, ViewColumn.Active, {
      enableScripts: true,
      localResourceRoots: [Uri.joinPath(this.extensionUri, "dist", "webview")],
      enableFindWidget: true,
    });
    this.adopt(folder, panel);
  }

  deserializeWebviewPanel(panel: WebviewPanel, state: unknown): Promise<void> {
    const folder = folderOfState(state);
    if (folder === null || this.open.has(folder)) {
      panel.dispose();
      return Promise.resolve();
    }
    this.adopt(folder, panel);
    // The run may lie outside of the workspace, or where the search does not look.
    if (this.runs.get(folder) === undefined) this.runs.add(folder).catch((error: unknown) => this.doors.failed(folder, error));
    return Promise.resolve();
  }

  dispose(): void {
    this.registered.dispose();
    for (const panel of [...this.open.values()]) panel.dispose();
  }

  private adopt(folder: string, panel: WebviewPanel): void {
    this.open.set(folder, new RunPanel(folder, panel, this.extensionUri, this.runs, this.doors));
    panel.onDidDispose(() => this.open.delete(folder));
  }
}

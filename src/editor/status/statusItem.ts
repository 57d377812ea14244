/** The status bar's word on a run that is being written. */
import { StatusBarAlignment, ThemeColor, window } from "vscode";
import type { Disposable } from "../../engine/runs";
import type { WorkspaceRuns } from "../workspaceRuns";
import { statusText } from "./text";

export class RunStatus implements Disposable {
  private readonly item = window.createStatusBarItem("runDoctor.running", StatusBarAlignment.Left, 0);
  private readonly listening: Disposable;

  constructor(private readonly runs: WorkspaceRuns) {
    this.item.name = "Run Doctor";
    this.listening = runs.onDidChange(() => this.update());
  }

  dispose(): void {
    this.listening.dispose();
    this.item.dispose();
  }

  private update(): void {
    const status = statusText(this.runs.entries);
    if (status === null) {
      this.item.hide();
      return;
    }
    this.item.text = status.text;
    this.item.tooltip = status.tooltip;
    this.item.accessibilityInformation = { label: status.tooltip };
    this.item.backgroundColor = status.sick === null ? undefined : new ThemeColor(`statusBarItem.${status.sick}Background`);
    this.item.command = { command: "runDoctor.openRun", title: "Open Run", arguments: [status.folder] };
    this.item.show();
  }
}

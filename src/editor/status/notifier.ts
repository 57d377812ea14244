/** Says once, in words, that a run being written has turned sick. */
import { commands, window } from "vscode";
import type { Disposable, RunEntry } from "../../engine/runs";
import type { WorkspaceRuns } from "../workspaceRuns";
import { TurningSick } from "./turningSick";

export class Notifier implements Disposable {
  private readonly turning = new TurningSick();
  private readonly listening: Disposable;
  /** One at a time: what turns sick meanwhile is seen in the view. */
  private showing = false;

  constructor(
    private readonly runs: WorkspaceRuns,
    private readonly settings: { readonly notifications: boolean; turnNotificationsOff(): Promise<void> },
    private readonly failed: (what: string, error: unknown) => void,
  ) {
    this.listening = runs.onDidChange(() => {
      const turned = this.turning.take(this.runs.entries);
      if (turned === null || this.showing || !this.settings.notifications) return;
      this.tell(turned.entry, turned.message).catch((error: unknown) => this.failed("notification", error));
    });
  }

  dispose(): void {
    this.listening.dispose();
  }

  private async tell(entry: RunEntry, message: string): Promise<void> {
    this.showing = true;
    try {
      const open = "Open Run";
      const never = "Don't Show Again";
      const answer = await window.showWarningMessage(`${entry.label}: ${message}`, open, never);
      if (answer === open) await commands.executeCommand("runDoctor.openRun", entry.folder);
      if (answer === never) await this.settings.turnNotificationsOff();
    } finally {
      this.showing = false;
    }
  }
}

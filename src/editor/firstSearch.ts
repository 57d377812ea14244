/**
 * When the search for runs begins. A Python file wakes the extension for its loss code alone; a window without runs is not searched
 * for that, before there is a file that a training may have written, or the view is looked at. (Files that come later are watched.)
 */
import { workspace } from "vscode";
import type { Disposable } from "../engine/runs";
import { alternatives } from "./globs";

export interface SearchDoors {
  /** The activation events of package.json: which files mean that there may be a run. */
  readonly events: readonly string[];
  /** Whether the view of runs is seen. */
  readonly seen: boolean;
  onDidSee(listener: () => void): Disposable;
  begin(): void;
  failed(what: string, error: unknown): void;
}

const CONTAINS = "workspaceContains:";

export class FirstSearch implements Disposable {
  private begun = false;
  private readonly listening: Disposable;

  constructor(private readonly doors: SearchDoors) {
    this.listening = doors.onDidSee(() => this.begin());
    if (doors.seen || !isPythonOpen()) this.begin();
    else this.look().catch((error: unknown) => doors.failed("search", error));
  }

  dispose(): void {
    this.begun = true;
    this.listening.dispose();
  }

  private async look(): Promise<void> {
    const names = this.doors.events.flatMap((event) => (event.startsWith(CONTAINS) ? alternatives(event.slice(CONTAINS.length)) : []));
    if (!(workspace.workspaceFolders ?? []).some(({ uri }) => uri.scheme === "file")) return;
    if ((await workspace.findFiles(`{${names.join(",")}}`, "**/{node_modules,site-packages,dist-packages}/**", 1)).length > 0) this.begin();
  }

  private begin(): void {
    if (this.begun) return;
    this.begun = true;
    this.doors.begin();
  }
}

function isPythonOpen(): boolean {
  return workspace.textDocuments.some(({ languageId }) => languageId === "python") || workspace.notebookDocuments.length > 0;
}

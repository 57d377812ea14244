/** The notes of all runs, made anew when a run changes; what the problem surfaces look into. */
import { EventEmitter, Uri } from "vscode";
import type { Disposable } from "../../engine/runs";
import type { WorkspaceRuns } from "../workspaceRuns";
import { notesOf, type Note } from "./notes";

export class NoteBook implements Disposable {
  private readonly changed = new EventEmitter<undefined>();
  readonly onDidChange = this.changed.event;
  private readonly listening: Disposable;
  /** By URI, so that a path's spelling (drive letters) does not matter. */
  private byUri = new Map<string, readonly Note[]>();
  private made: unknown[] = [];

  constructor(runs: WorkspaceRuns) {
    this.listening = runs.onDidChange(() => {
      const inspections = runs.entries.flatMap((entry): unknown[] => [entry.label, entry.inspection]);
      if (inspections.length === this.made.length && inspections.every((part, i) => part === this.made[i])) return;
      this.made = inspections;
      this.byUri = new Map([...notesOf(runs.entries)].map(([path, notes]) => [Uri.file(path).toString(), notes]));
      this.changed.fire(undefined);
    });
  }

  get all(): ReadonlyMap<string, readonly Note[]> {
    return this.byUri;
  }

  /** Notes of a file, by line. */
  in(uri: Uri): readonly Note[] {
    return this.byUri.get(uri.toString()) ?? [];
  }

  dispose(): void {
    this.listening.dispose();
    this.changed.dispose();
  }
}

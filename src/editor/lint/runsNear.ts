/** What runs say of code that is linted, and which of it is shown with what the linter found. */
import { EventEmitter, type Uri } from "vscode";
import type { Disposable } from "../../engine/runs";
import type { RunFacts } from "../../lint/facts";
import type { NoteBook } from "../problems/noteBook";
import type { Note } from "../problems/notes";
import type { WorkspaceRuns } from "../workspaceRuns";
import type { NearRuns } from "./near";
import { factsFor } from "./nearestRun";

export class RunsNear implements NearRuns, Disposable {
  private readonly changed = new EventEmitter<undefined>();
  private readonly listening: Disposable;
  /** By path, until a run changes: a document is linted at every keystroke. */
  private facts = new Map<string, RunFacts | null>();

  constructor(
    private readonly runs: WorkspaceRuns,
    private readonly book: NoteBook,
  ) {
    // Made anew whenever a run was read again.
    this.listening = book.onDidChange(() => {
      this.facts = new Map();
      this.changed.fire(undefined);
    });
  }

  factsFor(uri: Uri): RunFacts | null {
    if (uri.scheme === "untitled") return null; // it lies nowhere yet
    const path = uri.fsPath;
    let known = this.facts.get(path);
    if (known === undefined) this.facts.set(path, (known = factsFor(path, this.runs.entries)));
    return known;
  }

  notesOn(uri: Uri): readonly Note[] {
    return this.book.in(uri);
  }

  onDidChange(listener: () => void): Disposable {
    return this.changed.event(listener);
  }

  dispose(): void {
    this.listening.dispose();
    this.changed.dispose();
  }
}

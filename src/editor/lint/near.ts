/** What runs say of code that is linted: the seam between the linter's surfaces and the runs. */
import type { Uri } from "vscode";
import type { Disposable } from "../../engine/runs";
import type { RunFacts } from "../../lint/facts";
import type { Note } from "../problems/notes";

export interface NearRuns {
  /** Numbers of the nearest run's labels; null where no run is near. */
  factsFor(uri: Uri): RunFacts | null;
  /** What findings of runs say of lines of this file. */
  notesOn(uri: Uri): readonly Note[];
  /** Called when either may give something else. */
  onDidChange(listener: () => void): Disposable;
}

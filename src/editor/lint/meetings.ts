/** What the linter's problems already show of what runs say: the runs' own surfaces leave it out. */
import { EventEmitter, type Uri } from "vscode";
import type { Disposable } from "../../engine/runs";
import type { Note } from "../problems/notes";
import type { LintedLines, Met } from "./meet";

interface Held {
  /** Notes that are shown with a finding. */
  readonly shown: ReadonlySet<Note>;
  readonly inline: readonly { readonly line: number; readonly note: Note }[];
}

export class Meetings implements Disposable {
  private readonly changed = new EventEmitter<Uri>();
  /** With the document whose notes are others. */
  readonly onDidChange = this.changed.event;
  private readonly held = new Map<string, Held>();

  /** `notes`: all of the document; `met` null: the linter shows nothing there any more. */
  set(uri: Uri, notes: readonly Note[], met: Met<LintedLines> | null): void {
    const key = uri.toString();
    const before = this.held.get(key);
    if (met === null || met.meetings.length === 0) {
      if (this.held.delete(key)) this.changed.fire(uri);
      return;
    }
    const left = new Set(met.notes);
    const shown = new Set(notes.filter((note) => !left.has(note)));
    const { inline } = met;
    const same = before?.shown.size === shown.size && [...shown].every((note) => before.shown.has(note)) && inline.length === before.inline.length && inline.every(({ line }, i) => before.inline[i]?.line === line);
    this.held.set(key, { shown, inline });
    if (!same) this.changed.fire(uri);
  }

  /** Of a document's notes, those that nothing else shows. */
  left(uri: Uri, notes: readonly Note[]): readonly Note[] {
    const shown = this.held.get(uri.toString())?.shown;
    return shown === undefined ? notes : notes.filter((note) => !shown.has(note));
  }

  /** Notes by the line at whose end they stand, from 1. */
  inline(uri: Uri, notes: readonly Note[]): readonly { readonly line: number; readonly note: Note }[] {
    const held = this.held.get(uri.toString());
    // Runs that were read again have other notes: they meet in a moment.
    return held?.inline.every(({ note }) => notes.includes(note)) === true ? held.inline : notes.map((note) => ({ line: note.line, note }));
  }

  dispose(): void {
    this.changed.dispose();
  }
}

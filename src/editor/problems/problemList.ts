/** The problems list: a diagnostic at each place that a finding points at. */
import { Diagnostic, languages, Range, Uri, workspace, type TextDocument } from "vscode";
import type { Disposable } from "../../engine/runs";
import type { Meetings } from "../lint/meetings";
import { codeOf, relatedOf, SEVERITY, SOURCE } from "./diagnostic";
import type { NoteBook } from "./noteBook";
import { noteMessage, type Note } from "./notes";

export class ProblemList implements Disposable {
  private readonly collection = languages.createDiagnosticCollection("run-doctor");
  private readonly disposables: Disposable[];

  constructor(
    private readonly book: NoteBook,
    private readonly meetings: Pick<Meetings, "left" | "onDidChange">,
  ) {
    this.disposables = [
      this.collection,
      book.onDidChange(() => this.update()),
      // An open document tells where the text of a line begins and ends.
      workspace.onDidOpenTextDocument((document) => {
        const notes = book.in(document.uri);
        if (notes.length > 0) this.show(document.uri, notes, document);
      }),
      meetings.onDidChange((uri) => this.show(uri, book.in(uri), workspace.textDocuments.find((document) => document.uri.toString() === uri.toString()))),
    ];
  }

  dispose(): void {
    for (const disposable of this.disposables) disposable.dispose();
  }

  private update(): void {
    const open = new Map(workspace.textDocuments.map((document) => [document.uri.toString(), document]));
    const gone: Uri[] = [];
    this.collection.forEach((uri) => {
      if (!this.book.all.has(uri.toString())) gone.push(uri);
    });
    for (const uri of gone) this.collection.delete(uri);
    for (const [uri, notes] of this.book.all) this.show(Uri.parse(uri), notes, open.get(uri));
  }

  /** What the linter shows with a finding of its own is not shown again. */
  private show(uri: Uri, notes: readonly Note[], document: TextDocument | undefined): void {
    this.collection.set(uri, this.meetings.left(uri, notes).map((note) => diagnosticOf(note, document)));
  }
}

function diagnosticOf(note: Note, document: TextDocument | undefined): Diagnostic {
  const diagnostic = new Diagnostic(rangeOf(note, document), noteMessage(note), SEVERITY[note.severity]);
  diagnostic.source = SOURCE;
  diagnostic.code = codeOf(note.symptom, note.symptom);
  diagnostic.relatedInformation = relatedOf(note);
  return diagnostic;
}

/** Where a note stands; a whole line without its indentation when no columns are known. */
export function rangeOf(note: Note, document: TextDocument | undefined): Range {
  const line = note.line - 1;
  const text = document !== undefined && line < document.lineCount ? document.lineAt(line) : undefined;
  const start = note.column === null ? (text?.firstNonWhitespaceCharacterIndex ?? 0) : note.column - 1;
  const end = note.endColumn === null ? (text?.range.end.character ?? 10_000) : note.endColumn - 1;
  return new Range(line, Math.max(0, start), line, Math.max(start + 1, end));
}

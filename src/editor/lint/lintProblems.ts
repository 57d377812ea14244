/** The problems list: what the linter finds in open documents. */
import { languages, type TextDocument, type Uri } from "vscode";
import type { Disposable } from "../../engine/runs";
import { diagnosticsOf } from "./diagnostics";
import type { LintDocuments } from "./lintDocuments";
import type { Meetings } from "./meetings";
import { metIn } from "./metDocument";
import type { NearRuns } from "./near";
import type { OpenTexts } from "./openTexts";

export class LintProblems implements Disposable {
  private readonly collection = languages.createDiagnosticCollection("run-doctor-lint");
  private readonly disposables: Disposable[];

  constructor(
    private readonly documents: LintDocuments,
    texts: OpenTexts,
    private readonly near: NearRuns,
    private readonly meetings: Meetings,
  ) {
    this.disposables = [this.collection, documents.onDidCheck((document) => this.show(document)), texts.onDidLeave((uri) => this.leave(uri))];
  }

  dispose(): void {
    for (const disposable of this.disposables) disposable.dispose();
  }

  private show(document: TextDocument): void {
    const checked = this.documents.of(document);
    if (checked === undefined || document.isClosed) return;
    const notes = this.near.notesOn(document.uri);
    this.collection.set(document.uri, diagnosticsOf(checked, document, notes, this.documents.placeOf));
    this.meetings.set(document.uri, notes, metIn(checked.findings, document, notes));
  }

  private leave(uri: Uri): void {
    this.collection.delete(uri);
    this.meetings.set(uri, [], null);
  }
}


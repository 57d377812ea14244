/** The open Python documents and notebooks, as the linter is told of them: each opening, edit and closing. */
import { EventEmitter, workspace, type NotebookDocument, type NotebookDocumentChangeEvent, type TextDocument, type TextDocumentChangeEvent, type Uri } from "vscode";
import type { LintThread } from "../../engine/lint/lintThread";
import type { Disposable } from "../../engine/runs";
import { CELL, isPython, isWritten } from "./which";
import { Watched } from "./watched";

export class OpenTexts implements Disposable {
  private readonly changed = new EventEmitter<Watched>();
  private readonly left = new EventEmitter<Uri>();
  private readonly closed = new EventEmitter<Watched>();
  /** Opened, or another text by now. */
  readonly onDidChange = this.changed.event;
  /** A document (or cell) that is not open any more, or no Python. */
  readonly onDidLeave = this.left.event;
  readonly onDidClose = this.closed.event;
  /** By the address of the document or notebook. */
  private readonly open = new Map<string, Watched>();
  private readonly disposables: Disposable[];

  constructor(private readonly thread: LintThread) {
    this.disposables = [
      this.changed,
      this.left,
      this.closed,
      workspace.onDidOpenTextDocument((document) => this.opened(document)),
      workspace.onDidCloseTextDocument((document) => this.close(document.uri)),
      workspace.onDidChangeTextDocument((event) => this.edited(event)),
      workspace.onDidOpenNotebookDocument((notebook) => this.openedNotebook(notebook)),
      workspace.onDidCloseNotebookDocument((notebook) => this.close(notebook.uri)),
      workspace.onDidChangeNotebookDocument((event) => this.editedNotebook(event)),
    ];
  }

  /** Takes in what is open already; listeners are there by now. */
  begin(): void {
    for (const document of workspace.textDocuments) this.opened(document);
    for (const notebook of workspace.notebookDocuments) this.openedNotebook(notebook);
  }

  dispose(): void {
    for (const watched of this.open.values()) watched.stop();
    for (const disposable of this.disposables) disposable.dispose();
  }

  get all(): readonly Watched[] {
    return [...this.open.values()];
  }

  /** What a document, or the notebook that a cell belongs to, is watched as. */
  of({ uri }: TextDocument): Watched | undefined {
    if (uri.scheme !== CELL) return this.open.get(uri.toString());
    const address = uri.toString();
    return this.all.find((watched) => watched.isNotebook && watched.documents.some((cell) => cell.uri.toString() === address));
  }

  /** The document that the linter knows by this name. */
  named(key: string): TextDocument | undefined {
    for (const watched of this.open.values()) {
      if (watched.key === key && !watched.isNotebook) return watched.documents[0];
      const cell = watched.isNotebook ? watched.documents.find(({ uri }) => uri.toString() === key) : undefined;
      if (cell !== undefined) return cell;
    }
    return undefined;
  }

  keyed(key: string): Watched | undefined {
    return this.all.find((watched) => watched.key === key);
  }

  private opened(document: TextDocument): void {
    if (document.uri.scheme === CELL) {
      // A cell whose language was changed to Python.
      const notebook = workspace.notebookDocuments.find((one) => one.getCells().some((cell) => cell.document === document));
      if (notebook !== undefined) this.openedNotebook(notebook);
      return;
    }
    if (!isPython(document)) return;
    this.retell(this.watched(document.uri, () => new Watched(document)));
  }

  private openedNotebook(notebook: NotebookDocument): void {
    if (isWritten(notebook.uri)) this.retell(this.watched(notebook.uri, () => new Watched(notebook)));
  }

  private watched(uri: Uri, make: () => Watched): Watched {
    const known = this.open.get(uri.toString());
    if (known !== undefined) return known;
    const made = make();
    this.open.set(uri.toString(), made);
    return made;
  }

  private close(uri: Uri): void {
    if (uri.scheme === CELL) {
      const notebook = this.all.find((watched) => watched.documents.some((cell) => watched.isNotebook && cell.uri.toString() === uri.toString()));
      if (notebook !== undefined) this.retell(notebook);
      return;
    }
    const watched = this.open.get(uri.toString());
    if (watched === undefined) return;
    watched.stop();
    this.open.delete(uri.toString());
    this.thread.close(watched.key);
    for (const document of watched.documents) this.left.fire(document.uri);
    this.closed.fire(watched);
  }

  private edited({ document, contentChanges }: TextDocumentChangeEvent): void {
    const watched = this.of(document);
    if (watched === undefined) return;
    if (watched.turned(document)) {
      this.retell(watched);
      return;
    }
    if (contentChanges.length === 0) return; // saved, or changed since: the text is the same
    watched.version++;
    const changes = contentChanges.map(({ rangeOffset, rangeLength, text }) => ({ from: rangeOffset, to: rangeOffset + rangeLength, text }));
    if (watched.isNotebook) this.thread.editCell(watched.key, watched.version, document.uri.toString(), changes);
    else this.thread.edit(watched.key, watched.version, changes);
    this.changed.fire(watched);
  }

  private editedNotebook({ notebook, contentChanges, cellChanges }: NotebookDocumentChangeEvent): void {
    const watched = this.open.get(notebook.uri.toString());
    // Texts of cells come as changes of documents; outputs are no code.
    if (watched !== undefined && (contentChanges.length > 0 || cellChanges.some((change) => change.document !== undefined && watched.of === notebook && !watched.documents.includes(change.cell.document)))) this.retell(watched);
  }

  /** Hands the whole text over. */
  private retell(watched: Watched): void {
    const before = watched.documents;
    watched.take();
    watched.version++;
    for (const { uri } of before) {
      if (watched.documents.some((document) => document.uri.toString() === uri.toString())) continue;
      watched.results.delete(uri.toString());
      this.left.fire(uri);
    }
    if (watched.isNotebook) this.thread.openNotebook(watched.key, watched.version, watched.documents.map((cell) => ({ key: cell.uri.toString(), text: cell.getText() })));
    else this.thread.open(watched.key, watched.version, watched.documents[0]!.getText());
    this.changed.fire(watched);
  }
}

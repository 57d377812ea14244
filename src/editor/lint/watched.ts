/** An open document, or a notebook with its cells, as the linter knows it. */
import { sep } from "node:path";
import type { EndOfLine, NotebookDocument, TextDocument, Uri } from "vscode";
import type { CheckedDocument } from "./checkedDocument";
import { mayHoldLosses, pythonCells } from "./which";

/** What the linter calls it: its path on the disk, by which other files import it, else its address. */
export function keyOf(uri: Uri): string {
  return uri.scheme === "file" ? uri.fsPath.split(sep).join("/") : uri.toString();
}

export class Watched {
  readonly key: string;
  readonly uri: Uri;
  /** Counts its states. */
  version = 0;
  /** The newest question asked of the linter. */
  asked = 0;
  /** Of each document, while its text is the same. */
  readonly results = new Map<string, CheckedDocument>();
  timer: NodeJS.Timeout | null = null;
  /** Since the timer was set. */
  edited = false;
  /** The run's numbers that it was linted with, as text. */
  facts = "";
  /** The document, or the Python cells. */
  documents: readonly TextDocument[] = [];
  private readonly lineEnds = new Map<string, EndOfLine>();

  constructor(readonly of: TextDocument | NotebookDocument) {
    this.uri = of.uri;
    this.key = keyOf(of.uri);
    this.take();
  }

  get isNotebook(): boolean {
    return "getCells" in this.of;
  }

  /** Looks which documents it has by now. */
  take(): void {
    this.documents = "getCells" in this.of ? pythonCells(this.of) : [this.of];
    this.lineEnds.clear();
    for (const document of this.documents) this.lineEnds.set(document.uri.toString(), document.eol);
  }

  /** Whether its line ends were changed since it was looked at: offsets of the text before are then of no use. */
  turned(document: TextDocument): boolean {
    return this.lineEnds.get(document.uri.toString()) !== document.eol;
  }

  mayHoldLosses(): boolean {
    return this.documents.some((document) => mayHoldLosses(document.getText()));
  }

  stop(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }
}

/** A dim note at the end of lines that findings point at. */
import { DecorationRangeBehavior, Range, ThemeColor, window, type DecorationOptions, type TextEditor } from "vscode";
import type { Disposable } from "../../engine/runs";
import type { Meetings } from "../lint/meetings";
import type { NoteBook } from "./noteBook";

export class InlineNotes implements Disposable {
  private readonly type = window.createTextEditorDecorationType({
    rangeBehavior: DecorationRangeBehavior.ClosedClosed,
    after: { margin: "0 0 0 3em", color: new ThemeColor("editorCodeLens.foreground"), fontStyle: "italic" },
  });
  private readonly disposables: Disposable[];

  constructor(
    private readonly book: NoteBook,
    private readonly settings: { readonly decorations: boolean; onChange(listener: () => void): Disposable },
    private readonly meetings: Pick<Meetings, "inline" | "onDidChange">,
  ) {
    this.disposables = [this.type, book.onDidChange(() => this.update()), window.onDidChangeVisibleTextEditors(() => this.update()), settings.onChange(() => this.update()), meetings.onDidChange(() => this.update())];
    this.update();
  }

  dispose(): void {
    for (const disposable of this.disposables) disposable.dispose();
  }

  /** What an editor is to show; one note a line, the worst. */
  notesFor(editor: TextEditor): DecorationOptions[] {
    if (!this.settings.decorations) return [];
    const out: DecorationOptions[] = [];
    let last = -1;
    const { uri } = editor.document;
    for (const { line: at, note } of this.meetings.inline(uri, this.book.in(uri))) {
      const line = at - 1;
      if (line === last || line >= editor.document.lineCount) continue;
      last = line;
      const end = editor.document.lineAt(line).range.end;
      out.push({ range: new Range(end, end), renderOptions: { after: { contentText: note.short } } });
    }
    return out;
  }

  private update(): void {
    for (const editor of window.visibleTextEditors) editor.setDecorations(this.type, this.notesFor(editor));
  }
}

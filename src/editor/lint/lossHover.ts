/** A hover over the name of a loss: what it computes, what runs say of it, and a way to compare it with others. */
import { Hover, languages, MarkdownString, type HoverProvider, type Position, type Range, type TextDocument } from "vscode";
import type { Disposable } from "../../engine/runs";
import type { LossSummary } from "../../lint/session";
import { COMMAND, commandLink } from "../commands/commandNames";
import { escapeMarkdown } from "../problems/classTable";
import { noteMessage, type Note } from "../problems/notes";
import { rangeIn } from "./diagnostics";
import type { LintDocuments } from "./lintDocuments";
import type { NearRuns } from "./near";
import { isWritten } from "./which";

/** What runs say, at most; a hover is no list. */
const MAX_NOTES = 3;

export class LossHover implements HoverProvider, Disposable {
  private readonly registered: Disposable;

  constructor(
    private readonly documents: LintDocuments,
    private readonly near: NearRuns,
  ) {
    this.registered = languages.registerHoverProvider({ language: "python" }, this);
  }

  dispose(): void {
    this.registered.dispose();
  }

  provideHover(document: TextDocument, position: Position): Hover | undefined {
    if (!isWritten(document.uri)) return undefined;
    const word = document.getWordRangeAtPosition(position, /[A-Za-z_]\w*/);
    const losses = this.documents.of(document)?.losses ?? [];
    if (word === undefined || losses.length === 0) return undefined;
    const loss = lossAt(losses, document, word);
    if (loss === null) return undefined;
    const markdown = new MarkdownString(hoverText(loss, document, this.notesOf(loss, document, word)), true);
    markdown.isTrusted = { enabledCommands: [COMMAND.compareLosses, COMMAND.openRun] };
    return new Hover(markdown, word);
  }

  /** Where the loss is used, what runs say of its line. On that line itself the problems say it. */
  private notesOf(loss: LossSummary, document: TextDocument, word: Range): readonly Note[] {
    const line = document.positionAt(loss.range.from).line;
    return line === word.start.line ? [] : this.near.notesOn(document.uri).filter((note) => note.line === line + 1);
  }
}

/** The loss that a name means: where it is defined, or by its name where it is used. */
function lossAt(losses: readonly LossSummary[], document: TextDocument, word: Range): LossSummary | null {
  const here = losses.find((loss) => rangeIn(document, loss.range).isEqual(word));
  if (here !== undefined) return here;
  const name = document.getText(word);
  const loss = losses.find((one) => one.name === name);
  const before = document.lineAt(word.start.line).text.slice(0, word.start.character);
  // A parameter's name (name=…) and a word of a comment are no uses.
  const after = document.lineAt(word.end.line).text.slice(word.end.character);
  return loss === undefined || before.includes("#") || /^\s*=(?!=)/.test(after) ? null : loss;
}

function hoverText(loss: LossSummary, document: TextDocument, notes: readonly Note[]): string {
  const parts = [`**${escapeMarkdown(loss.name)}**${loss.text === "" || loss.text === loss.name ? "" : `: ${escapeMarkdown(loss.text)}`}`];
  for (const note of notes.slice(0, MAX_NOTES)) parts.push(`${escapeMarkdown(noteMessage(note))} [Open the run](${commandLink(COMMAND.openRun, note.folder)})`);
  parts.push(`[$(graph-line) Compare Loss Variants](${commandLink(COMMAND.compareLosses, document.uri.toString(), loss.name)} "Draw this loss beside others")`);
  return parts.join("\n\n");
}

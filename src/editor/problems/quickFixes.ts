/** What can be done about a problem of ours. */
import { CodeAction, CodeActionKind, languages, type CodeActionContext, type CodeActionProvider, type Diagnostic, type Range, type TextDocument } from "vscode";
import type { Disposable } from "../../engine/runs";
import type { WorkspaceRuns } from "../workspaceRuns";
import { symptomWords } from "../words";
import { hasCode } from "../lint/meet";
import type { NoteBook } from "./noteBook";
import type { Note } from "./notes";
import { SOURCE } from "./diagnostic";

/** Runs offered at most when several say the same of one line. */
const MAX_RUNS = 5;

export class QuickFixes implements CodeActionProvider, Disposable {
  private readonly registered: Disposable;

  constructor(
    private readonly book: NoteBook,
    private readonly runs: WorkspaceRuns,
  ) {
    this.registered = languages.registerCodeActionsProvider({ scheme: "file" }, this, { providedCodeActionKinds: [CodeActionKind.QuickFix] });
  }

  dispose(): void {
    this.registered.dispose();
  }

  provideCodeActions(document: TextDocument, _range: Range, context: CodeActionContext): CodeAction[] {
    const actions: CodeAction[] = [];
    for (const diagnostic of context.diagnostics) {
      if (diagnostic.source !== SOURCE) continue;
      const code = typeof diagnostic.code === "object" ? diagnostic.code.value : undefined;
      // Lines move while a script is edited; the problem moves with them, the note does not.
      const named = this.book.in(document.uri).filter((note) => hasCode(code, note.symptom));
      for (const symptom of new Set(named.map((note) => note.symptom))) {
        const notes = named.filter((note) => note.symptom === symptom);
        const note = notes.find((n) => diagnostic.message.includes(n.message)) ?? notes[0];
        if (note !== undefined) actions.push(...this.actionsOf(note, diagnostic));
      }
    }
    // Two problems of one line lead to the same run.
    return actions.filter((action, i) => actions.findIndex((other) => other.title === action.title) === i);
  }

  private actionsOf(note: Note, diagnostic: Diagnostic): CodeAction[] {
    const actions: CodeAction[] = [];
    const name = (folder: string): string => (note.runs.length > 1 ? ` "${this.runs.get(folder)?.label ?? folder}"` : "");
    for (const folder of note.runs.slice(0, MAX_RUNS)) {
      actions.push(fix(`Open the run${name(folder)}`, diagnostic, "runDoctor.openRun", [folder]));
      const which = note.runs.length > 1 ? `run${name(folder)}` : "this run";
      actions.push(fix(`Ignore this symptom for ${which}: ${symptomWords(note.symptom)}`, diagnostic, "runDoctor.ignoreSymptom", [folder, note.symptom]));
    }
    return actions;
  }
}

function fix(title: string, diagnostic: Diagnostic, command: string, args: readonly unknown[]): CodeAction {
  const action = new CodeAction(title, CodeActionKind.QuickFix);
  action.command = { command, title, arguments: [...args] };
  action.diagnostics = [diagnostic];
  return action;
}

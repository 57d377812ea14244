/** What can be done about a finding: its fixes, leaving its rule out here or everywhere, reading its page; all safe fixes at once. */
import { CodeAction, CodeActionKind, languages, Range, WorkspaceEdit, type CodeActionContext, type CodeActionProvider, type Diagnostic, type TextDocument } from "vscode";
import type { Disposable } from "../../engine/runs";
import type { Finding } from "../../lint/rules/rule";
import { COMMAND } from "../commands/commandNames";
import { SOURCE } from "../problems/diagnostic";
import { rangeIn } from "./diagnostics";
import { editsBetween, fixedText } from "./fixAll";
import { ignoreComment } from "./ignoreComment";
import type { LintDocuments } from "./lintDocuments";
import { hasCode } from "./meet";
import { hasWorkspace } from "./lintSettings";
import { isWritten } from "./which";

export const FIX_ALL = CodeActionKind.SourceFixAll.append("runDoctor");

export class LintFixes implements CodeActionProvider, Disposable {
  private readonly registered: Disposable;

  constructor(private readonly documents: LintDocuments) {
    this.registered = languages.registerCodeActionsProvider({ language: "python" }, this, { providedCodeActionKinds: [CodeActionKind.QuickFix, FIX_ALL] });
  }

  dispose(): void {
    this.registered.dispose();
  }

  async provideCodeActions(document: TextDocument, range: Range, { only, diagnostics }: CodeActionContext): Promise<CodeAction[]> {
    if (!isWritten(document.uri)) return [];
    const checked = await this.documents.current(document);
    if (checked === undefined || checked.findings.length === 0) return [];
    const actions: CodeAction[] = [];
    if (only === undefined || only.contains(CodeActionKind.QuickFix) || CodeActionKind.QuickFix.contains(only)) {
      const here = checked.findings.filter((finding) => rangeIn(document, finding.range).intersection(range) !== undefined);
      for (const finding of here) actions.push(...fixesOf(finding, document, diagnosticOf(finding, document, diagnostics)));
      for (const finding of here) actions.push(...othersOf(finding, document, diagnosticOf(finding, document, diagnostics)));
    }
    // Asked for by name alone (a source action, or on save): it lints the text again for each fix.
    if (only !== undefined && (only.contains(FIX_ALL) || FIX_ALL.contains(only))) actions.push(...(await this.all(document, checked.findings)));
    // Two findings of a rule on one line are ignored by the same comment; two fixes of one name are not the same.
    return actions.filter((action, i) => action.isPreferred !== undefined || actions.findIndex((other) => other.title === action.title) === i);
  }

  private async all(document: TextDocument, findings: readonly Finding[]): Promise<CodeAction[]> {
    const { version } = document;
    const before = document.getText();
    const after = await fixedText(before, findings, async (text) => (await this.documents.ifItWere(document, text))?.findings ?? []);
    if (after === before || document.version !== version) return [];
    const action = new CodeAction("Fix all safe Run Doctor problems", FIX_ALL);
    action.edit = new WorkspaceEdit();
    for (const edit of editsBetween(before, after)) action.edit.replace(document.uri, rangeIn(document, edit), edit.text);
    return [action];
  }
}

function fixesOf(finding: Finding, document: TextDocument, diagnostic: Diagnostic | undefined): CodeAction[] {
  return (finding.fixes ?? []).map((fix, i) => {
    const action = quickFix(fix.title, diagnostic);
    action.edit = new WorkspaceEdit();
    for (const edit of fix.edits) action.edit.replace(document.uri, rangeIn(document, edit), edit.text);
    action.isPreferred = i === 0;
    return action;
  });
}

function othersOf({ rule, range }: Finding, document: TextDocument, diagnostic: Diagnostic | undefined): CodeAction[] {
  const actions: CodeAction[] = [];
  const edit = ignoreComment((line) => (line < document.lineCount ? document.lineAt(line).text : undefined), document.positionAt(range.from).line, rule);
  if (edit !== null) {
    const here = quickFix(`Ignore ${rule} here`, diagnostic);
    here.edit = new WorkspaceEdit();
    here.edit.replace(document.uri, new Range(edit.line, edit.from, edit.line, edit.to), edit.text);
    actions.push(here);
  }
  actions.push(command(`Ignore ${rule} in ${hasWorkspace() ? "this workspace" : "the user settings"}`, diagnostic, COMMAND.ignoreRule, rule));
  actions.push(command(`Open the page of ${rule}`, diagnostic, COMMAND.openDocs, rule));
  return actions;
}

function quickFix(title: string, diagnostic: Diagnostic | undefined): CodeAction {
  const action = new CodeAction(title, CodeActionKind.QuickFix);
  if (diagnostic !== undefined) action.diagnostics = [diagnostic];
  return action;
}

function command(title: string, diagnostic: Diagnostic | undefined, name: string, argument: string): CodeAction {
  const action = quickFix(title, diagnostic);
  action.command = { command: name, title, arguments: [argument] };
  return action;
}

/** The problem that shows a finding; one that a run speaks of, too, may bear the code of its symptom. */
function diagnosticOf(finding: Finding, document: TextDocument, diagnostics: readonly Diagnostic[]): Diagnostic | undefined {
  const range = rangeIn(document, finding.range);
  const here = diagnostics.filter(({ source, range: at }) => source === SOURCE && at.isEqual(range));
  return here.find(({ code }) => typeof code === "object" && hasCode(code.value, finding.rule)) ?? here[0];
}

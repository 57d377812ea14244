/** Where a finding of a run and one of the linter speak of the same line of a loss, one problem shows both. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { commands, ConfigurationTarget, DiagnosticSeverity, languages, window, workspace, type CodeAction, type Diagnostic } from "vscode";
import { doors, eventually, readRun, SICK, uriIn } from "./doors";
import { QUESTION } from "./question";

const LOSS = "train_loss.py";

function ours(): Diagnostic[] {
  return languages.getDiagnostics(uriIn(SICK, LOSS)).filter((d) => d.source === "Run Doctor");
}

const codeOf = ({ code }: Diagnostic): string => (typeof code === "object" ? String(code.value) : "");

describe("findings of a run and warnings in the code of its loss", () => {
  const path = uriIn(SICK, LOSS).fsPath;
  const before = readFileSync(path, "utf8");

  after(async () => {
    writeFileSync(path, before);
    const { runs } = await doors();
    await commands.executeCommand("workbench.action.closeAllEditors");
    await runs.refresh();
    await eventually("what it said before", () => ours().length > 0 && ours().every((d) => !/L\d/.test(codeOf(d)) && d.range.start.line < before.split("\n").length));
  });

  it("are one problem, with both codes, the run's severity and numbers, and one note at the line's end", async () => {
    await readRun(SICK);
    // The run's checkpoints name gdl_symbolic as its loss.
    writeFileSync(path, QUESTION.replaceAll("generalized_dice_loss", "gdl_symbolic"));
    const { runs, inline } = await doors();
    await runs.refresh();
    const editor = await window.showTextDocument(uriIn(SICK, LOSS));
    const problem = await eventually("one problem with both codes", () => ours().find((d) => /(^|, )only-background(,|$)/.test(codeOf(d)) && /(^|, )L\d+$/.test(codeOf(d))));
    assert.equal(problem.severity, DiagnosticSeverity.Error);
    assert.match(editor.document.lineAt(problem.range.start.line).text, /w = 1\/\(w\*\*2/);
    assert.match(editor.document.getText(problem.range), /^1\/\(w\*\*2/);
    assert.match(problem.message, /background[\s\S]*\nClass \d+ is absent from [\d.]+ % of the /);
    await eventually("the run's problem is shown once", () => ours().filter((d) => codeOf(d).includes("only-background")).length === 1);
    const notes = inline.notesFor(editor).filter((note) => /^only background/.test(note.renderOptions?.after?.contentText ?? ""));
    assert.deepEqual(notes.map((note) => note.range.start.line), [problem.range.start.line]);
    const actions = await commands.executeCommand<CodeAction[]>("vscode.executeCodeActionProvider", editor.document.uri, problem.range);
    const titles = actions.map((action) => action.title);
    for (const title of ["Open the run", "Ignore L2 here", "Open the page of L2"]) assert.ok(titles.includes(title), titles.join(", "));
  });

  it("are the run's own again where the linter says nothing", async () => {
    const set = (value: unknown): Thenable<void> => workspace.getConfiguration("runDoctor").update("lint.enabled", value, ConfigurationTarget.Workspace);
    await set(false);
    try {
      await eventually("the run's problems", () => ours().length > 0 && ours().every((d) => !/L\d/.test(codeOf(d))) && ours().some((d) => codeOf(d) === "only-background"));
    } finally {
      await set(undefined);
    }
    await eventually("one problem with both codes", () => ours().some((d) => /only-background.*, L2$/.test(codeOf(d))));
  });
});

/** Warnings in loss code, as they are typed: the classic question's loss, in files, cells and texts that were never saved. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  CodeActionKind, commands, ConfigurationTarget, DiagnosticSeverity, EndOfLine, languages, MarkdownString, NotebookCellData, NotebookCellKind, NotebookData, NotebookEdit, Position, Range, Uri, window, workspace, WorkspaceEdit,
  type CodeAction, type Diagnostic, type Hover, type TextDocument, type TextEditor,
} from "vscode";
import { doors, eventually, workspaceFolder } from "./doors";
import { QUESTION } from "./question";

function ours(document: TextDocument): Diagnostic[] {
  return languages.getDiagnostics(document.uri).filter((d) => d.source === "Run Doctor" && /^L\d+$/.test(codeOf(d)));
}

function codeOf({ code }: Diagnostic): string {
  return typeof code === "object" ? String(code.value) : String(code ?? "");
}

function found(document: TextDocument, rule: string): Promise<Diagnostic> {
  return eventually(`${rule} in ${document.uri.toString()}`, () => ours(document).find((d) => codeOf(d) === rule));
}

function gone(document: TextDocument, rule: string): Promise<boolean> {
  return eventually(`no ${rule} in ${document.uri.toString()}`, () => !ours(document).some((d) => codeOf(d) === rule));
}

async function untitled(content = ""): Promise<TextEditor> {
  const editor = await window.showTextDocument(await workspace.openTextDocument({ language: "python", content }));
  const { document } = editor;
  // VS Code now and then gives a new text the name, and the content, of one that is being closed.
  if (document.getText() !== content) assert.ok(await editor.edit((edit) => edit.replace(new Range(0, 0, document.lineCount, 0), content)));
  return editor;
}

async function actionsAt(document: TextDocument, range: Range, kind?: CodeActionKind): Promise<CodeAction[]> {
  return commands.executeCommand<CodeAction[]>("vscode.executeCodeActionProvider", document.uri, range, kind?.value);
}

async function apply(action: CodeAction | undefined): Promise<void> {
  assert.ok(action?.edit, action?.title ?? "no such action");
  assert.ok(await workspace.applyEdit(action.edit));
}

async function hoverAt(document: TextDocument, word: string, nth = 0): Promise<string> {
  let at = -1;
  for (let i = 0; i <= nth; i++) at = document.getText().indexOf(word, at + 1);
  const hovers = await commands.executeCommand<Hover[]>("vscode.executeHoverProvider", document.uri, document.positionAt(at + 1));
  return hovers.flatMap((hover) => hover.contents.map((part) => (part instanceof MarkdownString ? part.value : ""))).join("\n");
}

function inFile(name: string): Uri {
  return Uri.file(join(workspaceFolder(), name));
}

function set(name: string, value: unknown): Thenable<void> {
  return workspace.getConfiguration("runDoctor").update(name, value, ConfigurationTarget.Workspace);
}

/** A loss by itself, which has a safe or a first fix. */
const TWICE = "import torch\nimport torch.nn.functional as F\n\n\ndef my_loss(pred, target):\n    p = F.softmax(pred, dim=1)\n    return F.cross_entropy(p, target)\n";

describe("warnings in loss code", () => {
  afterEach(async () => {
    for (const name of ["lint.enabled", "lint.ignore", "lint.exclude"]) await set(name, undefined);
    while (window.tabGroups.all.some((group) => group.tabs.length > 0)) await commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
  });

  it("stand under the classic question's loss as it is typed into a new file, with a link to their pages", async () => {
    const { lint } = await doors();
    const editor = await untitled();
    for (const line of QUESTION.split(/(?<=\n)/)) assert.ok(await editor.edit((edit) => edit.insert(editor.document.lineAt(editor.document.lineCount - 1).range.end, line)));
    const { document } = editor;
    const first = await found(document, "L1");
    assert.match(document.getText(first.range), /^np\.(sum|asarray)/);
    const second = await found(document, "L2");
    assert.match(document.lineAt(second.range.start).text, /w = 1\/\(w\*\*2/);
    assert.equal(second.severity, DiagnosticSeverity.Warning);
    assert.ok(typeof second.code === "object");
    assert.equal(second.code.target.toString(true), 'command:runDoctor.openDocs?["L2"]');
    const begun = performance.now();
    const answered = new Promise<number>((resolve) => {
      const listening = lint.documents.onDidCheck(() => {
        listening.dispose();
        resolve(performance.now() - begun);
      });
    });
    assert.ok(await editor.edit((edit) => edit.insert(new Position(0, 0), "\n")));
    console.log(`      an edit was answered after ${Math.round(await answered)} ms`);
  });

  it("go when the text does, and when it is no Python any more", async () => {
    const { document } = await untitled(QUESTION);
    await found(document, "L2");
    await languages.setTextDocumentLanguage(document, "plaintext");
    await gone(document, "L2");
    const again = await languages.setTextDocumentLanguage(document, "python");
    await found(again, "L2");
    const edit = new WorkspaceEdit();
    edit.delete(again.uri, new Range(0, 0, again.lineCount, 0));
    assert.ok(await workspace.applyEdit(edit));
    await gone(again, "L2");
  });

  it("open the page of a rule", async () => {
    await commands.executeCommand("runDoctor.openDocs", "L2");
    await eventually("the page", () => window.tabGroups.all.some((group) => group.tabs.some((tab) => /L2\.md/.test(tab.label))));
  });

  it("go by their fix, the first of which is preferred", async () => {
    const { document } = await untitled(TWICE);
    const problem = await found(document, "L8");
    const actions = await actionsAt(document, problem.range);
    const fixes = actions.filter((action) => action.isPreferred !== undefined);
    assert.ok(fixes.length > 0, actions.map((a) => a.title).join(", "));
    assert.equal(fixes[0]!.isPreferred, true);
    await apply(fixes[0]);
    await gone(document, "L8");
  });

  it("go from the question's loss, too, fix by fix", async () => {
    const { document } = await untitled(QUESTION);
    await found(document, "L1");
    for (const rule of ["L2", "L1"]) {
      const problem = ours(document).find((d) => codeOf(d) === rule);
      if (problem === undefined) continue; // the fix before was one for both
      await apply((await actionsAt(document, problem.range)).find((action) => action.isPreferred === true));
      await gone(document, rule);
    }
    assert.deepEqual(ours(document).filter((d) => d.severity !== DiagnosticSeverity.Information).map(codeOf), []);
  });

  it("are ignored by a comment at the line's end, which takes further rules in", async () => {
    const { document } = await untitled(QUESTION);
    const problem = await found(document, "L2");
    const actions = await actionsAt(document, problem.range);
    assert.ok(actions.some((action) => action.title === "Open the page of L2"));
    await apply(actions.find((action) => action.title === "Ignore L2 here"));
    await gone(document, "L2");
    assert.match(document.lineAt(problem.range.start).text, /\S {2}# run-doctor: ignore L2$/);
  });

  it("are ignored in the workspace, by a setting", async () => {
    const { document } = await untitled(QUESTION);
    const problem = await found(document, "L2");
    const action = (await actionsAt(document, problem.range)).find(({ title }) => title === "Ignore L2 in this workspace");
    assert.ok(action?.command);
    await commands.executeCommand(action.command.command, ...((action.command.arguments ?? []) as unknown[]));
    await gone(document, "L2");
    await found(document, "L1");
    assert.deepEqual(workspace.getConfiguration("runDoctor").inspect("lint.ignore")?.workspaceValue, ["L2"]);
    await set("lint.ignore", undefined);
    await found(document, "L2");
    await set("lint.enabled", false);
    await gone(document, "L1");
  });

  it("are all fixed at once where that is safe", async () => {
    const { document } = await untitled(`${TWICE}\n\ndef other_loss(pred, target):\n    p = torch.softmax(pred, 1)\n    return F.cross_entropy(p, target)\n`);
    await eventually("both", () => ours(document).filter((d) => codeOf(d) === "L8").length === 2);
    const [action] = await actionsAt(document, new Range(0, 0, document.lineCount, 0), CodeActionKind.SourceFixAll);
    await apply(action);
    await gone(document, "L8");
  });

  it("are fixed on save, where the user wants that", async () => {
    const uri = inFile("saved_loss.py");
    writeFileSync(uri.fsPath, TWICE);
    const editing = workspace.getConfiguration("editor", { uri, languageId: "python" });
    await editing.update("codeActionsOnSave", { "source.fixAll.runDoctor": "explicit" }, ConfigurationTarget.Workspace);
    const editor = await window.showTextDocument(uri);
    assert.ok(await editor.edit((edit) => edit.insert(new Position(0, 0), "# mine\n")));
    await commands.executeCommand("workbench.action.files.save");
    assert.ok(!/softmax/.test(readFileSync(uri.fsPath, "utf8")), "what is saved is fixed");
    await gone(editor.document, "L8");
    await editing.update("codeActionsOnSave", undefined, ConfigurationTarget.Workspace);
    await workspace.fs.delete(uri);
  });

  it("stand in files with Windows line ends, and stay in place when those change", async () => {
    const uri = inFile("windows_loss.py");
    writeFileSync(uri.fsPath, QUESTION.replaceAll("\n", "\r\n"));
    const editor = await window.showTextDocument(uri);
    const { document } = editor;
    assert.equal(document.eol, EndOfLine.CRLF);
    const at = (await found(document, "L2")).range;
    assert.match(document.getText(at), /^1\/\(w\*\*2/);
    const fixed = await workspace.openTextDocument({ language: "python", content: TWICE.replaceAll("\n", "\r\n") });
    await apply((await actionsAt(fixed, (await found(fixed, "L8")).range)).find((action) => action.isPreferred === true));
    await gone(fixed, "L8");
    assert.ok(!/[^\r]\n/.test(fixed.getText()), "all line ends are as before");
    assert.ok(await editor.edit((edit) => edit.setEndOfLine(EndOfLine.LF)));
    assert.ok(await editor.edit((edit) => edit.insert(new Position(0, 0), "\n")));
    await eventually("a line further down", () => ours(document).some((d) => codeOf(d) === "L2" && d.range.isEqual(new Range(at.start.translate(1), at.end.translate(1)))));
    await workspace.fs.delete(uri);
  });

  it("stand in the cell of a notebook, which uses names of the one before", async () => {
    const end = QUESTION.indexOf("\n\n");
    const [imports, rest] = [QUESTION.slice(0, end), QUESTION.slice(end + 2)];
    const data = new NotebookData([new NotebookCellData(NotebookCellKind.Code, imports, "python"), new NotebookCellData(NotebookCellKind.Markup, "# A loss", "markdown"), new NotebookCellData(NotebookCellKind.Code, rest, "python")]);
    const notebook = await workspace.openNotebookDocument("jupyter-notebook", data);
    await window.showNotebookDocument(notebook);
    const cell = notebook.cellAt(2).document;
    const problem = await found(cell, "L2");
    assert.match(cell.getText(problem.range), /^1\/\(w\*\*2/);
    assert.deepEqual(ours(notebook.cellAt(0).document), []);
    await apply((await actionsAt(cell, problem.range)).find((action) => action.title === "Ignore L2 here"));
    await gone(cell, "L2");
    const edit = new WorkspaceEdit();
    edit.set(notebook.uri, [NotebookEdit.insertCells(1, [new NotebookCellData(NotebookCellKind.Code, TWICE, "python")])]);
    assert.ok(await workspace.applyEdit(edit));
    await found(notebook.cellAt(1).document, "L8");
  });

  it("follow an imported module as it stands in its editor, unsaved", async () => {
    const helper = inFile("lint_helper.py");
    writeFileSync(helper.fsPath, "import torch\n\n\ndef activated(x):\n    return x\n");
    const uri = inFile("lint_loss.py");
    writeFileSync(uri.fsPath, "import torch.nn.functional as F\nfrom lint_helper import activated\n\n\ndef my_loss(pred, target):\n    p = activated(pred)\n    return F.cross_entropy(p, target)\n");
    const document = await workspace.openTextDocument(uri);
    await window.showTextDocument(document);
    const { lint } = await doors();
    await eventually("it is looked at", () => lint.documents.of(document)?.losses.length === 1);
    assert.deepEqual(ours(document), []);
    const module = await window.showTextDocument(helper);
    const line = module.document.lineAt(4).range;
    assert.ok(await module.edit((edit) => edit.replace(line, "    return torch.softmax(x, 1)")));
    await found(document, "L8");
    assert.ok(await module.edit((edit) => edit.replace(module.document.lineAt(4).range, "    return x")));
    await gone(document, "L8");
    await workspace.fs.delete(uri);
    await workspace.fs.delete(helper);
  });

  it("leave installed packages and excluded files alone", async () => {
    const library = inFile("venv/lib/python3.12/site-packages/losses/gdl.py");
    const other = inFile("third_party/gdl.py");
    const own = inFile("own_gdl.py");
    for (const uri of [library, other, own]) await workspace.fs.writeFile(uri, new TextEncoder().encode(QUESTION));
    const document = await workspace.openTextDocument(other);
    await workspace.openTextDocument(library);
    await found(await workspace.openTextDocument(own), "L2");
    await found(document, "L2");
    await set("lint.exclude", ["third_party"]);
    await gone(document, "L2");
    assert.deepEqual(ours(await workspace.openTextDocument(library)), []);
    for (const name of ["venv", "third_party", "own_gdl.py"]) await workspace.fs.delete(inFile(name), { recursive: true });
  });

  it("tell on hover what a loss computes, where it is defined and where it is used", async () => {
    const { document } = await untitled(QUESTION);
    await found(document, "L2");
    assert.match(await hoverAt(document, "generalized_dice_loss"), /generalized\\_dice\\_loss/);
    assert.match(await hoverAt(document, "generalized_dice_loss", 1), /generalized\\_dice\\_loss/);
  });
});

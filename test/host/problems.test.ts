import assert from "node:assert/strict";
import type { Uri} from "vscode";
import { commands, DiagnosticSeverity, languages, MarkdownString, Position, Range, window, workspace, type CodeAction, type Diagnostic, type Hover } from "vscode";
import { doors, eventually, HEALTHY, readRun, runFolder, SICK, uriIn } from "./doors";

const ROW = new Position(1, 3);

function ours(uri: Uri): Diagnostic[] {
  return languages.getDiagnostics(uri).filter((d) => d.source === "Run Doctor");
}

async function rowProblem(): Promise<Diagnostic> {
  return eventually("a problem on row 2 of training.csv", () => ours(uriIn(SICK, "training.csv")).find((d) => d.range.start.line === 1));
}

describe("problems", () => {
  it("stand on the row of the log where the symptom begins, with a link to its page", async () => {
    const problem = await rowProblem();
    assert.equal(problem.severity, DiagnosticSeverity.Error);
    assert.match(problem.message, /background/);
    assert.ok(typeof problem.code === "object");
    assert.equal(problem.code.value, "only-background");
    assert.equal(problem.code.target.scheme, "command");
    assert.ok((problem.relatedInformation ?? []).some((info) => info.location.uri.path.endsWith("train_loss.py")), "names the loss as related");
  });

  it("stand on the loss function in the script", async () => {
    const [problem] = await eventually("a problem in train_loss.py", () => {
      const found = ours(uriIn(SICK, "train_loss.py"));
      return found.length > 0 && found;
    });
    const document = await workspace.openTextDocument(uriIn(SICK, "train_loss.py"));
    assert.match(document.lineAt(problem!.range.start.line).text, /^def gdl_symbolic/);
  });

  it("say nothing of a healthy run", async () => {
    await readRun(HEALTHY);
    assert.deepEqual(languages.getDiagnostics().filter(([uri, all]) => uri.fsPath.startsWith(runFolder(HEALTHY)) && all.some((d) => d.source === "Run Doctor")), []);
  });

  it("underline the text of the line once it is open, and note it at its end", async () => {
    const { inline } = await doors();
    const editor = await window.showTextDocument(uriIn(SICK, "training.csv"));
    const length = editor.document.lineAt(1).text.length;
    await eventually("the range fits the text", () => ours(editor.document.uri).some((d) => d.range.isEqual(new Range(1, 0, 1, length))));
    const notes = inline.notesFor(editor);
    assert.equal(notes.length, 1);
    assert.equal(notes[0]!.range.start.line, 1);
    assert.match(notes[0]!.renderOptions?.after?.contentText ?? "", /^only background since epoch 0/);
  });

  it("offer to open the run and to ignore the symptom", async () => {
    await rowProblem();
    const actions = await commands.executeCommand<CodeAction[]>("vscode.executeCodeActionProvider", uriIn(SICK, "training.csv"), new Range(ROW, ROW));
    const titles = actions.map((action) => action.title);
    assert.ok(titles.includes("Open the run"), titles.join(", "));
    assert.ok(titles.includes("Ignore this symptom for this run: only background"), titles.join(", "));
  });

  it("show the classes on hover, in a table", async () => {
    await rowProblem();
    const hovers = await commands.executeCommand<Hover[]>("vscode.executeHoverProvider", uriIn(SICK, "training.csv"), ROW);
    const text = hovers.flatMap((hover) => hover.contents.map((part) => (part instanceof MarkdownString ? part.value : ""))).join("\n");
    assert.match(text, /\| Class \| Dice \| Labelled \| Predicted \|/);
    assert.match(text, /\| Class 1 \| 0\.000 \|/);
  });

  it("go when the symptom is ignored, by the workspace's settings, and come back", async () => {
    const { settings } = await doors();
    await rowProblem();
    await commands.executeCommand("runDoctor.ignoreSymptom", runFolder(SICK), "only-background");
    await eventually("the problem goes", () => !ours(uriIn(SICK, "training.csv")).some((d) => typeof d.code === "object" && d.code.value === "only-background"));
    assert.deepEqual(workspace.getConfiguration("runDoctor").inspect("runs")?.workspaceValue, { [SICK]: { ignoredSymptoms: ["only-background"] } });
    assert.deepEqual(settings.ignoredOf(runFolder(SICK)), ["only-background"]);
    await commands.executeCommand("runDoctor.heedSymptom", runFolder(SICK), "only-background");
    await rowProblem();
    assert.equal(workspace.getConfiguration("runDoctor").inspect("runs")?.workspaceValue, undefined, "nothing is left in the settings");
  });
});

import assert from "node:assert/strict";
import { FileDecoration, TreeItemCollapsibleState, Uri } from "vscode";
import type { Row } from "../../src/editor/runs/row";
import { doors, eventually, extension, HEALTHY, readRun, runFolder, SICK } from "./doors";

describe("the view Runs", () => {
  it("is there without any action, since the workspace holds runs", async () => {
    await eventually("the extension wakes by itself", () => extension().isActive);
  });

  it("lists the runs worst first, with diagnosis, epochs and Dice", async () => {
    const { tree } = await doors();
    await readRun(SICK);
    await readRun(HEALTHY);
    const rows = tree.getChildren();
    const labels = rows.map((row) => row.label);
    assert.ok(labels.indexOf(SICK) >= 0 && labels.indexOf(SICK) < labels.indexOf(HEALTHY), labels.join(", "));
    assert.match(row(rows, SICK).description, /^only background since epoch 0 · 12 epochs · Dice 0\.000/);
    assert.match(row(rows, HEALTHY).description, /^no symptom · \d+ epochs · Dice 0\.[5-9]/);
  });

  it("shows findings, classes, checkpoints and files below a run", async () => {
    const { tree } = await doors();
    await readRun(SICK);
    const sick = row(tree.getChildren(), SICK);
    const below = tree.getChildren(sick);
    assert.equal(below[0]?.kind, "finding");
    assert.equal(below[0].label, "Only background since epoch 0");
    assert.deepEqual(below.filter((r) => r.kind === "group").map((r) => r.label).slice(0, 3), ["Classes", "Checkpoints", "Files"]);
    assert.equal(tree.getChildren(row(below, "Classes")).length, 11);
    assert.ok(tree.getChildren(below[0]).some((r) => r.symptom === "class-never-learned"), "what the leading finding explains hangs below it");
    assert.equal(tree.getParent(below[0])?.label, SICK);
  });

  it("gives VS Code rows that can be read, clicked and heard", async () => {
    const { tree } = await doors();
    await readRun(SICK);
    const sick = row(tree.getChildren(), SICK);
    const item = tree.getTreeItem(sick);
    assert.equal(item.collapsibleState, TreeItemCollapsibleState.Collapsed);
    assert.equal(item.command?.command, "runDoctor.openRun");
    assert.match(item.accessibilityInformation?.label ?? "", new RegExp(`^Run ${SICK}, error: only background`));
    const place = tree.getTreeItem(tree.getChildren(sick)[0]!);
    assert.deepEqual(place.command?.arguments, [uri("training.csv").fsPath, 2]);
  });

  it("puts a badge on the folders of sick runs alone", async () => {
    const { badges } = await doors();
    await readRun(SICK);
    await readRun(HEALTHY);
    const badge = badges.provideFileDecoration(Uri.file(runFolder(SICK)));
    assert.ok(badge instanceof FileDecoration);
    assert.equal(badge.badge, "✗");
    assert.equal(badges.provideFileDecoration(Uri.file(runFolder(HEALTHY))), undefined);
  });
});

function row(rows: readonly Row[], label: string): Row {
  const found = rows.find((r) => r.label === label);
  assert.ok(found, `${label} among ${rows.map((r) => r.label).join(", ")}`);
  return found;
}

function uri(path: string): Uri {
  return Uri.joinPath(Uri.file(runFolder(SICK)), path);
}

import assert from "node:assert/strict";
import { sickRuns, worstFirst } from "../../../src/editor/runs/order";
import { runDescription, runRow } from "../../../src/editor/runs/runRow";
import type { Row } from "../../../src/editor/runs/row";
import { entry, finding, measure, series } from "./fakes";

const lost = finding({ symptom: "only-background", message: "All that is predicted is background.", at: [{ path: "training.csv", line: 2 }], explains: [finding({ symptom: "class-weights-near-zero", severity: "info", at: [{ path: "train.py", line: 7 }] })] });

describe("editor: order of runs", () => {
  it("puts the worst first, those being written before others alike, then by number in the name", () => {
    const runs = [
      entry("healthy-2", {}),
      entry("healthy-10", {}),
      entry("doubtful", { findings: [finding({ symptom: "overfitting", severity: "warning" })] }),
      entry("reading", null),
      entry("sick-b", { findings: [lost] }),
      entry("sick-a-running", { findings: [lost], state: "running" }),
      entry("unreadable", null, { phase: "failed", error: "no" }),
      entry("unjudged", { cannotJudge: ["one epoch"] }),
    ];
    assert.deepEqual(worstFirst(runs).map((run) => run.label), ["sick-a-running", "sick-b", "doubtful", "unreadable", "reading", "unjudged", "healthy-2", "healthy-10"]);
    assert.deepEqual(sickRuns(runs).map((run) => run.label), ["doubtful", "sick-b", "sick-a-running"]);
  });

  it("does not count a run as sick for information alone", () => {
    assert.deepEqual(sickRuns([entry("a", { findings: [finding({ symptom: "class-absent-from-validation", severity: "info" })] })]), []);
  });
});

describe("editor: a run's row", () => {
  it("says diagnosis, epochs, Dice and that it is being written", () => {
    const run = entry("gdl", { findings: [lost], state: "running", epochs: [measure(0, 0), measure(1, 0)], series: [series("training.csv", [0, 1], [2, 3])] });
    assert.equal(runDescription(run), "only background since epoch 0 · 2 epochs · Dice 0.000 · running");
  });

  it("never calls a run healthy that could not be judged", () => {
    assert.match(runDescription(entry("a", { cannotJudge: ["one epoch alone"] })), /^cannot judge yet/);
    assert.match(runDescription(entry("a", { epochs: [measure(0, 80), measure(1, 90)] })), /^no symptom/);
  });

  it("shows progress and failures as data", () => {
    assert.equal(runDescription(entry("a", null, { progress: { done: 3, total: 12 } })), "reading 3 of 12 files…");
    assert.equal(runDescription(entry("a", null, { phase: "failed", error: "the folder is gone" })), "the folder is gone");
  });

  it("has findings first, explained ones below them, then classes, checkpoints, files and assumptions", () => {
    const run = entry("gdl", {
      findings: [lost],
      epochs: [measure(3, 0)],
      checkpoints: [{ path: "w.keras", format: "keras-v3", epoch: 1, step: null, loss: null, tensors: [] }],
      sources: [
        { path: "training.csv", kind: "log", format: "keras-csv", problem: null },
        { path: "w.keras", kind: "checkpoint", format: "keras-v3", problem: "keras-v3: torn" },
      ],
      problems: [{ path: "gone", message: "cannot be read" }],
      assumptions: ["Class 0 is background."],
    });
    const row = runRow(run, ["overfitting"]);
    assert.deepEqual(row.children.map((child) => child.label), ["Only background since epoch 0", "Overfitting", "Classes", "Checkpoints", "Files", "Assumptions"]);
    const [first, ignored, classes, , files] = row.children as [Row, Row, Row, Row, Row];
    assert.deepEqual(first.children.map((child) => child.label), ["Class weights near zero since epoch 0"]);
    assert.deepEqual(first.action, { does: "openPlace", place: { path: "training.csv", line: 2 } });
    assert.equal(ignored.context, "ignored");
    assert.deepEqual(classes.children.map((child) => child.description), ["background · Dice 0.923 · labelled 900 · predicted 1,050", "Dice 0.000 · labelled 100 · predicted 0", "Dice 0.000 · labelled 50 · predicted 0"]);
    assert.deepEqual(files.children.map((child) => [child.label, child.description]), [["w.keras", "keras-v3: torn"], ["gone", "cannot be read"], ["training.csv", "log, keras-csv"]]);
    assert.equal(new Set(everyId(row)).size, everyId(row).length, "ids tell rows apart");
  });

  it("makes one row of many files alike, and keeps those with problems apart", () => {
    const sources = Array.from({ length: 6 }, (_, i) => ({ path: `p/${i}.npz`, kind: "predictions" as const, format: "npz", problem: i === 3 ? "npz: torn" : null }));
    const files = runRow(entry("a", { sources }), []).children.find((child) => child.label === "Files")!;
    assert.equal(files.description, "6 · 1 problem");
    assert.deepEqual(files.children.map((child) => [child.label, child.description, child.children.length]), [["p/3.npz", "npz: torn", 0], ["p", "5 predictions, npz", 5]]);
  });

  it("says a class in neither labels nor predictions is undefined, not zero", () => {
    const m = measure(0, 0);
    const empty = { ...m, confusion: Float64Array.of(900, 0, 0, 0, 0, 0, 0, 0, 0) };
    const classes = runRow(entry("a", { epochs: [empty] }), []).children.find((child) => child.label === "Classes")!;
    assert.match(classes.children[1]!.description, /^Dice undefined/);
    assert.notEqual(classes.children[1]!.icon?.name, "warning");
  });

  it("speaks in sentences", () => {
    const row = runRow(entry("gdl", { findings: [lost], state: "running" }), []);
    assert.match(row.tooltip, /^Run gdl, error: only background since epoch 0\.\nAll that is predicted is background\./);
  });
});

function everyId(row: Row): string[] {
  return [row.id, ...row.children.flatMap(everyId)];
}

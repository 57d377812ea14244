import assert from "node:assert/strict";
import { classTable, epochOfLine, escapeMarkdown, measureAt } from "../../../src/editor/problems/classTable";
import { noteMessage, notesOf } from "../../../src/editor/problems/notes";
import { everyFinding, isBelow, isBinary, namedPaths } from "../../../src/editor/places";
import { entry, finding, inspection, measure, series } from "./fakes";

describe("editor: notes at places", () => {
  const explained = finding({ symptom: "class-weights-near-zero", severity: "info", at: [{ path: "training.csv", line: 2 }, { path: "/w/train.py", line: 7, note: "1/V² here" }] });
  const leading = finding({ symptom: "only-background", at: [{ path: "training.csv", line: 2, note: "row of epoch 0" }], explains: [explained] });

  it("puts a note at each place, and leaves to the leading finding what it points at already", () => {
    const notes = notesOf([entry("a", { findings: [leading] })]);
    assert.deepEqual([...notes].map(([path, list]) => [path, list.map((n) => [n.line, n.symptom])]), [
      ["/w/a/training.csv", [[2, "only-background"]]],
      ["/w/train.py", [[7, "class-weights-near-zero"]]],
    ]);
    const row = notes.get("/w/a/training.csv")![0]!;
    assert.equal(row.short, "only background since epoch 0 – row of epoch 0");
    assert.deepEqual(row.related, [], "what stands on the same row is not related to it");
    const below = finding({ symptom: "flat-validation", at: [{ path: "history.csv", line: 3 }] });
    const again = notesOf([entry("a", { findings: [{ ...leading, explains: [below, explained, below] }] })]).get("/w/a/training.csv")![0]!;
    assert.deepEqual(again.related.map((r) => [r.path, r.line]), [["/w/a/history.csv", 3]], "each place once");
  });

  it("says the run's name where the file is not the run's own, and says the same once for several runs", () => {
    const notes = notesOf([entry("a", { findings: [leading] }), entry("b", { findings: [leading] })]).get("/w/train.py")!;
    assert.equal(notes.length, 1);
    assert.deepEqual(notes[0]!.runs, ["/w/a", "/w/b"]);
    assert.match(noteMessage(notes[0]!), /^a: 1\/V² here\. It is class-weights-near-zero\. \(and 1 more run\)$/);
  });

  it("is silent on runs not read, and on findings without a place", () => {
    assert.equal(notesOf([entry("a", null), entry("b", { findings: [finding({ symptom: "overfitting" })] })]).size, 0);
  });

  it("keeps to one line where a place spans several", () => {
    const notes = notesOf([entry("a", { findings: [finding({ symptom: "nan-loss", at: [{ path: "t.py", line: 3, column: 5, endLine: 9, endColumn: 2 }] })] })]).get("/w/a/t.py")!;
    assert.deepEqual([notes[0]!.line, notes[0]!.column, notes[0]!.endColumn], [3, 5, null]);
  });
});

describe("editor: hover", () => {
  const run = inspection({ epochs: [measure(0, 0), measure(4, 60)], series: [series("training.csv", [0, 1, 4], [2, 3, 6])], classes: [{ index: 0, name: "a|b\n[x](command:y)", background: true }] });

  it("knows the epoch of a row and the newest measure up to it", () => {
    assert.equal(epochOfLine(run, "training.csv", 6), 4);
    assert.equal(epochOfLine(run, "training.csv", 1), null);
    assert.equal(epochOfLine(run, "other.csv", 6), null);
    assert.equal(measureAt(run, 3)?.epoch, 0);
    assert.equal(measureAt(run, null)?.epoch, 4);
    assert.equal(measureAt(inspection({ epochs: [measure(4, 0)] }), 3), null);
  });

  it("shows a row a class, and names as they are", () => {
    const lines = classTable(run, measure(4, 60)).split("\n");
    assert.equal(lines.length, 5);
    assert.equal(lines[2], "| a\\|b \\[x\\]\\(command:y\\) \\(class 0\\), background | 0.952 | 900 | 990 |");
    assert.equal(lines[3], "| Class 1 | 0.750 | 100 | 60 |");
  });

  it("escapes whatever Markdown would read", () => {
    assert.equal(escapeMarkdown("<b>`x`</b>&![y]"), "\\<b\\>\\`x\\`\\</b\\>\\&\\!\\[y\\]");
  });
});

describe("editor: places", () => {
  it("names what findings at any depth, sources, problems and the loss name, and nothing else", () => {
    const deep = finding({ symptom: "class-lost", explains: [finding({ symptom: "class-confused", at: [{ path: "deep.csv", line: 1 }] })] });
    const named = namedPaths(inspection({ findings: [deep], sources: [{ path: "s.csv", kind: "log", format: "x", problem: null }], problems: [{ path: "p", message: "m" }], loss: { name: "l", foundBy: "f", path: "/w/train.py", line: 1, endLine: 2, weights: null } }));
    assert.deepEqual([...named].sort(), ["/w/train.py", "deep.csv", "p", "s.csv"]);
    assert.deepEqual([...everyFinding([deep])].map(({ depth }) => depth), [0, 1]);
  });

  it("tells a folder from one whose name begins alike", () => {
    assert.ok(isBelow("/w/run-1", "/w/run-1/a"));
    assert.ok(isBelow("/w/run-1", "/w/run-1"));
    assert.ok(!isBelow("/w/run-1", "/w/run-10/a"));
  });

  it("knows what no text editor shows", () => {
    for (const path of ["a.keras", "w.weights.h5", "x.nii.gz", "events.out.tfevents.1"]) assert.ok(isBinary(path), path);
    for (const path of ["training.csv", "train.py", "history.json"]) assert.ok(!isBinary(path), path);
  });
});

import assert from "node:assert/strict";
import { hasCode, meet, type LintedLines } from "../../../src/editor/lint/meet";
import { factsFor, nearestRuns } from "../../../src/editor/lint/nearestRun";
import { notesOf, type Note } from "../../../src/editor/problems/notes";
import type { LabelSet } from "../../../src/run";
import { entry, finding } from "./fakes";

const lint = (rule: string, line: number, fields: Partial<LintedLines> = {}): LintedLines => ({ rule, severity: "warning", message: `${rule} says so.`, line, endLine: line, related: [], ...fields });

/** A run that points at a loss in lines 3 to 20 of train.py, with its weights in line 7. */
const SICK = finding({
  symptom: "only-background",
  at: [
    { path: "training.csv", line: 2 },
    { path: "train.py", line: 3, endLine: 20, note: "the loss of this run" },
    { path: "train.py", line: 7, note: "class weights 1/V²" },
  ],
});
const notes = (...findings: readonly ReturnType<typeof finding>[]): readonly Note[] => notesOf([entry("a", { findings })]).get("/w/a/train.py") ?? [];

describe("editor: findings of runs and of the linter meet", () => {
  it("on the weights' line: one problem, the run's severity and numbers first, and nowhere a second time", () => {
    const all = notes(SICK);
    assert.deepEqual(all.map((n) => [n.line, n.lastLine]), [[3, 20], [7, 7]]);
    const met = meet(all, [lint("L1", 6), lint("L2", 7)]);
    assert.equal(met.meetings.length, 1);
    const [one] = met.meetings;
    assert.deepEqual([one?.finding.rule, one?.severity, one?.code], ["L2", "error", "only-background, L2"]);
    assert.equal(one?.message, "Class weights 1/V². It is only-background.\nL2 says so.");
    assert.deepEqual(met.findings.map((f) => f.rule), ["L1"]);
    assert.deepEqual(met.notes, []);
    assert.deepEqual(met.inline.map(({ line, note }) => [line, note.symptom]), [[7, "only-background"]]);
  });

  it("where the finding takes part in the weights' place", () => {
    const met = meet(notes(SICK), [lint("L3", 12, { related: [{ line: 7, endLine: 7 }] })]);
    assert.deepEqual(met.meetings.map((m) => m.finding.rule), ["L3"]);
    assert.deepEqual(met.inline.map(({ line }) => line), [12], "at the finding's line");
  });

  it("inside the loss that a run points at, where the finding is more than a remark", () => {
    const whole = finding({ symptom: "flat-training", severity: "warning", at: [{ path: "train.py", line: 3, endLine: 20 }] });
    assert.deepEqual(meet(notes(whole), [lint("L4", 15)]).meetings.map((m) => m.code), ["flat-training, L4"]);
    for (const other of [lint("L17", 15, { severity: "info" }), lint("L4", 21), lint("L4", 2)]) {
      const met = meet(notes(whole), [other]);
      assert.deepEqual([met.meetings.length, met.notes.length, met.findings.length], [0, 1, 1]);
    }
  });

  it("several symptoms at one finding, the worst first; each symptom at one finding", () => {
    const info = finding({ symptom: "class-weights-near-zero", severity: "info", at: [{ path: "train.py", line: 7 }] });
    const met = meet(notes(info, SICK), [lint("L2", 7), lint("L6", 7, { severity: "info" })]);
    assert.deepEqual(met.meetings.map((m) => m.code), ["only-background, class-weights-near-zero, L2"]);
    assert.deepEqual(met.meetings[0]?.notes.map((n) => n.severity), ["error", "info"]);
    assert.deepEqual(met.findings.map((f) => f.rule), ["L6"]);
  });

  it("code that must fail stays an error beside a run's remark", () => {
    const info = finding({ symptom: "class-weights-near-zero", severity: "info", at: [{ path: "train.py", line: 7 }] });
    assert.equal(meet(notes(info), [lint("L1", 7, { severity: "error" })]).meetings[0]?.severity, "error");
  });

  it("leaves all as it is where they speak of different lines, or one of them does not speak", () => {
    const row = finding({ symptom: "nan-loss", at: [{ path: "train.py", line: 40 }] });
    const met = meet(notes(row), [lint("L2", 7)]);
    assert.deepEqual([met.meetings, met.notes.length, met.findings.length], [[], 1, 1]);
    assert.deepEqual(met.inline.map(({ line }) => line), [40]);
    assert.deepEqual(meet([], [lint("L2", 7)]).findings.length, 1);
    assert.deepEqual(meet(notes(SICK), []).notes.length, 2);
  });

  it("another run's finding of the same symptom at another loss stays where it is", () => {
    const other = finding({ symptom: "only-background", at: [{ path: "/w/a/train.py", line: 30 }] });
    const both = notesOf([entry("a", { findings: [SICK] }), entry("b", { findings: [other] })]).get("/w/a/train.py") ?? [];
    const met = meet(both, [lint("L2", 7)]);
    assert.deepEqual([met.meetings.length, met.notes.map((n) => n.line)], [1, [30]]);
  });

  it("a joined code names each", () => {
    assert.ok(hasCode("only-background, L2", "L2") && hasCode("only-background, L2", "only-background") && hasCode("L2", "L2"));
    assert.ok(!hasCode("L22", "L2") && !hasCode(2, "2") && !hasCode(undefined, "L2"));
  });
});

describe("editor: the run near a file", () => {
  const labels: LabelSet = { path: "l.npz", split: "val", cases: 2, caseNames: ["0", "1"], classes: 2, volumes: Float64Array.of(9, 1, 10, 0), layout: "index map" };
  const order = (path: string, ...runs: Parameters<typeof nearestRuns>[1]): string[] => nearestRuns(path, runs).map((run) => run.label);

  it("the run that points at the file first, the newest of several", () => {
    const loss = { name: "gdl", foundBy: "", path: "/w/losses.py", line: 1, endLine: 2, weights: null };
    const runs = [entry("x", { labels }), entry("old", { loss, modified: 1 }), entry("new", { findings: [finding({ symptom: "nan-loss", at: [{ path: "/w/losses.py", line: 3 }] })], modified: 2 })];
    assert.deepEqual(order("/w/losses.py", ...runs), ["new", "old", "x"]);
  });
  it("then the innermost folder that holds it, then the nearest by path, of equals the newest", () => {
    const runs = [entry("far/off/run", {}), entry("exp/b", { modified: 1 }), entry("exp/c", { modified: 2 }), entry("exp", {}), entry("exp/a", {})];
    assert.deepEqual(order("/w/exp/a/code/loss.py", ...runs), ["exp/a", "exp", "exp/c", "exp/b", "far/off/run"]);
    assert.deepEqual(order("/w/src/loss.py", entry("runs/a", {}), entry("src2", {})), ["src2", "runs/a"]);
  });
  it("a folder whose name begins alike does not hold the file", () => {
    assert.deepEqual(order("/w/exp2/loss.py", entry("exp", { modified: 1 }), entry("exp2", {})), ["exp2", "exp"]);
  });
  it("numbers of the nearest one that has any; null without", () => {
    const runs = [entry("a", {}), entry("b", { labels }), entry("c", null)];
    const facts = factsFor("/w/a/loss.py", runs);
    assert.deepEqual([facts?.run, facts?.volumes, facts?.imagesWithout], ["b", [19, 1], [0, 1]]);
    assert.equal(factsFor("/w/a/loss.py", [entry("a", {}), entry("c", null)]), null);
  });
});

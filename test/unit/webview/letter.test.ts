import assert from "node:assert/strict";
import { toRunView } from "../../../src/protocol";
import { SYMPTOMS } from "../../../src/run";
import { filesModel } from "../../../webview/model/files";
import { letter, TITLES, words } from "../../../webview/model/letter";
import type { FindingModel } from "../../../webview/model/letter";
import { finding, inspection, series } from "./fake";

describe("letter", () => {
  it("begins with the verdict, the run's state and what was looked at", () => {
    const out = letter(toRunView(inspection({ state: "running", series: [series("loss", [0, 1, 2], [3, 2, 1])], findings: [finding({ message: "All is background." })] })));
    assert.equal(out.tone, "error");
    assert.equal(out.text, "All is background.");
    assert.deepEqual(out.facts.slice(0, 2), ["being written", "3 epochs"]);
    assert.deepEqual(out.checked, ["1 logged curve of up to 3 points"]);
  });

  it("says why it cannot judge", () => {
    const out = letter(toRunView(inspection({ cannotJudge: ["Two epochs are too few."] })));
    assert.equal(out.tone, "unknown");
    assert.deepEqual(out.cannotJudge, ["Two epochs are too few."]);
    assert.equal(letter(toRunView(inspection({ series: [series("loss", [0], [1])] }))).tone, "healthy");
  });

  it("keeps findings in order with causes, advice, places, numbers and those they explain", () => {
    const inner = finding({ symptom: "flat-validation", severity: "warning", since: { step: 40 } });
    const [first, second] = letter(toRunView(inspection({ findings: [
      finding({ causes: ["a", "b"], advice: ["c"], at: [{ path: "training.csv", line: 2, note: "here" }], evidence: { predictedBackgroundShare: 1, classes: [1, 2], note: "x", none: null, empty: [] }, explains: [inner] }),
      finding({ symptom: "overfitting", since: null }),
    ] }))).findings as [FindingModel, FindingModel];
    assert.deepEqual([first.title, first.since, first.cursor], ["Only background is predicted", "since epoch 3", { unit: "epoch", x: 3 }]);
    assert.deepEqual(first.causes, ["a", "b"]);
    assert.deepEqual(first.places, [{ path: "training.csv", line: 2, text: "training.csv:2", note: "here" }]);
    assert.deepEqual(first.numbers.map((n) => `${n.name}=${n.value}`), ["predicted background share=1", "classes=1, 2", "note=x", "none=undefined", "empty=none"]);
    assert.deepEqual(first.explains[0]!.cursor, { unit: "step", x: 40 });
    assert.deepEqual([second.since, second.cursor], ["", null]);
  });

  it("gives every finding its own key, also two of the same symptom", () => {
    const twice = [finding({ subject: { class: 1 } }), finding({ subject: { class: 1 }, explains: [finding({ subject: { class: 1 } })] })];
    const models = letter(toRunView(inspection({ findings: twice }))).findings;
    const keys = [...models, ...models.flatMap((m) => m.explains)].map((m) => m.key);
    assert.equal(new Set(keys).size, 3);
  });

  it("has a title for every symptom, no two alike", () => {
    assert.equal(new Set(SYMPTOMS.map((s) => TITLES[s])).size, SYMPTOMS.length);
    assert.equal(words("lastValue_of-run2Epochs"), "last value of run2 epochs");
  });
});

describe("files", () => {
  it("are grouped by kind, problems first and each once", () => {
    const model = filesModel(toRunView(inspection({
      sources: [
        { path: "labels/val.npz", kind: "labels", format: "npz", problem: null },
        { path: "training.csv", kind: "log", format: "keras-csv", problem: "keras-csv: row 3 has 2 of 4 fields" },
        { path: "train.py", kind: "script", format: "python", problem: null },
      ],
      problems: [{ path: "training.csv", message: "keras-csv: row 3 has 2 of 4 fields" }, { path: "x.npy", message: "npy: gone" }],
      assumptions: ["Class 0 is the background."],
    })));
    assert.deepEqual(model.groups.map((g) => g.name), ["Logs", "Labels", "Scripts"]);
    assert.deepEqual(model.groups.map((g) => g.files[0]!.text), [true, false, true]);
    assert.equal(model.problems.length, 2);
    assert.match(model.sentence, /^3 files and folders read, 2 problems/);
    assert.equal(filesModel(toRunView(inspection())).groups.length, 0);
  });
});

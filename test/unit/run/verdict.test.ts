import assert from "node:assert/strict";
import { shortDiagnosis } from "../../../src/editor/runs/runRow";
import { textReport } from "../../../src/report/text";
import { verdict, type Inspection } from "../../../src/run";
import { finding, inspection, measure, series } from "../editor/fakes";

const log = series("training.csv", [0, 1, 2, 3, 4, 5], [2, 3, 4, 5, 6, 7]);
const checkpoint = { path: "w.keras", format: "keras-v3", epoch: 1, step: null, loss: null, tensors: [] };
const noPredictions = ["No predictions of validation cases were found."];

const RUNS: Readonly<Record<string, { readonly run: Inspection; readonly tone: string; readonly short: string; readonly text: RegExp }>> = {
  "a healthy run": { run: inspection({ series: [log], epochs: [measure(0, 80), measure(5, 90)] }), tone: "healthy", short: "no symptom", text: /^Nothing is wrong with this run/ },
  "a log alone": { run: inspection({ series: [log], cannotJudge: noPredictions }), tone: "unknown", short: "no symptom in its curves", text: /^Nothing is wrong in its curves; its classes cannot be judged\.$/ },
  "a log and checkpoints": { run: inspection({ series: [log], checkpoints: [checkpoint, checkpoint], cannotJudge: noPredictions }), tone: "unknown", short: "no symptom in its curves and weights", text: /curves and weights; its classes/ },
  "checkpoints alone": { run: inspection({ checkpoints: [checkpoint, checkpoint], cannotJudge: ["There are checkpoints alone."] }), tone: "unknown", short: "no symptom in its weights", text: /its weights; the rest cannot be judged/ },
  "one epoch": { run: inspection({ series: [series("training.csv", [0], [2])], cannotJudge: ["Too few."] }), tone: "unknown", short: "cannot judge yet", text: /cannot be judged yet/ },
  nothing: { run: inspection(), tone: "unknown", short: "cannot judge yet", text: /holds nothing to judge/ },
  "information alone": { run: inspection({ series: [log], epochs: [measure(0, 80)], findings: [finding({ symptom: "class-absent-from-validation", severity: "info" })] }), tone: "healthy", short: "no symptom", text: /^Nothing is wrong/ },
};

describe("verdict", () => {
  for (const [name, { run, tone, short, text }] of Object.entries(RUNS)) {
    it(`${name}: the same in panel, tree and terminal`, () => {
      const said = verdict(run);
      assert.equal(said.tone, tone);
      assert.equal(said.short, short);
      assert.match(said.text, text);
      assert.equal(shortDiagnosis(run), short);
      const lines = textReport([{ path: ".", run }], { colour: false, width: 400 }).split("\n");
      assert.ok(lines[1]!.endsWith(`  ${short}`), lines[1]);
      assert.ok(lines.includes("run"));
      const mark = lines.find((line) => line.startsWith(tone === "healthy" ? "  ✓ " : "  ? "));
      assert.ok(mark?.includes(said.text), lines.join("\n"));
      for (const reason of run.cannotJudge) assert.ok(lines.includes(`  - ${reason}`));
    });
  }

  it("a finding above information leads, wherever it stands", () => {
    const run = inspection({ findings: [finding({ symptom: "class-absent-from-validation", severity: "info" }), finding({ symptom: "overfitting", severity: "warning", message: "It overfits." })] });
    assert.deepEqual([verdict(run).tone, verdict(run).text], ["warning", "It overfits."]);
    assert.match(textReport([{ path: ".", run }], { colour: false, width: 100 }).split("\n")[1]!, /overfitting since epoch 0$/);
  });
});

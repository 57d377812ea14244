import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runFacts } from "../../../src/lint/runFacts";
import { jsonReport } from "../../../src/report/json";
import { presence, type LabelSet } from "../../../src/run";
import { blankInspection } from "../blank";
import { inspectOnce, ROOT } from "../engine/support";

const labels = (rows: readonly (readonly number[])[], more: Partial<LabelSet> = {}): LabelSet => ({
  path: "labels/val.npz",
  split: "val",
  cases: rows.length,
  caseNames: rows.map((_, i) => String(i)),
  classes: rows[0]?.length ?? 0,
  volumes: Float64Array.from(rows.flat()),
  layout: "index map",
  ...more,
});
const SET = labels([[9, 1, 0], [8, 0, 2], [10, 0, 0], [7, 0, 3], [10, 0, 0]]);

/** What numpy counts, see test/truth/measure.py. */
interface Counted {
  readonly cases: number;
  readonly voxels: readonly number[];
  readonly batches: Readonly<Record<string, { readonly count: number; readonly without: readonly number[] }>>;
}

describe("which cases hold which class", () => {
  it("cases and batches in their order, the last one what is left over", () => {
    assert.deepEqual(presence(SET, 2), { cases: 5, voxels: [44, 1, 5], casesWithout: [0, 4, 3], batches: { size: 2, count: 3, without: [0, 2, 1] } });
    assert.deepEqual(presence(SET, 1).batches, { size: 1, count: 5, without: [0, 4, 3] });
    assert.equal(presence(SET, null).batches, null);
  });
  it("fewer cases than a batch are one batch; a size that is none is taken for 1 or not known", () => {
    assert.deepEqual(presence(SET, 32).batches, { size: 5, count: 1, without: [0, 0, 0] });
    assert.equal(presence(SET, 0).batches?.size, 1);
    assert.equal(presence(SET, NaN).batches, null);
  });
  it("of regions, what lies outside of all is none", () => {
    assert.deepEqual(presence({ ...SET, regions: true }, null), { cases: 5, voxels: [1, 5], casesWithout: [4, 3], batches: null });
  });
  it("no cases, no batches", () => {
    assert.deepEqual(presence(labels([]), 4), { cases: 0, voxels: [], casesWithout: [], batches: { size: 1, count: 0, without: [] } });
  });

  for (const example of ["digits-generalized-dice", "digits-cross-entropy", "volumes-generalized-dice"]) {
    it(`${example}: what numpy counts`, async function () {
      this.timeout(60_000);
      const run = await inspectOnce(join(ROOT, "examples", example));
      const truth = (JSON.parse(readFileSync(join(ROOT, "test", "truth", `${example}.json`), "utf8")) as { labels: Counted }).labels;
      assert.ok(run.labels !== null);
      const facts = runFacts(run, "r");
      assert.deepEqual([facts?.images, facts?.volumes, facts?.imagesWithout, facts?.background], [truth.cases, truth.voxels, truth.batches["1"]?.without, 0]);
      for (const [size, want] of Object.entries(truth.batches)) {
        const got = presence(run.labels, Number(size));
        assert.deepEqual([got.cases, got.voxels, got.batches?.count, got.batches?.without], [truth.cases, truth.voxels, want.count, want.without], size);
      }
    });
  }
});

describe("facts of a run", () => {
  it("names, background, and batches of the size that the run tells", () => {
    const run = { ...blankInspection(3), labels: SET, classes: [{ index: 0, name: null, background: true }, { index: 2, name: "kidney", background: false }] };
    assert.deepEqual(runFacts(run, "digits-a"), {
      run: "digits-a", over: "validation labels", names: [null, null, "kidney"], background: 0, volumes: [44, 1, 5], images: 5, imagesWithout: [0, 4, 3], batches: null,
    });
    const config = { facts: {}, batchSize: { value: 2, by: "args.yaml" }, learningRate: null, lossName: null, optimizer: null, plannedEpochs: null, classNames: null, ignoreLabel: null, regions: null, colours: null };
    assert.deepEqual(runFacts({ ...run, config }, "digits-a")?.batches, { size: 2, count: 3, without: [0, 2, 1] });
  });
  it("training labels where there are no others; none of a run without labelled voxels", () => {
    assert.equal(runFacts({ ...blankInspection(3), trainLabels: { ...SET, split: "train" } }, "a")?.over, "training labels");
    assert.equal(runFacts(blankInspection(3), "a"), null);
    assert.equal(runFacts({ ...blankInspection(3), labels: labels([[0, 0], [0, 0]]) }, "a"), null);
  });
  it("regions have no background, and are the network's channels from 0 on", () => {
    const classes = ["outside", "whole tumour", "core"].map((name, index) => ({ index, name, background: index === 0 }));
    const facts = runFacts({ ...blankInspection(3), classes, labels: { ...SET, regions: true } }, "a");
    assert.deepEqual([facts?.names, facts?.background, facts?.volumes], [["whole tumour", "core"], null, [1, 5]]);
  });
});

describe("labels in the report", () => {
  it("counts per class; null where there are none", () => {
    const [run] = (JSON.parse(jsonReport([{ path: ".", run: { ...blankInspection(3), labels: SET } }])) as { runs: Record<string, unknown>[] }).runs;
    assert.deepEqual(run?.["labels"], { path: "labels/val.npz", split: "val", cases: 5, voxels: [44, 1, 5], casesWithout: [0, 4, 3], batches: null });
    assert.equal(run["trainLabels"], null);
  });
});

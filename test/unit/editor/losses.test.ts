/** What losses are compared on, and what is kept of trials. */
import assert from "node:assert/strict";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runSubject, toySubject } from "../../../src/editor/losses/compareSubject";
import { blankTrial } from "../../../src/editor/losses/trialState";
import { trialKey, TrialStore } from "../../../src/editor/losses/trialStore";
import { toyLabels } from "../../../src/engine/losses/toyLabels";
import type { RunEntry } from "../../../src/engine/runs";
import type { RunLabels } from "../../../src/losses/analysis/fromRun";
import { blankInspection } from "../blank";

const toy: RunLabels = { set: { classes: 2, background: 0, images: [Float64Array.of(3, 1)], predicted: null, batchSize: 8 }, over: "toy", names: ["background", "digit"], batchBy: null };
const loss = { name: "gdl", foundBy: "named", path: null, line: null, endLine: null, weights: null };
const entry = (change: Partial<RunEntry> = {}): RunEntry => ({ folder: "/w/run", label: "run", phase: "ready", inspection: { ...blankInspection(2), loss }, error: null, progress: null, ...change });

describe("editor: what losses are compared on", () => {
  it("the toy set where there is no run, with the loss that was looked at", () => {
    const subject = toySubject(toy, loss);
    assert.ok(subject.kind === "labels");
    assert.deepEqual([subject.labels, subject.loss], [toy, loss]);
    assert.match(subject.instead ?? "", /^No run is compared/);
    assert.equal(toySubject(null, null).kind, "reading");
    assert.deepEqual(toySubject("It cannot be read.", null), { kind: "problem", title: "the toy set", text: "It cannot be read." });
  });
  it("the toy set for a run without labels, and why", () => {
    const subject = runSubject("/w/run", entry(), false, () => toy);
    assert.ok(subject.kind === "labels");
    assert.deepEqual([subject.title, subject.labels, subject.loss], ["run", toy, loss]);
    assert.match(subject.instead ?? "", /^No labels were found in this run.*toy set/);
  });
  it("a run's own labels, without asking for the toy set", () => {
    const labels = { path: "y.npz", split: "val", cases: 1, caseNames: [], classes: 2, volumes: Float64Array.of(3, 1), layout: "index map" } as const;
    const subject = runSubject("/w/run", entry({ inspection: { ...blankInspection(2), labels, loss } }), false, () => assert.fail("it was asked for"));
    assert.ok(subject.kind === "labels");
    assert.equal(subject.instead, null);
    assert.equal(subject.labels.set.images.length, 1);
    assert.deepEqual(subject.images, { kind: "run", folder: "/w/run", labels: { path: "y.npz", split: "val", classes: 2 }, background: 0 });
  });
  it("says that a run is looked for, read, broken or gone", () => {
    const of = (run: RunEntry | undefined, searching = false): unknown => {
      const { kind, ...rest } = runSubject("/w/run", run, searching, () => toy);
      return [kind, "text" in rest ? rest.text : null];
    };
    assert.deepEqual(of(undefined, true), ["reading", "Looking for the run."]);
    assert.deepEqual(of(undefined), ["problem", "No run is in this folder any more."]);
    assert.deepEqual(of(entry({ inspection: null, phase: "reading" })), ["reading", "The run is being read."]);
    assert.deepEqual(of(entry({ inspection: null, phase: "failed", error: "Torn." })), ["problem", "Torn."]);
  });
  it("digits of the toy set, by pixels of each class", async () => {
    const { set, names } = await toyLabels(join(process.cwd(), "media", "trial", "digits.bin"));
    assert.deepEqual([set.classes, set.background, set.images.length, names[1], names[10]], [11, 0, 200, "digit 0", "digit 9"]);
    for (const volumes of set.images) {
      assert.equal(volumes.reduce((a, b) => a + b, 0), 784);
      assert.equal(volumes.filter((v) => v > 0).length, 2, "background and one digit");
    }
  });
});

describe("editor: what is kept of trials", () => {
  let folder: string;
  before(async () => (folder = await mkdtemp(join(tmpdir(), "run-doctor-trials-"))));
  after(async () => rm(folder, { recursive: true, force: true }));

  it("is found again for the same run and labels alone", async () => {
    const store = new TrialStore(join(folder, "new"));
    const key = trialKey("/w/run", toy.set);
    const kept = { state: { ...blankTrial(["toy"]), phase: "ended", ended: 5 } as const, pictures: { images: [{ width: 1, height: 2, image: Uint8Array.of(1, 255), labels: Uint8Array.of(0, 1) }], predicted: [{ id: "a", seed: 0, images: [Uint8Array.of(1, 1)] }] } };
    assert.equal(await store.load(key), null);
    await store.save(key, kept);
    assert.deepEqual(await store.load(key), kept);
    assert.deepEqual(await readdir(join(folder, "new")), [`${key}.json`]);
    assert.notEqual(trialKey("/w/other", toy.set), key);
    assert.notEqual(trialKey("/w/run", { ...toy.set, images: [Float64Array.of(2, 2)] }), key);
    assert.equal(trialKey("/w/run", { ...toy.set, images: [Float64Array.of(3, 1)] }), key);
  });
  it("is nothing where the file is torn or another's", async () => {
    const store = new TrialStore(folder);
    for (const [name, text] of [["torn", '{"schema":"run-doc'], ["other", '{"schema":"else"}'], ["list", "[]"]] as const) {
      await writeFile(join(folder, `${name}.json`), text);
      assert.equal(await store.load(name), null);
    }
  });
});

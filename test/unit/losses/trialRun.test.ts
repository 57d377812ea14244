/** A trial in its process: messages, pause, one variant skipped, an end at once, a process that dies. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { digitsOf } from "../../../src/losses/trial/digits";
import { synthetic } from "../../../src/losses/trial/synthetic";
import type { FromTrial, TrialJob } from "../../../src/engine/losses/trialMessages";
import { TrialOutcomes } from "../../../src/engine/losses/trialOutcomes";
import { TrialRun } from "../../../src/engine/losses/trialRun";
import { built, temporary } from "../engine/support";
import { digitBytes } from "./trialSupport";

const TINY = { batchSize: 4, rate: 1e-3, widths: [2, 2] };
const JOB: TrialJob = { data: { kind: "given", data: synthetic({ dimensions: 2, side: 12, images: 16 }) }, variants: ["port.ce", "port.keras_dice"], loss: null, config: null, steps: 4, slice: 2, seeds: [0], batchNorm: false, network: { batchSize: 4, rate: 1e-3, widths: [4, 4] }, folders: [], backend: "wasm" };

type Kind<K extends FromTrial["kind"]> = Extract<FromTrial, { readonly kind: K }>;

/** Everything until the end; `during` may act on each message. */
async function all(job: TrialJob, during: (message: FromTrial, run: TrialRun) => void = () => undefined, script?: string): Promise<FromTrial[]> {
  const path = script ?? join(await built(), "trial.js");
  const heard: FromTrial[] = [];
  await new Promise<void>((resolve) => {
    const run: TrialRun = new TrialRun(path, job, (message) => {
      heard.push(message);
      during(message, run);
      if (message.kind === "done" || message.kind === "failed") resolve();
    });
  });
  return heard;
}

const of = <K extends FromTrial["kind"]>(heard: readonly FromTrial[], kind: K): Kind<K>[] => heard.filter((m): m is Kind<K> => m.kind === kind);

function dying(code: string): string {
  const script = join(temporary(), "dying.cjs");
  writeFileSync(script, `process.on("message", () => { ${code} });`);
  return script;
}

describe("trial: its process", () => {
  before(() => built());

  it("tells the backend, points, pictures and ends, one variant after another", async () => {
    const heard = await all({ ...JOB, seeds: [0, 1] });
    assert.deepEqual(heard.map((m) => m.kind), ["backend", "begun", ...Array.from({ length: 4 }, () => ["point", "point", "point", "pictures", "ended"]).flat(), "done"]);
    const [backend] = of(heard, "backend");
    assert.equal(backend!.name, "wasm");
    assert.match(backend!.words, /^WebAssembly/);
    const [begun] = of(heard, "begun");
    assert.deepEqual(begun!.variants.map((v) => [v.id, v.own]), [["port.ce", false], ["port.keras_dice", false]]);
    assert.deepEqual([begun!.classes, begun!.train, begun!.val], [4, 14, 2]);
    const points = of(heard, "point");
    assert.deepEqual(points.slice(0, 3).map((p) => [p.id, p.seed, p.step, p.steps, p.loss === null, p.dice.length]), [["port.ce", 0, 0, 4, true, 4], ["port.ce", 0, 2, 4, false, 4], ["port.ce", 0, 4, 4, false, 4]]);
    // Before the first step every variant of a seed is the same network.
    assert.deepEqual(points[0]!.dice, points[3]!.dice);
    const [pictures] = of(heard, "pictures");
    assert.deepEqual(pictures!.images.map((i) => [i.width, i.height, i.image.length, i.labels.length, i.predicted.length]), [[12, 12, 144, 144, 144], [12, 12, 144, 144, 144]]);
    const outcomes = new TrialOutcomes();
    for (const message of heard) outcomes.hear(message);
    assert.deepEqual(outcomes.trained().map((t) => [t.id, t.seed, t.why, t.step]), [["port.ce", 0, "done", 4], ["port.keras_dice", 0, "done", 4], ["port.ce", 1, "done", 4], ["port.keras_dice", 1, "done", 4]]);
  });
  it("trains on the toy set and on volumes, with batch normalisation, and on plain JavaScript", async () => {
    const toySet = await all({ ...JOB, data: { kind: "toy" }, variants: ["port.ce"], steps: 1, slice: 1, network: TINY });
    assert.equal(of(toySet, "begun")[0]!.from, digitsOf(digitBytes()).from);
    const volumes = await all({ ...JOB, data: { kind: "synthetic", dimensions: 3 }, variants: ["port.ce"], steps: 1, slice: 1, network: TINY, batchNorm: true });
    assert.deepEqual(of(volumes, "ended").map((m) => m.why), ["done"]);
    const plain = await all({ ...JOB, variants: ["port.ce"], backend: "cpu" });
    assert.equal(of(plain, "backend")[0]!.name, "cpu");
    assert.deepEqual(of(plain, "ended").map((m) => m.why), ["done"]);
  });
  it("says where a native TensorFlow was looked for, and goes on without it", async () => {
    const folder = temporary();
    const heard = await all({ ...JOB, backend: undefined, variants: ["port.ce"], folders: [folder] });
    assert.equal(of(heard, "backend")[0]!.name, "wasm");
    assert.ok(of(heard, "backend")[0]!.words.includes(`not installed in ${folder}`));
  });
  it("one variant skipped, the next one trained", async () => {
    const heard = await all({ ...JOB, steps: 2000 }, (message, run) => {
      if (message.kind === "point" && message.step === 2) run.skip(message.id);
    });
    assert.deepEqual(of(heard, "ended").map((m) => [m.id, m.why]), [["port.ce", "stopped"], ["port.keras_dice", "stopped"]]);
  });
  it("a variant for another number of classes fails by itself", async () => {
    const heard = await all({ ...JOB, data: { kind: "given", data: { ...synthetic({ dimensions: 2, side: 12, images: 16 }), classes: 7 } }, variants: ["port.ce", ...(await fixedClasses())] });
    const ended = of(heard, "ended");
    assert.equal(ended[0]!.why, "done");
    for (const one of ended.slice(1)) {
      assert.equal(one.why, "failed");
      assert.match(one.message!, /made for \d+ classes, and there are 7/);
    }
    assert.equal(heard.at(-1)!.kind, "done");
  });
  it("pauses between two steps, and resumes", async () => {
    const heard = await all({ ...JOB, variants: ["port.ce"], steps: 6, slice: 1 }, (message, run) => {
      if (message.kind === "point" && message.step === 2) run.pause();
      if (message.kind === "paused") run.resume();
    });
    assert.equal(of(heard, "paused").length, 1);
    assert.deepEqual(of(heard, "point").map((p) => p.step), [0, 1, 2, 3, 4, 5, 6]);
    const unpaused = await all({ ...JOB, variants: ["port.ce"], steps: 6, slice: 1 });
    const numbers = (all: readonly FromTrial[]): unknown[] => of(all, "point").map((p) => ({ ...p, seconds: null }));
    assert.deepEqual(numbers(heard), numbers(unpaused));
  });
  it("ends at once, while paused too, and tells nothing more", async () => {
    const script = join(await built(), "trial.js");
    const heard: FromTrial[] = [];
    let rests: () => void = () => undefined;
    const resting = new Promise<void>((resolve) => (rests = resolve));
    const run: TrialRun = new TrialRun(script, { ...JOB, steps: 100_000 }, (message) => {
      heard.push(message);
      if (message.kind === "point" && message.step === 2) run.pause();
      if (message.kind === "paused") rests();
    });
    await resting;
    await run.stop();
    const count = heard.length;
    await run.stop();
    assert.equal(heard.length, count);
    assert.ok(!heard.some((m) => m.kind === "failed" || m.kind === "done"));
  });
  const failures: readonly (readonly [string, TrialJob, string | null, RegExp])[] = [
    ["a variant that is not known", { ...JOB, variants: ["no such loss"] }, null, /no variant is called "no such loss"/],
    ["labels beyond the classes", { ...JOB, data: { kind: "given", data: { ...synthetic({ dimensions: 2, side: 8, images: 10 }), classes: 2 } } }, null, /A label is \d, and there are 2 classes/],
    ["a process that is killed", JOB, `process.kill(process.pid, "SIGKILL")`, /ended from outside \(SIGKILL\)/],
    ["a process without memory", JOB, `process.stderr.write("FATAL ERROR: JavaScript heap out of memory\\n", () => process.abort())`, /not enough free memory/],
    ["a process that ends", JOB, "process.exit(3)", /ended with code 3/],
  ];
  for (const [what, job, code, said] of failures) {
    it(`${what}: one clear line`, async () => {
      const heard = await all(job, undefined, code === null ? undefined : dying(code));
      assert.equal(heard.length, 1);
      const [last] = of(heard, "failed");
      assert.match(last!.message, said);
      assert.ok(!last!.message.includes("\n"));
    });
  }
});

async function fixedClasses(): Promise<string[]> {
  const { VARIANTS } = await import("../../../src/losses/variants");
  return VARIANTS.filter((v) => v.classes !== undefined).slice(0, 1).map((v) => v.id);
}

/** Trainings: what the toy set shows without batch normalisation, the same start for every variant, images of three dimensions, numbers that are not finite. */
import assert from "node:assert/strict";
import { synthetic } from "../../../src/losses/trial/synthetic";
import { Training, type TrainingOptions } from "../../../src/losses/trial/train";
import { VARIANTS, variantOf } from "../../../src/losses/variants";
import { isSpatial, type Variant } from "../../../src/losses/loss";
import { running, toy } from "./trialSupport";

const OPTIONS: TrainingOptions = { batchSize: 8, rate: 2e-3, batchNorm: false, widths: [16, 32, 32], seed: 0 };
const SMALL: TrainingOptions = { batchSize: 4, rate: 5e-3, batchNorm: false, widths: [6, 8], seed: 1 };

describe("trial: the toy set without batch normalisation", () => {
  const STEPS = 60;
  const whole = toy();
  const data = { ...whole, val: whole.val.slice(0, 64) };
  const after = async (id: string): Promise<{ first: number; last: number; foreground: number; background: number }> => {
    const tf = await running("wasm");
    const training = new Training(tf, variantOf(id)!, data, OPTIONS);
    const losses = Array.from({ length: STEPS }, () => training.step());
    const { foreground, background } = training.measure();
    return { first: losses[0]!, last: losses.slice(-10).reduce((a, b) => a + b, 0) / 10, foreground: foreground!, background };
  };
  const labelled = data.labels.filter((l) => l === 0).length / data.labels.length;
  for (const id of ["port.ce", "monai.DiceCELoss(softmax)"]) {
    it(`${id} learns`, async () => {
      const { first, last, foreground, background } = await after(id);
      assert.ok(last < first * 0.5, `loss ${first} to ${last}`);
      assert.ok(foreground > 0.03 && background < (1 + labelled) / 2, `foreground Dice ${foreground}, background ${background}`);
    });
  }
  it("weights of 1e5 for absent classes of each image stay at loss 1", async () => {
    const { first, last, foreground } = await after("port.manu_per_image_eps");
    assert.ok(Math.abs(first - 1) < 1e-6 && Math.abs(last - 1) < 1e-6, `loss ${first} to ${last}`);
    assert.ok(foreground < 0.02, String(foreground));
  });
  it("the unweighted Dice of all voxels predicts background alone", async () => {
    const { first, last, foreground, background } = await after("port.manu_tf1");
    assert.ok(last < first * 0.5, `loss ${first} to ${last}`);
    assert.deepEqual([foreground, background], [0, 1]);
  });
});

describe("trial: training", () => {
  it("starts every variant from the same weights and batches", async () => {
    const tf = await running("wasm");
    const data = synthetic({ dimensions: 2, side: 16, images: 24 });
    const predicted = (id: string): Uint8Array => new Training(tf, variantOf(id)!, data, SMALL).predict(data.val);
    assert.deepEqual(predicted("port.ce"), predicted("port.ben_so"));
    // Two losses that are the same function train to the same network.
    const [one, other] = ["port.ce", "copy"].map((id) => new Training(tf, id === "copy" ? { ...variantOf("port.ce")!, id } : variantOf(id)!, data, SMALL));
    for (let i = 0; i < 5; i++) assert.equal(one!.step(), other!.step());
    assert.deepEqual(one!.measure(), other!.measure());
  });
  for (const batchNorm of [false, true]) {
    it(`learns volumes${batchNorm ? " with batch normalisation" : ""}, and gives all memory back`, async () => {
      const tf = await running("wasm");
      const data = synthetic({ dimensions: 3, side: 10, images: 24 });
      const training = new Training(tf, variantOf("monai.DiceCELoss(softmax)")!, data, { ...SMALL, batchNorm });
      const losses = Array.from({ length: 40 }, () => training.step());
      assert.ok(losses.at(-1)! < 0.7 * losses[0]!, `loss ${losses[0]} to ${losses.at(-1)}`);
      assert.equal(training.measure().dice.length, 4);
      assert.equal(tf.memory().numTensors, 0);
    });
  }
  it("trains every variant, those that look at neighbours too", async () => {
    const tf = await running("wasm");
    const data = synthetic({ dimensions: 2, side: 8, images: 10 });
    for (const variant of VARIANTS) {
      const training = new Training(tf, variant, data, SMALL);
      const losses = [training.step(), training.step()];
      assert.ok(losses.every(Number.isFinite), `${variant.id}: ${losses.join(", ")}`);
    }
    assert.ok(VARIANTS.some(isSpatial));
  });
  it("a loss that is not finite changes nothing", async () => {
    const tf = await running("wasm");
    const data = synthetic({ dimensions: 2, side: 8, images: 10 });
    const sound = variantOf("port.keras_dice")!;
    const [term] = sound.terms;
    assert.ok(term?.kind === "overlap");
    const broken: Variant = { ...sound, terms: [{ ...term, of: () => NaN }] };
    const training = new Training(tf, broken, data, SMALL);
    const before = training.measure();
    assert.ok(Number.isNaN(training.step()));
    assert.deepEqual(training.measure(), before);
  });
});

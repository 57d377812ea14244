/** What label maps say about losses: values by hand, the classic question's losses, and sentences that follow from numbers. */
import assert from "node:assert/strict";
import { analyse, casesOf } from "../../../src/losses/analysis/analyse";
import { batchesOf, commonest, type LabelSet } from "../../../src/losses/analysis/labels";
import { verdictOf } from "../../../src/losses/analysis/sentence";
import { chosen, ownVariant, USUAL } from "../../../src/losses/choice";
import { compare } from "../../../src/losses/compare";
import { variantOf, VARIANTS } from "../../../src/losses/variants";
import type { LossModel } from "../../../src/run";

/** The answer's setting: each image holds background and one of ten digits. */
const digits: LabelSet = { classes: 11, background: 0, predicted: null, batchSize: 8, images: Array.from({ length: 40 }, (_, i) => Float64Array.from({ length: 11 }, (_unused, c) => (c === 0 ? 640 + i : c === 1 + (i % 10) ? 144 - i : 0))) };
/** The question's: volumes of background and three small objects, each sometimes absent. */
const volumes: LabelSet = { classes: 4, background: 0, predicted: null, batchSize: 2, images: Array.from({ length: 8 }, (_, i) => Float64Array.of(32_000, i % 2 === 0 ? 120 : 0, i % 3 === 0 ? 60 : 0, 33)) };

const of = (id: string, set: LabelSet): NonNullable<ReturnType<typeof analyse>> => analyse(variantOf(id)!, set)!;
const close = (got: number, wanted: number, off = 1e-6): void => assert.ok(Math.abs(got - wanted) <= off, `${got}, not ${wanted}`);

describe("losses: analysis", () => {
  it("micro Dice is 1 - mean p of the true class", () => {
    const { values } = of("port.manu_tf1", digits);
    close(values.uniform, 1 - 1 / 11);
    close(values.perfect, 0);
    // Every batch of 8 of the 40 images is as likely; five of them are all.
    const share = digits.images.reduce((s, i) => s + i[0]!, 0) / (40 * 784);
    close(values.background, 1 - share, 1e-5);
    close(values.wrongClass!, 1 - share, 1e-5);
  });
  it("cross-entropy of a fresh network is log C", () => {
    close(of("port.ce", digits).values.uniform, Math.log(11), 1e-12);
    close(of("port.ce", volumes).values.uniform, Math.log(4), 1e-12);
  });
  it("per-image weights of 1e5: dead, and why", () => {
    const analysis = of("port.manu_per_image_eps", digits);
    assert.equal(analysis.absent, 9);
    assert.ok(analysis.weights!.absentShare > 0.9999999);
    const { outlook, sentence } = verdictOf(analysis, 11);
    assert.equal(outlook, "dead");
    assert.match(sentence, /^9 of 11 classes are absent from an image on average and hold 99\.99\d* % of the denominator/);
    assert.match(sentence, /training stands still/);
  });
  it("the answer's loss reaches 0, and a finite weight of absent classes holds little", () => {
    const analysis = of("port.ben_so", digits);
    close(analysis.values.perfect, 0, 1e-4);
    assert.ok(analysis.weights!.absentShare < 0.5);
    assert.notEqual(verdictOf(analysis, 11).outlook, "dead");
  });
  it("a floor is said: Dice without smoothing scores absent classes 0", () => {
    const analysis = of("monai.DiceLoss(softmax,smooth_nr=0)", digits);
    close(analysis.values.perfect, 9 / 11, 1e-6);
    assert.match(verdictOf(analysis, 11).sentence, /cannot fall below 0\.818 here/);
  });
  it("missing one class: the others stay perfect", () => {
    const { values } = of("port.manu_tf1", volumes);
    assert.equal(values.missing[0], null);
    const total = volumes.images.reduce((s, i) => s + i.reduce((a, b) => a + b, 0), 0);
    close(values.missing[3]!, (8 * 33) / total, 1e-6);
  });
  it("the run's own prediction, where it is known per image", () => {
    const predicted = volumes.images.map((counts) => {
      const table = new Float64Array(16);
      for (let l = 0; l < 4; l++) table[l * 4] = counts[l]!; // all for background
      return table;
    });
    const { values } = of("monai.DiceCELoss(softmax)", { ...volumes, predicted });
    close(values.own!, values.background, 1e-12);
  });
  it("16-bit floats: sums of voxels and squares leave the range", () => {
    const { precision } = of("port.manu_intended", { ...volumes, images: volumes.images.map((i) => i.map((v) => v * 10)) });
    assert.match(precision.float16.join("; "), /a sum of .* voxels overflows/);
    assert.match(precision.float16.join("; "), /a weight of 1\.0e\+5 overflows/);
    assert.deepEqual(precision.float32, []);
  });
  it("images twice as large: smoothing that is not scaled with the weights shows", () => {
    assert.ok(Math.abs(of("port.manu_tf1", volumes).scaleShift) < 1e-12);
    assert.ok(of("port.jocic", volumes).scaleShift !== 0);
  });
  it("every variant gives a sentence on every set, or says why not", () => {
    for (const set of [digits, volumes, { ...volumes, batchSize: 100 }, { ...digits, images: digits.images.slice(0, 1) }]) {
      for (const row of compare(set, VARIANTS, null)) assert.match(row.sentence, /^[^a-z].*\.$/, `${row.id}: ${row.sentence}`);
    }
  });
  it("sets that cannot be compared are refused with their numbers", () => {
    assert.throws(() => casesOf({ ...digits, images: [] }), /no label maps/);
    assert.throws(() => casesOf({ ...digits, classes: 1 }), /1 class, two are needed/);
  });
});

describe("losses: batches", () => {
  it("hold each image once, the same way each time", () => {
    const batches = batchesOf(digits);
    assert.deepEqual(batches.flat().sort((a, b) => a - b), Array.from({ length: 40 }, (_, i) => i));
    assert.deepEqual(batchesOf(digits), batches);
    assert.equal(commonest(digits.images, 11), 0);
  });
});

describe("losses: choice", () => {
  const loss = (weights: LossModel["weights"], name = "gdl"): LossModel => ({ name, foundBy: "", path: "train.py", line: 3, endLine: 9, weights });
  it("the run's own loss is made of the weights in its code, and equals the one it is", () => {
    const own = ownVariant(loss({ power: 2, over: "batch", epsilon: 1e-5, absent: 1e5, constantInGraphMode: null, line: 4 }), null)!;
    close(analyse(own, volumes)!.values.uniform, of("port.manu_intended", volumes).values.uniform, 1e-12);
    const constant = ownVariant(loss({ power: 2, over: "batch", epsilon: 1e-5, absent: 1e5, constantInGraphMode: 1e5, line: 4 }), null)!;
    close(analyse(constant, volumes)!.values.background, of("port.manu_tf1", volumes).values.background, 1e-12);
  });
  it("or known by its name; else unknown", () => {
    assert.equal(ownVariant(loss(null, "CrossEntropyLoss"), null)?.id, "port.ce");
    assert.equal(ownVariant(loss(null, "categorical_crossentropy"), null)?.id, "port.ce");
    assert.equal(ownVariant(loss(null, "my_loss"), null), null);
    assert.equal(ownVariant(null, null), null);
  });
  it("comes first, each once", () => {
    const own = variantOf("port.ce")!;
    const list = chosen(own);
    assert.equal(list[0], own);
    assert.equal(list.length, USUAL.length);
    assert.throws(() => chosen(null, ["nothing"]), /no variant is called "nothing"/);
  });
});

/** Losses of libraries with options: values by hand, gradients by central differences, the fixed configurations as special cases, spelled names. */
import assert from "node:assert/strict";
import { kerasLoss } from "../../../src/losses/libraries/keras";
import { monaiLoss } from "../../../src/losses/libraries/monai";
import type { Numbers } from "../../../src/losses/libraries/ndarray";
import { niftynetLoss } from "../../../src/losses/libraries/niftynet";
import type { LossFunction, Options } from "../../../src/losses/libraries/options";
import { smpLoss } from "../../../src/losses/libraries/smp";
import { spelledLoss } from "../../../src/losses/libraries/spelled";
import { parseSpelling } from "../../../src/losses/libraries/spelling";
import { evaluate } from "../../../src/losses/loss";
import { VARIANTS } from "../../../src/losses/variants";
import { gradientArray, voxelsOf } from "../../../src/losses/voxels";
import { random } from "../../../src/losses/random";

const size = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

function filled(seed: number, shape: readonly number[], of: (next: number) => number): Numbers {
  const next = random(seed);
  return { shape, values: Float64Array.from({ length: size(shape) }, () => of(next())) };
}

const logits = (seed: number, shape: readonly number[]): Numbers => filled(seed, shape, (x) => 4 * x - 2);
const shares = (seed: number, shape: readonly number[]): Numbers => filled(seed, shape, (x) => 0.05 + 0.9 * x);
const labels = (seed: number, shape: readonly number[], classes: number): Numbers => filled(seed, shape, (x) => Math.floor(x * classes));
const numbers = (shape: readonly number[], values: readonly number[]): Numbers => ({ shape, values: Float64Array.from(values) });

function made(loss: LossFunction | string): LossFunction {
  assert.ok(typeof loss !== "string", String(loss));
  return loss;
}

const close = (got: number, wanted: number, off = 1e-9): void => assert.ok(Math.abs(got - wanted) <= off, `${got}, not ${wanted}`);

describe("losses of libraries: values by hand", () => {
  it("MONAI Dice: 1 - (2I + s)/(P + V + s), and half the smoothing with jaccard", () => {
    const p = numbers([1, 1, 4], [0.5, 0.5, 1, 0]);
    const t = numbers([1, 1, 4], [1, 0, 1, 0]);
    close(made(monaiLoss("DiceLoss", { smooth_nr: 1, smooth_dr: 1 }))(p, t).values[0]!, 1 - (2 * 1.5 + 1) / (2 + 2 + 1));
    close(made(monaiLoss("DiceLoss", { jaccard: true, smooth_nr: 1, smooth_dr: 1 }))(p, t).values[0]!, 1 - (2 * 1.5 + 1) / (2 * 2.5 + 1));
  });
  it("MONAI masked Dice: up to 1.5 a masked voxel is a logit of 0, from 1.6 on a probability of 0", () => {
    const z = numbers([1, 1, 2], [50, 50]);
    const t = numbers([1, 1, 2], [1, 1]);
    const mask = numbers([1, 1, 2], [1, 0]);
    const options: Options = { sigmoid: true, smooth_nr: 0, smooth_dr: 0 };
    close(made(monaiLoss("MaskedDiceLoss", options, "1.5"))(z, t, mask).values[0]!, 1 - 2 / (1.5 + 1));
    close(made(monaiLoss("MaskedDiceLoss", options, "1.6"))(z, t, mask).values[0]!, 0);
  });
  it("Keras Tversky: the released letters are swapped", () => {
    const p = numbers([1, 2], [1, 0.5]);
    const t = numbers([1, 2], [1, 0]);
    const options: Options = { alpha: 0.2, beta: 0.8 };
    close(made(kerasLoss("Tversky", options, "head"))(p, t).values[0]!, 1 - 1 / (1 + 0.2 * 0.5 + 1e-7));
    close(made(kerasLoss("Tversky", options, "3.15.1"))(p, t).values[0]!, 1 - 1 / (1 + 0.8 * 0.5 + 1e-7));
  });
  it("smp: an absent class is dropped and counts in the mean; γ comes after it", () => {
    const p = numbers([1, 2, 2], [0.5, 0.5, 0.5, 0.5]);
    const t = numbers([1, 2], [0, 0]);
    close(made(smpLoss("TverskyLoss", { mode: "multiclass", from_logits: false, gamma: 2 }))(p, t).values[0]!, ((1 - 1 / 1.5) / 2) ** 2);
  });
  it("NiftyNet: weights of a map, and the smallest class adds 1", () => {
    const p = numbers([1, 2, 2], [1, 0, 0.5, 0.5]);
    const t = numbers([1, 2], [0, 1]);
    const map = numbers([1, 2], [1, 0]);
    close(made(niftynetLoss("generalised_dice_loss", { softmax: false, type_weight: "Uniform" }))(p, t, map).values[0]!, 1 - 2 / (2 + 1));
    close(made(niftynetLoss("cross_entropy"))(p, t, map).values[0]!, Math.log(1 + Math.exp(-1)));
  });
  it("none, sum and mean", () => {
    const p = shares(1, [2, 3, 4]);
    const t = labels(2, [2, 3, 4], 2);
    const by = (reduction: string): Float64Array => made(monaiLoss("TverskyLoss", { reduction, alpha: 0.3, beta: 0.7 }))(p, t).values;
    const each = by("none");
    assert.equal(each.length, 6);
    close(by("sum")[0]!, each.reduce((a, b) => a + b, 0));
    close(by("mean")[0]!, each.reduce((a, b) => a + b, 0) / 6);
  });
});

describe("losses of libraries: gradients", () => {
  const z = logits(3, [2, 3, 4, 3]);
  const numbered = labels(4, [2, 1, 4, 3], 3);
  const index = labels(4, [2, 4, 3], 3);
  const many = labels(5, [2, 3, 4, 3], 2);
  const last = logits(6, [2, 4, 3]);
  const soft = shares(7, [2, 4, 3]);
  const monai = (loss: string, options: Options, t = numbered, extra: Numbers | null = null, version: "1.5" | "1.6" = "1.6"): [string, LossFunction | string, Numbers, Numbers, Numbers | null] => [`monai ${version} ${loss} ${JSON.stringify(options)}`, monaiLoss(loss, options, version), z, t, extra];
  const rows: readonly (readonly [string, LossFunction | string, Numbers, Numbers, Numbers | null])[] = [
    monai("DiceLoss", { softmax: true, to_onehot_y: true, include_background: false, weight: [1, 3], batch: true, reduction: "sum" }),
    monai("DiceLoss", { sigmoid: true, squared_pred: true, soft_label: true, ignore_index: 1 }, many),
    monai("DiceLoss", { other_act: "tanh", jaccard: true, reduction: "none" }, many),
    monai("DiceLoss", { other_act: "log_softmax" }, many),
    monai("MaskedDiceLoss", { softmax: true, to_onehot_y: true }, numbered, labels(8, [2, 1, 4, 3], 2)),
    monai("GeneralizedDiceLoss", { softmax: true, to_onehot_y: true, w_type: "simple", batch: true }),
    monai("TverskyLoss", { softmax: true, to_onehot_y: true, alpha: 0.2, beta: 0.9, ignore_index: 0 }),
    monai("MCCLoss", { sigmoid: true }, many),
    monai("FocalLoss", { to_onehot_y: true, use_softmax: true, gamma: 1.5, alpha: [0.1, 0.5, 0.9], weight: [1, 2, 3] }),
    monai("FocalLoss", { to_onehot_y: true, include_background: false, alpha: 0.3, reduction: "sum", ignore_index: 2 }),
    monai("DiceCELoss", { softmax: true, to_onehot_y: true, weight: [1, 2, 3], label_smoothing: 0.2, lambda_ce: 0.5 }),
    monai("DiceFocalLoss", { softmax: true, to_onehot_y: true, alpha: 0.3 }),
    monai("GeneralizedDiceFocalLoss", { softmax: true, to_onehot_y: true }),
    monai("GeneralizedWassersteinDiceLoss", { dist_matrix: [[0, 1, 2], [1, 0, 1], [2, 1, 0]], weighting_mode: "GDL" }, index),
    monai("GeneralizedWassersteinDiceLoss", { dist_matrix: [[0, 1, 2], [1, 0, 1], [2, 1, 0]] }, index, null, "1.5"),
    monai("HausdorffDTLoss", { softmax: true, to_onehot_y: true, batch: true }),
    monai("LogHausdorffDTLoss", { sigmoid: true, include_background: true }, many),
    monai("SoftclDiceLoss", { sigmoid: true, iter_: 2 }, many),
    monai("SoftDiceclDiceLoss", { alpha: 0.3 }, many, null, "1.5"),
    monai("NACLLoss", { kernel_ops: "gaussian", distance_type: "l2" }, index),
    ["unified focal", monaiLoss("AsymmetricUnifiedFocalLoss", {}, "1.6"), shares(9, [2, 1, 3, 3]), labels(10, [2, 1, 3, 3], 2), null],
    ["smp Dice", smpLoss("DiceLoss", { mode: "multiclass", log_loss: true, class_weights: [1, 2, 3], ignore_index: 2 }), z, index, null],
    ["smp Jaccard", smpLoss("JaccardLoss", { mode: "multilabel", smooth: 1, classes: [0, 2] }), z, many, null],
    ["smp focal", smpLoss("FocalLoss", { mode: "multiclass", alpha: 0.3, normalized: true, class_weights: [1, 2, 3] }), z, index, null],
    ["smp focal of probabilities", smpLoss("FocalLoss", { mode: "multilabel", from_logits: false }), shares(11, [2, 3, 4, 3]), many, null],
    ["smp Lovász", smpLoss("LovaszLoss", { mode: "multiclass", per_image: true, ignore_index: 1 }), z, index, null],
    ["smp Lovász hinge", smpLoss("LovaszLoss", { mode: "multilabel" }), z, many, null],
    ["smp cross-entropy", smpLoss("SoftCrossEntropyLoss", { smooth_factor: 0.1, ignore_index: 1 }), z, index, null],
    ["smp binary cross-entropy", smpLoss("SoftBCEWithLogitsLoss", { smooth_factor: 0.1, pos_weight: [1, 2, 3] }), z, many, null],
    ["smp MCC", smpLoss("MCCLoss"), shares(12, [2, 1, 4]), labels(13, [2, 1, 4], 2), null],
    ["keras Dice", kerasLoss("Dice", { axis: [1], reduction: null }), soft, labels(14, [2, 4, 3], 2), null],
    ["keras Tversky", kerasLoss("Tversky", { axis: [0, 1], alpha: 0.2, beta: 0.8 }), soft, labels(14, [2, 4, 3], 2), null],
    ["keras cross-entropy", kerasLoss("CategoricalCrossentropy", { label_smoothing: 0.1, axis: 1 }, "head"), soft, labels(14, [2, 4, 3], 2), null],
    ["keras focal", kerasLoss("CategoricalFocalCrossentropy", { from_logits: true, alpha: [0.1, 0.5, 0.9] }), last, labels(14, [2, 4, 3], 2), shares(15, [2, 4])],
    ["keras binary focal", kerasLoss("BinaryFocalCrossentropy", { apply_class_balancing: true, from_logits: true, gamma: 1.5 }), last, labels(14, [2, 4, 3], 2), null],
    ["keras sparse", kerasLoss("SparseCategoricalCrossentropy", { ignore_class: 1 }), soft, labels(16, [2, 4], 3), shares(15, [2, 4])],
    ...["generalised_dice_loss", "dice", "dice_nosquare", "tversky", "dice_plus_xent_loss", "cross_entropy", "sensitivity_specificity_loss", "generalised_wasserstein_dice_loss", "volume_enforcement"].map((loss) => [`niftynet ${loss}`, niftynetLoss(loss), last, labels(16, [2, 4], 3), shares(15, [2, 4])] as const),
    ["niftynet dense Dice", niftynetLoss("dice_dense"), last, labels(14, [2, 4, 3], 2), null],
  ];
  for (const [what, loss, prediction, target, extra] of rows) {
    it(what, () => {
      const of = made(loss);
      const total = (values: Float64Array): number => of({ ...prediction, values }, target, extra).values.reduce((a, b) => a + b, 0);
      assert.ok(Number.isFinite(total(prediction.values)));
      const gradient = of(prediction, target, extra).gradient();
      const largest = gradient.reduce((m, g) => Math.max(m, Math.abs(g)), 0);
      assert.ok(largest > 0);
      const h = 1e-6;
      for (let i = 0; i < gradient.length; i += 2) {
        const moved = (by: number): number => total(prediction.values.map((x, k) => (k === i ? x + by : x)));
        const difference = (moved(h) - moved(-h)) / (2 * h);
        assert.ok(Math.abs(difference - gradient[i]!) <= 1e-4 * largest + 1e-8, `entry ${i}: ${gradient[i]}, by differences ${difference}`);
      }
    });
  }
});

describe("losses of libraries: the fixed configurations are special cases", () => {
  const shape = [2, 4, 5, 4];
  const z = logits(21, shape);
  const y = filled(22, [2, 5, 4], (x) => [0, 0, 1, 3][Math.floor(4 * x)]!);
  const matrix = "[[0,1,1,1],[1,0,.5,.4],[1,.5,0,.3],[1,.4,.3,0]]";
  /** Of ids that are spelled for people; null: the library has no such class. */
  const respelled: Readonly<Record<string, string>> = {
    "monai.GeneralizedWassersteinDiceLoss(default)": `monai.GeneralizedWassersteinDiceLoss(default,dist_matrix=${matrix})`,
    "monai.GeneralizedWassersteinDiceLoss(GDL)": `monai.GeneralizedWassersteinDiceLoss(GDL,dist_matrix=${matrix})`,
  };
  /** These take probabilities. */
  const activated = new Set(["monai.SoftclDiceLoss(softmaxed,iter=3,smooth=1)", "monai.SoftDiceclDiceLoss(softmaxed)", "smp.FocalLoss(multiclass,from_logits=False)", "smp.LovaszLoss(multiclass,from_logits=False)[probs in]"]);
  const fixed = VARIANTS.filter((v) => /^(monai|smp|niftynet)\./.test(v.id) && !activated.has(v.id));
  it("there are most of them", () => assert.ok(fixed.length >= 50, String(fixed.length)));
  for (const variant of fixed) {
    it(variant.id, () => {
      const loss = spelledLoss(respelled[variant.id] ?? variant.id);
      assert.ok(loss !== null && typeof loss !== "string", String(loss));
      const lastAxis = variant.id.startsWith("niftynet");
      const n = 20;
      const moved = lastAxis ? { shape: [2, 5, 4, 4], values: Float64Array.from(z.values, (_, i) => z.values[(Math.floor(i / (n * 4)) * 4 + (i % 4)) * n + (Math.floor(i / 4) % n)]!) } : z;
      const got = loss(moved, y);
      const voxels = voxelsOf(z.values, y.values, shape);
      const wanted = evaluate(variant, voxels);
      close(got.values[0]!, wanted.value, 1e-7 * Math.max(1, Math.abs(wanted.value)));
      const gradient = got.gradient();
      const reference = gradientArray(voxels, wanted.gradient!);
      const largest = reference.reduce((m, g) => Math.max(m, Math.abs(g)), 0);
      reference.forEach((g, i) => {
        const at = lastAxis ? (Math.floor(i / (4 * n)) * n + (i % n)) * 4 + (Math.floor(i / n) % 4) : i;
        close(gradient[at]!, g, 1e-6 * largest);
      });
    });
  }
});

describe("losses of libraries: what cannot be", () => {
  it("is said in one line", () => {
    const says = (loss: LossFunction | string, pattern: RegExp): void => assert.match(String(loss), pattern);
    says(monaiLoss("DiceLoss", { softmax: true, sigmoid: true }), /monai\.DiceLoss: more than one of sigmoid, softmax and other_act/);
    says(monaiLoss("DiceLoss", { smoth: 1 }), /monai\.DiceLoss has no option smoth: include_background, /);
    says(monaiLoss("DiceLoss", { batch: 1 }), /batch is 1; it can be True or False/);
    says(monaiLoss("DiceLos"), /monai has no loss DiceLos here: DiceLoss, /);
    says(monaiLoss("DiceLoss", { weight: [1, -1] }), /a weight below 0/);
    says(monaiLoss("NACLLoss", { kernel_size: 4 }), /kernel_size is 4/);
    says(smpLoss("DiceLoss"), /mode is missing/);
    says(smpLoss("SoftCrossEntropyLoss", { smooth_factor: null }), /smooth_factor None fails/);
    says(kerasLoss("Dice", { axis: "x" }), /axis is "x"; it can be None, an axis or a list of axes/);
    says(monaiLoss("constructor"), /has no loss constructor/);
  });
  it("arrays that do not fit", () => {
    assert.throws(() => made(monaiLoss("DiceLoss"))(shares(1, [1, 2, 3]), shares(1, [1, 3, 3])), /another shape \(1, 3, 3\) than the input \(1, 2, 3\)/);
    assert.throws(() => made(monaiLoss("DiceLoss", { to_onehot_y: true }))(shares(1, [1, 2, 1]), numbers([1, 1, 1], [2])), /label 2 where there are 2 classes/);
    assert.throws(() => made(monaiLoss("DiceLoss", { weight: [1] }))(shares(1, [1, 2, 3]), shares(1, [1, 2, 3])), /1 weights where 2 classes are compared/);
    assert.throws(() => made(niftynetLoss("dice_dense"))(shares(1, [1, 2, 3]), shares(1, [1, 2, 3]), shares(1, [1, 2])), /takes no weight map/);
    assert.throws(() => made(kerasLoss("Dice", { axis: [3] }))(shares(1, [1, 2]), shares(1, [1, 2])), /axis 3 of an array with 2 axes/);
  });
});

describe("losses of libraries: spelled names", () => {
  it("Python's literals are read", () => {
    assert.deepEqual(parseSpelling(" monai.FocalLoss( softmax, alpha=[.1, 1/4,-2], gamma=1e-1, reduction='sum', weight=None, x=(1,), y=[[0,1],[1,0]] ) "), { library: "monai", loss: "FocalLoss", words: ["softmax"], options: { alpha: [0.1, 0.25, -2], gamma: 0.1, reduction: "sum", weight: null, x: [1], y: [[0, 1], [1, 0]] } });
    assert.deepEqual(parseSpelling("niftynet.GDSC({'type_weight': 'Simple', 'a': True})"), { library: "niftynet", loss: "GDSC", words: [], options: { type_weight: "Simple", a: true } });
    assert.deepEqual(parseSpelling("keras.Dice"), { library: "keras", loss: "Dice", words: [], options: {} });
    assert.equal(parseSpelling("nothing"), null);
  });
  it("mistakes are one line", () => {
    for (const [name, pattern] of [
      ["monai.DiceLoss(batch=)", /the value of batch cannot be read/],
      ["monai.DiceLoss(batch=True batch=False)", /a comma is missing before batch=False/],
      ["monai.DiceLoss(batch=True,batch=False)", /batch is given twice/],
      ["monai.DiceLoss(softmax,softmax=True)", /softmax is given twice/],
      ["monai.DiceLoss(7)", /cannot be read from here on: 7/],
      ["monai.DiceLoss(jacard)", /has no option jacard/],
      ["monai.DiceLoss(version=2)", /version is 2; it can be 1\.5, 1\.6/],
    ] as const) {
      const loss = spelledLoss(name);
      assert.ok(typeof loss === "string", name);
      assert.match(loss, pattern);
    }
    assert.equal(spelledLoss("my.DiceLoss()"), null);
  });
  it("labels with an axis of classes are taken as they are, class numbers are spread", () => {
    const z = logits(31, [2, 3, 4]);
    const y = labels(32, [2, 4], 3);
    const one = { shape: [2, 3, 4], values: Float64Array.from({ length: 24 }, (_, i) => (y.values[Math.floor(i / 12) * 4 + (i % 4)] === Math.floor(i / 4) % 3 ? 1 : 0)) };
    for (const name of ["monai.DiceLoss(softmax)", "monai.FocalLoss(softmax)", "monai.DiceCELoss(softmax)", "smp.DiceLoss(multilabel)", "monai.SoftclDiceLoss(iter_=0,version=1.6)"]) {
      const loss = spelledLoss(name);
      assert.ok(loss !== null && typeof loss !== "string", String(loss));
      close(loss(z, y).values[0]!, loss(z, one).values[0]!, 1e-12);
    }
  });
});

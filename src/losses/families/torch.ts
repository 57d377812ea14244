/** kornia's, pytorch-3dunet's, boundary-loss's and SegLossOdyssey's losses. */
import { diceScores, generalizedScores, lossOf } from "../forms";
import type { Term, Variant } from "../loss";
import { softmaxFocal, voxelsIn } from "../pointwise";
import { classes, images, type Sums } from "../sums";
import { mean, sum, type Scalar } from "../tape";
import type { Activation } from "../activation";

type Described = Omit<Variant, "id" | "terms">;
const overlap = (of: (s: Sums) => Scalar, activation: Activation = "softmax"): Term => ({ kind: "overlap", activation, of });

/** kornia's one-hot labels are 1e-6 and 1 + 1e-6. */
function shifted(s: Sums): Sums {
  const e = 1e-6;
  return { ...s, overlap: (b, c) => s.overlap(b, c).plus(s.predicted(b, c).times(e)), volume: (b, c) => s.volume(b, c) + e * s.voxels(b) };
}

const micro = (all: Sums): Scalar => {
  const s = shifted(all);
  return lossOf(
    images(s, (b) => {
      const under = sum(classes(s, (c) => s.predicted(b, c))).plus(classes(s, (c) => s.volume(b, c)).reduce((x, y) => x + y, 0) + 1e-8);
      return sum(classes(s, (c) => s.overlap(b, c))).times(2).over(under);
    }),
  );
};

/** Σ over voxels and classes: with a softmax Σ FP is Σ FN, so that only α + β counts. */
const microTversky = (alpha: number, beta: number) => (s: Sums): Scalar =>
  lossOf(
    images(s, (b) => {
      const tp = sum(classes(s, (c) => s.overlap(b, c)));
      const fp = sum(classes(s, (c) => s.predicted(b, c))).minus(tp);
      const fn = tp.negative().plus(classes(s, (c) => s.volume(b, c)).reduce((x, y) => x + y, 0));
      return tp.over(tp.plus(fp.times(alpha)).plus(fn.times(beta)).plus(1e-8));
    }),
  );

const KORNIA: Described = { name: "", formula: "", source: "kornia/losses/dice.py", unit: "image", activation: "softmax", absent: "no part of its own", smoothing: "1e-8 below the bar", range: [0, 1] };
const UNET: Described = { name: "", formula: "", source: "pytorch-3dunet: pytorch3dunet/unet3d/losses.py", unit: "batch", activation: "softmax", absent: "a constant 1 without gradient", smoothing: "1e-6 at least below the bar", range: [0, 1] };
const BOUNDARY: Described = { name: "", formula: "", source: "LIVIAETS/boundary-loss: losses.py", unit: "image", activation: "softmax", absent: "weight 1e20", smoothing: "1e-10", range: [-1, 1] };
const ODYSSEY: Described = { ...BOUNDARY, source: "JunMa11/SegLossOdyssey: losses_pytorch/dice_loss.py", smoothing: "1e-5", range: [-2, 0] };

const enormous = (volumes: readonly number[]): number[] => volumes.map((volume) => 1 / (volume + 1e-10) ** 2);
const clamped = (volumes: readonly number[]): number[] => volumes.map((volume) => 1 / Math.max(volume ** 2, 1e-6));
const odyssey = (volumes: readonly number[]): number[] => volumes.map((volume) => 1 / (volume + 1e-5) ** 2);
const unetDice = (activation: Activation): Term => overlap((s) => lossOf(diceScores(s, { batch: true, squared: true, least: 1e-6 })), activation);
const unetGeneralized = (s: Sums): Scalar => mean(generalizedScores(s, { batch: true, weights: clamped, leastWeighted: 1e-6 }));
const boundary = (s: Sums, background: boolean): Scalar =>
  lossOf(
    images(s, (b) => {
      const w = enormous(classes(s, (c) => s.volume(b, c)));
      const own = classes(s, (c) => c).slice(background ? 0 : 1);
      const over = sum(own.map((c) => s.overlap(b, c).times(w[c]!))).plus(1e-10);
      const under = sum(own.map((c) => s.predicted(b, c).plus(s.volume(b, c)).times(w[c]!))).plus(1e-10);
      return over.over(under).times(2);
    }),
  );
const odysseyScores = (s: Sums): Scalar[] =>
  images(s, (b) => {
    const w = odyssey(classes(s, (c) => s.volume(b, c)));
    const over = sum(classes(s, (c) => s.overlap(b, c).times(w[c]!))).plus(1e-5);
    const under = sum(classes(s, (c) => s.predicted(b, c).plus(s.volume(b, c)).times(w[c]!))).plus(1e-5);
    return over.over(under).times(-2);
  });

export const TORCH: readonly Variant[] = [
  { ...KORNIA, id: "kornia.dice_loss(micro)", name: "kornia Dice, micro", formula: "mean over images of 1 - 2 Σ I/(Σ (P + V) + 1e-8), sums over classes too", unit: "all", traps: ["Weighs voxels, not classes."], terms: [overlap(micro)] },
  { ...KORNIA, id: "kornia.dice_loss(macro)", name: "kornia Dice, macro", formula: "mean over images and classes of 1 - 2I/(P + V + 1e-8)", absent: "a constant 1 with almost no gradient: the floor is the share of absent classes", terms: [overlap((s) => lossOf(diceScores(shifted(s), { below: 1e-8 })))] },
  ...([[0.3, 0.7, ".3,.7"], [0.9, 0.1, ".9,.1"]] as const).map(([a, b, text]) => ({ ...KORNIA, id: `kornia.tversky_loss(${text})`, name: `kornia Tversky, α ${a} β ${b}`, source: "kornia/losses/tversky.py", formula: "mean over images of 1 - Σ I/(Σ I + α Σ FP + β Σ FN + 1e-8), sums over classes too", unit: "all" as const, traps: ["With a softmax Σ FP is Σ FN: only α + β counts."], terms: [overlap(microTversky(a, b))] })),
  {
    ...KORNIA,
    id: "kornia.focal_loss(alpha=.25,mean)",
    name: "kornia focal, α 0.25",
    source: "kornia/losses/focal.py",
    unit: "voxel",
    formula: "sum over voxels of -(1 - p)² log p of the true class, background weighed 0.75 and the others 0.25, divided by voxels times classes",
    smoothing: "none",
    range: [0, null],
    terms: [{ kind: "pointwise", of: shiftedFocal }],
  },
  { ...KORNIA, id: "kornia.lovasz_softmax_loss", name: "kornia Lovász (up to 0.8)", source: "kornia/losses/lovasz_softmax.py, up to 0.8", formula: "mean over images and classes of the sorted errors times steps of a Jaccard of raw label numbers", absent: "a constant part", smoothing: "none", range: [null, null], traps: ["Sorts raw label numbers: not the Lovász extension for classes above 1, and not the same when classes are renumbered."], terms: [{ kind: "lovasz", options: { activation: "softmax", perImage: true, classes: "all", rawLabels: true } }] },
  { ...UNET, id: "3dunet.DiceLoss(softmax)", name: "3D U-Net Dice", formula: "mean over classes of 1 - 2I/max(Σp² + Σt², 1e-6), sums over the batch", terms: [unetDice("softmax")] },
  { ...UNET, id: "3dunet.DiceLoss(sigmoid default)", name: "3D U-Net Dice with a sigmoid", activation: "sigmoid", formula: "mean over classes of 1 - 2I/max(Σp² + Σt², 1e-6), sums over the batch", traps: ["A sigmoid by default, with several classes too."], terms: [unetDice("sigmoid")] },
  { ...UNET, id: "3dunet.GeneralizedDiceLoss(softmax)", name: "3D U-Net generalized Dice", formula: "1 - 2 Σ w I/Σ max(w (P + V), 1e-6), w = 1/max(V², 1e-6), sums over the batch", absent: "weight 1e6", weights: clamped, terms: [overlap((s) => unetGeneralized(s).complement())] },
  { ...UNET, id: "3dunet.GeneralizedDiceLoss(sigmoid default)", name: "3D U-Net generalized Dice with a sigmoid", activation: "sigmoid", formula: "1 - 2 Σ w I/Σ max(w (P + V), 1e-6), w = 1/max(V², 1e-6), sums over the batch", absent: "weight 1e6", weights: clamped, terms: [overlap((s) => unetGeneralized(s).complement(), "sigmoid")] },
  { ...BOUNDARY, id: "boundary-loss.GeneralizedDice(idc=all)", name: "boundary-loss generalized Dice", formula: "mean over images of 1 - 2 (Σ w I + 1e-10)/(Σ w (P + V) + 1e-10), w = 1/(V + 1e-10)²", weights: enormous, terms: [overlap((s) => boundary(s, true))] },
  { ...BOUNDARY, id: "boundary-loss.GeneralizedDice(idc=1..3)", name: "boundary-loss generalized Dice without background", formula: "mean over images of 1 - 2 (Σ w I + 1e-10)/(Σ w (P + V) + 1e-10), w = 1/(V + 1e-10)², class 0 left out", weights: enormous, terms: [overlap((s) => boundary(s, false))] },
  { ...BOUNDARY, id: "boundary-loss.DiceLoss(idc=all)", name: "boundary-loss Dice", formula: "mean over images and classes of 1 - (2I + 1e-10)/(P + V + 1e-10)", absent: "a constant 1 with almost no gradient", range: [0, 1], terms: [overlap((s) => lossOf(diceScores(s, { above: 1e-10, below: 1e-10 })))] },
  { ...ODYSSEY, id: "odyssey.GDiceLoss(5-D only; z=1)", name: "Odyssey generalized Dice", formula: "mean over images of -2 (Σ w I + 1e-5)/(Σ w (P + V) + 1e-5), w = 1/(V + 1e-5)²", absent: "weight 1e10", weights: odyssey, terms: [overlap((s) => mean(odysseyScores(s)))] },
  { ...ODYSSEY, id: "odyssey.GDiceLossV2", name: "Odyssey generalized Dice V2", unit: "batch", formula: "-2 Σ w I/Σ max(w (P + V), 1e-6), w = 1/max(V², 1e-6), sums over the batch", absent: "weight 1e6", weights: clamped, range: [-1, 0], terms: [overlap((s) => unetGeneralized(s).negative())] },
  { ...ODYSSEY, id: "odyssey.PenaltyGDiceLoss", name: "Odyssey generalized Dice with a penalty", formula: "g/(1 + 2.5 (1 - g)), g the Odyssey generalized Dice", absent: "weight 1e10", weights: odyssey, terms: [overlap((s) => { const g = mean(odysseyScores(s)); return g.over(g.complement().times(2.5).plus(1)); })] },
];

/** Focal loss of labels that are 1e-6 and 1 + 1e-6: every class of a voxel has a part. */
function shiftedFocal(voxels: Parameters<typeof voxelsIn>[0], scale: number, gradient: Float64Array | null): number {
  const by = scale / (voxelsIn(voxels) * voxels.classes);
  const weight = (c: number): number => (c === 0 ? 0.75 : 0.25);
  let total = softmaxFocal(2, { weight: (_, l) => weight(l), norm: (v) => voxelsIn(v) * v.classes })(voxels, scale, gradient);
  for (let c = 0; c < voxels.classes; c++) {
    const all = { ...voxels, label: new Int32Array(voxels.size).fill(c) };
    total += softmaxFocal(2, { norm: () => 1 })(all, by * 1e-6 * weight(c), gradient);
  }
  return total;
}


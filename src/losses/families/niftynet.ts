/** NiftyNet's losses (niftynet/layer/loss_segmentation.py): a softmax inside, a loss for each image, the mean over images. */
import { diceScores, generalizedScores, largestForAbsent, lossOf } from "../forms";
import type { Term, Variant } from "../loss";
import { crossEntropy } from "../pointwise";
import { classes, images, type Sums } from "../sums";
import { mean, sum, type Scalar } from "../tape";

const S = 1e-5;
const overlap = (of: (s: Sums) => Scalar): Term => ({ kind: "overlap", activation: "softmax", of });
const ce: Term = { kind: "pointwise", of: crossEntropy() };

const generalized = (power: 0 | 1 | 2): Term => overlap((s) => lossOf(generalizedScores(s, { weights: largestForAbsent(power), floor: 1 })));
const dice = (squared: boolean): Term => overlap((s) => lossOf(diceScores(s, { above: S, below: S, squared })));
const tversky = (alpha: number, beta: number): Term =>
  overlap((s) =>
    lossOf(
      images(s, (b) => {
        const tp = sum(classes(s, (c) => s.overlap(b, c)));
        const fp = sum(classes(s, (c) => s.predicted(b, c))).minus(tp);
        const fn = tp.negative().plus(classes(s, (c) => s.volume(b, c)).reduce((x, y) => x + y, 0));
        return tp.over(tp.plus(fp.times(alpha)).plus(fn.times(beta)).plus(S));
      }),
    ),
  );
const negativeDice: Term = overlap((s) => mean(diceScores(s, { above: S, below: S })).negative());

/** r Σ (t-p)² t/(V + ε) + (1-r) Σ (t-p)² (1-t)/(N - V + ε), summed over classes; r = 0.05. */
const sensitivitySpecificity: Term = overlap((s) =>
  mean(
    images(s, (b) =>
      sum(
        classes(s, (c) => {
          const hitSquared = s.squaredConfusion(b, c, c);
          const missed = hitSquared.minus(s.overlap(b, c).times(2)).plus(s.volume(b, c));
          const wrong = s.squared(b, c).minus(hitSquared);
          return missed.times(0.05 / (s.volume(b, c) + S)).plus(wrong.times(0.95 / (s.voxels(b) - s.volume(b, c) + S)));
        }),
      ),
    ),
  ),
);

type Described = Omit<Variant, "id" | "terms">;
const BASE: Described = { name: "", formula: "", source: "niftynet/layer/loss_segmentation.py", unit: "image", activation: "softmax", absent: "its score is 0 until almost nothing of it is predicted, then jumps to 1", smoothing: "1e-5 above and below the bar", range: [0, 1] };
const DICE: Described = { ...BASE, name: "NiftyNet Dice", formula: "mean over images and classes of 1 - (2I + 1e-5)/(Σp² + V + 1e-5)" };
const GDL: Described = { ...BASE, name: "NiftyNet generalized Dice", formula: "mean over images of 1 - 2 Σ w I/Σ w max(P + V, 1), w = 1/V²", absent: "the largest weight of the classes that are there", smoothing: "P + V of a class counts 1 at least" };
const TVERSKY: Described = { ...BASE, name: "NiftyNet Tversky", formula: "mean over images of 1 - Σ I/(Σ I + α Σ FP + β Σ FN + 1e-5), sums over classes too", unit: "all", absent: "no part of its own", smoothing: "1e-5 below the bar", traps: ["With a softmax Σ FP is Σ FN: only α + β counts."] };
const BOTH: Described = { ...BASE, name: "NiftyNet Dice + cross-entropy", formula: "mean of -(2I + 1e-5)/(P + V + 1e-5) + mean of -log p", range: [-1, null], traps: ["A negative loss is normal: -1 is perfect."] };
const CE: Described = { ...BASE, name: "NiftyNet cross-entropy", formula: "mean over voxels of -log p of the true class", unit: "voxel", absent: "no part of its own", smoothing: "none", range: [0, null] };

export const NIFTYNET: readonly Variant[] = [
  { ...DICE, id: "port.niftynet_dice", terms: [dice(true)] },
  { ...BOTH, id: "port.niftynet_dice_plus_xent", terms: [negativeDice, ce] },
  { ...GDL, id: "port.niftynet_gdl", weights: largestForAbsent(2), terms: [generalized(2)] },
  { ...TVERSKY, id: "port.niftynet_tversky", terms: [tversky(0.5, 0.5)] },
  { ...DICE, id: "niftynet.Dice()", terms: [dice(true)] },
  { ...DICE, id: "niftynet.Dice_NS()", name: "NiftyNet Dice, not squared", formula: "mean over images and classes of 1 - (2I + 1e-5)/(P + V + 1e-5)", terms: [dice(false)] },
  { ...TVERSKY, id: "niftynet.Tversky()", terms: [tversky(0.5, 0.5)] },
  { ...TVERSKY, id: "niftynet.Tversky({'alpha': 0.3, 'beta': 0.7})", name: "NiftyNet Tversky, α 0.3 β 0.7", terms: [tversky(0.3, 0.7)] },
  { ...GDL, id: "niftynet.GDSC({'type_weight': 'Square'})", weights: largestForAbsent(2), terms: [generalized(2)] },
  { ...GDL, id: "niftynet.GDSC({'type_weight': 'Simple'})", name: "NiftyNet generalized Dice with 1/V", formula: GDL.formula.replace("1/V²", "1/V"), weights: largestForAbsent(1), terms: [generalized(1)] },
  { ...GDL, id: "niftynet.GDSC({'type_weight': 'Uniform'})", name: "NiftyNet generalized Dice, unweighted", unit: "all", absent: "no part of its own", formula: GDL.formula.replace("1/V²", "1"), terms: [generalized(0)] },
  { ...BOTH, id: "niftynet.DicePlusXEnt()", terms: [negativeDice, ce] },
  { ...CE, id: "niftynet.CrossEntropy()", terms: [ce] },
  { ...BASE, id: "niftynet.SensSpec()", name: "NiftyNet sensitivity and specificity", formula: "mean over images of Σ_c 0.05 Σ (t-p)² t/(V + 1e-5) + 0.95 Σ (t-p)² (1-t)/(N - V + 1e-5)", absent: "only what is predicted of it counts", smoothing: "1e-5 below the bars", range: [0, null], terms: [sensitivitySpecificity] },
];

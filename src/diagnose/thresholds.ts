/** Every number that a rule compares with: settings and documentation are made from this table. */
import type { SymptomId } from "../run";

export interface Threshold {
  readonly symptom: SymptomId;
  readonly default: number;
  /** e.g. "share", "Dice", "epochs". */
  readonly unit: string;
  /** What it says, and why the default is what it is. */
  readonly reason: string;
}

const TABLE = {
  "onlyBackground.share": {
    symptom: "only-background", default: 0.999, unit: "share of predicted voxels",
    reason: "At least this share of what is predicted is background. Some stray voxels do not make a segmentation.",
  },
  "onlyBackground.dice": {
    symptom: "only-background", default: 0.1, unit: "mean foreground Dice",
    reason: "With a mean foreground Dice above this the run finds its (tiny) foreground, whatever share of the voxels is background.",
  },
  "neverLearned.dice": {
    symptom: "class-never-learned", default: 0.01, unit: "Dice",
    reason: "Below this, next to nothing of the class is found.",
  },
  "neverLearned.epochs": {
    symptom: "class-never-learned", default: 3, unit: "measured epochs",
    reason: "Rare classes come late; one or two epochs say nothing.",
  },
  "neverLearned.othersWhileRunning": {
    symptom: "class-never-learned", default: 0.5, unit: "mean Dice of the other foreground classes",
    reason: "While a training runs, a class is late only once the others are there.",
  },
  "classLost.reached": {
    symptom: "class-lost", default: 0.2, unit: "Dice",
    reason: "A class counts as learned once its Dice reached this.",
  },
  "classLost.dice": {
    symptom: "class-lost", default: 0.01, unit: "Dice",
    reason: "Below this in the last two measured epochs, it is gone. One epoch alone may be noise.",
  },
  "classConfused.share": {
    symptom: "class-confused", default: 0.5, unit: "share of the class's voxels",
    reason: "More than half of the class goes to one other foreground class.",
  },
  "flatTraining.range": {
    symptom: "flat-training", default: 0.001, unit: "share of the opening loss",
    reason: "A training loss that learns anything moves by far more than a thousandth, also with a small learning rate.",
  },
  "flatTraining.rangeWhenBlind": {
    symptom: "flat-training", default: 0.01, unit: "share of the opening loss",
    reason: "The same where the predictions find nothing and the later half keeps to the narrower range: a level may be noisy at first.",
  },
  "flatTraining.points": {
    symptom: "flat-training", default: 5, unit: "epochs",
    reason: "Warm-up of the learning rate may take some epochs.",
  },
  "flatValidation.range": {
    symptom: "flat-validation", default: 0.001, unit: "share of the opening loss",
    reason: "Evaluation noise of a network that changes is larger than this.",
  },
  "flatValidation.neverImproved": {
    symptom: "flat-validation", default: 0.01, unit: "share of the opening loss",
    reason: "Best against opening: 1 of 375 healthy curves stays below 1 %.",
  },
  "flatValidation.points": {
    symptom: "flat-validation", default: 4, unit: "epochs",
    reason: "So long must the validation loss stand still, and for at least half of the run.",
  },
  "flatValidation.trainingGain": {
    symptom: "flat-validation", default: 0.05, unit: "share of the opening loss",
    reason: "The training loss must have improved by this much, else the training itself is flat.",
  },
  "flatValidation.usefulDice": {
    symptom: "flat-validation", default: 0.3, unit: "mean foreground Dice",
    reason: "Above this the run found something: it has converged, and is not stuck.",
  },
  "divergingLoss.return": {
    symptom: "diverging-loss", default: 0.5, unit: "share of what was gained",
    reason: "The loss has given back at least this share of its fall from the opening to the best.",
  },
  "divergingLoss.gain": {
    symptom: "diverging-loss", default: 0.1, unit: "share of the opening loss",
    reason: "Only a fall of this size can be given back; less is noise around a level.",
  },
  "divergingLoss.rise": {
    symptom: "diverging-loss", default: 0.5, unit: "share of the opening loss",
    reason: "Without such a fall, the loss must end this far above its opening.",
  },
  "overfitting.rise": {
    symptom: "overfitting", default: 0.05, unit: "share of the best validation loss",
    reason: "Mean of the last tenth against the best moving mean. For losses near or below zero the share is of the curve's range.",
  },
  "overfitting.riseInShortRuns": {
    symptom: "overfitting", default: 0.1, unit: "share of the best validation loss",
    reason: "The same in a run of few epochs, where the means are over three epochs and one bad epoch weighs more.",
  },
  "overfitting.longRun": {
    symptom: "overfitting", default: 50, unit: "epochs",
    reason: "From here on the means are over five epochs or more, and the smaller rise counts.",
  },
  "overfitting.points": {
    symptom: "overfitting", default: 8, unit: "epochs",
    reason: "In fewer, a bad epoch cannot be told from a turn.",
  },
  "overfitting.trainingGain": {
    symptom: "overfitting", default: 0.05, unit: "share of the training loss at the best epoch",
    reason: "The training loss must have gone on falling by this much after validation was best.",
  },
  "trainValGap.gap": {
    symptom: "train-val-dice-gap", default: 0.2, unit: "score (0 to 1)",
    reason: "Generalisation gaps of 0.1 are common in healthy runs.",
  },
  "trainValGap.points": {
    symptom: "train-val-dice-gap", default: 3, unit: "epochs",
    reason: "So long must the gap stand at the end of the run.",
  },
  "loggedMetric.score": {
    symptom: "logged-metric-misleads", default: 0.8, unit: "score (0 to 1)",
    reason: "A score that reads as success.",
  },
  "loggedMetric.dice": {
    symptom: "logged-metric-misleads", default: 0.01, unit: "Dice",
    reason: "A class that is not found at all.",
  },
  "weightsNearZero.share": {
    symptom: "weights-near-zero", default: 0.99, unit: "share of the non-zero values",
    reason: "Nearly all magnitudes below 1e-9; some tiny values occur in every tensor.",
  },
  "weightsExploding.growth": {
    symptom: "weights-exploding", default: 10, unit: "times the mean magnitude in the first checkpoint",
    reason: "Kernels of healthy trainings grow a few times at most.",
  },
  "weightsExploding.scale": {
    symptom: "weights-exploding", default: 3, unit: "times the scale of an initialisation, sqrt(2 / fan-in)",
    reason: "A kernel that began small and grew to its usual size has not exploded.",
  },
  "layerFrozen.checkpoints": {
    symptom: "layer-frozen", default: 3, unit: "checkpoints of different epochs",
    reason: "Two checkpoints may be close in time.",
  },
  "nothingChanges.change": {
    symptom: "nothing-changes", default: 1e-5, unit: "share of the tensor's largest magnitude",
    reason: "Below this a change is rounding in float32 over an epoch, no learning.",
  },
  "classWeights.nearZero": {
    symptom: "class-weights-near-zero", default: 1e-9, unit: "weight",
    reason: "1/V² falls below this from 31,623 voxels on; the region around 1e-10.",
  },
  "absentClass.share": {
    symptom: "absent-class-dominates", default: 0.5, unit: "share of the summed weight",
    reason: "Absent classes carry most of the weight.",
  },
} as const satisfies Record<string, Threshold>;

export type ThresholdName = keyof typeof TABLE;

/** All thresholds by name, in the order of the symptoms. */
export const THRESHOLDS: Readonly<Record<ThresholdName, Threshold>> = TABLE;

/** Looks a threshold up. */
export type Limits = (name: ThresholdName) => number;

/** The defaults, with what the user changed. Unknown names and values that are no finite numbers are passed over. */
export function limits(changed: Readonly<Record<string, number>> = {}): Limits {
  return (name) => {
    const own = Object.hasOwn(changed, name) ? changed[name] : undefined;
    return own !== undefined && Number.isFinite(own) ? own : TABLE[name].default;
  };
}

/** Measures to findings. */
import { SYMPTOMS, type Finding, type RunMeasures, type RunState, type SymptomId } from "../run";
import { group } from "./causes";
import { doubts } from "./doubts";
import { absentClassDominates } from "./symptoms/absent-class-dominates";
import { classAbsentFromValidation } from "./symptoms/class-absent-from-validation";
import { classConfused } from "./symptoms/class-confused";
import { classLost } from "./symptoms/class-lost";
import { classNeverLearned } from "./symptoms/class-never-learned";
import { classWeightsNearZero } from "./symptoms/class-weights-near-zero";
import { constantPrediction } from "./symptoms/constant-prediction";
import { divergingLoss } from "./symptoms/diverging-loss";
import { flatTraining } from "./symptoms/flat-training";
import { flatValidation } from "./symptoms/flat-validation";
import { layerFrozen } from "./symptoms/layer-frozen";
import { loggedMetricMisleads } from "./symptoms/logged-metric-misleads";
import { nanLoss } from "./symptoms/nan-loss";
import { nothingChanges } from "./symptoms/nothing-changes";
import { onlyBackground } from "./symptoms/only-background";
import { overfitting } from "./symptoms/overfitting";
import { trainValDiceGap } from "./symptoms/train-val-dice-gap";
import { validationWithoutForeground } from "./symptoms/validation-without-foreground";
import { weightsExploding } from "./symptoms/weights-exploding";
import { weightsNearZero } from "./symptoms/weights-near-zero";
import { weightsNonFinite } from "./symptoms/weights-non-finite";
import { limits } from "./thresholds";
import { View, type Rule } from "./view";

export { THRESHOLDS, type Threshold, type ThresholdName } from "./thresholds";

/** A new symptom is one line here, one file in symptoms/, one page in docs/symptoms/. */
const RULES: Readonly<Record<SymptomId, Rule>> = {
  "only-background": onlyBackground,
  "constant-prediction": constantPrediction,
  "class-never-learned": classNeverLearned,
  "class-lost": classLost,
  "class-confused": classConfused,
  "flat-validation": flatValidation,
  "flat-training": flatTraining,
  "nan-loss": nanLoss,
  "diverging-loss": divergingLoss,
  "overfitting": overfitting,
  "train-val-dice-gap": trainValDiceGap,
  "logged-metric-misleads": loggedMetricMisleads,
  "weights-near-zero": weightsNearZero,
  "weights-non-finite": weightsNonFinite,
  "weights-exploding": weightsExploding,
  "layer-frozen": layerFrozen,
  "nothing-changes": nothingChanges,
  "class-weights-near-zero": classWeightsNearZero,
  "absent-class-dominates": absentClassDominates,
  "validation-without-foreground": validationWithoutForeground,
  "class-absent-from-validation": classAbsentFromValidation,
};

export interface DiagnosisContext {
  readonly state: RunState;
  /** Symptoms not to report for this run. */
  readonly ignored?: readonly string[];
  /** Thresholds that the user changed, by name; the names and defaults are in THRESHOLDS. */
  readonly thresholds?: Readonly<Record<string, number>>;
}

export interface Diagnosis {
  /** Leading findings, worst first; the others hang below them. */
  readonly findings: Finding[];
  /** Why nothing, or not all, can be judged yet; empty when all can. */
  readonly cannotJudge: string[];
}

/** What is wrong with a run, as far as its measures tell. Pure: the same input gives the same findings in the same order. */
export function diagnose(measures: RunMeasures, context: DiagnosisContext): Diagnosis {
  const view = new View(measures, context.state);
  const limit = limits(context.thresholds);
  const ignored = new Set(context.ignored ?? []);
  const findings = SYMPTOMS.filter((id) => !ignored.has(id)).flatMap((id) => [...RULES[id](view, limit)]);
  return { findings: group(findings), cannotJudge: doubts(view, limit) };
}

/** Runs that nothing is wrong with. No rule may say a word above information about them. */
import type { RunMeasures } from "../../../src/run";
import { EMPTY, GDL, WEIGHTS, checkpoints, epoch, fall, labels, loss, run, scores, series, times, valLoss, wiggle } from "./make";

const rising = (n: number): number[] => fall(n, 0, 0.93, 0.4);
const learned = (n: number): RunMeasures["epochs"] => rising(n).map((d, i) => scores(i, d, d * 0.97));

export const HEALTHY: Readonly<Record<string, RunMeasures>> = {
  "converged plateau": run({
    series: [
      loss([...fall(10, 1.2, 0.08, 0.8), ...times(30, (i) => 0.079 - i * 1e-5)]),
      valLoss([...fall(10, 1.1, 0.1, 0.8), ...times(30, () => 0.1)]),
      series("accuracy", "train", "accuracy", times(40, (i) => (i < 5 ? 0.9 + i / 100 : 0.97))),
      series("val_accuracy", "val", "accuracy", times(40, (i) => (i < 5 ? 0.9 + i / 100 : 0.9612))),
      series("lr", null, "lr", times(40, (i) => 1e-3 * 0.8 ** i)),
    ],
    epochs: learned(40),
    checkpoints: checkpoints((_, i) => (i < 2 ? {} : { maxAbsChange: 1e-9, identical: false })),
  }),
  "converged plateau, log alone": run({
    series: [loss([...fall(10, 1.2, 0.08, 0.8), ...times(30, (i) => 0.079 - i * 1e-5)]), valLoss([...fall(10, 1.1, 0.1, 0.8), ...times(30, () => 0.1)]), series("val_accuracy", "val", "accuracy", times(40, (i) => (i < 5 ? 0.9 + i / 100 : 0.9612)))],
  }),
  "class absent from validation": run({
    series: [loss(fall(12, 1, 0.1)), valLoss(fall(12, 1, 0.15)), series("val_dice_2", "val", "dice", times(12, () => NaN), { class: 2 }), series("val_loss_class_2", "val", "loss", times(12, () => NaN), { class: 2 })],
    epochs: times(6, (i) => epoch(2 * i, [[900, 0, 0], [60 - i * 10, i * 10, 0], [0, 0, 0]])),
    labels: labels([[450, 30, 0], [450, 30, 0]]),
    outputChannels: 3,
  }),
  "noisy validation": run({
    series: [loss(fall(60, 1, 0.2, 0.1)), valLoss(fall(60, 1, 0.25, 0.12).map((v, i) => v * (1 + 0.15 * wiggle(i))))],
    epochs: learned(60),
  }),
  "small learning rate": run({ series: [loss(times(16, (i) => 0.85 - 0.004 * i)), valLoss(times(16, (i) => 0.86 - 0.0038 * i))], epochs: times(4, (i) => scores(5 * i, 0.05 + 0.02 * i, 0.03 + 0.01 * i)), checkpoints: checkpoints(() => ({ maxAbsChange: 1e-4 })) }),
  "warm-up of the learning rate": run({
    series: [loss([1.5845, 1.5838, 1.583, ...fall(9, 0.6, 0.1)]), valLoss([1.5854, 1.5847, 1.5839, ...fall(9, 0.5, 0.12)]), series("lr", null, "lr", [1e-6, 1e-6, 1e-6, ...times(9, () => 1e-3)])],
    epochs: times(12, (i) => scores(i, i < 3 ? 0.005 : 0.8, i < 3 ? 0.005 : 0.75)),
  }),
  "resumed, the log begins late": run({
    series: [loss(times(10, (i) => 0.08 - i * 1e-6), { steps: Float64Array.from(times(10, (i) => 40 + i)), restarts: 1 }), valLoss(times(10, () => 0.1), { steps: Float64Array.from(times(10, (i) => 40 + i)) })],
    epochs: times(3, (i) => scores(41 + 4 * i, 0.9, 0.9)),
  }),
  "negative Dice loss": run({ series: [loss(fall(20, 0.02, -0.92)), valLoss(fall(20, -0.01, -0.88).map((v, i) => v + 0.01 * wiggle(i)))], epochs: learned(20) }),
  "loss by steps": run({
    series: [
      loss(fall(400, 2.4, 0.05, 0.02).map((v, i) => v * (1 + 0.2 * wiggle(i))), { unit: "step", lines: null }),
      valLoss(fall(8, 1.5, 0.06), { unit: "step", lines: null, steps: Float64Array.from(times(8, (i) => 50 * (i + 1))) }),
      series("epoch", null, "other", times(8, (i) => i + 1), { unit: "step", lines: null, steps: Float64Array.from(times(8, (i) => 50 * (i + 1))) }),
    ],
    lastEpoch: 8,
    epochs: learned(8),
  }),
  "tiny foreground that is found": run({ series: [loss(fall(12, 1, 0.1)), valLoss(fall(12, 1, 0.12))], epochs: times(6, (i) => epoch(2 * i, [[99950, 2], [10, 40]])) }),
  "validated every second epoch, NaN between": run({ series: [loss(fall(12, 1, 0.1)), valLoss(times(12, (i) => (i % 2 === 0 ? NaN : 1 / (i + 1))))] }),
  "a part of the loss is NaN, the whole is not": run({ series: [loss(fall(12, 1, 0.1)), valLoss(fall(12, 1, 0.15)), series("val_dice_loss_lesion", "val", "loss", times(12, () => NaN))], epochs: learned(12) }),
  "a class learned late, still running": run({ series: [loss(fall(4, 1, 0.5)), valLoss(fall(4, 1, 0.55))], epochs: times(4, (i) => scores(i, 0.1 * i, 0)) }),
  "generalised Dice that works": run({ series: [loss(fall(20, 0.9, 0.1)), valLoss(fall(20, 0.92, 0.14))], epochs: learned(20), loss: GDL, classWeights: WEIGHTS }),
  "last checkpoint copied": run({
    series: [loss(fall(8, 1, 0.1)), valLoss(fall(8, 1, 0.12))],
    epochs: learned(8),
    checkpoints: checkpoints((_, i) => (i >= 2 ? { maxAbsChange: 0, identical: true } : {})),
  }),
  "a bias without gradient": run({ series: [loss(fall(8, 1, 0.1))], epochs: learned(8), checkpoints: checkpoints((name) => (name === "enc/bias" ? { zeros: 16, min: 0, max: 0, meanAbs: 0, l2: 0, maxAbsChange: 0, identical: true, tiny: 0 } : {})) }),
  "a bias of rounding": run({ series: [loss(fall(8, 1, 0.1))], epochs: learned(8), checkpoints: checkpoints((name) => (name === "enc/bias" ? { tiny: 16, min: -1e-11, max: 1e-11, meanAbs: 1e-11 } : {})) }),
  "one epoch only": run({ series: [loss([1.2]), valLoss([1.1])], epochs: [scores(0, 0, 0)] }),
  "nothing": EMPTY,
};

/** Soft clDice (Shit et al. 2021) as MONAI 1.5 has it: all images together, the first class left out, smoothing 1. */
import { activated, backward } from "../activation";
import type { Pointwise } from "../pointwise";
import { addChannel, channel, labelChannel } from "./channels";
import { Steps, type Image } from "./skeleton";

interface Channel {
  readonly b: number;
  readonly c: number;
  readonly steps: Steps;
  readonly guess: Image;
  readonly label: Float64Array;
  readonly guessed: Image;
  readonly labelled: Float64Array;
}

export function clDice(iterations: number): Pointwise {
  return (voxels, scale, gradient) => {
    const p = activated(voxels, "softmax");
    const space = voxels.space ?? [];
    const all: Channel[] = [];
    for (let b = 0; b < voxels.images; b++) {
      for (let c = 1; c < voxels.classes; c++) {
        const steps = new Steps(space);
        const guess = steps.image(channel(voxels, p, b, c));
        const label = labelChannel(voxels, b, c);
        const still = new Steps(space);
        all.push({ b, c, steps, guess, label, guessed: steps.skeleton(guess, iterations), labelled: still.skeleton(still.image(label), iterations).values });
      }
    }
    const total = (of: (x: Channel, i: number) => number): number => all.reduce((s, x) => s + x.label.reduce((t, _, i) => t + of(x, i), 0), 0);
    const hit = total((x, i) => x.guessed.values[i]! * x.label[i]!) + 1;
    const size = total((x, i) => x.guessed.values[i]!) + 1;
    const found = total((x, i) => x.labelled[i]! * x.guess.values[i]!) + 1;
    const wanted = total((x, i) => x.labelled[i]!) + 1;
    const precision = hit / size;
    const sensitivity = found / wanted;
    const both = precision + sensitivity;
    if (gradient !== null) {
      const byPrecision = (-2 * scale * sensitivity ** 2) / both ** 2;
      const bySensitivity = (-2 * scale * precision ** 2) / both ** 2;
      const slope = new Float64Array(p.length);
      for (const { b, c, steps, guess, label, guessed, labelled } of all) {
        for (let i = 0; i < label.length; i++) {
          guessed.slope[i]! += (byPrecision * (label[i]! - precision)) / size;
          guess.slope[i]! += (bySensitivity * labelled[i]!) / wanted;
        }
        steps.walkBack();
        addChannel(voxels, slope, b, c, guess.slope);
      }
      backward(voxels, "softmax", slope, gradient);
    }
    return scale * (1 - (2 * precision * sensitivity) / both);
  };
}

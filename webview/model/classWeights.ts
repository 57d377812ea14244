/** Class weights of a Dice loss on this run's labels, as a table in numbers. */
import type { RunView } from "../../src/protocol";
import { classTitle } from "./classes";
import { amount, number, percent } from "./format";

export interface ClassWeightsModel {
  readonly heading: string;
  /** What the numbers mean for this run, a sentence each. */
  readonly sentences: readonly string[];
  readonly rows: readonly {
    readonly title: string;
    readonly volume: string;
    readonly weight: string;
    /** Share of the summed weight, 0 to 1; null where the weight is infinite or nothing can be summed. */
    readonly share: number | null;
    readonly shareText: string;
    /** Around 1e-10. */
    readonly tiny: boolean;
  }[];
}

/** Null when weights were not computed. */
export function classWeightsModel(run: Pick<RunView, "classWeights" | "classes" | "loss">): ClassWeightsModel | null {
  const w = run.classWeights;
  if (!w) return null;
  const infinite = w.weights.some((v) => v === null);
  const sum = w.weights.reduce<number>((total, v) => total + (v ?? 0), 0);
  return {
    heading: `w = ${w.formula}, V over the ${w.over}`,
    sentences: sentences(run),
    rows: w.volumes.map((volume, c) => {
      const weight = w.weights[c] ?? null;
      const share = infinite || sum === 0 || weight === null ? null : weight / sum;
      return {
        title: `${classTitle(run.classes, c)}${run.classes[c]?.background === true && run.classes[c].name === null ? " (background)" : ""}`,
        volume: number(volume),
        weight: weight === null ? "∞" : number(weight),
        share,
        shareText: weight === null ? "all" : share === null ? (infinite ? "none" : "–") : percent(share),
        tiny: weight !== null && weight > 0 && weight < 1e-9,
      };
    }),
  };
}

function sentences(run: Pick<RunView, "classWeights" | "loss">): string[] {
  const w = run.classWeights!;
  const out: string[] = [];
  const name = run.loss ? `The loss ${run.loss.name}` : "The loss in use";
  out.push(w.inUse ? `${name} weighs classes so.` : "No loss of this run was found to weigh classes so; a generalized Dice loss on these labels would.");
  if (w.constantInGraphMode !== null) {
    out.push(`In graph mode the volumes in its code turn into a constant: every class gets the weight ${number(w.constantInGraphMode)}, the weights cancel, and the loss no longer makes up for small classes.`);
  }
  if (w.absentShare !== null) {
    out.push(`An image lacks ${number(round(w.absentPerImage))} and holds ${number(round(w.presentPerImage))} of the classes on average; those that it lacks carry ${percent(w.absentShare)} of the weight per image.`);
  }
  if (w.batch) {
    out.push(`Over batches of ${w.batch.batchSize} they carry ${percent(w.batch.absentShare)}; ${w.batch.batchesLackingAClass.toLocaleString("en")} of ${amount(w.batch.batches, "batch", "batches")} lack a class.`);
  }
  return out;
}

function round(v: number): number {
  return Math.round(v * 10) / 10;
}

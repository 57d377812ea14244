/** torchmetrics' Dice score (torchmetrics/functional/segmentation/dice.py) of hard labels, (B, C, …). */
import type { Numbers } from "../libraries/ndarray";
import { channelsOf, countsOf, withoutClasses, type Counts, type Table } from "./hard";

export interface ScoreInput {
  readonly num_classes: number;
  readonly include_background?: boolean;
  /** index: class numbers (B, …) of both; mixed: of the one that has no channels. */
  readonly input_format?: "one-hot" | "index" | "mixed";
}

export interface DiceScoreOptions extends ScoreInput {
  readonly average?: "micro" | "macro" | "weighted" | "none" | null;
  readonly aggregation_level?: "samplewise" | "global";
}

function counted(predicted: Numbers, label: Numbers, { num_classes: classes, include_background: background = true, input_format: format = "one-hot" }: ScoreInput): Counts {
  const rank = Math.max(predicted.shape.length, label.shape.length);
  const spread = (x: Numbers): Numbers => (format === "index" || (format === "mixed" && x.shape.length < rank) ? channelsOf(x, classes) : x);
  const counts = countsOf(spread(predicted), spread(label));
  return background || counts.classes === 1 ? counts : withoutClasses(counts, (c) => c === 0);
}

/** dice_score: a row for each image (one for all of them with "global"), a column for each class without an average. 0/0 is NaN. */
export function torchmetricsDice(predicted: Numbers, label: Numbers, options: DiceScoreOptions): Table {
  const { average = "macro", aggregation_level: level = "samplewise" } = options;
  const each = counted(predicted, label, options);
  const { images, classes, both, label: volumes, predicted: guesses } = level === "global" ? asOne(each) : each;
  const rows = Array.from({ length: images }, (_, b) => Array.from({ length: classes }, (_unused, c) => b * classes + c));
  const score = (i: number): number => (2 * both[i]!) / (volumes[i]! + guesses[i]!);
  const told = (row: readonly number[]): number[] => row.filter((i) => !Number.isNaN(score(i)));
  const sum = (list: readonly number[], of: (i: number) => number): number => list.reduce((s, i) => s + of(i), 0);
  const averaged = (row: readonly number[]): number[] => {
    switch (average) {
      case "micro":
        return [(2 * sum(row, (i) => both[i]!)) / sum(row, (i) => volumes[i]! + guesses[i]!)];
      case "macro":
        return [sum(told(row), score) / told(row).length];
      case "weighted": {
        const total = sum(row, (i) => volumes[i]!);
        // A sum of no numbers is 0, as the weights are NaN where nothing is labelled.
        return [told(row).length === 0 ? NaN : total === 0 ? 0 : sum(told(row), (i) => (score(i) * volumes[i]!) / total)];
      }
      case "none":
      case null:
        return row.map(score);
    }
  };
  return { images, classes: average === "none" || average === null ? classes : 1, values: Float64Array.from(rows.flatMap(averaged)) };
}

/** DiceScore.compute: the mean over images of those that are not NaN, for each column. */
export function meanOverImages({ images, classes, values }: Table): number[] {
  return Array.from({ length: classes }, (_, c) => {
    const column = Array.from({ length: images }, (_unused, b) => values[b * classes + c]!).filter((x) => !Number.isNaN(x));
    return column.reduce((a, b) => a + b, 0) / column.length;
  });
}

function asOne(counts: Counts): Counts {
  const add = (values: Float64Array): Float64Array => Float64Array.from({ length: counts.classes }, (_, c) => values.reduce((s, x, i) => s + (i % counts.classes === c ? x : 0), 0));
  return { images: 1, classes: counts.classes, both: add(counts.both), label: add(counts.label), predicted: add(counts.predicted) };
}

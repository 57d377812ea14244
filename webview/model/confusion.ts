/** Voxels by label and prediction, as shares of each label's row. */
import type { ClassInfo } from "../../src/run";
import type { ConfusionView } from "../../src/protocol";
import { classesInShort, classLabel, classTitle } from "./classes";
import { number, shorten } from "./format";

export interface ConfusionCell {
  /** Share of the label's voxels, 0 to 1; NaN when the label is absent. */
  readonly share: number;
  readonly text: string;
  /** Counts in words, for tooltips and screen readers. */
  readonly title: string;
  readonly correct: boolean;
}

export interface ConfusionModel {
  readonly epoch: number;
  readonly sentence: string;
  readonly columns: readonly string[];
  readonly rows: readonly { readonly label: string; readonly voxels: string; readonly cells: readonly ConfusionCell[] }[];
}

export function confusionModel(view: ConfusionView, classes: readonly ClassInfo[]): ConfusionModel {
  const k = view.classes;
  const rows: ConfusionModel["rows"][number][] = [];
  for (let t = 0; t < k; t++) {
    const row = view.counts.subarray(t * k, (t + 1) * k);
    const total = row.reduce((a, b) => a + b, 0);
    rows.push({
      label: shorten(classLabel(classes, t), 14),
      voxels: number(total),
      cells: Array.from(row, (count, p): ConfusionCell => {
        const share = total > 0 ? count / total : NaN;
        return {
          share,
          text: total === 0 ? "–" : count === 0 ? "" : cellText(share),
          title: `${number(count)} voxels of ${classTitle(classes, t)} predicted as ${classTitle(classes, p)}`,
          correct: p === t,
        };
      }),
    });
  }
  return {
    epoch: view.epoch,
    sentence: `Epoch ${view.epoch}: each row is a label, each cell the share of its voxels that was predicted as the column, in percent.${mistaken(view, classes)}`,
    columns: Array.from({ length: k }, (_, c) => shorten(classLabel(classes, c), 14)),
    rows,
  };
}

/** Labels of which more than half went to one other class, by that class. */
function mistaken(view: ConfusionView, classes: readonly ClassInfo[]): string {
  const k = view.classes;
  const into = new Map<number, number[]>();
  for (let t = 0; t < k; t++) {
    const row = view.counts.subarray(t * k, (t + 1) * k);
    const half = row.reduce((a, b) => a + b, 0) / 2;
    const p = row.findIndex((count) => count > half);
    if (p >= 0 && p !== t) into.set(p, [...(into.get(p) ?? []), t]);
  }
  return [...into].map(([p, labels]) => ` Mostly predicted as ${classTitle(classes, p)}: ${classesInShort(classes, labels)}.`).join("");
}

/** Percent without its sign, short enough for a cell. */
function cellText(share: number): string {
  const p = share * 100;
  if (p < 0.05) return "<0.1";
  return p >= 99.95 ? "100" : p.toFixed(1);
}

/** Voxels by label and prediction, as shares of each label's row. */
import type { ClassInfo } from "../../src/run";
import type { ConfusionView } from "../../src/protocol";
import { classLabel, classTitle } from "./classes";
import { number, percent, shorten } from "./format";

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
  let worst: { text: string; share: number } | null = null;
  for (let t = 0; t < k; t++) {
    const row = view.counts.subarray(t * k, (t + 1) * k);
    const total = row.reduce((a, b) => a + b, 0);
    rows.push({
      label: shorten(classLabel(classes, t), 14),
      voxels: number(total),
      cells: Array.from(row, (count, p): ConfusionCell => {
        const share = total > 0 ? count / total : NaN;
        if (p !== t && total > 0 && (!worst || share > worst.share)) worst = { share, text: `${percent(share)} of ${classTitle(classes, t)} is predicted as ${classTitle(classes, p)}` };
        return {
          share,
          text: total === 0 ? "–" : count === 0 ? "" : cellText(share),
          title: `${number(count)} voxels of ${classTitle(classes, t)} predicted as ${classTitle(classes, p)}`,
          correct: p === t,
        };
      }),
    });
  }
  const most = worst as { text: string; share: number } | null;
  return {
    epoch: view.epoch,
    sentence: `Epoch ${view.epoch}: each row is a label, each cell the share of its voxels that was predicted as the column, in percent.${most && most.share > 0 ? ` Largest error: ${most.text}.` : ""}`,
    columns: Array.from({ length: k }, (_, c) => shorten(classLabel(classes, c), 14)),
    rows,
  };
}

/** Percent without its sign, short enough for a cell. */
function cellText(share: number): string {
  const p = share * 100;
  if (p < 0.05) return "<0.1";
  return p >= 99.95 ? "100" : p.toFixed(1);
}

/** Predicted beside labelled volume, a pair of bars a class, on a log scale. */
import { BarController, BarElement, CategoryScale, Chart, LogarithmicScale } from "chart.js";
import type { ChartConfiguration, ChartData, Plugin, Scale } from "chart.js";
import { logTicks } from "../model/layout";
import { ratioText } from "../model/volumes";
import type { VolumeChart } from "../model/volumes";
import type { Theme } from "../theme";
import { nameTicks } from "./ticks";

Chart.register(BarController, BarElement, CategoryScale, LogarithmicScale);

/** Height of one class, px. */
const ROW = 24;
const RATIO = 84;

export class BarChartView {
  private readonly chart: Chart<"bar", (number | null)[], string>;

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private model: VolumeChart,
    private theme: Theme,
  ) {
    const configuration: ChartConfiguration<"bar", (number | null)[], string> = {
      type: "bar",
      data: this.data(),
      options: { indexAxis: "y", animation: false, responsive: true, maintainAspectRatio: false, events: [], layout: { padding: { right: RATIO, top: 18 } }, scales: this.scales() },
      plugins: [this.texts()],
    };
    this.size();
    this.chart = new Chart(canvas, configuration);
  }

  update(model: VolumeChart, theme: Theme): void {
    this.model = model;
    this.theme = theme;
    this.size();
    this.chart.data = this.data();
    this.chart.options.scales = this.scales();
    this.chart.update("none");
  }

  destroy(): void {
    this.chart.destroy();
  }

  private size(): void {
    const box = this.canvas.parentElement;
    if (box) box.style.height = `${this.model.rows.length * ROW + 40}px`;
  }

  private data(): ChartData<"bar", (number | null)[], string> {
    const { rows } = this.model;
    const colour = this.theme.series[0]!;
    const bars = { borderWidth: 1, barPercentage: 0.86, categoryPercentage: 0.78, minBarLength: 2 };
    return {
      labels: rows.map((r) => r.label),
      datasets: [
        { label: "labelled", data: rows.map((r) => positive(r.labelled)), backgroundColor: `color-mix(in srgb, ${this.theme.dim} 16%, transparent)`, borderColor: this.theme.dim, ...bars },
        { label: "predicted", data: rows.map((r) => positive(r.predicted)), backgroundColor: colour, borderColor: colour, ...bars },
      ],
    };
  }

  private scales(): NonNullable<NonNullable<ChartConfiguration<"bar">["options"]>["scales"]> {
    const { model, theme } = this;
    const font = { family: theme.font, size: theme.fontSize };
    const most = model.rows.reduce((a, r) => Math.max(a, r.labelled, r.predicted), 10);
    return {
      x: {
        type: "logarithmic",
        min: 1,
        max: most * 1.1,
        border: { display: false },
        grid: { color: theme.grid, drawTicks: false },
        ticks: { color: theme.dim, font, padding: 4, maxRotation: 0, autoSkip: false },
        afterBuildTicks: (scale: Scale) => {
          scale.ticks = logTicks(scale.min, scale.max, Math.max(2, Math.floor(scale.width / 60))).map((value) => ({ value }));
        },
        afterTickToLabelConversion: (scale: Scale) => {
          nameTicks(scale, true);
          const last = scale.ticks[scale.ticks.length - 1];
          if (last) last.label = `${String(last.label)} voxels`;
        },
      },
      y: { type: "category", border: { color: theme.grid }, grid: { display: false }, ticks: { color: theme.text, font, autoSkip: false, padding: 4 } },
    };
  }

  /** A 0 where a bar would be, and the ratio at the right. */
  private texts(): Plugin<"bar"> {
    return {
      id: "texts",
      afterDatasetsDraw: (chart) => {
        const { ctx, chartArea: area } = chart;
        const { theme, model } = this;
        const y = chart.scales["y"]!;
        ctx.save();
        ctx.textBaseline = "middle";
        ctx.font = `${theme.fontSize}px ${theme.font}`;
        ctx.textAlign = "right";
        ctx.fillStyle = theme.dim;
        ctx.fillText("pred. / label", area.right + RATIO - 4, area.top - 9);
        const bars = chart.getDatasetMeta(1).data;
        for (const [i, row] of model.rows.entries()) {
          const middle = y.getPixelForValue(i);
          ctx.textAlign = "right";
          ctx.font = `${row.off ? "600 " : ""}${theme.fontSize}px ${theme.font}`;
          ctx.fillStyle = row.off ? theme.bad : theme.text;
          ctx.fillText(ratioText(row.ratio), area.right + RATIO - 4, middle);
          if (row.predicted > 0) continue;
          ctx.textAlign = "left";
          ctx.fillStyle = row.labelled > 0 ? theme.bad : theme.dim;
          ctx.fillText("0", area.left + 4, (bars[i]?.y ?? middle) + 1);
        }
        ctx.restore();
      },
    };
  }
}

/** Bars of nothing are not drawn; a log scale has no 0. */
function positive(v: number): number | null {
  return v > 0 ? v : null;
}

/** A line chart on a canvas. Knows chart.js; everything it shows comes from a model. */
import { Chart, LinearScale, LineController, LineElement, LogarithmicScale, PointElement } from "chart.js";
import type { ChartConfiguration, ChartDataset, Scale } from "chart.js";
import type { Line, LineChart, Unit } from "../model/chart";
import { ends, linearTicks, logTicks } from "../model/layout";
import type { Theme } from "../theme";
import { drawnValue, overlay } from "./overlay";
import { nameTicks } from "./ticks";
import { colourOf, dashOf, markerOf, widthOf } from "./style";

Chart.register(LineController, LineElement, PointElement, LinearScale, LogarithmicScale);

/** Room for the numbers of the y axis, px: the same in all charts, so that stacked ones line up. */
const AXIS = 54;
/** Markers on one line; of more points every n-th has one. */
const MARKED = 24;
/** Below this width names at the ends of lines give way to the list above the chart, px. */
const NAMED = 380;

/** First and last position that charts of a unit share. */
export type Domains = Readonly<Record<Unit, { readonly min: number; readonly max: number }>>;

export class LineChartView {
  private readonly chart: Chart<"line">;
  private pin: number | null = null;
  private hover: number | null = null;
  private names = false;

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private model: LineChart,
    private theme: Theme,
    private domains: Domains,
  ) {
    const configuration: ChartConfiguration<"line"> = {
      type: "line",
      data: { datasets: model.lines.map((line) => this.dataset(line)) },
      options: {
        scales: this.scales(),
        layout: { padding: this.room(canvas.parentElement?.clientWidth ?? 0) },
        animation: false,
        responsive: true,
        maintainAspectRatio: false,
        parsing: false,
        normalized: true,
        events: [],
        onResize: (chart, size) => {
          chart.options.layout = { padding: this.room(size.width) };
        },
      },
      plugins: [overlay(() => ({ model: this.model, theme: this.theme, pin: this.pin, hover: this.hover, names: this.names }))],
    };
    this.chart = new Chart(canvas, configuration);
  }

  update(model: LineChart, theme: Theme, domains: Domains): void {
    this.model = model;
    this.theme = theme;
    this.domains = domains;
    this.chart.data.datasets = model.lines.map((line) => this.dataset(line));
    this.chart.options.scales = this.scales();
    this.chart.options.layout = { padding: this.room(this.canvas.parentElement?.clientWidth ?? 0) };
    this.chart.update("none");
  }

  /** Draws the cursors; cheap when they have not moved. */
  setCursors(pin: number | null, hover: number | null): void {
    if (pin === this.pin && hover === this.hover) return;
    this.pin = pin;
    this.hover = hover;
    this.chart.draw();
  }

  /** Position under a pixel column of the canvas; null beside the axes. */
  positionAt(pixel: number): number | null {
    const { left, right } = this.chart.chartArea;
    if (pixel < left - 12 || pixel > right + 12) return null;
    return this.chart.scales["x"]!.getValueForPixel(pixel) ?? null;
  }

  destroy(): void {
    this.chart.destroy();
  }

  private dataset(line: Line): ChartDataset<"line", { x: number; y: number }[]> {
    const data = Array.from(line.x, (x, i) => ({ x, y: drawnValue(this.model, line.y[i]!) }));
    const colour = colourOf(line.style, this.theme);
    const every = Math.ceil(data.length / MARKED);
    const marked = this.model.lines.length <= 24;
    const radius = line.style.weight === "thin" ? 2 : 2.5;
    // A point without neighbours has no line: it needs its marker to be seen at all.
    const alone = (i: number): boolean => !Number.isFinite(data[i - 1]?.y ?? NaN) && !Number.isFinite(data[i + 1]?.y ?? NaN);
    return {
      data,
      borderColor: colour,
      backgroundColor: colour,
      pointBorderColor: colour,
      borderWidth: widthOf(line.style),
      borderDash: dashOf(line.style),
      pointStyle: markerOf(line.style),
      pointBorderWidth: 0,
      pointRadius: data.map((_, i) => (marked && (i % every === 0 || i === data.length - 1) ? radius : alone(i) ? 2 : 0)),
      pointHitRadius: 0,
      clip: 8,
      // Strong lines lie above the others.
      order: line.style.weight === "strong" ? 0 : line.style.colour === "background" ? 2 : 1,
    };
  }

  private scales(): NonNullable<NonNullable<ChartConfiguration<"line">["options"]>["scales"]> {
    const { model, theme } = this;
    const font = { family: theme.font, size: theme.fontSize };
    const domain = this.domains[model.unit];
    const values = model.lines.flatMap((line) => Array.from(line.y));
    const found = ends(values, model.log) ?? { min: model.log ? 0.1 : 0, max: 1 };
    const min = model.min ?? found.min;
    const max = model.max ?? Math.max(found.max, min === found.max ? min + 1 : found.max);
    return {
      x: {
        type: "linear",
        min: domain.min,
        max: domain.max > domain.min ? domain.max : domain.min + 1,
        border: { color: theme.grid },
        grid: { display: false },
        ticks: { color: theme.dim, font, maxRotation: 0, autoSkipPadding: 16, includeBounds: false },
        afterBuildTicks: (scale: Scale) => {
          scale.ticks = linearTicks(scale.min, scale.max, Math.max(2, Math.floor(scale.width / 60))).filter(Number.isInteger).map((value) => ({ value }));
        },
        afterTickToLabelConversion: (scale: Scale) => {
          nameTicks(scale, false);
          // Says what the axis counts without a line of its own.
          const first = scale.ticks[0];
          if (first) first.label = `${model.unit} ${String(first.label)}`;
        },
      },
      y: {
        type: model.log ? "logarithmic" : "linear",
        min,
        max,
        border: { display: false },
        grid: { color: theme.grid, drawTicks: false },
        ticks: { color: theme.dim, font, padding: 6, autoSkip: false },
        afterBuildTicks: (scale: Scale) => {
          const most = Math.min(7, Math.max(2, Math.ceil(scale.height / 22)));
          const values = model.log ? logTicks(scale.min, scale.max, most) : linearTicks(scale.min, scale.max, most);
          scale.ticks = values.map((value) => ({ value }));
        },
        afterTickToLabelConversion: (scale: Scale) => nameTicks(scale, model.log),
        afterFit: (scale: Scale) => {
          scale.width = AXIS;
        },
      },
    };
  }

  /** Leaves room on the right for names, and on top for the handle of the cursor. */
  private room(width: number): { top: number; right: number; left: number; bottom: number } {
    const named = this.model.lines.filter((l) => l.named);
    this.names = width >= NAMED && named.length > 0;
    const ctx = this.canvas.getContext("2d");
    let right = 14;
    if (this.names && ctx) {
      ctx.save();
      ctx.font = `600 ${this.theme.fontSize}px ${this.theme.font}`;
      right = 18 + Math.min(width * 0.3, Math.max(...named.map((l) => ctx.measureText(l.label).width)));
      ctx.restore();
    }
    return { top: 10, right: Math.ceil(right), left: 0, bottom: 0 };
  }
}

/** Predicted against labelled volume at the epoch that all charts point at, and the confusion behind it. */
import { BarChartView } from "../charts/barChart";
import { tableElement } from "../charts/table";
import { button, disclosure, el, renew } from "../dom";
import { moved } from "../model/chart";
import type { Move } from "../model/chart";
import { volumeChart } from "../model/volumes";
import type { VolumeChart } from "../model/volumes";
import { isOpen, setOpen } from "../page";
import type { Page } from "../page";
import type { RunView } from "../../src/protocol";

const KEYS: Readonly<Record<string, Move>> = { ArrowLeft: "previous", ArrowRight: "next", ArrowUp: "next", ArrowDown: "previous", Home: "first", End: "last" };

export class VolumesSection {
  readonly element = el("figure", { class: "chart", "data-chart": "volumes" });
  private readonly epoch = el("span", { class: "epoch" });
  private readonly sentence = el("p", { class: "sentence" });
  private readonly canvas = el("canvas", { "aria-hidden": "true" });
  private readonly plot = el("div", { class: "plot bars", tabindex: 0, role: "application", "aria-roledescription": "chart", "data-focus": "plot volumes" }, this.canvas);
  private readonly tables = el("div");
  private chart: BarChartView | null = null;
  private run: RunView | null = null;
  private model: VolumeChart | null = null;
  private frame = 0;
  private readonly unlisten: () => void;

  constructor(private readonly page: Page) {
    const step = (text: string, title: string, move: Move): HTMLButtonElement => {
      const element = button({ text, class: "step", title, focus: `volumes ${move}` }, () => this.move(move, false));
      element.setAttribute("aria-label", title);
      return element;
    };
    this.element.append(
      el("div", { class: "head" }, el("div", { class: "stepper", role: "group", "aria-label": "Epoch of the volumes" }, step("‹", "Earlier epoch", "previous"), this.epoch, step("›", "Later epoch", "next")), legend()),
      this.sentence,
      this.plot,
      this.tables,
    );
    this.unlisten = page.cursor.onDidChange(() => {
      cancelAnimationFrame(this.frame);
      this.frame = requestAnimationFrame(() => this.show());
    });
    this.plot.addEventListener("keydown", (event) => {
      const move = KEYS[event.key];
      if (event.ctrlKey || event.metaKey || event.altKey || (!move && event.key !== "Escape")) return;
      event.preventDefault();
      if (move) this.move(move, true);
      else page.cursor.pinAt(null);
    });
  }

  update(run: RunView): void {
    this.run = run;
    this.model = null;
    this.show();
  }

  destroy(): void {
    cancelAnimationFrame(this.frame);
    this.unlisten();
    this.chart?.destroy();
  }

  private move(move: Move, speak: boolean): void {
    if (!this.model) return;
    const x = moved(this.model.epochs, this.page.cursor.at("epoch") ?? this.model.epoch, move);
    if (x === null) return;
    this.page.keep({ finding: null });
    this.page.cursor.hoverAt(null);
    this.page.cursor.pinAt({ unit: "epoch", x });
    this.show();
    if (speak) this.page.announce(`epoch ${x}: ${this.model.rows.map((r) => `${r.title}, ${r.predicted} predicted, ${r.labelled} labelled`).join("; ")}`);
  }

  private show(): void {
    if (!this.run) return;
    const model = volumeChart(this.run, this.page.cursor.at("epoch"));
    if (!model || (this.model && this.model.epoch === model.epoch)) return;
    this.model = model;
    this.epoch.textContent = `epoch ${model.epoch}`;
    this.sentence.textContent = model.sentence + (model.leftOut > 0 ? ` ${model.leftOut} smaller classes are in the table alone.` : "");
    this.plot.setAttribute("aria-label", `Predicted and labelled volume per class, bar chart. ${model.sentence} Left and right move by epoch.`);
    if (this.chart) this.chart.update(model, this.page.theme());
    else this.chart = new BarChartView(this.canvas, model, this.page.theme());
    const key = "table volumes";
    renew(this.tables, [
      disclosure({ class: "table", key, summary: ["Table"], label: "Table of volumes", open: isOpen(this.page, key, false) }, (open) => setOpen(this.page, key, open), () => [tableElement(model.table())]),
    ]);
  }
}

function legend(): HTMLElement {
  return el("ul", { class: "bar-legend" }, el("li", {}, el("span", { class: "swatch labelled" }), "labelled"), el("li", {}, el("span", { class: "swatch predicted" }), "predicted"));
}

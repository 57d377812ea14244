/** A chart with all that belongs to it: title, sentence, scales, values under the cursor, keyboard, table. */
import { disclosure, el, button, renew, replace } from "../dom";
import { moved, nearest, positions, readAt } from "../model/chart";
import type { LineChart, Move } from "../model/chart";
import { isOpen, setOpen } from "../page";
import type { ChartPage } from "../page";
import { LineChartView } from "./lineChart";
import { lineKey } from "./style";
import { tableElement } from "./table";

/** Entries of the list above a chart; the table has all lines. */
const LISTED = 16;
const KEYS: Readonly<Record<string, Move>> = { ArrowLeft: "previous", ArrowRight: "next", ArrowUp: "next", ArrowDown: "previous", Home: "first", End: "last" };

export class Figure {
  readonly element: HTMLElement;
  private readonly title = el("h3");
  private readonly scales = el("div", { class: "scales", role: "group" });
  private readonly sentence = el("p", { class: "sentence" });
  private readonly readout = el("div", { class: "readout" });
  private readonly plot: HTMLElement;
  private readonly canvas = el("canvas", { "aria-hidden": "true" });
  private readonly tables = el("div");
  private chart: LineChartView | null = null;
  private xs: Float64Array;
  private visible = false;
  private frame = 0;
  private readonly ends: (() => void)[] = [];

  constructor(
    private readonly page: ChartPage,
    private model: LineChart,
    size: "small" | "large",
    /** The section's heading names the chart already. */
    untitled = false,
  ) {
    this.xs = positions(model);
    this.plot = el("div", { class: `plot ${size}`, tabindex: 0, role: "application", "aria-roledescription": "chart", "data-focus": `plot ${model.key}` }, this.canvas);
    this.element = el("figure", { class: "chart", "data-chart": model.key }, el("div", { class: "head" }, untitled ? this.sentence : this.title, this.scales), untitled ? null : this.sentence, this.readout, this.plot, this.tables);
    this.listen();
    this.update(model);
  }

  get key(): string {
    return this.model.key;
  }

  update(model: LineChart): void {
    this.model = model;
    this.xs = positions(model);
    this.title.textContent = model.title;
    this.sentence.textContent = model.sentence;
    this.plot.setAttribute("aria-label", `${model.title}, chart of ${model.lines.length} lines by ${model.unit}. ${model.sentence} Left and right move by ${model.unit}, Enter marks it in all charts, Escape clears.`);
    replace(this.scales, model.scales.map((scale) => this.scaleButton(scale.id, scale.text)));
    this.scales.setAttribute("aria-label", `Scale of ${model.title}`);
    const key = `table ${model.key}`;
    renew(this.tables, [
      disclosure({ class: "table", key, summary: ["Table"], label: `Table of ${model.title}`, open: isOpen(this.page, key, false) }, (open) => setOpen(this.page, key, open), () => [tableElement(this.model.table())]),
    ]);
    if (this.chart) this.chart.update(model, this.page.theme(), this.page.domains());
    this.schedule();
  }

  destroy(): void {
    cancelAnimationFrame(this.frame);
    for (const end of this.ends) end();
    this.chart?.destroy();
  }

  private listen(): void {
    const observer = new IntersectionObserver(
      (entries) => {
        this.visible = entries[entries.length - 1]!.isIntersecting;
        if (!this.visible) return;
        // Drawn when first seen: a page of many charts opens at once.
        this.chart ??= new LineChartView(this.canvas, this.model, this.page.theme(), this.page.domains());
        this.schedule();
      },
      { rootMargin: "200px" },
    );
    observer.observe(this.element);
    this.ends.push(() => observer.disconnect());
    this.ends.push(this.page.cursor.onDidChange(() => this.schedule()));
    this.plot.addEventListener("mousemove", (event) => {
      const x = this.under(event);
      this.page.cursor.hoverAt(x === null ? null : { unit: this.model.unit, x });
    });
    this.plot.addEventListener("mouseleave", () => this.page.cursor.hoverAt(null));
    this.plot.addEventListener("click", (event) => {
      const x = this.under(event);
      if (x !== null) this.mark(x);
    });
    this.plot.addEventListener("keydown", (event) => this.pressed(event));
    this.plot.addEventListener("blur", () => this.page.cursor.hoverAt(null));
  }

  private under(event: MouseEvent): number | null {
    const at = this.chart?.positionAt(event.clientX - this.canvas.getBoundingClientRect().left) ?? null;
    return at === null ? null : nearest(this.xs, at);
  }

  /** Marks a position in all charts; the marked one is let go. */
  private mark(x: number): void {
    const { cursor } = this.page;
    const again = cursor.pin?.unit === this.model.unit && cursor.pin.x === x;
    this.page.keep({ finding: null });
    cursor.pinAt(again ? null : { unit: this.model.unit, x });
    this.page.announce(again ? "Mark cleared." : `Marked ${this.model.unit} ${x} in all charts.`);
  }

  private pressed(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { cursor } = this.page;
    const move = KEYS[event.key];
    if (move) {
      const x = moved(this.xs, cursor.at(this.model.unit), move);
      if (x !== null) {
        cursor.hoverAt({ unit: this.model.unit, x });
        this.page.announce(this.spoken(x));
      }
    } else if (event.key === "Enter" || event.key === " ") {
      const x = cursor.at(this.model.unit);
      if (x !== null) this.mark(x);
    } else if (event.key === "Escape") {
      cursor.hoverAt(null);
      cursor.pinAt(null);
      this.page.announce("Mark cleared.");
    } else return;
    event.preventDefault();
  }

  private spoken(x: number): string {
    const readings = readAt(this.model, x);
    const told = readings.slice(0, LISTED).map((r) => `${r.line.label} ${this.model.value(r.value)}${r.at === x ? "" : ` at ${r.at}`}`);
    const more = readings.length > LISTED ? `, ${readings.length - LISTED} more in the table` : "";
    return `${this.model.unit} ${x}: ${told.join(", ")}${more}`;
  }

  private scaleButton(id: string, text: string): HTMLButtonElement {
    const chosen = id === this.model.scale;
    const element = button({ text, class: "segment", focus: `scale ${this.model.key} ${id}` }, () => {
      this.page.keep({ scales: { ...this.page.kept().scales, [this.model.key]: id } });
      this.page.refresh();
    });
    element.setAttribute("aria-pressed", String(chosen));
    return element;
  }

  private schedule(): void {
    cancelAnimationFrame(this.frame);
    if (!this.visible) return;
    this.frame = requestAnimationFrame(() => {
      const { cursor } = this.page;
      const here = (p: typeof cursor.pin): number | null => (p?.unit === this.model.unit ? p.x : null);
      this.chart?.setCursors(here(cursor.pin), here(cursor.hover));
      this.showValues(cursor.at(this.model.unit));
    });
  }

  /** The lines' names with their values under the cursor, or at the end. */
  private showValues(at: number | null): void {
    const last = this.xs[this.xs.length - 1];
    const x = at ?? last;
    if (x === undefined) return;
    const values = new Map(readAt(this.model, x).map((r) => [r.line.key, r]));
    const theme = this.page.theme();
    const { lines } = this.model;
    // Of many lines those that the drawing names come first.
    const worth = lines.filter((l) => l.listed !== false);
    const listed = worth.length <= LISTED ? worth : [...worth.filter((l) => l.named), ...worth.filter((l) => !l.named)].slice(0, LISTED);
    const items = listed.map((line) => {
      const reading = values.get(line.key);
      const stale = reading && reading.at !== x && line.x.length > 0;
      return el(
        "li",
        { title: line.title, class: stale ? "stale" : undefined },
        lineKey(line.style, theme),
        el("span", { class: "name" }, line.label),
        el("span", { class: "value" }, reading ? this.model.value(reading.value) : "–"),
      );
    });
    const more = worth.length > LISTED ? el("li", { class: "more" }, `${worth.length - LISTED} more`) : null;
    this.readout.classList.toggle("many", listed.length > 6);
    this.readout.style.setProperty("--characters", String(Math.max(...listed.map((l) => l.label.length), 0)));
    replace(this.readout, [el("span", { class: "position" }, `${this.model.unit} ${x}`), el("ul", {}, ...items, more)]);
  }
}

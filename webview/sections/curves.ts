/** Several charts in a grid, kept over updates by their keys. */
import { Figure } from "../charts/figure";
import { disclosure, el, renew } from "../dom";
import { tableElement } from "../charts/table";
import type { LineChart } from "../model/chart";
import type { Single } from "../model/curves";
import { amount } from "../model/format";
import { isOpen, setOpen } from "../page";
import type { Page } from "../page";

/** Charts shown at once; the others open on demand. */
const SHOWN = 8;

export class CurvesSection {
  readonly element = el("div");
  private readonly grid = el("div", { class: "grid" });
  private readonly rest = el("div", { class: "grid" });
  private readonly once = el("div", { class: "once" });
  private figures = new Map<string, Figure>();
  private more: HTMLDetailsElement | null = null;

  constructor(private readonly page: Page) {
    this.element.append(this.grid, this.once);
  }

  update(models: readonly LineChart[], singles: readonly Single[]): void {
    const kept = new Map<string, Figure>();
    for (const model of models) {
      const figure = this.figures.get(model.key);
      if (figure) figure.update(model);
      kept.set(model.key, figure ?? new Figure(this.page, model, "small"));
    }
    for (const [key, figure] of this.figures) if (!kept.has(key)) figure.destroy();
    this.figures = kept;
    // All of them where there are no others.
    const minor = models.some((m) => m.minor !== true) ? models.filter((m) => m.minor === true) : [];
    const shown = models.filter((m) => !minor.includes(m)).slice(0, SHOWN);
    const elements = (of: readonly LineChart[]): HTMLElement[] => of.map((m) => kept.get(m.key)!.element);
    const rest = models.filter((m) => !shown.includes(m));
    place(this.grid, elements(shown));
    place(this.rest, elements(rest));
    this.showMore(rest.length);
    this.showOnce(singles);
  }

  /** Values that were logged once: a table, since a single point is no curve. */
  private showOnce(singles: readonly Single[]): void {
    const key = "logged once";
    const summary = `${amount(singles.length, "value")} logged once`;
    const rows = singles.map((s) => [s.tag, s.value, s.at, s.source]);
    renew(this.once, singles.length === 0 ? [] : [
      disclosure({ class: "table", key, summary: [summary], open: isOpen(this.page, key, false) }, (open) => setOpen(this.page, key, open), () => [tableElement({ caption: summary, columns: ["name", "value", "at", "file"], rows, note: null })]),
    ]);
  }

  private showMore(n: number): void {
    if (n <= 0) {
      this.more?.remove();
      this.more = null;
      return;
    }
    const key = "more curves";
    if (!this.more) {
      this.more = disclosure({ class: "more-curves", key, summary: [""], open: isOpen(this.page, key, false) }, (open) => setOpen(this.page, key, open), () => [this.rest]);
      this.element.insertBefore(this.more, this.once);
    }
    this.more.querySelector("summary")!.textContent = `${n} more ${n === 1 ? "chart" : "charts"}`;
  }

  destroy(): void {
    for (const figure of this.figures.values()) figure.destroy();
  }
}

/** Puts elements in order without moving those that lie right. */
function place(parent: Element, wanted: readonly Element[]): void {
  for (const child of [...parent.children]) if (!wanted.includes(child)) child.remove();
  for (const [i, element] of wanted.entries()) if (parent.children[i] !== element) parent.insertBefore(element, parent.children[i] ?? null);
}

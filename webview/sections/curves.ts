/** Several charts in a grid, kept over updates by their keys. */
import { Figure } from "../charts/figure";
import { disclosure, el } from "../dom";
import type { LineChart } from "../model/chart";
import { isOpen, setOpen } from "../page";
import type { Page } from "../page";

/** Charts shown at once; the others open on demand. */
const SHOWN = 8;

export class CurvesSection {
  readonly element = el("div");
  private readonly grid = el("div", { class: "grid" });
  private readonly rest = el("div", { class: "grid" });
  private figures = new Map<string, Figure>();
  private more: HTMLDetailsElement | null = null;

  constructor(private readonly page: Page) {
    this.element.append(this.grid);
  }

  update(models: readonly LineChart[]): void {
    const kept = new Map<string, Figure>();
    for (const model of models) {
      const figure = this.figures.get(model.key);
      if (figure) figure.update(model);
      kept.set(model.key, figure ?? new Figure(this.page, model, "small"));
    }
    for (const [key, figure] of this.figures) if (!kept.has(key)) figure.destroy();
    this.figures = kept;
    const all = [...kept.values()].map((f) => f.element);
    place(this.grid, all.slice(0, SHOWN));
    place(this.rest, all.slice(SHOWN));
    this.showMore(all.length - SHOWN);
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
      this.element.append(this.more);
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

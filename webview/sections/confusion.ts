/** Confusion of one epoch, asked of the host when it is opened. */
import { el, replace } from "../dom";
import { nearest } from "../model/chart";
import { confusionModel } from "../model/confusion";
import type { ConfusionModel } from "../model/confusion";
import type { Page } from "../page";
import type { RunView } from "../../src/protocol";

export class ConfusionSection {
  readonly element: HTMLDetailsElement;
  private readonly body = el("div", { class: "body" });
  private run: RunView | null = null;
  /** What is shown or asked for. */
  private asked: string | null = null;
  private readonly unlisten: () => void;

  constructor(private readonly page: Page) {
    this.element = el("details", { class: "table confusion" }, el("summary", { "data-focus": "confusion" }, "Confusion between classes"), this.body);
    this.element.open = page.kept().confusion;
    this.element.addEventListener("toggle", () => {
      page.keep({ confusion: this.element.open });
      this.show();
    });
    this.unlisten = page.cursor.onDidChange(() => this.show());
  }

  update(run: RunView): void {
    if (run.epochs !== this.run?.epochs || run.classes !== this.run.classes) this.asked = null;
    this.run = run;
    this.element.hidden = run.epochs === null;
    this.show();
  }

  destroy(): void {
    this.unlisten();
  }

  /** Follows the mark, not the mouse: each epoch is one request. */
  private show(): void {
    const epochs = this.run?.epochs?.epochs;
    if (!this.element.open || !epochs || epochs.length === 0) return;
    const pin = this.page.cursor.pin;
    const epoch = pin?.unit === "epoch" ? nearest(epochs, pin.x)! : epochs[epochs.length - 1]!;
    const asking = String(epoch);
    if (asking === this.asked) return;
    this.asked = asking;
    const classes = this.run!.classes;
    this.page.host.call("confusion", { epoch }).then(
      (view) => {
        if (this.asked !== asking) return;
        replace(this.body, view ? matrix(confusionModel(view, classes)) : [el("p", { class: "dim" }, `Epoch ${epoch} was not measured.`)]);
      },
      (error: unknown) => {
        if (this.asked !== asking) return;
        this.asked = null;
        replace(this.body, [el("p", { class: "bad" }, error instanceof Error ? error.message : String(error))]);
      },
    );
  }
}

function matrix(model: ConfusionModel): HTMLElement[] {
  const head = el("tr", {}, el("th", { scope: "col", class: "corner" }, "label ↓  predicted →"), ...model.columns.map((c) => el("th", { scope: "col" }, c)), el("th", { scope: "col", class: "total" }, "voxels"));
  const rows = model.rows.map((row) =>
    el(
      "tr",
      {},
      el("th", { scope: "row" }, row.label),
      ...row.cells.map((cell) => {
        const element = el("td", { class: cell.correct ? "cell correct" : "cell", title: cell.title }, cell.text);
        if (cell.share > 0) element.style.setProperty("--share", `${Math.round(cell.share * 100)}%`);
        return element;
      }),
      el("td", { class: "total" }, row.voxels),
    ),
  );
  return [
    el("p", { class: "sentence" }, model.sentence),
    el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": `Confusion at epoch ${model.epoch}` }, el("table", { class: "matrix" }, el("thead", {}, head), el("tbody", {}, ...rows))),
  ];
}

/** The page of one run, from top to bottom; parts whose data did not change are left alone. */
import type { RunView } from "../src/protocol";
import { Figure } from "./charts/figure";
import { button, el, renew, replace } from "./dom";
import { domainsOf } from "./model/domains";
import { classWeightsModel } from "./model/classWeights";
import { curveCharts, singleValues } from "./model/curves";
import { diceChart } from "./model/dice";
import { filesModel } from "./model/files";
import { letter, SECTION_NAMES } from "./model/letter";
import type { SectionId } from "./model/letter";
import { tableElement } from "./charts/table";
import { positions, tableAt } from "./model/chart";
import type { LineChart } from "./model/chart";
import { weightsChart } from "./model/weights";
import type { Page } from "./page";
import { ConfusionSection } from "./sections/confusion";
import { CurvesSection } from "./sections/curves";
import { classWeightsParts, filesParts } from "./sections/facts";
import { LetterSection } from "./sections/letter";
import { settingsParts } from "./sections/settings";
import { VolumesSection } from "./sections/volumes";

export class RunPage {
  readonly element = el("div", { class: "run-page" });
  private readonly letter: LetterSection;
  private readonly curves: CurvesSection;
  private readonly volumes: VolumesSection;
  private readonly confusion: ConfusionSection;
  private dice: Figure | null = null;
  private weights: Figure | null = null;
  private readonly mark = el("div", { class: "mark", role: "status", hidden: true });
  private readonly parts: Readonly<Record<SectionId | "settings" | "files", { readonly section: HTMLElement; readonly body: HTMLElement }>>;
  private view: RunView | null = null;
  private domainText = "";
  private readonly unlisten: () => void;

  constructor(private readonly page: Page) {
    const part = (id: SectionId | "settings" | "files", name: string): { section: HTMLElement; body: HTMLElement } => {
      const body = el("div", { class: "part" });
      return { body, section: el("section", { id, "aria-labelledby": `${id}-title` }, el("h2", { id: `${id}-title`, tabindex: -1 }, name), body) };
    };
    this.parts = {
      curves: part("curves", SECTION_NAMES.curves),
      dice: part("dice", SECTION_NAMES.dice),
      volumes: part("volumes", SECTION_NAMES.volumes),
      weights: part("weights", SECTION_NAMES.weights),
      "class-weights": part("class-weights", SECTION_NAMES["class-weights"]),
      settings: part("settings", "Settings"),
      files: part("files", "Files"),
    };
    this.letter = new LetterSection(page, (section) => this.goTo(section), (section) => this.has(section));
    this.curves = new CurvesSection(page);
    this.volumes = new VolumesSection(page);
    this.confusion = new ConfusionSection(page);
    this.element.append(this.letter.element, ...Object.values(this.parts).map((p) => p.section), this.mark);
    this.unlisten = page.cursor.onDidChange(() => this.showMark());
  }

  /** Shows a view; `all` draws also what did not change (another theme, another scale). */
  update(view: RunView, all = false): void {
    const before = all ? null : this.view;
    this.view = view;
    const domains = JSON.stringify(domainsOf(view));
    const moved = domains !== this.domainText;
    this.domainText = domains;
    const same = (...fields: readonly (keyof RunView)[]): boolean => before !== null && fields.every((f) => before[f] === view[f]);

    if (!same("verdict", "findings", "cannotJudge", "state", "modified", "name", "epochCount")) this.letter.update(view.name, view.folder, letter(view));
    if (moved || !same("series", "classes")) this.showCurves(view);
    if (moved || !same("epochs", "trainEpochs", "classes", "background")) {
      this.dice = this.show("dice", this.dice, diceChart(view), "Dice could not be recomputed: no predictions were found beside labels of the same cases.");
      this.showVolumes(view);
    }
    if (moved || !same("weights")) this.weights = this.show("weights", this.weights, weightsChart(view.weights, this.page.kept().scales["weights"]), "No checkpoint with kernels was found.");
    if (!same("classWeights", "classes", "loss")) {
      const model = classWeightsModel(view);
      replace(this.parts["class-weights"].body, model ? classWeightsParts(model) : [empty("Without labels there are no class volumes to weigh by.")]);
    }
    if (!same("settings")) {
      const settings = settingsParts(this.page, view.settings);
      this.parts.settings.section.hidden = settings === null;
      renew(this.parts.settings.body, settings ?? []);
    }
    if (!same("sources", "problems", "assumptions")) replace(this.parts.files.body, filesParts(this.page, filesModel(view)));
    this.showMark();
  }

  destroy(): void {
    this.unlisten();
    this.curves.destroy();
    this.volumes.destroy();
    this.confusion.destroy();
    this.dice?.destroy();
    this.weights?.destroy();
  }

  private showCurves(view: RunView): void {
    const models = curveCharts(view.series, (key) => this.page.kept().scales[key], view.classes);
    const singles = singleValues(view.series);
    this.curves.update(models, singles);
    const { body } = this.parts.curves;
    const wanted = models.length + singles.length > 0 ? this.curves.element : null;
    if (wanted && body.firstChild === wanted) return;
    replace(body, [wanted ?? empty(view.series.length > 0 ? "The logs hold no loss and no metric." : "No log was found: no loss and no metric to show.")]);
  }

  private showVolumes(view: RunView): void {
    const { body } = this.parts.volumes;
    if ((view.epochs ?? view.trainEpochs) === null) {
      replace(body, [empty("No predictions were found beside labels of the same cases.")]);
      return;
    }
    if (body.firstChild !== this.volumes.element) replace(body, [this.volumes.element, this.confusion.element]);
    this.volumes.update(view);
    this.confusion.update(view);
  }

  /** One large chart in its section, kept over updates; a table while there is but one position to draw. */
  private show(id: "dice" | "weights", figure: Figure | null, model: LineChart | null, otherwise: string): Figure | null {
    const { body } = this.parts[id];
    if (!model) {
      figure?.destroy();
      replace(body, [empty(otherwise)]);
      return null;
    }
    const [only, ...others] = positions(model);
    if (only !== undefined && others.length === 0) {
      figure?.destroy();
      renew(body, [el("p", { class: "sentence" }, model.sentence), el("div", { class: "alone" }, tableElement(id === "weights" ? model.table() : tableAt(model, only, "class")))]);
      return null;
    }
    const kept = figure ?? new Figure(this.page, model, "large", true);
    if (figure) figure.update(model);
    for (const child of [...body.children]) if (child !== kept.element) child.remove();
    if (kept.element.parentElement !== body) body.append(kept.element);
    return kept;
  }

  private has(section: SectionId): boolean {
    const v = this.view;
    if (!v) return false;
    switch (section) {
      case "curves":
        return v.series.length > 0;
      case "dice":
      case "volumes":
        return (v.epochs ?? v.trainEpochs) !== null;
      case "weights":
        return v.weights !== null;
      case "class-weights":
        return v.classWeights !== null;
    }
  }

  private goTo(id: SectionId): void {
    const { section } = this.parts[id];
    section.scrollIntoView({ block: "start" });
    section.querySelector("h2")?.focus({ preventScroll: true });
  }

  /** A bar that stays at the bottom while a position is marked. */
  private showMark(): void {
    const { pin } = this.page.cursor;
    this.letter.showChosen();
    this.mark.hidden = pin === null;
    if (!pin) return;
    replace(this.mark, [
      el("span", {}, `Marked in all charts: `, el("strong", {}, `${pin.unit} ${pin.x}`)),
      button({ text: "Clear", class: "link", title: "Clear the mark", focus: "clear" }, () => {
        this.page.keep({ finding: null });
        this.page.cursor.pinAt(null);
      }),
    ]);
  }
}

function empty(text: string): HTMLElement {
  return el("p", { class: "dim" }, text);
}

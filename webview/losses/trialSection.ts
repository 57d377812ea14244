/** The trial below the table: what to train, how it goes, and what came out. */
import type { LossRow, TrialChoice, TrialHostMethods, TrialPictures, TrialState } from "../../src/protocol";
import { Figure } from "../charts/figure";
import { lineKey } from "../charts/style";
import { button, disclosure, el, renew, replace } from "../dom";
import { icon } from "../icons";
import { moment, percent } from "../model/format";
import { isOpen, setOpen, type ChartPage } from "../page";
import { choices } from "./choices";
import { plainName, unbroken } from "./model";
import { formElement } from "./trialForm";
import { classChart, endedWithWindow, foregroundChart, isBusy, OUTCOMES, progress, timeLeft, trainable, usualChoice, variantRows, type VariantRow } from "./trialModel";
import { picturesElement } from "./trialPictures";

/** What the page keeps of the section over hiding and reloading. */
export interface TrialKept {
  readonly choice: TrialChoice | null;
  /** Variant whose classes are drawn. */
  readonly variant: string | null;
  readonly listOpen: boolean;
  /** Whether a trial ran when the page was last told. */
  readonly ran: boolean;
}

export const NOTHING_KEPT: TrialKept = { choice: null, variant: null, listOpen: false, ran: false };

export interface TrialDoors {
  readonly page: ChartPage;
  readonly kept: () => TrialKept;
  keep(change: Partial<TrialKept>): void;
  ask<K extends keyof TrialHostMethods>(method: K, params: Parameters<TrialHostMethods[K]>[0]): void;
}

const ABOUT = "The numbers above say what a loss would do; a training shows it. A small U-Net is trained with each loss: the same images, first weights and batches. It runs in a process of its own and ends with this panel.";

export class TrialSection {
  readonly element: HTMLElement;
  private readonly notice = el("div");
  private readonly form = el("div");
  private readonly status = el("div", { class: "trial-status" });
  private readonly verdict = el("div");
  private readonly rows = el("div", { class: "trial-rows" });
  private readonly charts = el("div", { class: "trial-charts" });
  private readonly chooser = el("div", { class: "chooser" });
  private readonly shots = el("div");
  private foreground: Figure | null = null;
  private classes: Figure | null = null;
  private losses: readonly LossRow[] = [];
  private state: TrialState | null = null;
  private pictures: TrialPictures = { images: [], predicted: [] };
  /** It ran in a window that is gone. */
  private lost = false;

  constructor(private readonly doors: TrialDoors) {
    this.element = el(
      "section",
      { id: "trial", class: "trial", "aria-labelledby": "trial-title", hidden: true },
      el("h2", { id: "trial-title", tabindex: -1 }, "Proof by a short training"),
      el("p", { class: "sentence" }, ABOUT),
      this.notice,
      this.form,
      this.status,
      this.verdict,
      this.rows,
      this.charts,
      this.shots,
    );
  }

  /** Shows the rows that can be chosen from; none: the section is hidden. */
  setLosses(losses: readonly LossRow[]): void {
    this.losses = losses;
    this.element.hidden = losses.length === 0;
    this.showForm();
  }

  setState(next: TrialState): void {
    const before = this.state;
    const busy = isBusy(next);
    if (endedWithWindow(this.doors.kept().ran, before, next)) this.lost = true;
    if (busy) this.lost = false;
    this.state = next;
    if (this.doors.kept().ran !== busy) this.doors.keep({ ran: busy });
    if (before !== null && isBusy(before) && !busy) this.doors.page.announce(next.error ?? next.verdict?.summary ?? "The trial ended.");
    this.show();
  }

  setPictures(pictures: TrialPictures): void {
    this.pictures = pictures;
    this.showPictures();
  }

  /** Draws all again: another theme, another choice. */
  show(): void {
    const { state } = this;
    if (state === null) return;
    this.showForm();
    const rows = variantRows(state);
    this.showNotice(state);
    replace(this.status, this.statusParts(state, rows));
    replace(this.verdict, verdictParts(state));
    replace(this.rows, rows.length === 0 ? [] : [this.rowsTable(rows, state)]);
    this.showCharts(state);
    this.showPictures();
  }

  private showNotice(state: TrialState): void {
    const lines: HTMLElement[] = [];
    if (this.lost) lines.push(el("p", { class: "banner plain" }, icon("info"), el("span", {}, state.phase === "none" ? "The trial that ran here ended with its window, before a training was done." : "The trial that ran here ended with its window. Below is what was kept.")));
    if (state.instead !== null) lines.push(el("p", { class: "banner plain" }, icon("info"), el("span", {}, `${state.instead} What is trained on is the toy set.`)));
    if (state.error !== null) lines.push(el("p", { class: "banner", role: "alert" }, icon("error"), el("span", {}, state.error)));
    replace(this.notice, lines);
  }

  private showForm(): void {
    const { state, losses } = this;
    if (state === null || losses.length === 0 || isBusy(state)) {
      replace(this.form, []);
      return;
    }
    const kept = this.doors.kept();
    const usual = usualChoice(losses, state.sources);
    const choice = kept.choice ?? state.choice;
    const wanted = choice === null ? usual : { ...choice, variants: trainable(losses, choice.variants) };
    const form = formElement(losses, state.sources, wanted, state.phase === "ended", {
      change: (next) => this.doors.keep({ choice: next }),
      start: (next) => {
        this.lost = false;
        this.doors.keep({ choice: next, listOpen: false });
        this.doors.ask("trialStart", next);
      },
      listOpen: kept.listOpen,
      openList: (open) => {
        if (this.doors.kept().listOpen !== open) this.doors.keep({ listOpen: open });
      },
    });
    replace(this.form, [form]);
  }

  private statusParts(state: TrialState, rows: readonly VariantRow[]): HTMLElement[] {
    const [backend = null, ...tried] = state.backend?.split("; ") ?? [];
    const facts = [state.from, state.train > 0 ? `${state.train.toLocaleString("en")} to train on, ${state.val.toLocaleString("en")} to measure with` : null, backend].filter((f) => f !== null);
    const told = facts.length === 0 ? null : el("div", {}, el("p", { class: "dim facts trial-facts" }, ...facts.map((f) => el("span", {}, f))), tried.length === 0 ? null : this.triedElement(tried));
    if (!isBusy(state)) {
      const when = state.ended === null ? [] : [el("h3", { class: "trial-when" }, `Trained ${moment(state.ended)}, ${state.choice?.steps.toLocaleString("en") ?? ""} steps, ${state.choice?.batchNorm === true ? "with" : "without"} batch normalisation`)];
      return told === null ? when : [...when, told];
    }
    const share = progress(rows);
    const words = state.phase === "starting" ? "Starting" : state.phase === "paused" ? `Paused at ${percent(share)}` : `Training, ${percent(share)}`;
    const left = timeLeft(state);
    const bar = el("progress", { "aria-label": words, max: 1, value: state.phase === "starting" ? undefined : share });
    const stop = button({ text: "Stop", class: "secondary", title: "End the trial; what was measured stays", focus: "trial stop" }, () => this.doors.ask("trialStop", null));
    const pause =
      state.phase === "paused"
        ? button({ text: "Resume", class: "secondary", focus: "trial pause" }, () => this.doors.ask("trialResume", null))
        : button({ text: "Pause", class: "secondary", title: "Rest between two steps", focus: "trial pause" }, () => this.doors.ask("trialPause", null));
    pause.disabled = state.phase === "starting";
    const line = el("div", { class: "trial-controls" }, el("strong", {}, words), pause, stop, left === null ? null : el("span", { class: "dim" }, left));
    return told === null ? [line, bar] : [line, bar, told];
  }

  /** Faster ways to compute that could not be had. */
  private triedElement(tried: readonly string[]): HTMLElement {
    const { page } = this.doors;
    const key = "trial tried";
    return disclosure({ class: "table", key, summary: ["Why nothing faster"], open: isOpen(page, key, false) }, (open) => setOpen(page, key, open), () => tried.map((line) => el("p", { class: "dim" }, line)));
  }

  private rowsTable(rows: readonly VariantRow[], state: TrialState): HTMLElement {
    const theme = this.doors.page.theme();
    const lines = rows.map((row) => {
      const bar = isBusy(state) && row.done < 1 ? el("progress", { "aria-label": `${row.name}: ${row.words}`, max: 1, value: row.done }) : null;
      const skip = row.canSkip ? button({ text: "Skip", class: "link", title: `Go on without ${row.name}`, focus: `trial skip ${row.id}` }, () => this.doors.ask("trialSkip", { id: row.id })) : null;
      skip?.setAttribute("aria-label", `Skip ${row.name}`);
      const tone = row.outcome === null ? null : OUTCOMES[row.outcome].tone;
      const name = el("div", { class: "trial-name" }, lineKey(row.style, theme), el("span", { class: "loss-name" }, row.name), row.own ? el("span", { class: "own" }, "this run") : null);
      return el(
        "tr",
        { class: row.own ? "own-row" : "", "data-variant": row.id },
        el("th", { scope: "row", class: "name" }, name, row.sentence === "" ? null : el("p", { class: "sentence" }, unbroken(row.sentence))),
        el("td", { class: "outlook" }, tone === null ? row.words : el("span", { class: `tone ${tone}` }, icon(tone), row.words), bar),
        el("td", { class: "number" }, row.loss),
        el("td", { class: "number" }, row.dice),
        ...(isBusy(state) ? [el("td", { class: "number" }, skip)] : []),
      );
    });
    const columns = [["Loss", "name"], [isBusy(state) ? "Progress" : "Outcome", "outlook"], ["Its value", "number"], ["Foreground Dice", "number"], ...(isBusy(state) ? [["", "number"]] : [])];
    const head = columns.map(([text, kind]) => (text === "" ? el("td") : el("th", { scope: "col", class: kind }, text!)));
    return el("table", { class: "losses" }, el("caption", { class: "hidden" }, "Trainings"), el("thead", {}, el("tr", {}, ...head)), el("tbody", {}, ...lines));
  }

  private showCharts(state: TrialState): void {
    const one = foregroundChart(state);
    const measured = state.variants.filter((v) => state.lines.some((l) => l.id === v.id && l.steps.length > 0));
    const wanted = this.doors.kept().variant;
    const variant = measured.find((v) => v.id === wanted) ?? measured[0];
    const two = variant === undefined ? null : classChart(state, variant.id);
    if (one === null || two === null || variant === undefined) {
      this.foreground?.destroy();
      this.classes?.destroy();
      this.foreground = this.classes = null;
      replace(this.charts, []);
      return;
    }
    if (this.foreground === null) this.foreground = new Figure(this.doors.page, one, "large");
    else this.foreground.update(one);
    if (this.classes === null) this.classes = new Figure(this.doors.page, two, "large");
    else this.classes.update(two);
    const options = measured.map((v) => ({ value: v.id, text: plainName(v.name) }));
    replace(this.chooser, [choices("Loss whose classes are drawn", options, variant.id, (id) => this.doors.keep({ variant: id }))]);
    if (this.charts.childElementCount === 0) this.charts.append(this.foreground.element, this.chooser, this.classes.element);
  }

  private showPictures(): void {
    const table = this.state === null ? null : picturesElement(this.state, this.pictures, this.doors.page.theme());
    renew(this.shots, table === null ? [] : [el("h3", { class: "shots-title" }, "Predictions of a few validation images"), table]);
  }
}

function verdictParts(state: TrialState): HTMLElement[] {
  const { verdict } = state;
  if (verdict === null || isBusy(state)) return [];
  return [el("div", { class: "trial-verdict" }, el("p", { class: "summary" }, verdict.summary), el("p", { class: "dim limits" }, `What it does not tell: ${verdict.limits.charAt(0).toLowerCase()}${verdict.limits.slice(1)}`))];
}

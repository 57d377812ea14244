/** What a trial may be chosen to do, as a form. */
import { MOST_VARIANTS, type LossRow, type TrialChoice, type TrialSource } from "../../src/protocol";
import { button, disclosure, el } from "../dom";
import { choices } from "./choices";
import { plainName } from "./model";
import { SEEDS, SOURCES, STEP_BOUNDS, STEPS, trainable } from "./trialModel";

export interface FormDoors {
  change(choice: TrialChoice): void;
  start(choice: TrialChoice): void;
  readonly listOpen: boolean;
  readonly openList: (open: boolean) => void;
}

/** `again`: a trial was there before. */
export function formElement(rows: readonly LossRow[], sources: readonly TrialSource[], choice: TrialChoice, again: boolean, doors: FormDoors): HTMLElement {
  const chosen = trainable(rows, choice.variants);
  const set = (change: Partial<TrialChoice>): void => doors.change({ ...choice, variants: chosen, ...change });
  const data = sources.includes(choice.data) ? choice.data : (sources[0] ?? "toy");
  const trainings = chosen.length * choice.seeds;
  const train = button({ text: again ? "Train again" : "Train", class: "action", focus: "trial start" }, () => doors.start({ ...choice, data, variants: chosen }));
  train.disabled = chosen.length === 0;
  const norm = el("input", { type: "checkbox", id: "trial-norm", "data-focus": "trial norm" });
  norm.checked = choice.batchNorm;
  norm.addEventListener("change", () => set({ batchNorm: norm.checked }));
  return el(
    "div",
    { class: "trial-form" },
    line("Data", choices("Data", sources.map((s) => ({ value: s, text: SOURCES[s].text })), data, (s) => set({ data: s })), SOURCES[data].about),
    line("Losses", lossList(rows, chosen, set, doors), null),
    line("Steps", stepsControl(choice.steps, (steps) => set({ steps })), null),
    line("Seeds", choices("Seeds", SEEDS.map((s) => ({ value: s.seeds, text: s.text })), choice.seeds, (seeds) => set({ seeds })), null),
    line("Network", el("label", { class: "check", for: "trial-norm" }, norm, "Batch normalisation"), "It matters: without it more losses end at background, with it many of them get out. Choose what your network has."),
    line("", el("p", { class: "actions" }, train, el("span", { class: "dim" }, `${trainings} ${trainings === 1 ? "training" : "trainings"} of ${choice.steps.toLocaleString("en")} steps, one after the other, on this machine.`)), null),
  );
}

function line(name: string, control: HTMLElement, about: string | null): HTMLElement {
  return el("div", { class: "trial-line" }, el("span", { class: "dim" }, name), el("div", {}, control, about === null ? null : el("p", { class: "dim about" }, about)));
}

function stepsControl(steps: number, choose: (steps: number) => void): HTMLElement {
  const { least, most } = STEP_BOUNDS;
  const input = el("input", { type: "number", class: "own-number", min: least, max: most, value: steps, "aria-label": "Steps of each training, as a number", "data-focus": "trial steps" });
  input.addEventListener("change", () => {
    const value = Math.round(input.valueAsNumber);
    choose(Number.isFinite(value) ? Math.min(most, Math.max(least, value)) : steps);
  });
  return el("div", { class: "beside" }, choices("Steps of each training", STEPS.map((s) => ({ value: s.steps, text: s.text })), steps, choose), input);
}

/** The rows of the table above with a box each; the run's own is always trained. */
function lossList(rows: readonly LossRow[], chosen: readonly string[], set: (change: Partial<TrialChoice>) => void, doors: FormDoors): HTMLElement {
  const full = chosen.length >= MOST_VARIANTS;
  const names = rows.filter((r) => chosen.includes(r.id)).map((r) => (r.own ? `${plainName(r.name)} (this run)` : r.name));
  const boxes = (): HTMLElement[] =>
    rows.map((row, i) => {
      const box = el("input", { type: "checkbox", id: `trial-loss-${i}`, "data-focus": `trial loss ${row.id}` });
      box.checked = chosen.includes(row.id);
      box.disabled = row.own || (full && !box.checked);
      box.addEventListener("change", () => set({ variants: trainable(rows, box.checked ? [...chosen, row.id] : chosen.filter((id) => id !== row.id)) }));
      return el("label", { class: "check", for: `trial-loss-${i}` }, box, plainName(row.name), row.own ? el("span", { class: "own" }, "this run") : null);
    });
  const summary = `${chosen.length} of ${rows.length}: `;
  return disclosure({ class: "trial-losses", key: "trial losses", summary: [el("strong", {}, summary), names.join("; ")], open: doors.listOpen }, doors.openList, () => [
    el("div", { class: "boxes", role: "group", "aria-label": "Losses to train" }, ...boxes()),
    el("p", { class: "dim about" }, `${MOST_VARIANTS} at most.${full ? " To choose another one, take one out." : ""}`),
  ]);
}

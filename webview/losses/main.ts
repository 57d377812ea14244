/** Entry of the page that compares losses. */
import { Rpc, STATE_SCHEMA, TOY_FOLDER, type LossesHostMethods, type LossesState, type LossRow, type LossTable, type PageMethods, type RpcMessage, type TrialPictures, type TrialState } from "../../src/protocol";
import { button, el, replace } from "../dom";
import { icon } from "../icons";
import { tableElement } from "../charts/table";
import { choices } from "./choices";
import { classRows, COLUMNS, facts, furtherNumbers, gainedText, heading, LEGEND, OUTLOOK_WORDS, plainName, shown, sorted, TONES, unbroken, type Column, type Sort } from "./model";
import { NO_TRIAL_KEPT, trialKeptOf, trialSection, type TrialPageKept } from "./trialPage";

interface Kept {
  readonly schema: number;
  readonly folder: string;
  readonly sort: Sort | null;
  readonly open: readonly string[];
  readonly which: "usual" | "all";
  readonly trial: TrialPageKept;
}

interface VsCodeApi {
  postMessage(message: RpcMessage | { readonly type: "ready" }): void;
  getState(): unknown;
  setState(state: Kept): void;
}
declare function acquireVsCodeApi(): VsCodeApi;

const vscode = acquireVsCodeApi();
const main = el("main", { class: "losses-page" });
/** All but the trial. */
const top = el("div");
const live = el("div", { class: "hidden", "aria-live": "polite", id: "live" });
const rpc = new Rpc<PageMethods, LossesHostMethods>((message) => vscode.postMessage(message), {});
let state: LossesState | null = null;
let kept: Kept = { schema: STATE_SCHEMA, folder: "", sort: null, open: [], which: "usual", trial: NO_TRIAL_KEPT };
let complaint: string | null = null;
/** What was copied last: framework and loss. */
let copied: string | null = null;
let trainedSteps = 0;
const trial = trialSection({
  kept: () => kept.trial,
  keep: (next) => {
    kept = { ...kept, trial: next };
    vscode.setState(kept);
  },
  announce: (text) => (live.textContent = text),
  complain,
  ask,
  steps: () => trainedSteps,
});

function keep(change: Partial<Kept>): void {
  kept = { ...kept, ...change };
  vscode.setState(kept);
  show();
}

/** What was kept, where it is well-formed and of this run. */
function restored(folder: string): Kept {
  const raw = vscode.getState();
  const empty: Kept = { schema: STATE_SCHEMA, folder, sort: null, open: [], which: "usual", trial: NO_TRIAL_KEPT };
  if (typeof raw !== "object" || raw === null || !("folder" in raw) || raw.folder !== folder) return empty;
  const open = "open" in raw && Array.isArray(raw.open) ? raw.open.filter((id) => typeof id === "string") : [];
  const sort = "sort" in raw && typeof raw.sort === "object" && raw.sort !== null && "column" in raw.sort && "down" in raw.sort ? raw.sort : null;
  const column = COLUMNS.find((c) => c.column === sort?.column)?.column;
  return { ...empty, open, sort: column === undefined ? null : { column, down: sort?.down === true }, which: "which" in raw && raw.which === "all" ? "all" : "usual", trial: trialKeptOf("trial" in raw ? raw.trial : null) };
}

function ask<K extends keyof LossesHostMethods & string>(method: K, params: Parameters<LossesHostMethods[K]>[0], then: () => void = () => undefined): void {
  complaint = null;
  rpc.call(method, params).then(then, (error: unknown) => complain(error instanceof Error ? error.message : String(error)));
}

function complain(text: string): void {
  complaint = text;
  show();
}

function show(): void {
  if (state === null) return;
  const parts = state.kind === "table" ? tablePage(state) : other(state);
  if (complaint !== null) parts.unshift(el("p", { class: "banner", role: "alert" }, icon("warning"), el("span", {}, complaint)));
  replace(top, parts);
  trial.setLosses(state.kind === "table" ? state.rows : []);
}

function other(of: Exclude<LossesState, LossTable>): HTMLElement[] {
  const box = el("div", { class: "other" }, el("h1", {}, of.kind === "reading" ? `Reading ${of.title}` : `No losses can be compared for ${of.title}`), el("p", {}, of.text));
  if (of.kind === "reading") box.append(el("progress", { "aria-label": of.text }));
  else if (of.folder !== TOY_FOLDER) box.append(el("p", { class: "actions" }, button({ text: "Choose labels…", class: "action", focus: "labels" }, () => ask("chooseLabels", null)), button({ text: "Open the run", class: "link", focus: "run" }, () => ask("openRun", null))));
  if (of.folder !== TOY_FOLDER) box.append(el("p", { class: "dim mono" }, of.folder));
  return [box];
}

function tablePage(table: LossTable): HTMLElement[] {
  const own = table.rows.find((r) => r.own);
  const done = table.total > 0 && table.rows.length >= table.total;
  const tone = own === undefined ? "info" : TONES[own.outlook];
  const head = el(
    "div",
    { class: "letter" },
    el("p", { class: "facts" }, ...facts(table).map((fact, i) => el("span", { class: i === 0 ? "run" : "" }, fact))),
    el("div", { class: `verdict ${tone}` }, icon(tone), el("h1", {}, heading(table))),
    own === undefined ? null : el("p", { class: "own-sentence" }, unbroken(own.sentence)),
    own === undefined && table.unknownLoss !== null ? el("p", { class: "own-sentence dim" }, `The run's own loss, ${table.unknownLoss}, is none of the known ones, and its code tells no class weights.`) : null,
  );
  const which = choices("Losses that are compared", [{ value: "usual", text: "Usual losses" }, { value: "all", text: "All known" }], kept.which, (next) => {
    ask("choose", { which: next });
    keep({ which: next });
  });
  const controls = el("div", { class: "controls" }, which);
  if (!done && table.error === null) {
    controls.append(el("progress", { max: Math.max(1, table.total), value: table.rows.length, "aria-label": "Losses compared" }), button({ text: "Stop", class: "link", focus: "stop" }, () => ask("stop", null)));
  }
  if (table.folder !== TOY_FOLDER) controls.append(button({ text: "Open the run", class: "link", focus: "run" }, () => ask("openRun", null)));
  const parts = [head];
  if (table.instead !== null) {
    const choose = table.folder === TOY_FOLDER ? null : button({ text: "Choose labels…", class: "link", focus: "labels" }, () => ask("chooseLabels", null));
    parts.push(el("p", { class: "banner plain" }, icon("info"), el("span", {}, table.instead), choose));
  }
  parts.push(controls);
  if (table.error !== null) parts.push(el("p", { class: "banner", role: "alert" }, icon("warning"), el("span", {}, table.error)));
  parts.push(el("div", { class: "loss-table" }, lossTable(table)), el("p", { class: "dim legend" }, LEGEND));
  return parts;
}

function lossTable(table: LossTable): HTMLElement {
  const header = COLUMNS.map(({ column, text, title }) => {
    const at = kept.sort?.column === column ? kept.sort : null;
    const th = el("th", { scope: "col", class: column === "name" ? "name" : column === "outlook" ? "outlook" : "number", "aria-sort": at === null ? "none" : at.down ? "descending" : "ascending" });
    const sign = at === null ? "" : at.down ? " ↓" : " ↑";
    th.append(button({ text: text + sign, class: "sorter", title, focus: `sort ${column}` }, () => keep({ sort: nextSort(column) })));
    return th;
  });
  const body = sorted(table.rows, kept.sort).flatMap((row) => rowElements(table, row));
  return el("table", { class: "losses" }, el("caption", { class: "hidden" }, `Losses on ${table.over}`), el("thead", {}, el("tr", {}, ...header)), el("tbody", {}, ...body));
}

/** Down, then up, then as it was. */
function nextSort(column: Column): Sort | null {
  const at = kept.sort;
  if (at?.column !== column) return { column, down: false };
  return at.down ? null : { column, down: true };
}

function rowElements(table: LossTable, row: LossRow): HTMLElement[] {
  const open = kept.open.includes(row.id);
  const toggle = button({ text: "", class: "toggle", title: open ? "Hide the numbers" : "Show the numbers", focus: `row ${row.id}` }, () => keep({ open: open ? kept.open.filter((id) => id !== row.id) : [...kept.open, row.id] }));
  toggle.setAttribute("aria-expanded", String(open));
  toggle.append(el("span", { class: "arrow", "aria-hidden": "true" }, open ? "▾" : "▸"), el("span", { class: "loss-name" }, plainName(row.name)), row.own ? el("span", { class: "own" }, "this run") : "");
  const n = row.numbers;
  const cells = [shown(n?.uniform ?? null), shown(n?.background ?? null), shown(n?.perfect ?? null), gainedText(row)];
  const line = el(
    "tr",
    { class: row.own ? "loss own-row" : "loss" },
    el("th", { scope: "row", class: "name" }, toggle, el("p", { class: "sentence" }, unbroken(row.sentence))),
    el("td", { class: "outlook" }, el("span", { class: `tone ${TONES[row.outlook]}` }, icon(TONES[row.outlook]), OUTLOOK_WORDS[row.outlook])),
    ...cells.map((text) => el("td", { class: "number" }, text)),
  );
  return open ? [line, el("tr", { class: "details" }, el("td", { colspan: COLUMNS.length }, ...details(table, row)))] : [line];
}

function details(table: LossTable, row: LossRow): HTMLElement[] {
  const pairs: [string, HTMLElement | string][] = [
    ["Formula", el("span", { class: "formula" }, row.formula)],
    ["Absent classes", row.absentRule],
    ...row.traps.map((trap): [string, string] => ["Beware", trap]),
    ...furtherNumbers(row),
    ["Source", row.source],
    ...(row.id === "own" ? [] : [["Name for the terminal", el("span", { class: "mono" }, row.id)] as [string, HTMLElement]]),
  ];
  const list = el("dl", { class: "pairs" }, ...pairs.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]));
  const copy = copies(row);
  const rows = classRows(table, row);
  if (rows.length === 0) return [copy, list];
  const unit = row.numbers?.unit ?? "batch";
  const columns = ["Class", ...(row.numbers?.weights === null ? [] : [`Weight, mean of ${unit === "image" ? "images" : "batches"}`]), "Gradient, fresh", "Gradient, background 0.99", "Loss when it is missed"];
  return [copy, list, tableElement({ caption: `${row.name} by class`, columns, rows, note: null })];
}

/** The loss as code, where there is some. */
function copies(row: LossRow): HTMLElement {
  if (row.noCode !== null) return el("p", { class: "copies dim" }, `No code to copy. ${row.noCode}`);
  const copy = (framework: "keras" | "pytorch", name: string): HTMLElement => {
    const title = `Copy ${row.name} as ${name}, with its rule for absent classes`;
    return button({ text: copied === `${framework} ${row.id}` ? `Copied as ${name}` : `Copy as ${name}`, class: "copy", title, focus: `copy ${framework} ${row.id}` }, () => copyCode(row, framework, name));
  };
  return el("p", { class: "copies" }, copy("keras", "Keras"), copy("pytorch", "PyTorch"));
}

function copyCode(row: LossRow, framework: "keras" | "pytorch", name: string): void {
  ask("copyCode", { id: row.id, framework }, () => {
    copied = `${framework} ${row.id}`;
    show();
    live.textContent = `${row.name} copied as ${name}`;
  });
}

window.addEventListener("message", (event: MessageEvent<unknown>) => {
  const message = event.data;
  if (rpc.receive(message)) return;
  if (heardOfTrial(message)) return;
  if (typeof message !== "object" || message === null || !("type" in message) || message.type !== "losses" || !("state" in message)) return;
  const next = message.state as LossesState;
  if (kept.folder !== next.folder) {
    kept = restored(next.folder);
    vscode.setState(kept);
    if (kept.which === "all") ask("choose", { which: "all" });
  }
  const before = state;
  state = next;
  show();
  if (next.kind === "table" && next.total > 0 && next.rows.length >= next.total && !(before?.kind === "table" && before.rows.length >= before.total && before.total > 0)) live.textContent = heading(next);
});

function heardOfTrial(message: unknown): boolean {
  if (typeof message !== "object" || message === null || !("type" in message)) return false;
  if (message.type === "trial" && "state" in message) {
    const next = message.state as TrialState;
    trainedSteps = next.choice?.steps ?? 0;
    trial.setState(next);
    return true;
  }
  if (message.type !== "trialPictures" || !("pictures" in message)) return false;
  trial.setPictures(message.pictures as TrialPictures);
  return true;
}

main.append(top, trial.element);
document.body.append(main, live);
vscode.postMessage({ type: "ready" });

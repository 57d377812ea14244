/** Entry of the page: connects to the host, shows its states, and keeps what the user chose. */
import type { PanelState, Progress, RunView, ToHost } from "../src/protocol";
import { Connection } from "./connection";
import { Cursor } from "./cursor";
import { button, el, replace } from "./dom";
import { icon } from "./icons";
import { domainsOf } from "./model/domains";
import type { Page } from "./page";
import { RunPage } from "./runPage";
import { readTheme, watchTheme } from "./theme";
import { emptyState, readState } from "./viewState";
import type { Kept } from "./viewState";

interface VsCodeApi {
  postMessage(message: ToHost): void;
  getState(): unknown;
  setState(state: Kept): void;
}
declare function acquireVsCodeApi(): VsCodeApi;

const vscode = acquireVsCodeApi();
const main = el("main");
const status = el("div", { class: "status" });
const live = el("div", { class: "hidden", "aria-live": "polite", id: "live" });
const cursor = new Cursor();
let theme = readTheme();
let kept = emptyState("");
let view: RunView | null = null;
let runPage: RunPage | null = null;
let complaint: string | null = null;
let state: PanelState | null = null;
/** A scroll position from before, until it has been restored. */
let toScroll: number | null = null;

const connection = new Connection((message) => vscode.postMessage(message), showState);

const page: Page = {
  cursor,
  host: connection,
  theme: () => theme,
  domains: () => domainsOf(view!),
  kept: () => kept,
  keep(change) {
    kept = { ...kept, ...change };
    if (kept.folder !== "") vscode.setState(kept);
  },
  announce(text) {
    live.textContent = text;
  },
  complain(text) {
    complaint = text;
    showStatus();
  },
  refresh() {
    if (view) runPage?.update(view, true);
  },
};

function showState(next: PanelState): void {
  const first = state === null;
  state = next;
  const folder = next.kind === "run" ? next.view.folder : next.folder;
  if (kept.folder !== folder) {
    kept = readState(vscode.getState(), folder);
    vscode.setState(kept);
    cursor.pinAt(kept.pin);
    toScroll = kept.scroll;
  }
  showStatus();
  if (next.kind === "run") {
    const verdictBefore = view?.verdict.text;
    view = next.view;
    if (!runPage) {
      runPage = new RunPage(page);
      replace(main, [runPage.element]);
    }
    runPage.update(next.view);
    if (toScroll !== null) {
      window.scrollTo(0, toScroll);
      toScroll = null;
    }
    if (!first && verdictBefore !== undefined && verdictBefore !== next.view.verdict.text) page.announce(next.view.verdict.text);
    return;
  }
  runPage?.destroy();
  runPage = null;
  view = null;
  replace(main, [other(next)]);
}

/** States without a run to show. */
function other(next: Exclude<PanelState, { kind: "run" }>): HTMLElement {
  const heading = (text: string): HTMLElement => el("h1", {}, text);
  const folder = el("p", { class: "dim mono" }, next.folder);
  switch (next.kind) {
    case "reading":
      return el("div", { class: "other", role: "status" }, heading(`Reading ${next.name}`), progressBar(next.progress), el("p", { class: "dim" }, progressText(next.progress)), folder);
    case "failed":
      return el("div", { class: "other" }, el("div", { class: "verdict error" }, icon("error"), heading(`${next.name} could not be read`)), el("p", {}, next.error), folder);
    case "gone":
      return el("div", { class: "other" }, el("div", { class: "verdict unknown" }, icon("unknown"), heading(`${next.name} is gone`)), el("p", {}, "No run is in this folder any more. It shows again when one appears."), folder);
  }
}

/** Progress and errors above the run that is shown meanwhile. */
function showStatus(): void {
  const lines: HTMLElement[] = [];
  if (state?.kind === "run" && state.progress) lines.push(progressBar(state.progress));
  if (state?.kind === "run" && state.error !== null) lines.push(el("p", { class: "banner", role: "alert" }, icon("error"), el("span", {}, `The newest reading failed: ${state.error}. What is shown is from before.`)));
  if (complaint !== null) {
    const dismiss = button({ text: "Dismiss", class: "link", focus: "dismiss" }, () => {
      complaint = null;
      showStatus();
    });
    lines.push(el("p", { class: "banner", role: "alert" }, icon("warning"), el("span", {}, complaint), dismiss));
  }
  replace(status, lines);
}

function progressBar(progress: Progress | null): HTMLElement {
  const known = progress !== null && progress.total > 0;
  return el("progress", { "aria-label": progressText(progress), max: known ? progress.total : undefined, value: known ? progress.done : undefined });
}

function progressText(progress: Progress | null): string {
  return progress && progress.total > 0 ? `${progress.done.toLocaleString("en")} of ${progress.total.toLocaleString("en")} files` : "Looking for files";
}

document.body.append(status, main, live);
cursor.onDidChange(() => {
  if (kept.folder !== "" && cursor.pin !== kept.pin) page.keep({ pin: cursor.pin });
});
let scrolled = 0;
window.addEventListener("scroll", () => {
  clearTimeout(scrolled);
  scrolled = window.setTimeout(() => page.keep({ scroll: window.scrollY }), 200);
});
/** The swatches beside the drawings have the drawings' colour. */
function colourSwatches(): void {
  main.style.setProperty("--predicted", theme.series[0]!);
}

colourSwatches();
watchTheme((next) => {
  theme = next;
  colourSwatches();
  page.refresh();
});
window.addEventListener("message", (event: MessageEvent<unknown>) => connection.receive(event.data));
connection.start();

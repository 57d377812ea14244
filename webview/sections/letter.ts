/** The verdict, and the findings that bear it. */
import { button, disclosure, el, replace } from "../dom";
import type { Child } from "../dom";
import { icon } from "../icons";
import { listed } from "../model/format";
import { SECTION_NAMES } from "../model/letter";
import type { FindingModel, Letter } from "../model/letter";
import { isOpen, setOpen } from "../page";
import type { Page } from "../page";

export class LetterSection {
  readonly element = el("section", { class: "letter", "aria-label": "Diagnosis" });

  constructor(
    private readonly page: Page,
    /** Brings a section into view. */
    private readonly goTo: (section: FindingModel["section"]) => void,
    private readonly has: (section: FindingModel["section"]) => boolean,
  ) {}

  update(name: string, folder: string, letter: Letter): void {
    const facts = el("p", { class: "facts" }, el("span", { class: "run", title: folder }, name), ...letter.facts.map((f) => el("span", {}, f)));
    const heading = el("h1", {}, el("span", { class: "hidden" }, `${letter.toneName}: `), letter.text);
    replace(this.element, [
      facts,
      el("div", { class: `verdict ${letter.tone}` }, icon(letter.tone), heading),
      letter.checked.length > 0 ? el("p", { class: "checked" }, el("span", {}, "Checked: "), letter.checked.join(" · ")) : null,
      ...this.cannotJudge(letter),
      letter.findings.length > 0
        ? el("div", { class: "findings" }, el("h2", { class: "hidden" }, "Findings"), ...letter.findings.map((f, i) => this.finding(f, i === 0, f.message === letter.text, true)))
        : null,
    ]);
  }

  /** Marks the finding that was clicked last, and no other. */
  showChosen(): void {
    for (const article of this.element.querySelectorAll<HTMLElement>("[data-finding]")) {
      const chosen = article.dataset["finding"] === this.page.kept().finding;
      article.classList.toggle("chosen", chosen);
      const head = article.querySelector(".finding-head");
      if (head?.hasAttribute("aria-pressed")) head.setAttribute("aria-pressed", String(chosen));
    }
  }

  private cannotJudge(letter: Letter): HTMLElement[] {
    if (letter.cannotJudge.length === 0) return [];
    return [el("div", { class: "cannot" }, el("p", {}, letter.tone === "unknown" ? "Why:" : "Not judged:"), el("ul", {}, ...letter.cannotJudge.map((reason) => el("li", {}, reason))))];
  }

  /** `said`: the verdict holds its sentence already; `top`: no other finding explains it. */
  private finding(f: FindingModel, first: boolean, said: boolean, top: boolean): HTMLElement {
    const key = `finding ${f.key}`;
    const contents = [f.causes.length > 0 ? "causes" : "", f.advice.length > 0 ? "advice" : "", f.numbers.length > 0 ? "numbers" : ""].filter((c) => c !== "");
    const summary = capital(listed(contents));
    const chosen = this.page.kept().finding === f.key;
    return el(
      "article",
      { class: `finding ${f.severity}${chosen ? " chosen" : ""}`, "data-finding": f.key },
      this.head(f, chosen),
      said ? null : el("p", { class: "message" }, f.message),
      el(
        "div",
        { class: "actions" },
        contents.length > 0
        ? disclosure({ class: "more", key, summary: [summary], label: `${summary} of: ${f.title}`, open: isOpen(this.page, key, first) }, (open) => setOpen(this.page, key, open), () => this.details(f))
        : null,
        this.links(f, top),
      ),
      f.explains.length > 0 ? this.explained(f.explains) : null,
    );
  }

  private head(f: FindingModel, chosen: boolean): HTMLElement {
    const title = el("span", { class: "title" }, f.title);
    const element = el(
      "button",
      {
        type: "button",
        class: "finding-head",
        "data-focus": `head ${f.key}`,
        "data-symptom": f.symptom,
        "aria-pressed": f.cursor ? String(chosen) : undefined,
        title: f.cursor ? `Show ${f.cursor.unit} ${f.cursor.x} in all charts` : undefined,
      },
      icon(f.severity === "info" ? "info" : f.severity),
      el("span", { class: "hidden" }, `${f.severity}: `),
      title,
      f.since === "" ? null : el("span", { class: "since" }, f.since),
    );
    element.addEventListener("click", () => this.choose(f));
    return element;
  }

  private choose(f: FindingModel): void {
    const chosen = this.page.kept().finding === f.key;
    this.page.keep({ finding: chosen ? null : f.key });
    this.page.cursor.pinAt(chosen ? null : f.cursor);
    if (f.cursor) this.page.announce(chosen ? "Mark cleared." : `Marked ${f.cursor.unit} ${f.cursor.x} in all charts.`);
    else this.goTo(f.section);
    this.showChosen();
  }

  private details(f: FindingModel): Child[] {
    const columns = [
      f.causes.length > 0 ? el("div", {}, el("h3", {}, "Likely causes, likeliest first"), el("ol", {}, ...f.causes.map((c) => el("li", {}, c)))) : null,
      f.advice.length > 0 ? el("div", {}, el("h3", {}, "What to do"), el("ol", {}, ...f.advice.map((a) => el("li", {}, a)))) : null,
    ].filter((c) => c !== null);
    const numbers = f.numbers.length > 0 ? el("dl", { class: "numbers" }, ...f.numbers.flatMap((n) => [el("div", {}, el("dt", {}, n.name), el("dd", {}, n.value))])) : null;
    const out: Child[] = [];
    if (columns.length > 0) out.push(el("div", { class: "columns" }, ...columns));
    if (numbers) out.push(numbers);
    return out;
  }

  private links(f: FindingModel, top: boolean): HTMLElement {
    const places = f.places.map((p) =>
      el("li", {}, button({ text: p.text, class: "link mono", title: `Open ${p.path} at line ${p.line}`, focus: `place ${f.key} ${p.text}` }, () => this.open(p.path, p.line)), p.note === "" ? null : el("span", { class: "dim" }, ` ${p.note}`)),
    );
    const jump = top && this.has(f.section)
      ? el("li", {}, button({ text: `See ${SECTION_NAMES[f.section]}`, class: "link", focus: `see ${f.key}` }, () => {
          if (f.cursor) this.page.cursor.pinAt(f.cursor);
          this.goTo(f.section);
        }))
      : null;
    const docs = el("li", {}, button({ text: "About this symptom", class: "link", title: `Open the page about ${f.symptom}`, focus: `docs ${f.key}` }, () => {
      this.page.host.call("openDocs", { symptom: f.symptom }).catch((error: unknown) => this.page.complain(messageOf(error)));
    }));
    return el("ul", { class: "links" }, ...places, jump, docs);
  }

  private open(path: string, line: number): void {
    this.page.host.call("openPlace", { path, line }).catch((error: unknown) => this.page.complain(`${path}: ${messageOf(error)}`));
  }

  private explained(findings: readonly FindingModel[]): HTMLElement {
    return el("div", { class: "explained" }, el("h3", {}, "This also explains"), ...findings.map((f) => this.finding(f, false, false, false)));
  }
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

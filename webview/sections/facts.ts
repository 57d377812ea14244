/** Parts without charts: class weights, files, and what is shown where a part has no data. */
import { button, disclosure, el } from "../dom";
import type { Child } from "../dom";
import { icon } from "../icons";
import type { ClassWeightsModel } from "../model/classWeights";
import type { FileRow, FilesModel } from "../model/files";
import { isOpen, setOpen } from "../page";
import type { Page } from "../page";

/** Files of a kind that are listed at once. */
const LISTED = 6;

export function classWeightsParts(model: ClassWeightsModel): Child[] {
  const head = el("tr", {}, el("th", { scope: "col", class: "name" }, "class"), el("th", { scope: "col", class: "number" }, "V (voxels)"), el("th", { scope: "col", class: "number" }, "weight"), el("th", { scope: "col", class: "number" }, "share of weight"), el("th", { scope: "col", class: "bar" }, el("span", { class: "hidden" }, "share, drawn")));
  const rows = model.rows.map((r) => {
    const bar = el("span", { class: "share", "aria-hidden": "true" });
    bar.style.width = `${(r.share ?? 0) * 100}%`;
    return el("tr", {}, el("th", { scope: "row", class: "name" }, r.title), el("td", { class: "number" }, r.volume), el("td", { class: r.tiny ? "number tiny" : "number" }, r.weight), el("td", { class: "number" }, r.shareText), el("td", { class: "bar" }, el("span", { class: "track" }, bar)));
  });
  return [
    el("p", { class: "formula" }, model.heading),
    ...model.sentences.map((s) => el("p", { class: "sentence" }, s)),
    el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Class weights" }, el("table", { class: "data class-weights" }, el("thead", {}, head), el("tbody", {}, ...rows))),
  ];
}

export function filesParts(page: Page, model: FilesModel): Child[] {
  return [
    el("p", { class: "sentence" }, model.sentence),
    model.problems.length > 0 ? el("ul", { class: "problems" }, ...model.problems.map((p) => el("li", {}, icon("warning"), el("span", { class: "mono" }, p.path), el("span", {}, p.message)))) : null,
    el("dl", { class: "files" }, ...model.groups.flatMap((group) => [el("dt", {}, group.name, el("span", { class: "count" }, String(group.files.length))), el("dd", {}, ...fileList(page, group.kind, group.files))])),
    model.assumptions.length > 0 ? el("div", { class: "assumptions" }, el("h3", {}, "Assumed, where the files do not tell"), el("ul", {}, ...model.assumptions.map((a) => el("li", {}, a)))) : null,
  ];
}

function fileList(page: Page, kind: string, files: readonly FileRow[]): Child[] {
  if (files.length <= LISTED) return [el("ul", {}, ...files.map((f) => fileItem(page, f)))];
  const key = `files ${kind}`;
  const first = files[0]!.path;
  const last = files[files.length - 1]!.path;
  const summary = [el("span", { class: "mono" }, first), " … ", el("span", { class: "mono" }, last)];
  return [disclosure({ class: "table", key, summary, open: isOpen(page, key, false) }, (open) => setOpen(page, key, open), () => [el("ul", {}, ...files.map((f) => fileItem(page, f)))])];
}

function fileItem(page: Page, file: FileRow): HTMLElement {
  const name = file.text
    ? button({ text: file.path, class: "link mono", title: `Open ${file.path}`, focus: `file ${file.path}` }, () => {
        page.host.call("openPlace", { path: file.path, line: 1 }).catch((error: unknown) => page.complain(`${file.path}: ${error instanceof Error ? error.message : String(error)}`));
      })
    : el("span", { class: "mono" }, file.path);
  return el("li", {}, name, el("span", { class: "dim" }, file.format), file.problem === null ? null : el("span", { class: "bad" }, file.problem));
}

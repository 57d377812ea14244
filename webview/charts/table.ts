/** A table of text in a box that scrolls. */
import { el } from "../dom";
import type { Table } from "../model/chart";

export function tableElement(table: Table): HTMLElement {
  const head = el("tr", {}, ...table.columns.map((c, i) => el("th", { scope: "col", class: i === 0 ? "name" : "number" }, c)));
  const rows = table.rows.map((row) => el("tr", {}, ...row.map((cell, i) => (i === 0 ? el("th", { scope: "row", class: "name" }, cell) : el("td", { class: "number" }, cell)))));
  const element = el("table", { class: "data" }, el("caption", {}, table.caption), el("thead", {}, head), el("tbody", {}, ...rows));
  const box = el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": table.caption }, element);
  return table.note === null ? box : el("div", {}, box, el("p", { class: "dim" }, table.note));
}

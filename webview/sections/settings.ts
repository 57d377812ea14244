/** How the run was set up: what matters first, then all that its files tell. */
import { disclosure, el } from "../dom";
import type { Child } from "../dom";
import { tableElement } from "../charts/table";
import { amount, listed } from "../model/format";
import { isOpen, setOpen } from "../page";
import type { Page } from "../page";
import type { RunView } from "../../src/protocol";

/** Null where no file tells anything. */
export function settingsParts(page: Page, settings: RunView["settings"]): Child[] | null {
  const { known, files } = settings;
  if (known.length === 0 && files.length === 0) return null;
  return [
    known.length > 0 ? el("dl", { class: "numbers settings" }, ...known.map((s) => el("div", { title: `${s.name}: as ${s.by} tells` }, el("dt", {}, s.name), el("dd", {}, s.value)))) : null,
    ...files.map((file) => {
      const path = file.paths[0]!;
      const count = amount(file.entries.length + file.leftOut, "setting");
      const others = file.paths.slice(1);
      const told = others.length === 0 ? count : `${count}, the same in ${others.length === 1 ? "another file" : `${others.length} other files`}`;
      const key = `settings ${path}`;
      return disclosure({ class: "table settings-file", key, summary: [el("span", { class: "mono" }, path), el("span", { class: "dim" }, told)], label: `${count} in ${path}`, open: isOpen(page, key, false) }, (open) => setOpen(page, key, open), () => [
        tableElement({
          caption: `Settings in ${path}`,
          columns: ["setting", "value"],
          rows: file.entries.map((e) => [e.key, e.value]),
          note: [file.leftOut > 0 ? `${amount(file.leftOut, "more setting is", "more settings are")} not listed.` : "", others.length > 0 ? `The same in ${listed(others)}.` : ""].filter((t) => t !== "").join(" ") || null,
        }),
      ]);
    }),
  ];
}

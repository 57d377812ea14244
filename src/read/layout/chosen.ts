/** What the user said are labels and predictions. */
import type { RunOptions } from "../../run";
import type { Item } from "./arrays";

export interface Chosen {
  readonly labels: boolean;
  readonly predictions: boolean;
}

/**
 * Marks the arrays that the user named: a file, a folder or `file#entry`, relative to the run or absolute. What was taken
 * for the same by its name is then none; a choice that meets no array is reported.
 */
export function choose(items: readonly Item[], options: RunOptions, report: (path: string, message: string) => void): Chosen {
  const done = { labels: false, predictions: false };
  for (const kind of ["predictions", "labels"] as const) {
    const choice = options[kind]?.trim();
    if (choice === undefined || choice === "") continue;
    const met = matching(items, choice);
    if (met.length === 0) {
      report(choice, `${kind}: no array that can be read in ${choice}, which was chosen`);
      continue;
    }
    const set = new Set(met);
    // In a chosen folder of predictions, what calls itself labels ("out/val_target.npz") stays labels.
    const folder = met.every((item) => item.header.path !== plainPath(choice) && !choice.includes("#"));
    for (const item of items) {
      if (set.has(item)) {
        if (kind === "predictions" && folder && met.length > 1 && item.kind === "labels" && item.strength === 3 && item.from >= item.stem && options.labels === undefined) continue;
        if (kind === "predictions" && item.kind === "image" && item.strength === 3 && met.length > 1) continue;
        item.kind = kind;
        item.strength = 3;
      } else if (item.kind === kind) item.kind = null;
    }
    // What the user names as the labels is that, whichever split its name says.
    if (kind === "labels" && new Set(met.map((item) => item.split)).size === 1) for (const item of met) item.split = null;
    done[kind] = true;
  }
  return done;
}

const plainPath = (choice: string): string => choice.replace(/\\/g, "/").replace(/^\.\//, "").replace(/\/+$/, "");

function matching(items: readonly Item[], choice: string): Item[] {
  const path = plainPath(choice);
  const whole = items.filter((item) => covers(path, item.header.path));
  if (whole.length > 0 || path === ".") return path === "." ? [...items] : whole;
  const hash = path.lastIndexOf("#");
  if (hash < 0) return [];
  const entry = path.slice(hash + 1).replace(/^\/+/, "");
  return items.filter((item) => covers(path.slice(0, hash), item.header.path) && item.header.entry !== null && (item.header.entry === entry || item.header.entry.startsWith(`${entry}/`)));
}

/** Whether `choice` is the file or a folder around it; an absolute choice may end in the path that the run knows. */
function covers(choice: string, path: string): boolean {
  if (path === choice || path.startsWith(`${choice}/`)) return true;
  if (!/^(?:\/|[A-Za-z]:\/)/.test(choice)) return false;
  for (let end = path.length; end > 0; end = path.lastIndexOf("/", end - 1)) if (choice.endsWith(`/${path.slice(0, end)}`)) return true;
  return false;
}

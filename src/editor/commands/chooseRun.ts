/** Which run a command is about. */
import { ThemeIcon, Uri, window, type QuickPickItem } from "vscode";
import type { RunEntry, Runs } from "../../engine/runs";
import { worstFirst } from "../runs/order";
import { runDescription } from "../runs/runRow";

/** The folder that a command's argument stands for: a row of the tree, a URI of the explorer, or a path. */
export function folderOf(argument: unknown): string | undefined {
  if (typeof argument === "string" && argument !== "") return argument;
  if (argument instanceof Uri) return argument.scheme === "file" ? argument.fsPath : undefined;
  if (typeof argument === "object" && argument !== null && "folder" in argument && typeof argument.folder === "string") return argument.folder;
  return undefined;
}

interface RunItem extends QuickPickItem {
  readonly entry: RunEntry;
}

/** The run that the argument names, else the one whose panel is in front, else the one the user picks; undefined when none is picked. */
export async function chooseRun(runs: Runs, argument: unknown, inFront: string | undefined, title: string): Promise<RunEntry | undefined> {
  const named = folderOf(argument) ?? inFront;
  if (named !== undefined) {
    const entry = runs.get(named);
    if (entry === undefined) throw new Error(`there is no run in ${named}`);
    return entry;
  }
  const items = worstFirst(runs.entries).map((entry): RunItem => ({ label: entry.label, description: runDescription(entry), detail: entry.folder, entry, iconPath: new ThemeIcon("pulse") }));
  if (items.length === 0) throw new Error("no run was found in this workspace");
  // What follows may ask again, so the first question must not vanish with the focus.
  const picked = await window.showQuickPick(items, { title, placeHolder: "Which run?", matchOnDescription: true, matchOnDetail: true, ignoreFocusOut: true });
  return picked?.entry;
}

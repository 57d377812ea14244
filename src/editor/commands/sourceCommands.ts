/** Where guessing fails, the user says it once: labels, predictions, background, class names. */
import { QuickPickItemKind, Uri, window, type QuickPickItem } from "vscode";
import { posix } from "node:path";
import type { RunEntry } from "../../engine/runs";
import type { Inspection, Source } from "../../run";
import { pathForSetting } from "../options";
import type { RunSetting } from "../options";
import { amount, className } from "../words";
import { parseClassNames } from "./classNames";

export interface SettingChanger {
  ofRun(folder: string): RunSetting;
  change(folder: string, change: (setting: RunSetting) => void): Promise<void>;
  workspaceFolderOf(folder: string): string | null;
}

type Choice = QuickPickItem & ({ readonly path: string } | { readonly browse: "file" | "folder" } | { readonly guess: true } | { readonly kind: QuickPickItemKind.Separator });

/** Asks for the file or folder that holds a run's labels or predictions. */
export async function chooseSource(what: "labels" | "predictions", entry: RunEntry, settings: SettingChanger): Promise<void> {
  const now = settings.ofRun(entry.folder)[what];
  const title = `${what === "labels" ? "Labels" : "Predictions"} of ${entry.label}`;
  const found = candidates(what, entry.inspection);
  const items: Choice[] = [
    { label: "Let Run Doctor choose", description: now === undefined ? "now" : "", guess: true },
    { label: "In the run", kind: QuickPickItemKind.Separator },
    ...found.map(({ path, description }): Choice => ({ label: path, description: path === now ? `now · ${description}` : description, path })),
    { label: "Elsewhere", kind: QuickPickItemKind.Separator },
    { label: "$(file) Choose a file…", description: now !== undefined && !found.some(({ path }) => path === now) ? `now ${now}` : "", browse: "file" },
    { label: "$(folder) Choose a folder…", description: "one file a case, or one folder an epoch", browse: "folder" },
  ];
  const picked = await window.showQuickPick(items, { title, placeHolder: `Where are the ${what}?`, ignoreFocusOut: true });
  if (picked === undefined || "kind" in picked && picked.kind === QuickPickItemKind.Separator) return;
  if ("guess" in picked) return settings.change(entry.folder, (setting) => void Reflect.deleteProperty(setting, what));
  if ("path" in picked) return settings.change(entry.folder, (setting) => (setting[what] = picked.path));
  if (!("browse" in picked)) return;
  const chosen = await window.showOpenDialog({
    title,
    canSelectFiles: picked.browse === "file",
    canSelectFolders: picked.browse === "folder",
    canSelectMany: false,
    defaultUri: Uri.file(entry.folder),
    openLabel: "Choose",
  });
  const uri = chosen?.[0];
  if (uri === undefined) return;
  const path = pathForSetting(settings.workspaceFolderOf(entry.folder), entry.folder, uri.fsPath);
  await settings.change(entry.folder, (setting) => (setting[what] = path));
}

/** Files of one folder that are listed one by one; of more, the folder alone. */
const FEW = 8;

/** Volumes of a run and the folders that hold them, those of the wanted kind first. */
function candidates(what: "labels" | "predictions", inspection: Inspection | null): { readonly path: string; readonly description: string }[] {
  const volumes = (inspection?.sources ?? []).filter((source) => source.kind === "labels" || source.kind === "predictions");
  const byFolder = new Map<string, Source[]>();
  for (const source of volumes) {
    const folder = posix.dirname(source.path);
    byFolder.set(folder, [...(byFolder.get(folder) ?? []), source]);
  }
  const out: { path: string; description: string; wanted: boolean }[] = [];
  for (const [folder, sources] of byFolder) {
    const wanted = sources.some((source) => source.kind === what);
    if (folder !== "." && sources.length > 1) out.push({ path: folder, description: `folder, ${amount(sources.length, "volume")}`, wanted });
    if (folder === "." || sources.length <= FEW) for (const source of sources) out.push({ path: source.path, description: `${source.kind}, ${source.format}`, wanted: source.kind === what });
  }
  return out.sort((a, b) => Number(b.wanted) - Number(a.wanted));
}

/** Asks which class is background. */
export async function setBackground(entry: RunEntry, settings: SettingChanger): Promise<void> {
  const now = settings.ofRun(entry.folder).background;
  const title = `Background class of ${entry.label}`;
  const classes = entry.inspection?.classes ?? [];
  if (classes.length === 0) {
    const typed = await window.showInputBox({
      title,
      prompt: "Index of the background class; empty for the usual, 0",
      value: now === undefined ? "" : String(now),
      ignoreFocusOut: true,
      validateInput: (text) => (/^\s*\d{0,4}\s*$/.test(text) ? undefined : "A class index is a whole number from 0."),
    });
    if (typed === undefined) return;
    return settings.change(entry.folder, (setting) => setOrForget(setting, typed.trim() === "" ? undefined : Number(typed)));
  }
  const items = [
    { label: "Let Run Doctor choose", description: now === undefined ? "now" : "", index: undefined },
    ...classes.map((c) => ({ label: className(c.index, c.name), description: c.background ? "now" : "", index: c.index })),
  ];
  const picked = await window.showQuickPick(items, { title, placeHolder: "Which class is background?", ignoreFocusOut: true });
  if (picked !== undefined) await settings.change(entry.folder, (setting) => setOrForget(setting, picked.index));
}

function setOrForget(setting: RunSetting, background: number | undefined): void {
  if (background === undefined) Reflect.deleteProperty(setting, "background");
  else setting.background = background;
}

/** Asks for the names of all classes, in order of their index. */
export async function setClassNames(entry: RunEntry, settings: SettingChanger): Promise<void> {
  const known = entry.inspection?.classes ?? [];
  const now = settings.ofRun(entry.folder).classNames ?? (known.some((c) => c.name !== null) ? known.map((c) => c.name ?? "") : []);
  const typed = await window.showInputBox({
    title: `Class names of ${entry.label}`,
    prompt: `Names by class index, from 0, with commas between them${known.length > 0 ? ` (${amount(known.length, "class", "classes")})` : ""}; empty for none`,
    placeHolder: "background, liver, tumour",
    value: now.join(", "),
    ignoreFocusOut: true,
    validateInput: (text) => parseClassNames(text, known.length).problem ?? undefined,
  });
  if (typed === undefined) return;
  const { names } = parseClassNames(typed, known.length);
  await settings.change(entry.folder, (setting) => {
    if (names.length === 0) Reflect.deleteProperty(setting, "classNames");
    else setting.classNames = names;
  });
}

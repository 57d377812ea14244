/** A run's report, to the clipboard or to a file. */
import { env, Uri, window, workspace } from "vscode";
import { extname, join } from "node:path";
import type { RunEntry } from "../../engine/runs";
import { jsonReport } from "../../report/json";
import { textReport } from "../../report/text";
import type { Inspection } from "../../run";
import { isBelow } from "../places";

/** Characters a line of a report that is not read on a terminal. */
const WIDTH = 100;

function inspectionOf(entry: RunEntry): Inspection {
  if (entry.inspection === null) throw new Error(entry.error ?? `${entry.label} has not been read yet`);
  return entry.inspection;
}

export async function copyReport(entry: RunEntry): Promise<void> {
  await env.clipboard.writeText(textReport([{ path: ".", run: inspectionOf(entry) }], { colour: false, width: WIDTH }));
  window.setStatusBarMessage(`$(check) Report of ${entry.label} copied`, 4000);
}

/** Asks where to, as text or as JSON by the name's end. A folder of a run is refused: nothing is ever written there. */
export async function saveReport(entry: RunEntry, runFolders: readonly string[]): Promise<void> {
  const run = inspectionOf(entry);
  const folder = (workspace.getWorkspaceFolder(Uri.file(entry.folder)) ?? workspace.workspaceFolders?.[0])?.uri.fsPath;
  const name = `${entry.label.replace(/[^\p{L}\p{N}._-]+/gu, "-")}-report.txt`;
  const target = await window.showSaveDialog({
    title: `Report of ${entry.label}`,
    filters: { Text: ["txt"], JSON: ["json"] },
    ...(folder === undefined ? {} : { defaultUri: Uri.file(join(folder, name)) }),
  });
  if (target === undefined) return;
  await writeReport(run, target, runFolders.filter((other) => other !== folder));
}

/** Writes the report; throws when the target lies in a run's folder. */
export async function writeReport(run: Inspection, target: Uri, runFolders: readonly string[]): Promise<void> {
  const inside = target.scheme === "file" ? runFolders.find((folder) => isBelow(folder, target.fsPath)) : undefined;
  if (inside !== undefined) throw new Error(`${target.fsPath} lies in a run's folder, where nothing is ever written; choose another place`);
  const reported = [{ path: ".", run }];
  const text = extname(target.path).toLowerCase() === ".json" ? jsonReport(reported) : textReport(reported, { colour: false, width: WIDTH });
  await workspace.fs.writeFile(target, new TextEncoder().encode(text));
}

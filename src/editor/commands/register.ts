/** Registers every command that package.json declares. */
import { commands, Disposable, Uri, window, type LogOutputChannel } from "vscode";
import type { RunEntry } from "../../engine/runs";
import { SYMPTOMS, type SymptomId } from "../../run";
import { ignoreRule } from "../lint/lintSettings";
import { nearestRuns } from "../lint/nearestRun";
import { installTensorflow } from "../losses/installTensorflow";
import type { LossPanels } from "../losses/lossPanels";
import { openPlace } from "../openPlace";
import type { Panels } from "../panel/panels";
import { VIEW_ID } from "../runs/tree";
import type { WorkspaceRuns } from "../workspaceRuns";
import { chooseRun, folderOf } from "./chooseRun";
import { COMMAND, type CommandName } from "./commandNames";
import { copyReport, saveReport } from "./reportCommands";
import { chooseSource, setBackground, setClassNames, type SettingChanger } from "./sourceCommands";

export interface CommandDoors {
  readonly runs: WorkspaceRuns;
  readonly panels: Panels;
  readonly losses: LossPanels;
  readonly settings: SettingChanger;
  /** The extension's own folder on this machine. */
  readonly storage: Uri;
  readonly log: LogOutputChannel;
  openDocs(symptom: string): Promise<void>;
}

export function registerCommands(doors: CommandDoors): Disposable {
  const { runs, panels, settings, log } = doors;
  /** A command about one run: the one given, else the one the user picks. */
  const about = (title: string, act: (entry: RunEntry) => Promise<void> | void) => async (argument: unknown) => {
    const entry = await chooseRun(runs, argument, panels.active, title);
    if (entry !== undefined) await act(entry);
  };
  const handlers: Readonly<Record<CommandName, (...args: unknown[]) => Promise<void> | void>> = {
    [COMMAND.inspectFolder]: (argument) => inspectFolder(doors, argument),
    [COMMAND.openRun]: about("Open Run", (entry) => panels.show(entry.folder)),
    [COMMAND.refresh]: () => runs.refresh(),
    [COMMAND.chooseLabels]: about("Choose Labels", (entry) => chooseSource("labels", entry, settings)),
    [COMMAND.choosePredictions]: about("Choose Predictions", (entry) => chooseSource("predictions", entry, settings)),
    [COMMAND.setBackground]: about("Set Background Class", (entry) => setBackground(entry, settings)),
    [COMMAND.setClassNames]: about("Set Class Names", (entry) => setClassNames(entry, settings)),
    [COMMAND.copyReport]: about("Copy Report", copyReport),
    [COMMAND.saveReport]: about("Save Report", (entry) => saveReport(entry, runs.entries.map((run) => run.folder))),
    [COMMAND.compareLosses]: (argument, name) => compareLosses(doors, argument, name),
    [COMMAND.installTensorflow]: () => installTensorflow(doors.storage),
    [COMMAND.showLog]: () => log.show(),
    [COMMAND.openPlace]: (path, line) => openPlace(text(path, "path"), typeof line === "number" ? line : null),
    [COMMAND.openDocs]: (symptom) => doors.openDocs(text(symptom, "symptom")),
    [COMMAND.explainFinding]: (row) => doors.openDocs(symptomOf(row)),
    [COMMAND.ignoreSymptom]: (argument, symptom) => ignore(settings, argument, symptomOf(symptom ?? argument), true),
    [COMMAND.heedSymptom]: (argument, symptom) => ignore(settings, argument, symptomOf(symptom ?? argument), false),
    [COMMAND.ignoreRule]: (rule) => ignoreRule(text(rule, "rule")),
    [COMMAND.refreshRun]: about("Refresh Run", (entry) => runs.refresh(entry.folder)),
    [COMMAND.revealRun]: about("Reveal Run", async (entry) => {
      await commands.executeCommand("revealInExplorer", Uri.file(entry.folder));
    }),
    [COMMAND.stopReading]: about("Stop Reading", (entry) => runs.cancel(entry.folder)),
  };
  return Disposable.from(
    ...Object.entries(handlers).map(([name, handler]) =>
      commands.registerCommand(name, async (...args: unknown[]) => {
        try {
          await handler(...args);
        } catch (error) {
          // Asked for by the user just now, so answered where they look; whatever happens by itself goes to the log and the view.
          const message = error instanceof Error ? error.message : String(error);
          log.error(`${name}: ${message}`);
          void window.showErrorMessage(`Run Doctor: ${message}`);
        }
      }),
    ),
  );
}

/**
 * About a run, or the run nearest to a script (its URI) whose loss (its name) the user looks at. The toy set stands in where no run is
 * found.
 */
async function compareLosses({ runs, panels, losses }: CommandDoors, argument: unknown, name: unknown): Promise<void> {
  const path = typeof argument === "string" && argument.includes(":/") ? Uri.parse(argument).fsPath : argument instanceof Uri ? argument.fsPath : null;
  const near = path === null || runs.get(path) !== undefined ? undefined : nearestRuns(path, runs.entries)[0];
  const isScript = path !== null && near === undefined && runs.get(path) === undefined;
  const named = near?.folder ?? (isScript ? undefined : argument);
  if (runs.entries.length === 0 && folderOf(named) === undefined) await runs.refresh();
  if (runs.entries.length === 0 && folderOf(named) === undefined) {
    losses.showToy(typeof name === "string" && name !== "" ? { name, foundBy: "named in the editor", path, line: null, endLine: null, weights: null } : null);
    return;
  }
  const entry = await chooseRun(runs, named, panels.active, "Compare Loss Variants");
  if (entry !== undefined) losses.show(entry.folder);
}

/** Takes a folder in, the given one or one the user chooses, and shows its run. */
async function inspectFolder({ runs, panels }: CommandDoors, argument: unknown): Promise<void> {
  let folder = folderOf(argument);
  if (folder === undefined) {
    const chosen = await window.showOpenDialog({ title: "Inspect Run Folder", canSelectFolders: true, canSelectFiles: false, canSelectMany: false, openLabel: "Inspect" });
    folder = chosen?.[0]?.fsPath;
  }
  if (folder === undefined) return;
  const where = folder;
  const entry = await window.withProgress({ location: { viewId: VIEW_ID } }, () => runs.add(where));
  if (entry === undefined) {
    void window.showInformationMessage(`Nothing that a training writes was found in ${where}.`);
    return;
  }
  panels.show(entry.folder);
}

async function ignore(settings: SettingChanger, argument: unknown, symptom: SymptomId, ignored: boolean): Promise<void> {
  const folder = folderOf(argument);
  if (folder === undefined) throw new Error("no run was given");
  await settings.change(folder, (setting) => {
    const others = (setting.ignoredSymptoms ?? []).filter((id) => id !== symptom);
    setting.ignoredSymptoms = ignored ? [...others, symptom] : others;
  });
}

/** A symptom, given by its id or by a row of the tree. */
function symptomOf(value: unknown): SymptomId {
  const id: unknown = typeof value === "object" && value !== null && "symptom" in value ? value.symptom : value;
  const known = SYMPTOMS.find((symptom) => symptom === id);
  if (known === undefined) throw new Error("there is no such symptom");
  return known;
}

function text(value: unknown, what: string): string {
  if (typeof value !== "string" || value === "") throw new Error(`no ${what} was given`);
  return value;
}

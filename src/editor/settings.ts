/** The settings: what the user says of runs is kept here and nowhere else. */
import { ConfigurationTarget, Uri, workspace, type LogOutputChannel, type WorkspaceFolder } from "vscode";
import type { Disposable } from "../engine/runs";
import { SYMPTOMS, type RunOptions, type SymptomId } from "../run";
import { isExcluded, parseRunSetting, parseThresholds, runKey, toOptions, type RunSetting } from "./options";
import { SECTION, SETTING, type SettingName } from "./settingNames";
import { relative } from "node:path";

/** The workspace folder that a path lies in, on this machine's disk. */
function workspaceFolderOf(path: string): WorkspaceFolder | undefined {
  return workspace.getWorkspaceFolder(Uri.file(path));
}

export class Settings {
  private readonly told = new Set<string>();

  constructor(private readonly log: LogOutputChannel) {}

  get notifications(): boolean {
    return this.boolean(SETTING.notifications);
  }

  get decorations(): boolean {
    return this.boolean(SETTING.decorations);
  }

  /** Milliseconds between looks at runs. */
  get poll(): { readonly running: number; readonly idle: number } {
    const { pollRunning, pollIdle } = SETTING;
    return { running: this.seconds(pollRunning, 1, 60, 2) * 1000, idle: this.seconds(pollIdle, 5, 3600, 30) * 1000 };
  }

  /** Folders of the workspace that lie on this machine's disk. */
  get roots(): readonly string[] {
    return (workspace.workspaceFolders ?? []).filter((folder) => folder.uri.scheme === "file").map((folder) => folder.uri.fsPath);
  }

  /** Path of the workspace folder that a run lies in; null when it lies in none. */
  workspaceFolderOf(runFolder: string): string | null {
    return workspaceFolderOf(runFolder)?.uri.fsPath ?? null;
  }

  /** Whether the user left a run's folder out of the search. */
  excludes(runFolder: string): boolean {
    const folder = workspaceFolderOf(runFolder);
    if (folder === undefined) return false;
    const patterns = workspace.getConfiguration(SECTION, folder.uri).get<unknown>(SETTING.exclude);
    if (!Array.isArray(patterns)) return false;
    return isExcluded(relative(folder.uri.fsPath, runFolder), patterns.filter((p) => typeof p === "string"));
  }

  /** What the user said of a run. */
  ofRun(runFolder: string): RunSetting {
    const folder = workspaceFolderOf(runFolder);
    const key = runKey(folder?.uri.fsPath ?? null, runFolder);
    const all = workspace.getConfiguration(SECTION, folder?.uri).get<Record<string, unknown>>(SETTING.runs) ?? {};
    const { setting, problems } = parseRunSetting(Object.hasOwn(all, key) ? all[key] : undefined);
    for (const problem of problems) this.warnOnce(`Setting ${SECTION}.${SETTING.runs}, ${key}: ${problem}.`);
    return setting;
  }

  optionsOf(runFolder: string): RunOptions {
    const folder = workspaceFolderOf(runFolder);
    const thresholds = parseThresholds(workspace.getConfiguration(SECTION, folder?.uri).get<unknown>(SETTING.thresholds));
    const { options, problems } = toOptions(this.ofRun(runFolder), { runFolder, workspaceFolder: folder?.uri.fsPath ?? null, trusted: workspace.isTrusted, thresholds });
    for (const problem of problems) this.warnOnce(`${runFolder}: ${problem}; it is left out.`);
    return options;
  }

  /** Symptoms of a run that the user does not want to hear of. */
  ignoredOf(runFolder: string): SymptomId[] {
    const ignored = this.ofRun(runFolder).ignoredSymptoms ?? [];
    return SYMPTOMS.filter((id) => ignored.includes(id));
  }

  /** Changes what is said of a run, in the workspace's settings (in the user's, when no folder is open). */
  async change(runFolder: string, change: (setting: RunSetting) => void): Promise<void> {
    const folder = workspaceFolderOf(runFolder);
    const configuration = workspace.getConfiguration(SECTION, folder?.uri);
    const several = (workspace.workspaceFolders?.length ?? 0) > 1;
    const target = workspace.workspaceFolders === undefined ? ConfigurationTarget.Global : several && folder !== undefined ? ConfigurationTarget.WorkspaceFolder : ConfigurationTarget.Workspace;
    const seen = configuration.inspect<Record<string, unknown>>(SETTING.runs);
    const kept = target === ConfigurationTarget.Global ? seen?.globalValue : target === ConfigurationTarget.Workspace ? seen?.workspaceValue : seen?.workspaceFolderValue;
    const key = runKey(folder?.uri.fsPath ?? null, runFolder);
    const next: Record<string, unknown> = { ...kept };
    const { setting } = parseRunSetting(Object.hasOwn(next, key) ? next[key] : undefined);
    change(setting);
    const fields = Object.entries(setting as Record<string, unknown>).filter(([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0));
    if (fields.length === 0) Reflect.deleteProperty(next, key);
    else next[key] = Object.fromEntries(fields);
    await configuration.update(SETTING.runs, Object.keys(next).length === 0 ? undefined : next, target);
  }

  async turnNotificationsOff(): Promise<void> {
    await workspace.getConfiguration(SECTION).update(SETTING.notifications, false, ConfigurationTarget.Global);
  }

  /** Called when one of these settings changed. */
  onDidChange(names: readonly SettingName[], listener: () => void): Disposable {
    return workspace.onDidChangeConfiguration((event) => {
      if (names.some((name) => event.affectsConfiguration(`${SECTION}.${name}`))) listener();
    });
  }

  private boolean(name: SettingName): boolean {
    return workspace.getConfiguration(SECTION).get<unknown>(name) !== false;
  }

  private seconds(name: SettingName, least: number, most: number, otherwise: number): number {
    const value = workspace.getConfiguration(SECTION).get<unknown>(name);
    return typeof value === "number" && Number.isFinite(value) ? Math.min(most, Math.max(least, value)) : otherwise;
  }

  private warnOnce(line: string): void {
    if (this.told.has(line)) return;
    this.told.add(line);
    this.log.warn(line);
  }
}

/** What the user's settings say of linting. */
import { ConfigurationTarget, workspace, type Uri } from "vscode";
import { SECTION, SETTING } from "../settingNames";

export interface LintSettings {
  readonly enabled: boolean;
  /** Rules that are left out. */
  readonly ignored: ReadonlySet<string>;
  /** Patterns of files that are left out. */
  readonly exclude: readonly string[];
}

/** L1 to L33 */
export function isRule(id: string): boolean {
  return /^L([1-9]|[12]\d|3[0-3])$/.test(id);
}

export function lintSettings(uri: Uri): LintSettings {
  const configuration = workspace.getConfiguration(SECTION, uri);
  return {
    enabled: configuration.get<unknown>(SETTING.lintEnabled) !== false,
    ignored: new Set(strings(configuration.get<unknown>(SETTING.lintIgnore)).map((id) => id.trim().toUpperCase())),
    exclude: strings(configuration.get<unknown>(SETTING.lintExclude)),
  };
}

/** Leaves a rule out, in the workspace's settings (in the user's, when no folder is open). */
export async function ignoreRule(rule: string): Promise<void> {
  if (!isRule(rule)) throw new Error(`there is no rule ${JSON.stringify(rule)}`);
  const configuration = workspace.getConfiguration(SECTION);
  const seen = configuration.inspect<unknown>(SETTING.lintIgnore);
  const kept = strings(hasWorkspace() ? seen?.workspaceValue : seen?.globalValue);
  if (kept.includes(rule)) return;
  await configuration.update(SETTING.lintIgnore, [...kept, rule], hasWorkspace() ? ConfigurationTarget.Workspace : ConfigurationTarget.Global);
}

export function hasWorkspace(): boolean {
  return workspace.workspaceFolders !== undefined;
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((v): v is string => typeof v === "string" && v.trim() !== "") : [];
}

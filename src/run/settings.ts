/** A run's settings in words, for all surfaces. */
import type { RunConfig, Setting, Told } from "./config";

export interface KnownSetting {
  readonly name: string;
  readonly value: string;
  /** The file that tells it, relative to the run's folder. */
  readonly by: string;
}

/** The settings that matter to a diagnosis, as far as files tell them. */
export function knownSettings(config: RunConfig | null | undefined): KnownSetting[] {
  if (!config) return [];
  const out: KnownSetting[] = [];
  const add = <T>(name: string, told: Told<T> | null, text: (value: T) => string): void => {
    if (told !== null) out.push({ name, value: text(told.value), by: told.by });
  };
  add("loss", config.lossName, (v) => v);
  add("optimizer", config.optimizer, (v) => v);
  add("learning rate", config.learningRate, settingText);
  add("batch size", config.batchSize, settingText);
  add("planned epochs", config.plannedEpochs, settingText);
  add("ignored label", config.ignoreLabel, settingText);
  add("class names", config.classNames, (names) => clipped(names.map((n, c) => n ?? `class ${c}`).join(", ")));
  return out;
}

/** Settings that a file holds; files that hold the same are one. */
export interface SettingsFile {
  /** The file, or the folder of files that hold one setting each; then those that hold the same. */
  readonly paths: readonly string[];
  readonly entries: readonly { readonly key: string; readonly value: string }[];
  /** Settings beyond those listed. */
  readonly leftOut: number;
}

/** Settings of one file that are listed at most. */
const MAX_ENTRIES = 300;
/** Characters of a value that are shown. */
const MAX_VALUE = 200;

/** All settings, by file. Those that were left unset (null) are left out. */
export function settingsFiles(config: RunConfig | null | undefined): SettingsFile[] {
  const files = new Map<string, { key: string; value: string }[]>();
  for (const [path, facts] of Object.entries(config?.facts ?? {})) {
    const entries = Object.entries(facts).flatMap(([key, value]) => (value === null || isContainer(path, key) ? [] : [{ key, value: settingText(value) }]));
    if (entries.length === 0) continue;
    // MLflow keeps a file a setting, of that name: their folder is what a reader looks for.
    const slash = path.lastIndexOf("/");
    const whole = slash > 0 && entries.length === 1 && path.slice(slash + 1) === entries[0]!.key ? path.slice(0, slash) : path;
    files.set(whole, [...(files.get(whole) ?? []), ...entries]);
  }
  const alike = new Map<string, { paths: string[]; entries: { key: string; value: string }[] }>();
  for (const [path, entries] of files) {
    const text = JSON.stringify([...entries].sort((a, b) => (a.key < b.key ? -1 : 1)));
    const same = alike.get(text);
    if (same) same.paths.push(path);
    else alike.set(text, { paths: [path], entries });
  }
  return [...alike.values()].map(({ paths, entries }) => ({ paths, entries: entries.slice(0, MAX_ENTRIES), leftOut: Math.max(0, entries.length - MAX_ENTRIES) }));
}

/** What safetensors writes of itself into every file: no setting of the run. */
function isContainer(path: string, key: string): boolean {
  return key === "format" && path.endsWith(".safetensors");
}

/** A setting as a line of text: lists with commas, clipped where long. */
export function settingText(value: Setting): string {
  if (value === null) return "none";
  return clipped(Array.isArray(value) ? `[${value.map((v: Setting) => settingText(v)).join(", ")}]` : String(value));
}

function clipped(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length <= MAX_VALUE ? line : `${line.slice(0, MAX_VALUE - 1)}…`;
}

/** What the user said of runs, as the settings keep it. */
import { isAbsolute, join, relative, sep } from "node:path";
import type { RunOptions } from "../run";
import { SYMPTOMS } from "../run";

/** One entry of the setting `runDoctor.runs`. */
export interface RunSetting {
  labels?: string;
  predictions?: string;
  background?: number;
  classNames?: string[];
  ignoredSymptoms?: string[];
}

/** Name of a run in the settings: its path from the workspace folder with forward slashes, "." for that folder itself; absolute outside of it. */
export function runKey(workspaceFolder: string | null, runFolder: string): string {
  if (workspaceFolder === null) return slashes(runFolder);
  const path = relative(workspaceFolder, runFolder);
  if (path === "") return ".";
  return isInside(path) ? slashes(path) : slashes(runFolder);
}

/** A chosen path as the settings keep it: from the run's folder where it lies in the same workspace, else absolute. */
export function pathForSetting(workspaceFolder: string | null, runFolder: string, chosen: string): string {
  const within = workspaceFolder ?? runFolder;
  return isInside(relative(within, chosen)) || chosen === within ? slashes(relative(runFolder, chosen)) || "." : slashes(chosen);
}

/** Whether a relative path stays below where it starts. */
export function isInside(path: string): boolean {
  return path !== ".." && !path.startsWith(`..${sep}`) && !path.startsWith("../") && !isAbsolute(path);
}

/** Reads one entry of the setting; what has a wrong shape is left out and told, a line each. */
export function parseRunSetting(value: unknown): { readonly setting: RunSetting; readonly problems: readonly string[] } {
  const setting: RunSetting = {};
  const problems: string[] = [];
  if (value === undefined) return { setting, problems };
  if (typeof value !== "object" || value === null || Array.isArray(value)) return { setting, problems: ["is no object"] };
  for (const [name, field] of Object.entries(value as Record<string, unknown>)) {
    if ((name === "labels" || name === "predictions") && typeof field === "string" && field !== "") setting[name] = field;
    else if (name === "background" && typeof field === "number" && Number.isInteger(field) && field >= 0) setting.background = field;
    else if ((name === "classNames" || name === "ignoredSymptoms") && isStrings(field)) setting[name] = [...field];
    else problems.push(`${name} is not understood`);
  }
  const unknown = (setting.ignoredSymptoms ?? []).filter((id) => !(SYMPTOMS as readonly string[]).includes(id));
  for (const id of unknown) problems.push(`ignoredSymptoms: there is no symptom ${JSON.stringify(id)}`);
  return { setting, problems };
}

/**
 * Options of a run. In a workspace that is not trusted, its settings may not make us read outside of it:
 * such paths are left out and told.
 */
export function toOptions(
  setting: RunSetting,
  context: { readonly runFolder: string; readonly workspaceFolder: string | null; readonly trusted: boolean; readonly thresholds: Readonly<Record<string, number>> },
): { readonly options: RunOptions; readonly problems: readonly string[] } {
  const problems: string[] = [];
  const safe = (name: string, path: string | undefined): string | undefined => {
    if (path === undefined || context.trusted) return path;
    const within = context.workspaceFolder ?? context.runFolder;
    if (!isAbsolute(path) && isInside(relative(within, join(context.runFolder, path)))) return path;
    problems.push(`${name}: ${path} lies outside of a workspace that is not trusted`);
    return undefined;
  };
  const labels = safe("labels", setting.labels);
  const predictions = safe("predictions", setting.predictions);
  return {
    options: {
      ...(labels === undefined ? {} : { labels }),
      ...(predictions === undefined ? {} : { predictions }),
      ...(setting.background === undefined ? {} : { background: setting.background }),
      ...(setting.classNames === undefined || setting.classNames.length === 0 ? {} : { classNames: setting.classNames }),
      ...(setting.ignoredSymptoms === undefined || setting.ignoredSymptoms.length === 0 ? {} : { ignoredSymptoms: setting.ignoredSymptoms }),
      ...(Object.keys(context.thresholds).length === 0 ? {} : { thresholds: context.thresholds }),
      ...(context.workspaceFolder === null ? {} : { scriptFolders: [context.workspaceFolder] }),
    },
    problems,
  };
}

/** The numbers among `value`'s fields; everything else is left out. */
export function parseThresholds(value: unknown): Readonly<Record<string, number>> {
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(Object.entries(value).filter((entry): entry is [string, number] => typeof entry[1] === "number" && Number.isFinite(entry[1])));
}

/**
 * Whether a folder is left out. A pattern without a slash is the name of a folder anywhere on the way; one with a slash
 * is a path from the workspace folder. `*` stands for any characters but a slash.
 */
export function isExcluded(path: string, patterns: readonly string[]): boolean {
  const segments = slashes(path).split("/");
  return patterns.some((pattern) => {
    const wanted = pattern.replace(/^\.?\/+|\/+$/g, "").split("/");
    if (wanted.length === 1) return segments.some((segment) => matches(segment, wanted[0]!));
    return wanted.length <= segments.length && wanted.every((name, i) => matches(segments[i]!, name));
  });
}

/** One segment against a name with `*`; linear, whatever the pattern. */
function matches(segment: string, pattern: string): boolean {
  const parts = pattern.split("*");
  if (parts.length === 1) return segment === pattern;
  const first = parts[0]!;
  const last = parts[parts.length - 1]!;
  if (!segment.startsWith(first)) return false;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = segment.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return segment.length - last.length >= at && segment.endsWith(last);
}

function isStrings(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((v) => typeof v === "string");
}

function slashes(path: string): string {
  return path.split(sep).join("/");
}

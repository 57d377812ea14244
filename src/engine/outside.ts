/** What the user named as labels or predictions: inside the run by its path there, outside of it listed apart. */
import { resolve } from "node:path";
import type { FileEntry } from "../read/layout/plan";
import type { Problem, RunOptions } from "../run";
import { pathInside, slashes } from "./inside";
import { listFiles, statOf } from "./walk";

interface Choice {
  /** As the plan takes it: relative to the run, or absolute for what lies outside; with "#entry" where one was named. */
  readonly choice: string;
  /** Absolute path of the file or folder when it lies outside of the run; else null. */
  readonly outside: string | null;
}

export interface Choices {
  /** With what was chosen written as the listing writes paths. */
  readonly options: RunOptions;
  /** Files that lie outside of the run. */
  readonly files: readonly FileEntry[];
  /** What the user wrote, by what it was turned into. */
  readonly written: ReadonlyMap<string, string>;
}

/** Turns what the user named into what a plan takes. */
export function takeChoices(run: string, options: RunOptions, problems: Problem[]): Choices {
  const named: { labels?: string; predictions?: string } = {};
  const files = new Map<string, FileEntry>();
  const written = new Map<string, string>();
  for (const kind of ["labels", "predictions"] as const) {
    const text = options[kind]?.trim();
    if (text === undefined || text === "") continue; // an empty one is none for the plan too
    const { choice, outside } = choiceOf(run, text);
    named[kind] = choice;
    written.set(choice, text);
    for (const file of outside === null ? [] : listOutside(outside, problems)) files.set(file.path, file);
  }
  return { options: { ...options, ...named }, files: [...files.values()], written };
}

function choiceOf(run: string, text: string): Choice {
  const whole = resolve(run, text);
  const hash = text.lastIndexOf("#");
  // A "#" may be part of a name.
  const cut = hash > 0 && !exists(whole) ? hash : text.length;
  const path = resolve(run, text.slice(0, cut));
  const inside = pathInside(run, path);
  return { choice: `${inside === null ? slashes(path) : inside === "" ? "." : inside}${text.slice(cut)}`, outside: inside === null ? path : null };
}

function listOutside(path: string, problems: Problem[]): FileEntry[] {
  const name = slashes(path);
  const own: Problem[] = [];
  try {
    const stat = statOf(path);
    if (stat === null) return []; // the plan says that the choice meets nothing
    if (stat.isFile()) return [{ path: name, size: stat.size, mtime: stat.mtimeMs }];
    if (!stat.isDirectory()) return [];
    return listFiles(path, own).files.map((file) => ({ ...file, path: `${name}/${file.path}` }));
  } catch {
    return [{ path: name, size: -1, mtime: 0 }]; // whoever opens it says what is wrong
  } finally {
    problems.push(...own.map((problem) => ({ ...problem, path: problem.path === "." ? name : `${name}/${problem.path}` })));
  }
}

function exists(path: string): boolean {
  try {
    return statOf(path) !== null;
  } catch {
    return false;
  }
}

/** What the host tests share: the running extension, the workspace's copy of the examples, and waiting for a state. */
import { extensions, Uri, workspace, type Extension } from "vscode";
import { join } from "node:path";
import type { RunEntry } from "../../src/engine/runs";
import type { TestDoors } from "../../src/extension";

export const ID = "run-doctor.run-doctor";
export const SICK = "digits-generalized-dice";
export const HEALTHY = "digits-cross-entropy";

export function extension(): Extension<TestDoors | undefined> {
  const found = extensions.getExtension<TestDoors | undefined>(ID);
  if (found === undefined) throw new Error(`${ID} is not installed`);
  return found;
}

export async function doors(): Promise<TestDoors> {
  const opened = await extension().activate();
  if (opened === undefined) throw new Error("the extension did not see that it is tested");
  return opened;
}

/** The opened folder: a copy of examples/. */
export function workspaceFolder(): string {
  const folder = workspace.workspaceFolders?.[0];
  if (folder === undefined) throw new Error("no folder is open");
  return folder.uri.fsPath;
}

export function runFolder(name: string): string {
  return join(workspaceFolder(), name);
}

export function uriIn(run: string, path: string): Uri {
  return Uri.file(join(runFolder(run), path));
}

/** Resolves with the first value of `look` that is neither undefined nor false; rejects after `limit` milliseconds. */
export async function eventually<T>(what: string, look: () => T | undefined | false | Promise<T | undefined | false>, limit = 40_000): Promise<T> {
  const end = Date.now() + limit;
  for (;;) {
    const value = await look();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > end) throw new Error(`not within ${limit} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The entry of a run, once it was read. */
export async function readRun(name: string): Promise<RunEntry> {
  const { runs } = await doors();
  return eventually(`${name} is read`, () => {
    const entry = runs.get(runFolder(name));
    return entry?.inspection != null && entry;
  });
}

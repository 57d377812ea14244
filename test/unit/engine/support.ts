/** Run folders in a temporary place, and programs built for a test alone. */
import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { RunSession, type SessionSetup } from "../../../src/engine/session";
import type { Inspection, RunOptions } from "../../../src/run";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

const made: string[] = [];
process.once("exit", () => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

/** A folder that is removed when the test process ends. */
export function temporary(name = "run-doctor-"): string {
  const folder = mkdtempSync(join(tmpdir(), name));
  made.push(folder);
  return folder;
}

/** An hour old, so that a run counts as ended. */
export const OLD = Date.now() / 1000 - 3600;

/** A copy of one of the examples, an hour old; `parts` are paths in it, all of it when left out. */
export function copyOf(example: string, into: string, parts?: readonly string[]): string {
  const from = join(ROOT, "examples", example);
  for (const part of parts ?? readdirSync(from)) cpSync(join(from, part), join(into, part), { recursive: true });
  age(into);
  return into;
}

/** Gives all files below a folder the same age. */
export function age(folder: string, seconds = OLD): void {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) if (entry.isFile()) utimesSync(join(entry.parentPath, entry.name), seconds, seconds);
}

export function put(path: string, content: string | Uint8Array, seconds = OLD): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  utimesSync(path, seconds, seconds);
}

/** A fresh session's inspection. */
export async function inspectOnce(folder: string, options: RunOptions = {}, setup: SessionSetup = { cacheFolder: null }): Promise<Inspection> {
  return inspected(new RunSession(folder, setup), options);
}

export async function inspected(session: RunSession, options: RunOptions = {}): Promise<Inspection> {
  const inspection = await session.inspect(options);
  if (inspection === null) throw new Error("stopped");
  return inspection;
}

/** What must not depend on when a run was looked at. */
export function timeless(inspection: Inspection): Inspection {
  return { ...inspection, state: "unknown", modified: 0 };
}

/** Every file and folder with size and time. */
export function listing(folder: string): string[] {
  return readdirSync(folder, { recursive: true })
    .map((name) => {
      const stat = statSync(join(folder, String(name)), { throwIfNoEntry: false });
      return `${String(name)} ${stat?.size} ${stat?.mtimeMs} ${stat?.ctimeMs}`;
    })
    .sort();
}

/** A NumPy array file. */
export function npy(descr: string, shape: readonly number[], data: Uint8Array): Uint8Array {
  const dims = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  let header = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${dims}), }`;
  header += `${" ".repeat(63 - ((10 + header.length) % 64))}\n`;
  const head = Buffer.alloc(10 + header.length);
  head.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]);
  head.writeUInt16LE(header.length, 8);
  head.write(header, 10, "latin1");
  return new Uint8Array(Buffer.concat([head, data]));
}

/** Folder with worker.js, cli.js and what they load, built from the sources; once for a test process. */
export async function built(): Promise<string> {
  const place = join(tmpdir(), `run-doctor-built-${process.pid}`);
  const dist = join(place, "dist");
  if (existsSync(join(place, "package.json"))) return dist;
  made.push(place);
  await promisify(execFile)(process.execPath, [join(ROOT, "esbuild.js"), "--out", dist]);
  cpSync(join(ROOT, "package.json"), join(place, "package.json"));
  return dist;
}

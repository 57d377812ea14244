/**
 * Starts a bundle with the code that V8 made of it the last time, as Python does with its .pyc files: a terminal program that runs
 * a quarter of a second would spend a sixth of it on compiling. Kept in the user's own cache folder; without one nothing is lost.
 */
import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire, wrap } from "node:module";
import { homedir } from "node:os";
import { basename, dirname, join } from "node:path";
import { Script } from "node:vm";

type Wrapped = (exports: object, require: NodeJS.Require, module: { exports: object }, file: string, folder: string) => void;

/** `whole`: this start does the program's main work, so that what it compiles is worth keeping. */
export function launch(bundle: string, whole: boolean): void {
  const source = readFileSync(bundle, "utf8");
  const kept = keptAt(bundle);
  // V8 itself compares no more than the length of the source.
  const mark = createHash("sha256").update(source).digest();
  const cachedData = kept === null ? undefined : readIfThere(kept, mark);
  const script = new Script(wrap(source), { filename: bundle, ...(cachedData === undefined ? {} : { cachedData }) });
  // At the end, when what was needed has been compiled.
  if (whole && kept !== null && (cachedData === undefined || script.cachedDataRejected === true)) process.once("exit", () => keep(kept, mark, script.createCachedData()));
  const module = { exports: {} };
  (script.runInThisContext() as Wrapped)(module.exports, createRequire(bundle), module, bundle, dirname(bundle));
}

/** One file for each version of Node. Null where the user has no home. */
function keptAt(bundle: string): string | null {
  const folder = process.platform === "win32" ? process.env["LOCALAPPDATA"] : (process.env["XDG_CACHE_HOME"] ?? (homedir() === "/" ? undefined : join(homedir(), ".cache")));
  if (folder === undefined || folder === "") return null;
  return join(folder, "run-doctor", `${basename(bundle, ".js")}-${process.version}-${process.arch}.code`);
}

/** The code, when it was made of the source that `mark` is the digest of. */
function readIfThere(path: string, mark: Buffer): Buffer | undefined {
  try {
    const kept = readFileSync(path);
    return kept.subarray(0, mark.length).equals(mark) ? kept.subarray(mark.length) : undefined;
  } catch {
    return undefined; // the first time
  }
}

function keep(path: string, mark: Buffer, code: Buffer): void {
  const temporary = `${path}.${randomBytes(4).toString("hex")}`;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(temporary, Buffer.concat([mark, code]), { mode: 0o600 });
    renameSync(temporary, path);
  } catch {
    rmSync(temporary, { force: true }); // a full or read-only disk: it is compiled again the next time
  }
}

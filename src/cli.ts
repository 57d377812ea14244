/** Run Doctor in a terminal: the same pipeline, findings and words as in the editor. */
import { readFileSync, statSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import { findRunsBelow } from "./engine/discover";
import { RunSession } from "./engine/session";
import { messageOf } from "./engine/walk";
import { jsonReport } from "./report/json";
import { textReport } from "./report/text";
import type { Inspection } from "./run";

const USAGE = `run-doctor: says what is wrong with a segmentation training, from the files that it leaves on disk

usage: run-doctor inspect FOLDER [--json] [--labels PATH] [--predictions PATH] [--background N]
       run-doctor --version | --help

  FOLDER         a run, or a folder of runs
  --json         one JSON document on standard output (schema run-doctor/report/1)
  --labels, --predictions
                 where they lie, when they are not found by themselves: a file, a folder or file#entry,
                 relative to the run
  --background   index of the background class (0 unless told)

exit code: 0 when the folder could be read, whatever was found; 2 for wrong usage or an unreadable folder
`;

interface Arguments {
  readonly folder: string;
  readonly json: boolean;
  readonly labels?: string;
  readonly predictions?: string;
  readonly background?: number;
}

class UsageError extends Error {}

function parse(args: readonly string[]): Arguments {
  const [command, ...rest] = args;
  if (command !== "inspect") throw new UsageError(command === undefined ? "a command is missing: inspect FOLDER" : `unknown command ${JSON.stringify(command)}`);
  let folder: string | undefined;
  let json = false;
  const values = new Map<string, string>();
  for (let i = 0; i < rest.length; i++) {
    const arg = rest[i]!;
    if (arg === "--json") json = true;
    else if (arg === "--labels" || arg === "--predictions" || arg === "--background") {
      const value = rest[++i];
      if (value === undefined) throw new UsageError(`${arg} needs a value`);
      values.set(arg, value);
    } else if (arg.startsWith("-") && arg !== "-") throw new UsageError(`unknown option ${JSON.stringify(arg)}`);
    else if (folder !== undefined) throw new UsageError("one FOLDER at a time");
    else folder = arg;
  }
  if (folder === undefined) throw new UsageError("FOLDER is missing");
  const background = values.get("--background");
  if (background !== undefined && !/^\d+$/.test(background)) throw new UsageError(`--background takes a class index, not ${JSON.stringify(background)}`);
  const labels = values.get("--labels");
  const predictions = values.get("--predictions");
  return {
    folder,
    json,
    ...(labels === undefined ? {} : { labels }),
    ...(predictions === undefined ? {} : { predictions }),
    ...(background === undefined ? {} : { background: Number(background) }),
  };
}

async function inspect(args: Arguments): Promise<string> {
  const folder = resolve(args.folder);
  if (!statSync(folder).isDirectory()) throw new Error("not a folder");
  const runs: { path: string; run: Inspection }[] = [];
  for (const found of findRunsBelow(folder, true)) {
    const path = found.path === "." ? folder : join(folder, found.path);
    if (process.stderr.isTTY) process.stderr.write(`reading ${relative(process.cwd(), path) || "."}\r\x1b[K`);
    const session = new RunSession(path, { cacheFolder: null });
    const run = await session.inspect({
      scriptFolders: [folder],
      ...(args.labels === undefined ? {} : { labels: args.labels }),
      ...(args.predictions === undefined ? {} : { predictions: args.predictions }),
      ...(args.background === undefined ? {} : { background: args.background }),
    });
    if (run !== null) runs.push({ path: found.path.split(sep).join("/"), run });
  }
  if (args.json) return jsonReport(runs);
  if (runs.length === 0) return `No run found in ${args.folder}: no training log, checkpoint or prediction that can be read.\n`;
  return textReport(runs, { colour: process.stdout.isTTY && process.env["NO_COLOR"] === undefined, width: Math.max(60, Math.min(process.stdout.columns || 100, 120)) });
}

function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(__dirname, "..", "package.json"), "utf8"));
  return typeof manifest === "object" && manifest !== null && "version" in manifest ? String(manifest.version) : "unknown";
}

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  if (args.includes("--help") || args.includes("-h")) {
    process.stdout.write(USAGE);
    return;
  }
  if (args.includes("--version")) {
    process.stdout.write(`${version()}\n`);
    return;
  }
  try {
    const text = await inspect(parse(args));
    process.stdout.write(text);
  } catch (error) {
    const folder = error instanceof UsageError ? "" : `${args.find((a) => !a.startsWith("-") && a !== "inspect") ?? ""}: `;
    process.stderr.write(`run-doctor: ${folder}${messageOf(error)}${error instanceof UsageError ? " (run-doctor --help)" : ""}\n`);
    process.exitCode = 2;
  }
}

void main();

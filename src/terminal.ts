/** Run Doctor in a terminal: the same pipeline, findings and words as in the editor. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, relative, resolve } from "node:path";
import { findRunsBelow, placed } from "./engine/discover";
import { messageOf } from "./engine/errors";
import { pathsBelow } from "./engine/inside";
import { portable } from "./engine/portable";
import { ScriptStore } from "./engine/scripts";
import { RunSession } from "./engine/session";
import { TensorThreads } from "./engine/tensorThreads";
import type { RunFacts } from "./lint/facts";
import { runFacts } from "./lint/runFacts";
import { jsonReport } from "./report/json";
import { textReport } from "./report/text";
import type { Inspection, RunOptions } from "./run";

const USAGE = `run-doctor: says what is wrong with a segmentation training, from the files that it leaves on disk

usage: run-doctor inspect FOLDER [--json] [--labels PATH] [--predictions PATH] [--background N]
                          [--class-names A,B,C] [--threads N]
       run-doctor lint PATH… [--json | --sarif] [--run FOLDER]
                                                    losses in Python code (run-doctor lint --help)
       run-doctor losses FOLDER [--json]            what each loss would do to a run's labels (run-doctor losses --help)
       run-doctor loss NAME --logits A.npy --labels B.npy
       run-doctor --version | --help

  FOLDER         a run, or a folder of runs
  --json         one JSON document on standard output (schema run-doctor/report/1)
  --labels, --predictions
                 where they lie, when they are not found by themselves: a file, a folder or file#entry,
                 relative to the run
  --background   index of the background class (0 unless told)
  --class-names  names of the classes from 0 on, with commas between them
  --threads      threads that measure large checkpoints (as many as the machine has, at most 4)

exit code: 0 when the folder could be read, whatever was found; 2 for wrong usage or an unreadable folder
`;

interface Arguments {
  readonly folder: string;
  readonly json: boolean;
  readonly options: RunOptions;
  readonly threads: number;
}

class UsageError extends Error {}

const WITH_VALUE = ["--labels", "--predictions", "--background", "--class-names", "--threads"] as const;

function parse(args: readonly string[]): Arguments {
  const [command, ...rest] = args;
  if (command !== "inspect") throw new UsageError(command === undefined ? "a command is missing: inspect FOLDER" : `unknown command ${JSON.stringify(command)}`);
  const folders: string[] = [];
  const values = new Map<string, string>();
  let json = false;
  let named = true; // "--" ends the options, for folders that begin with a dash
  for (let i = 0; i < rest.length; i++) {
    const arg = rest[i]!;
    const [name, inline] = arg.startsWith("--") && arg.includes("=") ? [arg.slice(0, arg.indexOf("=")), arg.slice(arg.indexOf("=") + 1)] : [arg, undefined];
    if (!named || !arg.startsWith("-")) folders.push(arg);
    else if (arg === "--") named = false;
    else if (arg === "--json") json = true;
    else if (WITH_VALUE.some((option) => option === name)) {
      const value = inline ?? rest[++i];
      if (value === undefined || value === "") throw new UsageError(`${name} needs a value`);
      values.set(name, value);
    } else throw new UsageError(`unknown option ${JSON.stringify(arg)}`);
  }
  const [folder, ...more] = folders;
  if (folder === undefined || folder === "") throw new UsageError("FOLDER is missing");
  if (more.length > 0) throw new UsageError("one FOLDER at a time");
  const threads = values.get("--threads");
  if (threads !== undefined && !/^[1-9]\d?$/.test(threads)) throw new UsageError(`--threads takes a number from 1 to 99, not ${JSON.stringify(threads)}`);
  return { folder, json, options: optionsOf(values), threads: threads === undefined ? Math.min(4, availableParallelism()) : Number(threads) };
}

function optionsOf(values: ReadonlyMap<string, string>): RunOptions {
  const background = values.get("--background");
  if (background !== undefined && !/^\d{1,4}$/.test(background)) throw new UsageError(`--background takes a class index, not ${JSON.stringify(background)}`);
  const labels = values.get("--labels");
  const predictions = values.get("--predictions");
  const classNames = values.get("--class-names")?.split(",").map((name) => name.trim());
  if (classNames?.includes("") === true) throw new UsageError("--class-names takes names with commas between them, none empty");
  return {
    ...(labels === undefined ? {} : { labels }),
    ...(predictions === undefined ? {} : { predictions }),
    ...(background === undefined ? {} : { background: Number(background) }),
    ...(classNames === undefined ? {} : { classNames }),
  };
}

/** Whether anything of a training was found, be it unreadable: numbered arrays beside labels may turn out to be a data set. */
const holdsTraining = (run: Inspection): boolean => run.problems.length > 0 || run.sources.some(({ kind }) => kind === "log" || kind === "checkpoint" || kind === "predictions");

/** The runs in a folder; throws when it cannot be read. */
async function runsIn({ folder: asked, options, threads: count }: Pick<Arguments, "folder" | "options" | "threads">): Promise<{ path: string; run: Inspection }[]> {
  const folder = resolve(asked);
  if (!statSync(folder).isDirectory()) throw new Error("not a folder");
  readdirSync(folder); // throws where one may not
  const scripts = new ScriptStore();
  const threads = new TensorThreads(join(__dirname, "tensors.js"), count);
  const runs: { path: string; run: Inspection }[] = [];
  const found = findRunsBelow(folder, true).map((run) => ({ path: run.path, place: placed(folder, run) }));
  const places = found.map(({ place }) => place.folder);
  for (const { path, place: { folder: place, also } } of found) {
    if (process.stderr.isTTY) process.stderr.write(`reading ${relative(process.cwd(), place) || "."}\r\x1b[K`);
    const run = await new RunSession(place, { cacheFolder: null, scripts, threads }).inspect({ ...options, scriptFolders: [folder] }, { except: pathsBelow(place, places), also });
    if (run !== null && holdsTraining(run)) runs.push({ path, run: portable(run) });
  }
  return runs;
}

/** What was found, as text. */
async function inspect(asked: Arguments): Promise<string> {
  const runs = await runsIn(asked);
  if (asked.json) return jsonReport(runs);
  if (runs.length === 0) return `No run found in ${asked.folder}: no training log, checkpoint or prediction that can be read.\n`;
  const colour = process.stdout.isTTY && (process.env["NO_COLOR"] ?? "") === "";
  return textReport(runs, { colour, width: Math.max(60, Math.min(process.stdout.columns || 100, 120)) });
}

/** Numbers of the one run in a folder whose labels could be counted, for the rules of lint; throws where there is none, or more than one. */
async function factsIn(folder: string): Promise<RunFacts> {
  const counted = (await runsIn({ folder, options: {}, threads: 1 })).flatMap(({ path, run }) => runFacts(run, path === "." ? run.name : path) ?? []);
  const [only] = counted;
  if (only === undefined) throw new Error("no run whose labels could be counted");
  if (counted.length > 1) throw new Error(`${counted.length} runs in it: name one (${counted.slice(0, 3).map(({ run }) => run).join(", ")}${counted.length > 3 ? ", …" : ""})`);
  return only;
}

function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(__dirname, "..", "package.json"), "utf8"));
  return typeof manifest === "object" && manifest !== null && "version" in manifest ? String(manifest.version) : "unknown";
}

function fail(line: string): void {
  process.stderr.write(`run-doctor: ${line.replace(/\s*\n\s*/g, " ")}\n`);
  process.exitCode = 2;
}

async function main(args: readonly string[]): Promise<void> {
  if (args[0] === "--help" || args[0] === "-h" || (args[0] === "inspect" && (args.includes("--help") || args.includes("-h")))) {
    process.stdout.write(USAGE);
    return;
  }
  if (args[0] === "--version") {
    process.stdout.write(`${version()}\n`);
    return;
  }
  if (args[0] === "lint") {
    const { runAsked, runLint } = await import("./terminalLint");
    const folder = runAsked(args.slice(1));
    let facts: RunFacts | null = null;
    try {
      if (folder !== null && folder !== "") facts = await factsIn(folder);
    } catch (error) {
      fail(`--run ${folder ?? ""}: ${messageOf(error)}`);
      return;
    }
    const { output, exitCode, complaint } = runLint(args.slice(1), version, facts);
    process.stdout.write(output);
    if (complaint !== null) process.stderr.write(`${complaint.replace(/^/gm, "run-doctor: ")}\n`);
    process.exitCode = exitCode;
    return;
  }
  if (args[0] === "losses" || args[0] === "loss") {
    const { runLoss, runLosses } = await import("./terminalLosses");
    const { output, exitCode, complaint } = args[0] === "loss" ? runLoss(args.slice(1)) : await runLosses(args.slice(1), (folder) => runsIn({ folder, options: {}, threads: 1 }));
    process.stdout.write(output);
    if (complaint !== null) fail(complaint);
    process.exitCode = exitCode;
    return;
  }
  let asked: Arguments;
  try {
    asked = parse(args);
  } catch (error) {
    fail(`${messageOf(error)} (run-doctor --help)`);
    return;
  }
  try {
    process.stdout.write(await inspect(asked));
  } catch (error) {
    fail(`${asked.folder}: ${messageOf(error)}`);
  }
}

// A reader that has seen enough ("| head") closes the pipe: no fault of ours, and nothing more to say.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit();
  fail(`standard output: ${messageOf(error)}`);
});

void main(process.argv.slice(2));

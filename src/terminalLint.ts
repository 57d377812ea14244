/** run-doctor lint: findings in Python files and notebooks, without running them. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join, resolve, sep } from "node:path";
import { messageOf } from "./engine/errors";
import type { RunFacts } from "./lint/facts";
import { moduleResolver } from "./lint/modules";
import { lintFile, type PlacedFinding } from "./lint/show/placed";
import { sarifReport } from "./lint/show/sarif";
import { lintText } from "./lint/show/text";

export const LINT_USAGE = `usage: run-doctor lint PATH… [--json | --sarif] [--run FOLDER]

  PATH           a .py or .ipynb file, or a folder: all of them below it, except what environments and
                 packages hold (venv, site-packages, node_modules, .git), unless the path asked for is one
  --json         one JSON array of {path, line, column, endLine, endColumn, rule, severity, message}
  --sarif        SARIF 2.1.0
  --run FOLDER   a run, measured first: findings say the numbers of its labels (how many batches lack a class,
                 what background alone scores), and L2 is a note where no class is ever absent

A comment "# run-doctor: ignore L2" silences a rule on its line or the next, "# run-doctor: ignore" all rules.

exit code: 1 when there are errors, 2 for wrong usage or a path that cannot be read, else 0
`;

export interface LintAnswer {
  readonly output: string;
  readonly exitCode: 0 | 1 | 2;
  /** What to say on standard error. */
  readonly complaint: string | null;
}

/** A script of a person is shorter; longer ones are generated. */
const MAX_BYTES = 4 << 20;
const MAX_DEPTH = 40;
const RUN = "--run=";
const SKIPPED = new Set(["node_modules", "site-packages", "dist-packages", "venv", "env", "virtualenv", "__pycache__", "__pypackages__"]);

/** The folder after --run; null without one. Said wrongly, `runLint` says so. */
export function runAsked(args: readonly string[]): string | null {
  for (const [i, arg] of args.entries()) {
    if (arg === "--") return null;
    if (arg === "--run") return args[i + 1] ?? null;
    if (arg.startsWith(RUN)) return arg.slice(RUN.length);
  }
  return null;
}

/** `args`: what follows `lint`. `facts`: of the run that --run names. */
export function runLint(args: readonly string[], version: () => string, facts: RunFacts | null = null): LintAnswer {
  if (args.includes("--help") || args.includes("-h")) return { output: LINT_USAGE, exitCode: 0, complaint: null };
  const paths: string[] = [];
  let form: "text" | "json" | "sarif" = "text";
  let options = true; // "--" ends them, for paths that begin with a dash
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    if (!options || !arg.startsWith("-")) paths.push(arg);
    else if (arg === "--") options = false;
    else if (arg === "--json" || arg === "--sarif") {
      const wanted = arg === "--json" ? "json" : "sarif";
      if (form !== "text" && form !== wanted) return wrong("one of --json and --sarif at a time");
      form = wanted;
    } else if (arg === "--run" || arg.startsWith(RUN)) {
      if ((arg === "--run" ? (args[++i] ?? "") : arg.slice(RUN.length)) === "") return wrong("--run needs a folder");
    } else return wrong(`unknown option ${JSON.stringify(arg)}`);
  }
  if (paths.length === 0 || paths.includes("")) return wrong("PATH is missing");
  const findings: PlacedFinding[] = [];
  const complaints: string[] = [];
  let files = 0;
  const seen = new Set<string>();
  for (const path of paths) {
    let list: string[];
    try {
      list = statSync(path).isDirectory() ? filesBelow(path, complaints) : [path];
    } catch (error) {
      return wrong(`${path}: ${messageOf(error)}`);
    }
    if (list.length === 1 && list[0] === path && !/\.(py|pyw|ipynb)$/.test(path)) return wrong(`${path}: neither a folder nor a .py or .ipynb file`);
    const root = slashed(resolve(path));
    const read = reader();
    for (const file of list) {
      const real = resolve(file);
      if (seen.has(real)) continue;
      seen.add(real);
      const text = textOf(file, complaints);
      if (text === null) continue;
      files++;
      const found = lintFile(slashed(real), text, { resolver: moduleResolver(root, read), ...(facts === null ? {} : { facts }) });
      if (found === null) complaints.push(`${file}: no notebook that can be read`);
      else findings.push(...found.map((f) => ({ ...f, path: slashed(file) })));
    }
  }
  const output = form === "json" ? `${JSON.stringify(findings, null, 2)}\n` : form === "sarif" ? sarifReport(findings, version()) : lintText(findings, files);
  return { output, exitCode: findings.some((f) => f.severity === "error") ? 1 : 0, complaint: complaints.length === 0 ? null : complaints.join("\n") };
}

function wrong(what: string): LintAnswer {
  return { output: "", exitCode: 2, complaint: `${what} (run-doctor lint --help)` };
}

/** Python files and notebooks below a folder in the order of their names; links are not followed: they may go in circles. */
function filesBelow(folder: string, complaints: string[]): string[] {
  const out: string[] = [];
  const visit = (path: string, depth: number): void => {
    if (depth > MAX_DEPTH) return;
    try {
      const entries = readdirSync(path, { withFileTypes: true });
      entries.sort((a, b) => (a.name < b.name ? -1 : 1));
      for (const entry of entries) {
        const at = join(path, entry.name);
        if (entry.isDirectory()) {
          if (!SKIPPED.has(entry.name) && !entry.name.startsWith(".") && !isEnvironment(at)) visit(at, depth + 1);
        } else if (entry.isFile() && /\.(py|pyw|ipynb)$/.test(entry.name)) out.push(at);
      }
    } catch (error) {
      complaints.push(`${path}: ${messageOf(error)}`);
    }
  };
  visit(folder, 0);
  return out;
}

/** A virtual environment, whatever its name. */
function isEnvironment(path: string): boolean {
  return statSync(join(path, "pyvenv.cfg"), { throwIfNoEntry: false })?.isFile() === true;
}

function textOf(path: string, complaints: string[]): string | null {
  try {
    const stat = statSync(path);
    if (!stat.isFile() || stat.size > MAX_BYTES * (path.endsWith(".ipynb") ? 16 : 1)) {
      complaints.push(`${path}: left out: ${stat.isFile() ? `${stat.size} bytes are more than a person writes` : "no plain file"}`);
      return null;
    }
    return readFileSync(path, "utf8");
  } catch (error) {
    complaints.push(`${path}: ${messageOf(error)}`);
    return null;
  }
}

/** Imported files, each looked for once. */
function reader(): (path: string) => string | null {
  const known = new Map<string, string | null>();
  return (path) => {
    let text = known.get(path);
    if (text === undefined) {
      const native = path.split("/").join(sep);
      const stat = basename(path) === "" ? undefined : statSync(native, { throwIfNoEntry: false });
      text = stat?.isFile() === true && stat.size <= MAX_BYTES ? textOf(native, []) : null;
      if (known.size > 2000) known.clear();
      known.set(path, text);
    }
    return text;
  };
}

const slashed = (path: string): string => path.split(sep).join("/");

// Lints published libraries and compares with the findings known to be right: `npm run lint-corpus [-- PACKAGE…]`
// Needs python3 with pip (PYTHON names another). The newest wheels are fetched from PyPI into .cache/lint-corpus and unpacked, nothing in
// them is run. Exit code 1 when an error or warning is found that test/lint-corpus/expected.json does not list.
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const cache = join(root, ".cache", "lint-corpus");
const expected = JSON.parse(readFileSync(join(root, "test", "lint-corpus", "expected.json"), "utf8"));
const packages = process.argv.length > 2 ? process.argv.slice(2) : expected.packages;
const python = process.env.PYTHON ?? "python3";

function run(...args) {
  const ran = spawnSync(python, args, { encoding: "utf8" });
  if (ran.status !== 0) throw new Error(`${python} ${args.join(" ")}: ${ran.error?.message ?? ran.stderr.trim().split("\n").at(-1)}`);
}

/** The folder of the newest wheel, unpacked. */
function fetched(name) {
  const wheels = join(cache, "wheels", name);
  rmSync(wheels, { recursive: true, force: true });
  mkdirSync(wheels, { recursive: true });
  run("-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:", "--dest", wheels, name);
  const wheel = readdirSync(wheels).find((file) => file.endsWith(".whl"));
  if (wheel === undefined) throw new Error(`${name}: pip fetched no wheel`);
  const folder = join(cache, wheel.slice(0, -4));
  if (!existsSync(folder)) run("-m", "zipfile", "-e", join(wheels, wheel), folder);
  return { folder, version: wheel.split("-")[1] };
}

const bundle = join(cache, "lint.cjs");
await build({ entryPoints: [join(root, "src", "terminalLint.ts")], outfile: bundle, bundle: true, platform: "node", format: "cjs", target: "node20", logLevel: "warning" });
const { runLint } = createRequire(import.meta.url)(bundle);

let failed = false;
const total = { files: 0, functions: 0, findings: 0, seconds: 0 };
for (const name of packages) {
  const { folder, version } = fetched(name);
  const files = readdirSync(folder, { recursive: true }).map(String).filter((file) => file.endsWith(".py"));
  const functions = files.reduce((n, file) => n + (readFileSync(join(folder, file), "utf8").match(/^\s*(?:async\s+)?def\s/gm)?.length ?? 0), 0);
  const begun = performance.now();
  const { output } = runLint([folder, "--json"], () => "0");
  const seconds = (performance.now() - begun) / 1000;
  const findings = JSON.parse(output).map((f) => ({ ...f, path: f.path.slice(folder.length + 1) }));
  const lines = new Map();
  const lineOf = (f) => {
    if (!lines.has(f.path)) lines.set(f.path, readFileSync(join(folder, f.path), "utf8").split("\n"));
    return lines.get(f.path)[f.line - 1].trim();
  };
  const known = expected.findings.filter((e) => e.package === name);
  const unlisted = findings.filter((f) => !known.some((e) => e.path === f.path && e.rule === f.rule && e.line === lineOf(f)));
  const gone = known.filter((e) => !findings.some((f) => e.path === f.path && e.rule === f.rule && e.line === lineOf(f)));
  console.log(`${name} ${version}: ${files.length} files, ${functions} functions, ${findings.length} findings, ${(files.length / seconds).toFixed(0)} files/s`);
  for (const f of unlisted) {
    const wrong = f.severity !== "info";
    failed ||= wrong;
    console.log(`  ${wrong ? "NOT LISTED" : "note"}: ${f.path}:${f.line}:${f.column} ${f.severity} ${f.rule}: ${lineOf(f)}`);
  }
  for (const e of gone) console.log(`  no longer found: ${e.path} ${e.rule}: ${e.line}`);
  total.files += files.length;
  total.functions += functions;
  total.findings += findings.length;
  total.seconds += seconds;
}
console.log(`all: ${total.files} files, ${total.functions} functions, ${total.findings} findings, ${(total.files / total.seconds).toFixed(0)} files/s`);
process.exitCode = failed ? 1 : 0;

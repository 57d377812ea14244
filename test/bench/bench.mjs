// Speed as a ratio to a peer in the same run: `npm run bench [-- ROW…] [--pairs N]` (rows: rows.mjs, "append", "typing", "trial" and "trial-toy"). Whole
// processes in turn, cold start included. What it is compared with comes from PyPI into an environment of its own, .cache/bench;
// what is read is made anew there.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { cache, must, needPackages, needProgram, root } from "../../scripts/lib/run.mjs";
import { rows } from "./rows.mjs";

const asked = process.argv.slice(2);
const at = asked.indexOf("--pairs");
const pairs = at < 0 ? 7 : Number(asked.splice(at, 2)[1]);
const apart = ["append", "typing", "trial", "trial-toy"];
const unknown = asked.filter((name) => !apart.includes(name) && !rows.some((row) => row.name.startsWith(name)));
if (unknown.length > 0 || !(pairs > 0)) {
  console.error(`bench: ${unknown.length > 0 ? `no row ${unknown.join(", ")}` : "--pairs takes a number"}; rows: ${[...rows.map((row) => row.name), ...apart].join(", ")}`);
  process.exit(2);
}
const chosen = (name) => asked.length === 0 || asked.some((part) => name.startsWith(part));

needPackages();
must(process.execPath, ["esbuild.js", "--production"], { cwd: root });
const bench = join(root, "test", "bench");
const timed = join(bench, "timed.py");
const inspect = (folder, ...options) => [process.execPath, join(root, "dist", "cli.js"), "inspect", folder, "--json", ...options];

console.log(`Node ${process.versions.node}, ${cpus().length} × ${cpus()[0].model.trim()}; medians of ${pairs} pairs of whole processes`);
for (const row of rows) if (chosen(row.name)) measure(row);
if (chosen("append")) append();
if (chosen("typing")) typing();
if (chosen("trial")) must(process.execPath, [join(bench, "trial.mjs")], { stdio: "inherit" });
if (chosen("trial-toy")) must(process.execPath, [join(bench, "trial.mjs"), "--toy"], { stdio: "inherit" });

function measure(row) {
  const python = environment(row.packages);
  const paths = { node: process.execPath, python, bench, root, inspect, data: row.data === undefined && row.theirs === undefined ? made(row.name, python) : made(row.data ?? row.name, python) };
  if (row.until !== undefined) paths.server = server(python);
  const ours = [];
  const theirs = [];
  const own = row.ours(paths);
  const other = row.theirs?.(paths) ?? null;
  once(python, own, { mayFind: row.mayFind });
  // A peer that takes minutes is not warmed up.
  const rounds = Math.min(pairs, row.pairs ?? pairs);
  if (other !== null && row.pairs === undefined) once(python, other, row);
  for (let i = 0; i < rounds; i++) {
    ours.push(once(python, own, { mayFind: row.mayFind }));
    if (other !== null) theirs.push(once(python, other, row));
  }
  console.log(`\n${row.name}: ${row.work}`);
  const rss = median(ours.map((o) => o.rss));
  const over = row.limitMb !== undefined && rss > row.limitMb ? `, more than the ${row.limitMb} MB to keep below` : "";
  if (other === null) {
    console.log(`  wall    ${seconds(ours, "wall")}\n  memory  ${rss.toFixed(0)} MB at the peak${over}`);
    return;
  }
  console.log(`  against ${row.against}`);
  const compare = (mine, their, label, judged) => {
    const ratios = ours.map((o, i) => theirs[i][their] / o[mine]);
    console.log(`  ${label.padEnd(7)} ${seconds(ours, mine)} against ${seconds(theirs, their)}: ${spread(ratios)}${judged && median(ratios) < row.reach ? `, less than the ${row.reach}× to reach` : ""}`);
  };
  const inside = row.judged === "inside";
  if (inside) compare("inside", "inside", "work", true);
  else compare("wall", "wall", "wall", true);
  if (!inside && theirs.every((t) => t.inside !== null)) compare("wall", "inside", "strict", false); // ours whole, theirs without its start
  if (row.files !== undefined) {
    const count = readdirSync(paths.data, { recursive: true }).filter((name) => String(name).endsWith(row.files)).length;
    const rate = (runs) => `${(count / median(runs.map((run) => run.wall))).toFixed(0)} files/s`;
    console.log(`  files   ${rate(ours)} against ${rate(theirs)}, ${count} files`);
  }
  console.log(`  cpu     ${seconds(ours, "cpu")} against ${seconds(theirs, "cpu")}`);
  console.log(`  memory  ${rss.toFixed(0)} MB against ${median(theirs.map((o) => o.rss)).toFixed(0)} MB at the peak${over}`);
}

/** One event more in a log of 1 M points, and in one of 10,000: the time until the series holds it. */
function append() {
  const python = environment(["numpy==2.4.6"]);
  must(process.execPath, [join(bench, "append.mjs"), made("short", python), made("scalars", python)], { stdio: "inherit" });
}

/** A file of 2,000 lines is typed in: the time from each edit until its findings are there. */
function typing() {
  const monai = readdirSync(corpus()).find((name) => name.startsWith("monai-"));
  must(process.execPath, [join(bench, "typing.mjs"), join(corpus(), monai)], { stdio: "inherit" });
}

function once(python, command, { until, mayFind }) {
  const got = JSON.parse(must(python, [timed, ...(until === undefined ? [] : ["--until", until]), ...command]));
  if (got.code !== 0 && !(mayFind === true && got.code === 1)) throw new Error(`${command.join(" ")}: exit code ${got.code}`);
  return got;
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1];
}

function spread(ratios) {
  return `${median(ratios).toFixed(2)}× as fast (${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)})`;
}

function seconds(runs, key) {
  return `${median(runs.map((run) => run[key])).toFixed(2)} s`;
}

/** Python with these packages; one environment a list. */
function environment(packages) {
  const folder = join(cache, "bench", createHash("sha256").update(packages.join(" ")).digest("hex").slice(0, 12));
  const inside = join(folder, "bin", "python");
  if (!existsSync(join(folder, "ready"))) {
    const python3 = needProgram(["python3"], ["python3", "python3-venv"]);
    console.log(`fetching ${packages.join(", ")} (once)`);
    mkdirSync(folder, { recursive: true });
    must(python3, ["-m", "venv", "--clear", folder]);
    must(inside, ["-m", "pip", "install", "--quiet", ...packages]);
    writeFileSync(join(folder, "ready"), "");
  }
  return inside;
}

/** The folder that make.py filled. */
function made(what, python) {
  if (what === "lint-corpus") return corpus();
  const folder = join(cache, "bench", "data", what);
  if (what === "examples" || existsSync(join(`${folder}.ready`))) return folder;
  must(python, [join(bench, "make.py"), what, folder]);
  writeFileSync(`${folder}.ready`, "");
  return folder;
}

/** Published libraries, as `npm run lint-corpus` fetches them. */
function corpus() {
  const folder = join(cache, "lint-corpus");
  if (!existsSync(folder)) must(process.execPath, [join(root, "scripts", "lint-corpus.mjs")]);
  return folder;
}

function server(python) {
  const site = join(python, "..", "..", "lib");
  return join(site, readdirSync(site)[0], "site-packages", "tensorboard_data_server", "bin", "server");
}

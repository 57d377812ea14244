// Mutates every fixture through every reader: `npm run fuzz [-- --inputs N --seed S --format NAME --minutes M --jobs J]`.
// Each format runs in processes of its own, which may start nothing, write nothing and turn no text into code; one that does not
// come back within its time is ended and goes on behind that input. `--replay FORMAT:FILE:SEED` repeats one input, writes it to
// out/fuzz, shows the stack, and makes it smaller. Exit code 1 when a reader failed.
import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { build } from "esbuild";
import { fail, root } from "./lib/run.mjs";
import { simd } from "./lib/simd.mjs";

/** Seconds of processor time, and of a clock where that is not told or the process sleeps. */
const MOST_CPU = 2.5;
const MOST_WALL = 30;
const HEAP_MB = 384;
const SHOWN = 3;

const options = { inputs: 100_000, seed: 1, format: "", minutes: 0, jobs: Math.max(1, Math.min(8, availableParallelism?.() ?? cpus().length)), replay: "" };
for (let i = 2; i < process.argv.length; i += 2) {
  const name = process.argv[i].replace(/^--/, "");
  const value = process.argv[i + 1];
  if (!(name in options) || value === undefined) fail("fuzz: --inputs N, --seed S, --format NAME, --minutes M, --jobs J or --replay FORMAT:FILE:SEED");
  options[name] = typeof options[name] === "number" ? Number(value) : value;
  if (Number.isNaN(options[name])) fail(`fuzz: --${name} takes a number`);
}

const folder = join(root, "out", `fuzz-${process.pid}`);
mkdirSync(folder, { recursive: true });
const bundle = join(folder, "child.mjs");
const common = {
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  sourcemap: "inline",
  packages: "external",
  plugins: [simd(root)],
  logLevel: "warning",
  absWorkingDir: root,
};

/** Resolves with what became of one process: its totals, failures, and the input that it did not come back from. */
function child(job) {
  const permission = process.allowedNodeEnvironmentFlags.has("--permission") ? "--permission" : "--experimental-permission";
  const rights = job.replay === undefined ? [permission, "--allow-fs-read=*", "--disallow-code-generation-from-strings"] : [];
  const started = spawn(process.execPath, [...rights, "--no-warnings", "--enable-source-maps", `--max-old-space-size=${HEAP_MB}`, bundle, JSON.stringify(job)], { cwd: root, stdio: ["ignore", "inherit", "pipe", "pipe"] });
  return new Promise((resolve) => {
    const result = { totals: null, failures: [], at: null, name: "", library: false, making: false, ended: "", next: job.from, stderr: "", done: false };
    let since = { wall: Date.now(), cpu: null };
    createInterface({ input: started.stdio[3] }).on("line", (line) => {
      const rest = line.slice(2);
      if (line[0] === "b") {
        const space = rest.indexOf(" ");
        result.at = Number(space < 0 ? rest : rest.slice(0, space));
        result.name = rest.slice(space + 1);
        result.library = false;
        result.making = false;
        since = { wall: Date.now(), cpu: null };
      } else if (line[0] === "r") since = { wall: Date.now(), cpu: null };
      else if (line[0] === "m") result.making = true;
      else if (line[0] === "l") result.library = true;
      else if (line[0] === "f") result.failures.push(JSON.parse(rest));
      else if (line[0] === "t") result.totals = JSON.parse(rest);
      else if (line[0] === "e") {
        const end = JSON.parse(rest);
        result.totals = end.totals;
        result.next = end.next;
        result.replayed = end.failures;
        result.done = true;
      }
    });
    started.stderr.on("data", (data) => (result.stderr = (result.stderr + data).slice(-4000)));
    const watch = setInterval(() => {
      const wall = (Date.now() - since.wall) / 1000;
      if (result.at === null || result.making || result.done) return;
      const cpu = cpuOf(started.pid);
      since.cpu ??= cpu;
      if (job.replay === undefined ? (cpu !== 0 && cpu - since.cpu > MOST_CPU) || (cpu === 0 && wall > MOST_CPU * 2) || wall > MOST_WALL : wall > 120) {
        result.ended = `did not come back within ${cpu === 0 ? wall.toFixed(1) : (cpu - since.cpu).toFixed(1)} s`;
        started.kill("SIGKILL");
      }
    }, 250);
    started.on("close", (code, signal) => {
      clearInterval(watch);
      if (!result.done && result.ended === "") result.ended = `ended by ${signal ?? `exit code ${code}`}: ${result.stderr.trim().split("\n").slice(0, 6).join(" | ")}`;
      resolve(result);
    });
  });
}

/** Seconds of processor time of a process, 0 where the system does not tell. */
function cpuOf(pid) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").pop().split(" ");
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch (error) {
    if (error.code !== "ENOENT" && error.code !== "ESRCH") throw error;
    return 0;
  }
}

/** All inputs of one format, over as many processes as it takes. */
async function formatRun(format, inputs, until) {
  const all = { format, inputs: 0, ms: 0, worstMs: 0, worst: "", peakBytes: 0, largest: 0, library: 0, failures: [], watchdog: [] };
  for (let from = 0; from < inputs; ) {
    const got = await child({ root, format, seed: options.seed, from, to: inputs, until });
    all.failures.push(...got.failures);
    const t = got.totals;
    if (t !== null) {
      for (const key of ["inputs", "ms", "library"]) all[key] += t[key];
      for (const key of ["peakBytes", "largest"]) all[key] = Math.max(all[key], t[key]);
      if (t.worstMs > all.worstMs) [all.worstMs, all.worst] = [t.worstMs, t.worst];
    }
    if (got.done) break;
    if (got.at === null) {
      all.failures.push({ reader: format, demand: "stays alive", detail: got.ended, stack: "", input: `${format}, before its first input` });
      break;
    }
    if (got.making) throw new Error(`fuzz: the process ended while it made the input behind ${got.name}: ${got.ended}`);
    const failure = { reader: format, demand: got.ended.startsWith("did not") ? "time" : "stays alive", detail: got.ended, stack: "", input: got.name };
    if (got.library) all.watchdog.push(failure);
    else all.failures.push(failure);
    if (t === null || t.inputs < got.at - from) all.inputs += got.at - from - (t?.inputs ?? 0);
    all.inputs++;
    from = got.at + 1;
    if (until !== 0 && Date.now() >= until) break;
  }
  return all;
}

/** Failures of one cause together: reader, demand, and where it was thrown. */
function grouped(failures) {
  const groups = new Map();
  for (const failure of failures) {
    const place = failure.stack.split("\n").find((line) => /\/src\//.test(line))?.trim() ?? failure.detail.replace(/\d+(\.\d+)?/g, "#").slice(0, 60);
    const key = `${failure.reader} | ${failure.demand} | ${place}`;
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(failure);
  }
  return [...groups.values()].sort((a, b) => b.length - a.length);
}

try {
  await build({ ...common, entryPoints: [join(root, "test/fuzz/child.ts")], outfile: bundle });
  if (options.replay !== "") {
    const [, format, file, seed] = /^([^:]+):(.*):(\d+)$/.exec(options.replay) ?? fail("fuzz: --replay takes FORMAT:FILE:SEED");
    const got = await child({ root, format, seed: 0, from: 0, to: 1, until: 0, replay: { file, seed: Number(seed) } });
    if (got.stderr !== "") console.error(got.stderr);
    if (got.ended !== "") console.log(`${got.ended}${got.library ? " (HDF5's library)" : ""}`);
    process.exitCode = got.done && got.replayed === 0 ? 0 : 1;
  } else {
    await main();
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function main() {
  const fixtures = join(root, "test", "fixtures", "formats");
  const names = [...readdirSync(fixtures).sort(), "checkpoints", "volumes", "examples", "bombs"].filter((name) => options.format === "" || name === options.format);
  if (names.length === 0) fail(`fuzz: no fixtures of ${options.format}`);
  const each = Math.ceil(options.inputs / names.length);
  const began = Date.now();
  const until = options.minutes > 0 ? began + options.minutes * 60_000 : 0;
  const results = [];
  const queue = [...names];
  console.log(`${"format".padEnd(20)} ${"inputs".padStart(7)} ${"inputs/s".padStart(9)} ${"worst ms".padStart(9)} ${"peak MB".padStart(8)} ${"array MB".padStart(8)} ${"libhdf5".padStart(7)} failures`);
  await Promise.all(
    Array.from({ length: Math.min(options.jobs, names.length) }, async () => {
      for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
        // With a limit of time each format gets its share of what is left.
        const share = until === 0 ? 0 : Date.now() + Math.max(1000, (until - Date.now()) / Math.ceil((queue.length + 1) / options.jobs));
        const r = await formatRun(name, each, share);
        results.push(r);
        console.log(`${name.padEnd(20)} ${String(r.inputs).padStart(7)} ${(r.inputs / (r.ms / 1000)).toFixed(0).padStart(9)} ${r.worstMs.toFixed(0).padStart(9)} ${(r.peakBytes / 2 ** 20).toFixed(0).padStart(8)} ${(r.largest / 2 ** 20).toFixed(0).padStart(8)} ${String(r.library).padStart(7)} ${r.failures.length}${r.watchdog.length > 0 ? `, ${r.watchdog.length} ended by the watchdog (libhdf5)` : ""}${r.worstMs > 500 ? `  slowest ${r.worst}` : ""}`);
      }
    }),
  );
  const failures = results.flatMap((r) => r.failures);
  for (const group of grouped(failures)) {
    const [first] = group;
    console.log(`\n${first.reader}: ${first.demand}, ${group.length} times: ${first.detail}`);
    for (const line of first.stack.split("\n").filter((line) => /\/src\//.test(line)).slice(0, 6)) console.log(`  ${line.trim()}`);
    for (const { input } of group.slice(0, SHOWN)) console.log(`  npm run fuzz -- --replay '${input}'`);
  }
  const watchdog = results.flatMap((r) => r.watchdog);
  const sum = (key) => results.reduce((n, r) => n + r[key], 0);
  console.log(`\n${sum("inputs")} inputs of ${results.length} formats in ${((Date.now() - began) / 1000).toFixed(0)} s, seed ${options.seed}: ${failures.length} failures, ${watchdog.length} ended by the watchdog (libhdf5), ${sum("library")} readings through libhdf5`);
  for (const { input, detail } of watchdog.slice(0, SHOWN)) console.log(`  libhdf5 ${detail.slice(0, 120)}: ${input}`);
  process.exitCode = failures.length === 0 && sum("inputs") > 0 ? 0 : 1;
}

// Speed as a ratio to a peer in the same run: `npm run bench [-- PAIRS]`. Whole processes in turn, cold start included.
// What it is compared with comes from PyPI into an environment of its own, .cache/bench.
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { cache, must, needPackages, needProgram, root } from "../../scripts/lib/run.mjs";

const PACKAGES = ["numpy==2.4.6", "h5py==3.16.0", "nibabel==5.4.2", "tensorboard==2.21.0", "setuptools<81"];
const pairs = Number(process.argv[2] ?? 7);

needPackages();
must(process.execPath, ["esbuild.js", "--production"], { cwd: root });
const python = environment();
const timed = join(root, "test", "bench", "timed.py");
const rows = [
  {
    work: "examples/ inspected from the terminal",
    against: "h5py, numpy, nibabel and TensorBoard's event reader",
    ours: [process.execPath, join(root, "dist", "cli.js"), "inspect", join(root, "examples"), "--json"],
    theirs: [python, join(root, "test", "bench", "peer.py"), join(root, "examples")],
  },
];

console.log(`Node ${process.versions.node}, ${cpus().length} × ${cpus()[0].model}; medians of ${pairs} pairs of whole processes`);
for (const row of rows) {
  const ours = [];
  const theirs = [];
  once(row.ours);
  once(row.theirs);
  for (let i = 0; i < pairs; i++) {
    ours.push(once(row.ours));
    theirs.push(once(row.theirs));
  }
  const ratios = ours.map((own, i) => theirs[i].wall / own.wall);
  console.log(`\n${row.work}\n  against ${row.against}`);
  console.log(`  wall    ${seconds(ours, "wall")} against ${seconds(theirs, "wall")}: ${median(ratios).toFixed(2)}× as fast (${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)})`);
  console.log(`  cpu     ${seconds(ours, "cpu")} against ${seconds(theirs, "cpu")}`);
  console.log(`  memory  ${median(ours.map((o) => o.rss)).toFixed(0)} MB against ${median(theirs.map((o) => o.rss)).toFixed(0)} MB at the peak`);
}

function once(command) {
  const got = JSON.parse(must(python, [timed, ...command]));
  if (got.code !== 0) throw new Error(`${command.join(" ")}: exit code ${got.code}`);
  return got;
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1];
}

function seconds(runs, key) {
  return `${median(runs.map((run) => run[key])).toFixed(2)} s`;
}

function environment() {
  const folder = join(cache, "bench");
  const inside = join(folder, "bin", "python");
  if (!existsSync(join(folder, "ready"))) {
    const python3 = needProgram(["python3"], ["python3", "python3-venv"]);
    console.log("fetching what is compared with (once)");
    mkdirSync(cache, { recursive: true });
    must(python3, ["-m", "venv", "--clear", folder]);
    must(inside, ["-m", "pip", "install", "--quiet", ...PACKAGES]);
    writeFileSync(join(folder, "ready"), "");
  }
  return inside;
}

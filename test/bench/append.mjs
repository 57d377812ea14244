// Appends events one by one to a short and to a long log, and takes the time until the series hold each, and until the run has been
// judged anew: node append.mjs SHORT_FOLDER LONG_FOLDER. The files get their old length back.
import { appendFileSync, readdirSync, readFileSync, rmSync, statSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { simd } from "../../scripts/lib/simd.mjs";

const ROUNDS = 41;
const root = fileURLToPath(new URL("../..", import.meta.url));
const bundle = join(root, "out", `append-${process.pid}.cjs`);
const exported = ["engine/session", "engine/fileSource", "read/logs/tfevents", "read/logs/collector"].map((path) => `export * from "./src/${path}";`).join("\n");
await build({ stdin: { contents: exported, resolveDir: root }, outfile: bundle, bundle: true, platform: "node", format: "cjs", target: "node20", external: ["h5wasm"], plugins: [simd(root)], logLevel: "warning" });
const { default: doctor } = await import(bundle);
try {
  const results = [];
  for (const folder of process.argv.slice(2)) results.push(await measure(folder));
  console.log(`\nappend: one event more in a log of 10 series (medians of ${ROUNDS})`);
  for (const { points, series, judged } of results) console.log(`  ${points.toLocaleString("en").padStart(9)} points: ${series.toFixed(2)} ms until the series hold it, ${judged.toFixed(2)} ms until the run is judged`);
} finally {
  rmSync(bundle, { force: true });
}

async function measure(folder) {
  const name = readdirSync(folder).find((file) => file.includes("tfevents"));
  const path = join(folder, name);
  const { size } = statSync(path);
  const event = lastRecord(readFileSync(path));
  try {
    const collector = new doctor.SeriesCollector();
    const sink = collector.sink(name, "tfevents");
    let state = null;
    const read = () => {
      const source = doctor.openFile(path, name);
      ({ state } = doctor.tfevents.read(source, state, sink, {}));
      source.close();
      return collector.series();
    };
    const first = read();
    const series = await median(read, path, event);
    const session = new doctor.RunSession(folder, { cacheFolder: null });
    await session.inspect({});
    const judged = await median(() => session.inspect({}), path, event);
    return { points: first.reduce((sum, { steps }) => sum + steps.length, 0), series, judged };
  } finally {
    truncateSync(path, size);
  }
}

async function median(look, path, event) {
  const times = [];
  for (let i = 0; i < ROUNDS; i++) {
    appendFileSync(path, event);
    const start = performance.now();
    await look();
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[ROUNDS >> 1];
}

function lastRecord(bytes) {
  let start = 0;
  for (let at = 0; at < bytes.length; at += 16 + Number(bytes.readBigUInt64LE(at))) start = at;
  return bytes.subarray(start);
}

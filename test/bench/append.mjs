// Appends events one by one to a short and to a long log, and takes the time until the run's series holds each:
// node append.mjs SHORT_FOLDER LONG_FOLDER. The files get their old length back.
import { appendFileSync, readdirSync, readFileSync, rmSync, statSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { simd } from "../../scripts/lib/simd.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const bundle = join(root, "out", `append-${process.pid}.cjs`);
await build({ entryPoints: [join(root, "src", "engine", "session.ts")], outfile: bundle, bundle: true, platform: "node", format: "cjs", target: "node20", external: ["h5wasm"], plugins: [simd(root)], logLevel: "warning" });
const { default: engine } = await import(bundle);
const ROUNDS = 41;
try {
  const [short, long] = [await measure(process.argv[2]), await measure(process.argv[3])];
  console.log(`\nappend: one event more, until the series holds it (medians of ${ROUNDS})`);
  console.log(`  ${short.points.toLocaleString("en")} points ${short.ms.toFixed(2)} ms, ${long.points.toLocaleString("en")} points ${long.ms.toFixed(2)} ms`);
} finally {
  rmSync(bundle, { force: true });
}

async function measure(folder) {
  const name = readdirSync(folder).find((file) => file.includes("tfevents"));
  const path = join(folder, name);
  const { size } = statSync(path);
  // The last record is a whole event; the same again at the same step replaces the point, so the step is raised.
  const event = lastRecord(readFileSync(path));
  const session = new engine.RunSession(folder, { cacheFolder: null });
  try {
    const first = await session.inspect({});
    const points = first.series.reduce((sum, series) => sum + series.steps.length, 0);
    const times = [];
    for (let i = 0; i < ROUNDS; i++) {
      appendFileSync(path, event);
      const start = performance.now();
      const next = await session.inspect({});
      times.push(performance.now() - start);
      if (next.series.length !== first.series.length) throw new Error("append: the series changed");
    }
    times.sort((a, b) => a - b);
    return { points, ms: times[ROUNDS >> 1] };
  } finally {
    truncateSync(path, size);
  }
}

function lastRecord(bytes) {
  let at = 0;
  let start = 0;
  while (at < bytes.length) {
    start = at;
    at += 16 + Number(bytes.readBigUInt64LE(at));
  }
  return bytes.subarray(start, at);
}

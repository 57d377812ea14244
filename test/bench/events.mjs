// The first reading of a folder's event file in this process, every point kept, until the series are there: node events.mjs FOLDER.
// Prints {"inside": SECONDS}; nothing was compiled before.
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const folder = process.argv[2];
const root = fileURLToPath(new URL("../..", import.meta.url));
const bundle = join(root, "out", `events-${process.pid}.cjs`);
const exported = ["engine/fileSource", "read/logs/tfevents", "read/logs/collector"].map((name) => `export * from "./src/${name}";`).join("\n");
await build({ stdin: { contents: exported, resolveDir: root }, outfile: bundle, bundle: true, platform: "node", format: "cjs", target: "node20", logLevel: "warning" });
try {
  const { default: doctor } = await import(bundle);
  const name = readdirSync(folder).find((file) => file.includes("tfevents"));
  const start = performance.now();
  const collector = new doctor.SeriesCollector();
  const source = doctor.openFile(join(folder, name), name);
  const read = doctor.tfevents.read(source, null, collector.sink(name, "tfevents"), {});
  source.close();
  const series = collector.series();
  const inside = (performance.now() - start) / 1000;
  if (read.end !== "complete" || series.length === 0) throw new Error(`events: ${read.end}: ${read.problem}`);
  console.log(JSON.stringify({ inside }));
} finally {
  rmSync(bundle, { force: true });
}

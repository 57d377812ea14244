// Statistics of all tensors of a checkpoint in this process: node stats.mjs FILE FORMAT THREADS. Prints {"inside": SECONDS}: the
// median of five readings after a first (code compiled, threads started), as of a program that looks at a run again and again.
import { rmSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { simd } from "../../scripts/lib/simd.mjs";

const [, , path, format, threads] = process.argv;
const root = fileURLToPath(new URL("../..", import.meta.url));
const bundle = join(root, "out", `stats-${process.pid}.cjs`);
const exported = ["engine/fileSource", "engine/inflate", "engine/tensorThreads", "read/bytes/hdf5", "read/formats"].map((name) => `export * from "./src/${name}";`).join("\n");
await build({ stdin: { contents: exported, resolveDir: root }, outfile: bundle, bundle: true, platform: "node", format: "cjs", target: "node20", external: ["h5wasm"], plugins: [simd(root)], logLevel: "warning" });
try {
  const { default: doctor } = await import(bundle);
  const reader = doctor.CHECKPOINT_FORMATS.find(({ name }) => name === format);
  const helpers = new doctor.TensorThreads(join(root, "dist", "tensors.js"), Number(threads));
  const times = [];
  for (let round = 0; round < 6; round++) {
    const start = performance.now();
    const source = doctor.openFile(path, basename(path));
    const file = reader.open(source, { inflate: doctor.inflate, hdf5: doctor.simpleHdf5, sibling: (name) => source.sibling(name) });
    const results = await helpers.measure(file.tensors, [], { path, name: basename(path), format }, null);
    if (round > 0) times.push((performance.now() - start) / 1000);
    if ([...results.values()].some((result) => !("stats" in result)) || results.size !== file.tensors.length) throw new Error("stats: a tensor was not measured");
    file.close();
    source.close();
  }
  await helpers.close();
  times.sort((a, b) => a - b);
  console.log(JSON.stringify({ inside: times[times.length >> 1] }));
} finally {
  rmSync(bundle, { force: true });
}

// "losses": what 105 losses would do to 400 label maps, from counts of voxels: node losses.mjs FOLDER (labels.npy: uint8, images × height × width).
// Prints {"inside": SECONDS} of one analysis in a fresh process. Leaves beside the labels what the peer needs: each loss as PyTorch code, and the
// batches that are looked at.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const CLASSES = 11;
const folder = process.argv[2];
const root = fileURLToPath(new URL("../..", import.meta.url));
const bundle = join(root, "out", `losses-${process.pid}.cjs`);
const exported = ["losses/analysis/labels", "losses/code/codeOf", "losses/compare", "losses/loss", "losses/variants"].map((name) => `export * from "./src/${name}";`).join("\n");
await build({ stdin: { contents: exported, resolveDir: root }, outfile: bundle, bundle: true, platform: "node", format: "cjs", target: "node20", logLevel: "warning" });
try {
  const { default: doctor } = await import(bundle);
  const bytes = readFileSync(join(folder, "labels.npy"));
  const header = 10 + bytes.readUInt16LE(8);
  const [count, height, width] = /\((\d+), (\d+), (\d+)\)/.exec(bytes.subarray(0, header).toString("latin1")).slice(1).map(Number);
  const start = performance.now();
  const images = Array.from({ length: count }, (_, i) => {
    const volumes = new Float64Array(CLASSES);
    for (const label of bytes.subarray(header + i * height * width, header + (i + 1) * height * width)) volumes[label]++;
    return volumes;
  });
  const set = { classes: CLASSES, background: 0, images, predicted: null, batchSize: 8 };
  const rows = [...doctor.compare(set, doctor.VARIANTS, null)];
  const inside = (performance.now() - start) / 1000;
  const analysed = rows.filter((row) => row.analysis !== null);
  const code = analysed.flatMap(({ id }) => {
    const text = doctor.codeOf(doctor.variantOf(id), "pytorch", { classes: CLASSES, background: 0 });
    return text === null ? [] : [{ id, text }];
  });
  writeFileSync(join(folder, "losses.json"), JSON.stringify({ batches: doctor.batchesOf(set), code }));
  console.log(JSON.stringify(Object.fromEntries(analysed.map(({ id, analysis }) => [id, analysis.values]))));
  console.log(JSON.stringify({ inside }));
} finally {
  rmSync(bundle, { force: true });
}

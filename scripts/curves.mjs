// Runs the curve rules over a file of labelled curves and prints what they say: `node scripts/curves.mjs FILE [--list]`
// FILE: JSON lines (.jsonl, or .jsonl.gz): {"name", "label": "overfit" | "non_overfit", "train_loss": [...], "val_loss": [...]}, as OverfitGuard's benchmark
// has them (asgaardlab/OverfitGuard). --list also names the curves that were missed or falsely flagged.
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gunzipSync } from "node:zlib";
import { build } from "esbuild";

const [file, ...flags] = process.argv.slice(2);
if (file === undefined) {
  console.error("usage: node scripts/curves.mjs FILE [--list]");
  process.exit(2);
}
const root = fileURLToPath(new URL("..", import.meta.url));
const bundle = join(root, "out", `curves-${process.pid}.mjs`);
await build({ entryPoints: [join(root, "src", "diagnose", "index.ts")], outfile: bundle, bundle: true, platform: "neutral", format: "esm", target: "es2022", logLevel: "warning" });
let diagnose;
try {
  ({ diagnose } = await import(pathToFileURL(bundle).href));
} finally {
  rmSync(bundle, { force: true });
}

const raw = readFileSync(file);
const text = (raw[0] === 0x1f && raw[1] === 0x8b ? gunzipSync(raw) : raw).toString("utf8");
const curves = text.split("\n").filter((line) => line.trim() !== "").map((line) => JSON.parse(line));

const series = (tag, split, values) => ({
  tag, split, quantity: "loss", class: null, source: "curves.csv", unit: "epoch", lines: null, wallTimes: null, restarts: 0,
  steps: Float64Array.from(values, (_, i) => i), values: Float64Array.from(values, (v) => (v === null ? NaN : v)),
});
const measuresOf = (curve) => ({
  classes: [], background: 0, lastEpoch: curve.train_loss.length - 1, epochs: [], trainEpochs: [], labels: null, trainLabels: null, checkpoints: [],
  outputChannels: null, loss: null, classWeights: null, series: [series("loss", "train", curve.train_loss), series("val_loss", "val", curve.val_loss)],
});

const count = { tp: 0, fp: 0, fn: 0, tn: 0 };
const others = new Map();
const lines = [];
for (const curve of curves) {
  const { findings } = diagnose(measuresOf(curve), { state: "finished" });
  const said = new Set(findings.flatMap(function flat(f) { return [f.symptom, ...f.explains.flatMap(flat)]; }));
  const overfit = curve.label === "overfit";
  const found = said.has("overfitting");
  count[overfit ? (found ? "tp" : "fn") : found ? "fp" : "tn"]++;
  if (overfit !== found) lines.push(`${overfit ? "missed" : "false alarm"}: ${curve.name}`);
  for (const id of said) {
    if (id === "overfitting") continue;
    const entry = others.get(id) ?? { overfit: 0, not: 0 };
    entry[overfit ? "overfit" : "not"]++;
    others.set(id, entry);
    lines.push(`${id}: ${curve.name} (${curve.label}): ${findings.find((f) => f.symptom === id)?.message ?? ""}`);
  }
}

const f1 = (tp, fp, fn) => (tp === 0 ? 0 : (2 * tp) / (2 * tp + fp + fn));
const overfits = count.tp + count.fn;
const rest = count.fp + count.tn;
const macro = (f1(count.tp, count.fp, count.fn) + f1(count.tn, count.fn, count.fp)) / 2;
console.log(`| rule | of ${overfits} overfit | of ${rest} not overfit |`);
console.log("|---|---|---|");
console.log(`| overfitting | ${count.tp} | ${count.fp} |`);
for (const id of ["flat-training", "flat-validation", "nan-loss", "diverging-loss", "train-val-dice-gap"]) console.log(`| ${id} | ${others.get(id)?.overfit ?? 0} | ${others.get(id)?.not ?? 0} |`);
for (const [id, n] of others) if (!/^(flat-|nan-|diverging-|train-val-)/.test(id)) console.log(`| ${id} | ${n.overfit} | ${n.not} |`);
console.log(`\nOverfitting: macro-F1 ${macro.toFixed(3)}, accuracy ${((count.tp + count.tn) / curves.length).toFixed(3)} over ${curves.length} curves.`);
if (flags.includes("--list")) for (const line of lines) console.log(line);

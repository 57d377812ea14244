#!/usr/bin/env node
// Holds reports against what was measured outside: `node scripts/truth.mjs RUNS_DIR [--truth DIR] [RUN...] -- COMMAND...`
// runs `COMMAND... RUN --json` for each folder of RUNS_DIR that has a ground truth (its ground_truth.json, or DIR/RUN.json), and compares
// per-class Dice and voxel counts of every epoch that it keeps predictions of, tensor statistics and logged series where the
// truth has them, and the symptoms where the truth names them. One line a run, then the sums. Exit 1 if any differ.
// In brackets, not counted: epoch numbers, first epochs and numbers of points that differ.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, lstatSync, mkdtempSync, readFileSync, readdirSync, rmSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

const args = process.argv.slice(2);
const cut = args.indexOf("--");
if (cut < 1 || cut === args.length - 1) {
  console.error("usage: truth.mjs RUNS_DIR [--truth DIR] [RUN...] -- COMMAND...");
  process.exit(2);
}
const [root, ...rest] = args.slice(0, cut);
const asked = rest.indexOf("--truth");
const truths = asked < 0 ? null : rest.splice(asked, 2)[1];
const only = rest;
const truthOf = (name) => (truths ? join(truths, `${name}.json`) : join(root, name, "ground_truth.json"));
const command = args.slice(cut + 1);

const runs = readdirSync(root).filter((n) => existsSync(truthOf(n)) && (only.length === 0 || only.includes(n))).sort();
const close = (a, b, tolerance) => (a === null || b === null ? a === b : Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(b)));
const sums = { runs: 0, epochs: 0, epochsWrong: 0, tensors: 0, tensorsWrong: 0, series: 0, seriesWrong: 0, found: 0, missed: 0, falseAlarms: 0, failed: 0, notes: 0 };

/** A checkout has just been written; a run that has ended has not: every file and folder is made a day older. */
function age(path) {
  const stat = lstatSync(path);
  if (stat.isSymbolicLink()) return;
  if (stat.isDirectory()) for (const entry of readdirSync(path)) age(join(path, entry));
  utimesSync(path, stat.atimeMs / 1000 - 86_400, stat.mtimeMs / 1000 - 86_400);
}

/** The run is copied without its ground truth, so that nothing can read the answer. */
function inspect(name) {
  const dir = mkdtempSync(join(tmpdir(), "truth-"));
  const copy = join(dir, name);
  try {
    cpSync(join(root, name), copy, { recursive: true, preserveTimestamps: true, filter: (p) => !/^(ground_truth|truth|expected)\.(json|tsv)$/.test(basename(p)) });
    age(copy);
    const out = execFileSync(command[0], [...command.slice(1), copy, "--json"], { maxBuffer: 1 << 30, timeout: 300_000, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
    return JSON.parse(out);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function compareEpochs(truth, report, notes) {
  const measured = truth.per_epoch ?? [];
  const got = report.epochs ?? [];
  const wrong = [];
  for (const [i, want] of measured.entries()) {
    const have = want.predictions ? got.find((e) => e.predictions === want.predictions) : got[i];
    if (!have) { wrong.push(`epoch ${want.epoch}: not measured`); continue; }
    if (have.epoch !== want.epoch) notes.push(`${have.predictions}: called epoch ${have.epoch}, the log counts ${want.epoch}`);
    const classes = want.dice.length;
    for (let c = 0; c < classes; c++) {
      if (!close(have.dice?.[c] ?? null, want.dice[c], 1e-9)) { wrong.push(`epoch ${want.epoch} class ${c}: dice ${have.dice?.[c]} for ${want.dice[c]}`); break; }
      if (have.labelVoxels?.[c] !== want.label_voxels[c] || have.predictedVoxels?.[c] !== want.predicted_voxels[c]) { wrong.push(`epoch ${want.epoch} class ${c}: voxels`); break; }
    }
  }
  if (got.length > measured.length && measured.length > 0) wrong.push(`${got.length} epochs reported, ${measured.length} are there`);
  return { n: measured.length, wrong };
}

function compareTensors(truth, report) {
  const wrong = [];
  let n = 0;
  for (const want of truth.tensors ?? []) {
    n++;
    const shelf = report.checkpoints?.find((c) => c.path === want.checkpoint)?.tensors ?? [];
    // Readers may give a tensor the name that its author gave the layer, so a tensor is known by its shape and extremes.
    const scale = Math.max(Math.abs(want.min ?? 0), Math.abs(want.max ?? 0)) || 1;
    const near = (a, b, tolerance) => (a === null || b === null ? a === b : Math.abs(a - b) <= tolerance * scale);
    const same = (t) => t.count === want.count && near(t.min, want.min ?? null, 1e-7) && near(t.max, want.max ?? null, 1e-7);
    const have = shelf.find((t) => t.name === want.name) ?? shelf.find(same);
    if (!have) { wrong.push(`${want.checkpoint}: ${want.name} not reported`); continue; }
    if (want.nonFinite !== undefined && have.nan + have.inf !== want.nonFinite) { wrong.push(`${want.name}: ${have.nan} NaN and ${have.inf} infinite for ${want.nonFinite}`); continue; }
    for (const [key, tolerance] of [["count", 0], ["zeros", 0], ["nan", 0], ["inf", 0], ["min", 1e-7], ["max", 1e-7], ["mean", 1e-6], ["std", 1e-6], ["meanAbs", 1e-6], ["maxAbsChange", 1e-6]]) {
      const equal = tolerance === 0 ? have[key] === want[key] : near(have[key] ?? null, want[key] ?? null, tolerance);
      if (want[key] !== undefined && !equal) { wrong.push(`${want.name}: ${key} ${have[key]} for ${want[key]}`); break; }
    }
  }
  return { n, wrong };
}

/** truth.logged: {source: {tag: {points, last_step, last_value}}}; a series is known by its tag and must end on the logged value. */
function compareSeries(truth, report, notes) {
  const plain = (tag) => tag.toLowerCase().replace(/[^a-z0-9]+/g, "_").replace(/^_|_$/g, "");
  const wrong = [];
  let n = 0;
  for (const [source, tags] of Object.entries(truth.logged ?? {})) {
    if (source.startsWith("(")) continue; // computed, not in a file
    for (const [tag, want] of Object.entries(tags)) {
      if (["epoch", "step", "iteration"].includes(tag) || typeof want.last_value !== "number") continue;
      n++;
      const ends = (x) => close(x.lastValue ?? null, want.last_value, 1e-6);
      const named = (report.series ?? []).filter((x) => plain(x.tag) === plain(tag) || plain(x.tag).endsWith("_" + plain(tag)) || plain(tag).endsWith("_" + plain(x.tag)));
      const right = named.find(ends) ?? (report.series ?? []).find((x) => x.source === source && x.points === want.points && ends(x));
      if (!right) wrong.push(`${source}: ${tag} ${named.length ? `ends on ${named[0].lastValue} for ${want.last_value}` : "not read"}`);
      else if (right.points !== want.points) notes.push(`${source}: ${tag} has ${right.points} points for ${want.points}`);
    }
  }
  return { n, wrong };
}

/** truth.symptoms: [{kind, classes?}] must each be found; a finding above info whose id is not among truth.symptoms or truth.allowed is a false alarm. */
function compareSymptoms(truth, report, notes) {
  if (!truth.symptoms || truth.ambiguous) return null;
  const findings = (report.findings ?? []).flatMap(function flat(f) { return [f, ...(f.explains ?? []).flatMap(flat)]; });
  const missed = [];
  for (const want of truth.symptoms) {
    const same = findings.filter((f) => f.symptom === want.kind || (want.accept ?? []).includes(f.symptom));
    const classes = want.classes ?? [];
    const covered = classes.every((c) => same.some((f) => f.subject?.class === c || (f.subject?.classes ?? []).includes(c)));
    const first = want.since ?? want.first_epoch_visible;
    const said = same.map((f) => f.since?.epoch).filter((e) => typeof e === "number");
    const measured = truth.per_epoch.map((e) => e.epoch);
    const rank = (e) => measured.filter((m) => m < e).length;
    if (typeof first === "number" && said.length > 0 && Math.min(...said.map((e) => Math.abs(rank(e) - rank(first)))) > 1) notes.push(`${want.kind}: said since ${said[0]}, visible since ${first}`);
    if (same.length === 0 || (classes.length > 0 && !covered)) missed.push(want.kind + (classes.length ? `(${classes})` : ""));
  }
  const right = new Set([...truth.symptoms.flatMap((s) => [s.kind, ...(s.accept ?? [])]), ...(truth.allowed ?? [])]);
  const falseAlarms = [...new Set(findings.filter((f) => f.severity !== "info" && !right.has(f.symptom)).map((f) => f.symptom))];
  return { missed, falseAlarms, found: truth.symptoms.length - missed.length };
}

for (const name of runs) {
  const truth = JSON.parse(readFileSync(truthOf(name), "utf8"));
  sums.runs++;
  let report;
  try {
    const whole = inspect(name);
    report = whole.runs?.find((r) => r.path === "." || r.path === name) ?? whole.runs?.[0];
    if (!report) throw new Error("no run in the report");
  } catch (error) {
    sums.failed++;
    console.log(`${name}: FAILED: ${String(error.stderr || error.message).trim().split("\n").pop()}`);
    continue;
  }
  const notes = []; // worth a look, not counted as wrong
  const epochs = compareEpochs(truth, report, notes);
  const tensors = compareTensors(truth, report);
  const series = compareSeries(truth, report, notes);
  const symptoms = compareSymptoms(truth, report, notes);
  sums.epochs += epochs.n; sums.epochsWrong += epochs.wrong.length;
  sums.tensors += tensors.n; sums.tensorsWrong += tensors.wrong.length;
  const parts = [`epochs ${epochs.n - Math.min(epochs.n, epochs.wrong.length)}/${epochs.n}`];
  if (tensors.n) parts.push(`tensors ${tensors.n - tensors.wrong.length}/${tensors.n}`);
  sums.series += series.n; sums.seriesWrong += series.wrong.length;
  if (series.n) parts.push(`series ${series.n - series.wrong.length}/${series.n}`);
  if (symptoms) {
    sums.found += symptoms.found; sums.missed += symptoms.missed.length; sums.falseAlarms += symptoms.falseAlarms.length;
    if (symptoms.missed.length) parts.push(`missed ${symptoms.missed.join(" ")}`);
    if (symptoms.falseAlarms.length) parts.push(`false alarm ${symptoms.falseAlarms.join(" ")}`);
  }
  console.log(`${name}: ${parts.join("; ")}`);
  sums.notes += notes.length;
  for (const line of notes.slice(0, 2)) console.log(`    (${line})`);
  for (const line of [...epochs.wrong.slice(0, 3), ...tensors.wrong.slice(0, 3), ...series.wrong.slice(0, 3)]) console.log(`    ${line}`);
}
console.log(`${sums.runs} runs, ${sums.failed} failed; epochs wrong ${sums.epochsWrong}/${sums.epochs}; tensors wrong ${sums.tensorsWrong}/${sums.tensors}; series wrong ${sums.seriesWrong}/${sums.series}; symptoms found ${sums.found}, missed ${sums.missed}, false alarms ${sums.falseAlarms}; notes ${sums.notes}`);
process.exit(sums.runs === 0 || sums.failed || sums.epochsWrong || sums.tensorsWrong || sums.seriesWrong || sums.missed || sums.falseAlarms ? 1 : 0);

/** run-doctor losses: what the labels of a run say about losses. run-doctor loss: one loss on arrays of the caller's own. */
import { writeFileSync } from "node:fs";
import { messageOf } from "./engine/errors";
import { openFile } from "./engine/fileSource";
import { labelsOf } from "./losses/analysis/fromRun";
import { chosen, ownVariant, USUAL } from "./losses/choice";
import { compare, type Compared } from "./losses/compare";
import { evaluate } from "./losses/loss";
import { variantOf, VARIANTS } from "./losses/variants";
import { gradientArray, voxelsOf } from "./losses/voxels";
import { readElements } from "./read/volumes/arrayReader";
import { readNpyHeader } from "./read/volumes/npyHeader";
import type { Inspection } from "./run";
import { lossesText, type ComparedRun } from "./report/losses";
import { trialText } from "./report/trial";
import { trialsOf, type Trial, type TrainingChoice } from "./terminalTrial";

export const LOSSES_USAGE = `usage: run-doctor losses FOLDER [--json] [--variants A,B,… | --variants all]
       run-doctor losses FOLDER --train [--toy] [--steps N] [--seeds N] [--batch-norm] [--variants A,B,…] [--json]
       run-doctor loss NAME --logits A.npy --labels B.npy [--gradient OUT.npy] [--json]
       run-doctor loss --list

losses: what each loss would do to the labels of a run: its value at telling predictions, its gradients, the weights
        of the classes, and one sentence; exact, without a training
  FOLDER        a run, or a folder of runs
  --variants    names with ";" or "," between them (run-doctor loss --list), or all
  --train       trains a small network with each of them: the same data, first weights, batches and steps
  --toy         on handwritten digits instead of the run's images; FOLDER may be left out then
  --steps       steps of each training (300)
  --seeds       trainings of each, from other first weights and batches (1)
  --batch-norm  with batch normalisation, which keeps many losses from ending at background

loss:   the value of one loss on arrays: logits (B, C, …), labels (B, …) of class indices
  --gradient    writes the gradient with respect to the logits as float64

exit code: 0, or 2 for wrong usage, or what cannot be read
`;

export interface Answer {
  readonly output: string;
  readonly exitCode: 0 | 2;
  readonly complaint: string | null;
}

/** Runs in a folder, with their paths relative to it. */
export type Inspect = (folder: string) => Promise<readonly { readonly path: string; readonly run: Inspection }[]>;

const wrong = (what: string): Answer => ({ output: "", exitCode: 2, complaint: `${what} (run-doctor losses --help)` });
const said = (output: string): Answer => ({ output, exitCode: 0, complaint: null });

/** `args`: what follows `losses`. */
export async function runLosses(args: readonly string[], inspect: Inspect): Promise<Answer> {
  if (args.includes("--help") || args.includes("-h")) return said(LOSSES_USAGE);
  const given = options(args, ["--variants", "--steps", "--seeds"], ["--train", "--toy", "--batch-norm"]);
  if (typeof given === "string") return wrong(given);
  const training = trainingChoice(given);
  if (typeof training === "string") return wrong(training);
  const toy = given.flags.has("--toy");
  const [folder, ...more] = given.words;
  if (folder === "" || (folder === undefined && !toy)) return wrong("FOLDER is missing");
  if (more.length > 0) return wrong("one FOLDER at a time");
  const asked = given.values.get("--variants");
  const ids = asked === undefined ? USUAL : asked === "all" ? VARIANTS.map((v) => v.id) : named(asked);
  if (typeof ids === "string") return wrong(ids);
  let runs: Awaited<ReturnType<Inspect>> = [];
  if (folder !== undefined) {
    try {
      runs = await inspect(folder);
    } catch (error) {
      return { output: "", exitCode: 2, complaint: `${folder}: ${messageOf(error)}` };
    }
    if (runs.length === 0) return { output: "", exitCode: 2, complaint: `${folder}: no run found, so no labels` };
  }
  const compared = runs.map(({ path: below, run }): ComparedRun => {
    const path = below === "." ? run.name : below;
    const labels = labelsOf(run);
    if (typeof labels === "string") return { path, problem: labels };
    const own = ownVariant(run.loss, run.config);
    const variants: Compared[] = [...compare(labels.set, chosen(own, ids), own)];
    return { path, over: labels.over, names: labels.names, classes: labels.set.classes, images: labels.set.images.length, background: labels.set.background, batchSize: labels.set.batchSize, batchBy: labels.batchBy, variants };
  });
  const width = Math.max(60, Math.min(process.stdout.columns || 100, 140));
  let trials: readonly Trial[] = [];
  try {
    if (training !== null) trials = await trialsOf(folder ?? null, runs, ids, training, toy);
  } catch (error) {
    return { output: "", exitCode: 2, complaint: messageOf(error) };
  }
  if (given.json) return said(`${JSON.stringify({ schema: "run-doctor/losses/1", runs: compared.map(report), ...(training === null ? {} : { trials: spelled(trials) }) }, null, 2)}\n`);
  return said([...(compared.length === 0 ? [] : [lossesText(compared, width)]), ...trials.map((trial) => trialText(trial, width))].join("\n"));
}

/** Null where nothing is to be trained; a sentence for wrong usage. */
function trainingChoice({ flags, values }: Options): TrainingChoice | null | string {
  const number = (name: string, usual: number, most: number): number => {
    const text = values.get(name);
    if (text === undefined) return usual;
    return /^[1-9]\d*$/.test(text) && Number(text) <= most ? Number(text) : NaN;
  };
  const steps = number("--steps", 300, 100_000);
  const seeds = number("--seeds", 1, 20);
  if (Number.isNaN(steps)) return "--steps takes a number from 1 to 100,000";
  if (Number.isNaN(seeds)) return "--seeds takes a number from 1 to 20";
  if (!flags.has("--train")) {
    const other = ["--toy", "--batch-norm"].find((f) => flags.has(f)) ?? ["--steps", "--seeds"].find((n) => values.has(n));
    return other === undefined ? null : `${other} goes with --train`;
  }
  return { steps, seeds, batchNorm: flags.has("--batch-norm") };
}

/** One run as JSON has it; numbers that are not finite become strings. */
function report(run: ComparedRun): unknown {
  if ("problem" in run) return run;
  return {
    ...run,
    variants: run.variants.map(({ analysis, ...rest }) => ({
      ...rest,
      ...(analysis === null ? {} : { values: spelled(analysis.values), floor: spelled(analysis.values.perfect), gradientNorms: spelled({ uniform: analysis.fresh.norms, background: analysis.collapsed.norms }), towardsTruth: spelled(analysis.collapsed.towardsTruth), onBackground: spelled(analysis.collapsed.onBackground), barrier: spelled(analysis.barrier), maskBarrier: spelled(analysis.maskBarrier), weights: spelled(analysis.weights), absentClasses: analysis.absent, scaleShift: spelled(analysis.scaleShift), precision: analysis.precision }),
    })),
  };
}

function spelled(value: unknown): unknown {
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (Array.isArray(value)) return value.map(spelled);
  if (typeof value === "object" && value !== null) return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, spelled(v)]));
  return value;
}

/** `args`: what follows `loss`. */
export function runLoss(args: readonly string[]): Answer {
  if (args.includes("--help") || args.includes("-h")) return said(LOSSES_USAGE);
  if (args.includes("--list")) return said(VARIANTS.map((v) => `${v.id}\n`).join(""));
  const given = options(args, ["--logits", "--labels", "--gradient"]);
  if (typeof given === "string") return wrong(given);
  const [name, ...more] = given.words;
  const logits = given.values.get("--logits");
  const labels = given.values.get("--labels");
  if (name === undefined) return wrong("NAME is missing");
  if (more.length > 0) return wrong("one NAME at a time");
  if (logits === undefined || labels === undefined) return wrong("--logits and --labels are needed");
  const variant = variantOf(name);
  if (variant === undefined) return wrong(`no loss is called ${JSON.stringify(name)}: run-doctor loss --list`);
  try {
    const z = readNpy(logits);
    const y = readNpy(labels);
    const [batch = 0, classes = 0, ...space] = z.shape;
    // Labels may keep an axis of one channel.
    const shape = y.shape.length === z.shape.length && y.shape[1] === 1 ? [y.shape[0]!, ...y.shape.slice(2)] : y.shape;
    if (z.shape.length < 2 || shape.join() !== [batch, ...space].join()) throw new RangeError(`loss: logits of shape (${z.shape.join(", ")}) and labels of shape (${y.shape.join(", ")}): (B, C, …) and (B, …) are needed`);
    if (variant.classes !== undefined && variant.classes !== classes) throw new RangeError(`loss: ${name} is made for ${variant.classes} classes, and the logits have ${classes}`);
    const voxels = voxelsOf(z.values, y.values, z.shape);
    const out = given.values.get("--gradient");
    const { value, gradient } = evaluate(variant, voxels, out !== undefined);
    if (out !== undefined && gradient !== null) writeFileSync(out, npyBytes(gradientArray(voxels, gradient), z.shape));
    return said(given.json ? `${JSON.stringify({ name, value: spelled(value), shape: z.shape, gradient: out ?? null })}\n` : `${value}\n`);
  } catch (error) {
    return { output: "", exitCode: 2, complaint: messageOf(error) };
  }
}

interface Options {
  readonly words: readonly string[];
  readonly values: ReadonlyMap<string, string>;
  readonly flags: ReadonlySet<string>;
  readonly json: boolean;
}

function options(args: readonly string[], withValue: readonly string[], without: readonly string[] = []): Options | string {
  const words: string[] = [];
  const flags = new Set<string>();
  const values = new Map<string, string>();
  let json = false;
  let named = true; // "--" ends the options
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    if (!named || !arg.startsWith("-")) words.push(arg);
    else if (arg === "--") named = false;
    else if (arg === "--json") json = true;
    else if (without.includes(arg)) flags.add(arg);
    else {
      const cut = arg.indexOf("=");
      const name = cut < 0 ? arg : arg.slice(0, cut);
      if (!withValue.includes(name)) return `unknown option ${JSON.stringify(arg)}`;
      const value = cut < 0 ? args[++i] : arg.slice(cut + 1);
      if (value === undefined || value === "") return `${name} needs a value`;
      values.set(name, value);
    }
  }
  return { words, values, flags, json };
}

/** Names as the user lists them; they hold commas themselves, so the longest that is known is taken each time. */
function named(text: string): readonly string[] | string {
  const ids: string[] = [];
  let rest = text.trim();
  while (rest !== "") {
    const id = VARIANTS.map((v) => v.id).filter((v) => rest.startsWith(v) && /^\s*([,;]|$)/.test(rest.slice(v.length))).sort((a, b) => b.length - a.length)[0];
    if (id === undefined) return `no variant is called ${JSON.stringify(rest)}: run-doctor loss --list`;
    ids.push(id);
    rest = rest.slice(id.length).replace(/^\s*[,;]\s*/, "");
  }
  return ids;
}

/** A .npy file's numbers in C order. */
function readNpy(path: string): { readonly shape: readonly number[]; readonly values: Float64Array } {
  const source = openFile(path, path);
  try {
    const header = readNpyHeader("npy", (bytes) => source.read(0, bytes));
    const { shape, order } = header;
    const total = shape.reduce((a, b) => a * b, 1);
    const values = Float64Array.from(readElements({ ...header, format: "npy", source }, 0, total), Number);
    return { shape, values: order === "C" ? values : reordered(values, shape) };
  } finally {
    source.close();
  }
}

/** From an array whose first axis runs fastest to one whose last does. */
function reordered(values: Float64Array, shape: readonly number[]): Float64Array {
  const out = new Float64Array(values.length);
  const place = shape.map(() => 0);
  for (let i = 0; i < values.length; i++) {
    out[place.reduce((at, x, axis) => at * shape[axis]! + x, 0)] = values[i]!;
    for (let axis = 0; axis < shape.length && ++place[axis]! === shape[axis]; axis++) place[axis] = 0;
  }
  return out;
}

/** A version 1.0 .npy file of little-endian float64. */
function npyBytes(values: Float64Array, shape: readonly number[]): Uint8Array {
  const text = `{'descr': '<f8', 'fortran_order': False, 'shape': (${shape.join(", ")}${shape.length === 1 ? "," : ""}), }`;
  const header = `${text.padEnd(Math.ceil((text.length + 11) / 64) * 64 - 11)}\n`;
  const bytes = new Uint8Array(10 + header.length + values.length * 8);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length & 255, header.length >> 8]);
  bytes.set(new TextEncoder().encode(header), 10);
  const view = new DataView(bytes.buffer, 10 + header.length);
  values.forEach((v, i) => view.setFloat64(8 * i, v, true));
  return bytes;
}

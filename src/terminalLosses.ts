/** run-doctor losses: what the labels of a run say about losses. run-doctor loss: one loss on arrays of the caller's own. */
import { writeFileSync } from "node:fs";
import { messageOf } from "./engine/errors";
import { labelsOf } from "./losses/analysis/fromRun";
import { chosen, ownVariant, USUAL } from "./losses/choice";
import { codeOf, noCodeReason } from "./losses/code/codeOf";
import { compare, type Compared } from "./losses/compare";
import type { Numbers } from "./losses/libraries/ndarray";
import type { LossFunction } from "./losses/libraries/options";
import { spelledLoss } from "./losses/libraries/spelled";
import { evaluate } from "./losses/loss";
import { variantOf, VARIANTS } from "./losses/variants";
import { gradientArray, voxelsOf } from "./losses/voxels";
import type { Inspection } from "./run";
import { lossesText, type ComparedRun } from "./report/losses";
import { trialText } from "./report/trial";
import { npyBytes, readNpy } from "./terminalArrays";
import { trialsOf, type Trial, type TrainingChoice } from "./terminalTrial";

export const LOSSES_USAGE = `usage: run-doctor losses FOLDER [--json] [--variants A,B,… | --variants all]
       run-doctor losses FOLDER --train [--toy] [--steps N] [--seeds N] [--batch-norm] [--variants A,B,…] [--json]
       run-doctor loss NAME --logits A.npy --labels B.npy [--gradient OUT.npy] [--json]
       run-doctor loss NAME --code keras|pytorch [--classes N]
       run-doctor loss --list

losses: what each loss would do to the labels of a run: its value at telling predictions, its gradients, the weights
        of the classes, and one sentence; exact, without a training
  FOLDER        a run, or a folder of runs
  --variants    names with ";" or "," between them (run-doctor loss --list), or all
  --train       trains a small network with each of them: the same data, first weights, batches and steps
  --toy         on handwritten digits instead of the run's own images (where none are found, too); FOLDER may be left out then
  --steps       steps of each training (300)
  --seeds       trainings of each, from other first weights and batches (1)
  --batch-norm  with batch normalisation, which keeps many losses from ending at background

loss:   the value of one loss on arrays: logits (B, C, …), labels (B, …) of class indices
  NAME          one of the list, or a loss of monai, smp, keras or niftynet with any of its options:
                "monai.DiceLoss(softmax,smooth_nr=0,batch=True)", "smp.TverskyLoss(multiclass,alpha=.3,beta=.7)",
                "keras.Tversky(axis=[0,1,2],version='head')", "niftynet.Dice()"; version is 1.5 (as computed where it is
                not given) or 1.6 for monai, 3.15.1 or head for keras. These take labels of the logits' shape too; keras
                and niftynet take (B, …, C), and monai, smp and keras apply the activation that is asked for alone
  --gradient    writes the gradient with respect to the logits as float64
  --code        prints the loss as Python to paste into a project: for Keras 3 (any backend) or PyTorch, 2-D and 3-D
  --classes     how many classes its comments speak of (default 2); what it computes holds for any number

--json: {schema, runs: what was compared for each run, variants: [{run, id, values, floor, weights, gradientNorms, barrier, sentence, …}]}

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
    if (training !== null) trials = await trialsOf(runs, ids, training, toy);
  } catch (error) {
    return { output: "", exitCode: 2, complaint: messageOf(error) };
  }
  if (given.json) return said(`${JSON.stringify({ schema: "run-doctor/losses/1", runs: compared.map(facts), variants: compared.flatMap(rows), ...(training === null ? {} : { trials: spelled(trials) }) }, null, 2)}\n`);
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

/** What was compared on a run's labels, or why nothing was. */
function facts(run: ComparedRun): unknown {
  if ("problem" in run) return run;
  const { variants, ...rest } = run;
  return { ...rest, variants: variants.length };
}

/** The variants of one run, each with the run's path; numbers that are not finite become strings. */
function rows(run: ComparedRun): unknown[] {
  if ("problem" in run) return [];
  return run.variants.map(({ analysis, ...rest }) => ({
    run: run.path,
    ...rest,
    ...(analysis === null ? {} : { values: spelled(analysis.values), floor: spelled(analysis.values.perfect), gradientNorms: spelled({ uniform: analysis.fresh.norms, background: analysis.collapsed.norms }), towardsTruth: spelled(analysis.collapsed.towardsTruth), onBackground: spelled(analysis.collapsed.onBackground), barrier: spelled(analysis.barrier), maskBarrier: spelled(analysis.maskBarrier), weights: spelled(analysis.weights), absentClasses: analysis.absent, scaleShift: spelled(analysis.scaleShift), precision: analysis.precision }),
  }));
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
  const given = options(args, ["--logits", "--labels", "--gradient", "--code", "--classes"]);
  if (typeof given === "string") return wrong(given);
  const [name, ...more] = given.words;
  const logits = given.values.get("--logits");
  const labels = given.values.get("--labels");
  if (name === undefined) return wrong("NAME is missing");
  if (more.length > 0) return wrong("one NAME at a time");
  const framework = given.values.get("--code");
  const count = given.values.get("--classes");
  if (framework !== undefined) return codeAnswer(name, framework, count);
  if (count !== undefined) return wrong("--classes goes with --code");
  if (logits === undefined || labels === undefined) return wrong("--logits and --labels are needed");
  const loss = variantOf(name) ?? spelledLoss(name);
  if (loss === null) return wrong(`no loss is called ${JSON.stringify(name)}: run-doctor loss --list`);
  if (typeof loss === "string") return wrong(loss);
  const out = given.values.get("--gradient");
  try {
    const z = readNpy(logits);
    const y = readNpy(labels);
    if (typeof loss === "function") return spelledAnswer(name, loss, z, y, out, given.json);
    const [batch = 0, classes = 0, ...space] = z.shape;
    // Labels may keep an axis of one channel.
    const shape = y.shape.length === z.shape.length && y.shape[1] === 1 ? [y.shape[0]!, ...y.shape.slice(2)] : y.shape;
    if (z.shape.length < 2 || shape.join() !== [batch, ...space].join()) throw new RangeError(`loss: logits of shape (${z.shape.join(", ")}) and labels of shape (${y.shape.join(", ")}): (B, C, …) and (B, …) are needed`);
    if (loss.classes !== undefined && loss.classes !== classes) throw new RangeError(`loss: ${name} is made for ${loss.classes} classes, and the logits have ${classes}`);
    const voxels = voxelsOf(z.values, y.values, z.shape);
    const { value, gradient } = evaluate(loss, voxels, out !== undefined);
    if (out !== undefined && gradient !== null) writeFileSync(out, npyBytes(gradientArray(voxels, gradient), z.shape));
    return said(given.json ? `${JSON.stringify({ name, value: spelled(value), shape: z.shape, gradient: out ?? null })}\n` : `${value}\n`);
  } catch (error) {
    return { output: "", exitCode: 2, complaint: messageOf(error) };
  }
}

function codeAnswer(name: string, framework: string, count: string | undefined): Answer {
  if (framework !== "keras" && framework !== "pytorch") return wrong(`--code is keras or pytorch, not ${JSON.stringify(framework)}`);
  const variant = variantOf(name);
  if (variant === undefined) return wrong(`no loss is called ${JSON.stringify(name)}: run-doctor loss --list`);
  const classes = count === undefined ? (variant.classes ?? 2) : Number(count);
  if (!Number.isInteger(classes) || classes < 2 || classes > 65_535) return wrong(`--classes is a whole number of 2 or more, not ${JSON.stringify(count)}`);
  const options = { classes, background: 0 };
  const code = codeOf(variant, framework, options);
  return code === null ? { output: "", exitCode: 2, complaint: `${name} has no code. ${noCodeReason(variant, options) ?? ""}`.trim() } : said(code);
}

/** The value is a list where the loss is not reduced; the gradient is of its sum. */
function spelledAnswer(name: string, loss: LossFunction, z: Numbers, y: Numbers, out: string | undefined, json: boolean): Answer {
  const { shape, values, gradient } = loss(z, y);
  if (out !== undefined) writeFileSync(out, npyBytes(gradient(), z.shape));
  const value = shape.length === 0 ? values[0] : [...values];
  return said(json ? `${JSON.stringify({ name, value: spelled(value), shape: z.shape, gradient: out ?? null })}\n` : `${[...values].join("\n")}\n`);
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

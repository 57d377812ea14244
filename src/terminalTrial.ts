/** run-doctor losses --train: a short training with each variant, in a process of its own. */
import { join } from "node:path";
import { runImages, type FromTrial, type TrialJob } from "./engine/losses/trialMessages";
import { TrialOutcomes } from "./engine/losses/trialOutcomes";
import { TrialRun } from "./engine/losses/trialRun";
import { verdictOf, type Trained, type Verdict } from "./losses/trial/verdict";
import type { Inspection } from "./run";

/** What the user may choose. */
export interface TrainingChoice {
  readonly steps: number;
  readonly seeds: number;
  readonly batchNorm: boolean;
}

/** Measurements of a training. */
const SLICES = 10;

/** What a trial came to; `path`: of the run, null where there is none. */
export interface Trial {
  readonly path: string | null;
  /** Why it is not the run's own images that were trained on. */
  readonly instead: string | null;
  readonly backend: string;
  readonly data: string;
  readonly train: number;
  readonly val: number;
  readonly steps: number;
  readonly seeds: number;
  readonly batchNorm: boolean;
  readonly trained: readonly (Trained & { readonly points: readonly Point[] })[];
  readonly verdict: Verdict;
}

type Point = Omit<Extract<FromTrial, { readonly kind: "point" }>, "kind" | "id" | "seed" | "steps">;

/** A folder that holds node_modules/@tensorflow/tfjs-node; the environment may name one. */
const folders = (): string[] => [process.env["RUN_DOCTOR_TFJS_NODE"] ?? "", join(__dirname, "..")].filter((f) => f !== "");

/** Rejects with one clear line where the trial could not go on. Progress is written to `progress`. */
async function train(job: Pick<TrialJob, "data" | "variants" | "loss" | "config">, { steps, seeds, batchNorm }: TrainingChoice, path: string | null, progress: (line: string) => void): Promise<Trial> {
  const outcomes = new TrialOutcomes();
  const points = new Map<string, Point[]>();
  let backend = "";
  let begun: Extract<FromTrial, { readonly kind: "begun" }> | null = null;
  let interrupted = (): void => undefined;
  await new Promise<void>((resolve, reject) => {
    const heard = (message: FromTrial): void => {
      outcomes.hear(message);
      switch (message.kind) {
        case "backend":
          backend = message.words;
          break;
        case "begun":
          begun = message;
          break;
        case "point": {
          const { id, seed, step, seconds, loss, dice, foreground, background } = message;
          const key = `${seed} ${id}`;
          points.set(key, [...(points.get(key) ?? []), { step, seconds, loss, dice, foreground, background }]);
          progress(`${id}, seed ${seed}: step ${step} of ${message.steps}, foreground Dice ${foreground?.toFixed(3) ?? "not defined"}`);
          break;
        }
        case "done":
          resolve();
          break;
        case "failed":
          reject(new Error(message.message));
          break;
        case "ended":
        case "pictures":
        case "paused":
          break;
      }
    };
    const run = new TrialRun(join(__dirname, "trial.js"), { ...job, steps, slice: Math.max(1, Math.ceil(steps / SLICES)), seeds: Array.from({ length: seeds }, (_, k) => k), batchNorm, folders: folders() }, heard);
    interrupted = (): void => {
      run.stop().then(() => reject(new Error("stopped")), reject);
    };
    process.once("SIGINT", interrupted);
  }).finally(() => process.off("SIGINT", interrupted));
  const { from, train: trainCount, val, instead } = begun!;
  const trained = outcomes.trained();
  return {
    path,
    instead,
    backend,
    data: from,
    train: trainCount,
    val,
    steps,
    seeds,
    batchNorm,
    trained: trained.map((t) => ({ ...t, points: points.get(`${t.seed} ${t.id}`) ?? [] })),
    verdict: verdictOf(trained, { from, steps, seeds, batchNorm, images: val }),
  };
}

/** One trial on the toy set for all; or one for each run, on its own images, and on the toy set where it has none (`instead` says why). */
export async function trialsOf(runs: readonly { readonly path: string; readonly run: Inspection }[], variants: readonly string[], choice: TrainingChoice, toy: boolean): Promise<readonly Trial[]> {
  const progress = (line: string): void => {
    if (process.stderr.isTTY) process.stderr.write(`${line}\x1b[K\r`);
  };
  const trials: Trial[] = [];
  for (const one of runs.length === 0 ? [null] : runs) {
    const run = one?.run ?? null;
    const images = run === null ? null : runImages(run, run.background);
    const data: TrialJob["data"] = toy || images === null ? { kind: "toy" } : images;
    const path = one === null || run === null ? null : one.path === "." ? run.name : one.path;
    const trial = await train({ data, variants, loss: run?.loss ?? null, config: run?.config ?? null }, choice, path, progress);
    trials.push(!toy && run !== null && images === null ? { ...trial, instead: "No labels were found in this run." } : trial);
  }
  progress("");
  return trials;
}

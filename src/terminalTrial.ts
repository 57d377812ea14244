/** run-doctor losses --train: a short training with each variant, in a process of its own. */
import { join } from "node:path";
import type { FromTrial, TrialJob } from "./engine/losses/trialMessages";
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

/** Levels of the network, batches and learning rate, the same for every trial. */
export const NETWORK = { batchSize: 8, rate: 1e-3, widths: [8, 16, 32] } as const;
/** Measurements of a training. */
const SLICES = 10;

/** What a trial came to; `path`: of the run, null where there is none. */
export interface Trial {
  readonly path: string | null;
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
          const { kind: _, id, seed, steps: all, ...point } = message;
          const key = `${seed} ${id}`;
          points.set(key, [...(points.get(key) ?? []), point]);
          progress(`${id}, seed ${seed}: step ${point.step} of ${all}, foreground Dice ${point.foreground?.toFixed(3) ?? "not defined"}`);
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
    const run = new TrialRun(join(__dirname, "trial.js"), { ...job, ...NETWORK, steps, slice: Math.max(1, Math.ceil(steps / SLICES)), seeds: Array.from({ length: seeds }, (_, k) => k), batchNorm, folders: folders() }, heard);
    const interrupted = (): void => {
      void run.stop().then(() => reject(new Error("stopped")));
    };
    process.once("SIGINT", interrupted);
  });
  const { from, train: trainCount, val } = begun!;
  const trained = outcomes.trained();
  return {
    path,
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

/** One trial on the toy set, or one for each run on its own images. */
export async function trialsOf(folder: string | null, runs: readonly { readonly path: string; readonly run: Inspection }[], variants: readonly string[], choice: TrainingChoice, toy: boolean): Promise<readonly Trial[]> {
  const progress = (line: string): void => {
    if (process.stderr.isTTY) process.stderr.write(`${line}\r\x1b[K`);
  };
  if (!toy) throw new Error(`${folder ?? ""}: training on a run's own images is not possible yet: --toy trains on the toy set`);
  const own = runs.length === 1 ? runs[0]! : null;
  return [await train({ data: { kind: "toy" }, variants, loss: own?.run.loss ?? null, config: own?.run.config ?? null }, choice, own?.path ?? null, progress)];
}

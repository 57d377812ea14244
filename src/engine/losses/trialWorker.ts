/** The process that trains: one job, then it ends and its memory is given back. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { inflateRawSync } from "node:zlib";
import { chosen, ownVariant } from "../../losses/choice";
import { misfit, type Variant } from "../../losses/loss";
import { unusable, type TrialData } from "../../losses/trial/data";
import { digitsOf } from "../../losses/trial/digits";
import { synthetic } from "../../losses/trial/synthetic";
import { Training } from "../../losses/trial/train";
import { messageOf } from "../errors";
import { backend, type Backend } from "./trialBackend";
import { trialData } from "./trialImages";
import type { Ending, FromTrial, ToTrial, TrialJob } from "./trialMessages";
import { networkFor } from "./trialNetwork";
import { pictures } from "./trialPictures";

/** The .wasm files and the digits, beside the script. */
const ASSETS = join(__dirname, "trial");

class Trials {
  private readonly skipped = new Set<string>();
  private wake: (() => void) | null = null;
  private paused: Promise<void> | null = null;

  constructor(private readonly say: (message: FromTrial) => void) {}

  hear(message: ToTrial): void {
    switch (message.kind) {
      case "job":
        this.run(message.job).then(
          () => this.say({ kind: "done" }),
          (error: unknown) => this.say({ kind: "failed", message: messageOf(error) }),
        );
        break;
      case "pause":
        this.paused ??= new Promise((resolve) => (this.wake = resolve));
        break;
      case "resume":
        this.wake?.();
        this.wake = this.paused = null;
        break;
      case "skip":
        this.skipped.add(message.id);
        break;
    }
  }

  private async run(job: TrialJob): Promise<void> {
    const { data, instead } = await dataOf(job);
    const problem = unusable(data);
    if (problem !== null) throw new Error(problem);
    const own = ownVariant(job.loss, job.config);
    const variants = chosen(own, job.variants);
    if (variants.length === 0) throw new Error("No variant is chosen.");
    const on = await backend(ASSETS, job.folders, job.backend);
    this.say({ kind: "backend", name: on.name, words: on.words });
    this.say({ kind: "begun", variants: variants.map((v) => ({ id: v.id, name: v.name, own: v === own })), seeds: job.seeds, steps: job.steps, from: data.from, classes: data.classes, background: data.background, train: data.train.length, val: data.val.length, instead });
    for (const seed of job.seeds) {
      for (const variant of variants) {
        try {
          const { why, message } = await this.train(job, data, variant, seed, on);
          this.say({ kind: "ended", id: variant.id, seed, why, ...(message === undefined ? {} : { message }) });
        } catch (error) {
          this.say({ kind: "ended", id: variant.id, seed, why: "failed", message: messageOf(error) });
        }
      }
    }
  }

  private async train(job: TrialJob, data: TrialData, variant: Variant, seed: number, { tf }: Backend): Promise<{ readonly why: Ending; readonly message?: string }> {
    const wrong = misfit(variant, data.classes);
    if (wrong !== null) return { why: "failed", message: wrong };
    const training = new Training(tf, variant, data, { ...(job.network ?? networkFor(data.space.length)), batchNorm: job.batchNorm, seed });
    let [sum, since, seconds] = [0, 0, 0];
    const point = (step: number): void => {
      this.say({ kind: "point", id: variant.id, seed, step, steps: job.steps, seconds, loss: since === 0 ? null : sum / since, ...training.measure() });
      [sum, since, seconds] = [0, 0, 0];
    };
    point(0);
    for (let step = 1; step <= job.steps; step++) {
      await turn(); // messages come in between
      if (this.paused !== null) {
        this.say({ kind: "paused" });
        await this.paused;
      }
      if (this.skipped.has(variant.id)) return { why: "stopped" };
      const begun = performance.now();
      const loss = training.step();
      if (Number.isNaN(loss)) return { why: "nan", message: `Its loss or its gradient was not a finite number in step ${step}.` };
      sum += loss;
      since++;
      seconds += (performance.now() - begun) / 1000;
      if (step % job.slice === 0 || step === job.steps) point(step);
    }
    this.say({ kind: "pictures", id: variant.id, seed, images: pictures(data, (indices) => training.predict(indices)) });
    return { why: "done" };
  }
}

async function dataOf({ data }: TrialJob): Promise<{ readonly data: TrialData; readonly instead: string | null }> {
  switch (data.kind) {
    case "toy":
      return { data: toySet(), instead: null };
    case "synthetic":
      return { data: synthetic({ dimensions: data.dimensions }), instead: null };
    case "given":
      return { data: data.data, instead: null };
    case "run": {
      const found = await trialData(data.folder, data.labels, data.background);
      return typeof found === "string" ? { data: toySet(), instead: found } : { data: found, instead: null };
    }
  }
}

function toySet(): TrialData {
  return digitsOf(inflateRawSync(readFileSync(join(ASSETS, "digits.bin"))));
}

if (process.send === undefined) throw new Error("trial.js is started by Run Doctor");
// The channel is flushed before it is closed; without it the process ends by itself.
const trials = new Trials((message) => process.send?.(message, undefined, undefined, () => (message.kind === "done" || message.kind === "failed" ? process.disconnect() : undefined)));
process.on("message", (message: ToTrial) => trials.hear(message));
process.on("disconnect", () => process.exit());

/** One panel's trial: a process that trains while the panel is open, what it said, and what is kept of it. */
import type { FromTrial, RunImages, TrialJob } from "../../engine/losses/trialMessages";
import { TrialOutcomes } from "../../engine/losses/trialOutcomes";
import { TrialRun } from "../../engine/losses/trialRun";
import { verdictOf } from "../../losses/trial/verdict";
import { MOST_VARIANTS, type TrialChoice, type TrialPictures, type TrialSource, type TrialState } from "../../protocol";
import type { LossModel, RunConfig } from "../../run";
import { blankTrial, heardPictures, heardState, NO_PICTURES, unfinished } from "./trialState";
import type { TrialStore } from "./trialStore";

/** Measurements of a training. */
const SLICES = 20;
const MOST_STEPS = 20_000;

/** What is trained for. */
export interface TrialSubject {
  /** Of run and labels, for what is kept. */
  readonly key: string;
  readonly loss: LossModel | null;
  readonly config: RunConfig | null;
  readonly names: readonly (string | null)[];
  /** Where images of the run may be found; null without a run that has labels. */
  readonly images: RunImages | null;
}

export interface TrialDoors {
  /** Path of dist/trial.js. */
  readonly script: string;
  /** Folders below which TensorFlow's own library may be. */
  readonly folders: () => readonly string[];
  readonly store: TrialStore;
  readonly changed: () => void;
  readonly failed: (what: string, error: unknown) => void;
}

const MADE: readonly TrialSource[] = ["toy", "synthetic 2-D", "synthetic 3-D"];
const sourcesOf = (subject: TrialSubject): readonly TrialSource[] => (subject.images === null ? MADE : ["run", ...MADE]);

export class Trial {
  private current = blankTrial(MADE);
  private shots = NO_PICTURES;
  /** What was said of trainings, for the verdict. */
  private said: FromTrial[] = [];
  private run: TrialRun | null = null;
  private subject: TrialSubject | null = null;
  /** What the running trial is about; the page may have gone on to other labels. */
  private about: TrialSubject | null = null;
  private writing: Promise<void> = Promise.resolve();
  private disposed = false;

  constructor(private readonly doors: TrialDoors) {}

  get state(): TrialState {
    return this.current;
  }

  get pictures(): TrialPictures {
    return this.shots;
  }

  /** Of the process that trains; undefined while none does. */
  get pid(): number | undefined {
    return this.run?.pid;
  }

  /** Shows what was kept for these labels, unless a trial runs. */
  look(subject: TrialSubject | null): void {
    const before = this.subject?.key;
    this.subject = subject;
    if (subject === null || subject.key === before || this.run !== null) return;
    this.show(blankTrial(sourcesOf(subject)), NO_PICTURES);
    this.doors.store.load(subject.key).then(
      (kept) => {
        if (kept === null || this.disposed || this.subject?.key !== subject.key || this.current.phase !== "none") return;
        this.show({ ...kept.state, sources: sourcesOf(subject), restored: true }, kept.pictures);
      },
      (error: unknown) => this.doors.failed("results of a trial", error),
    );
  }

  /** Throws where a trial runs, or the choice cannot be trained. */
  start(choice: TrialChoice): void {
    const subject = this.subject;
    if (this.run !== null) throw new Error("a trial runs already");
    if (subject === null) throw new Error("the labels are not read yet");
    const job = jobOf(choice, subject, this.doors.folders());
    this.about = subject;
    this.said = [];
    this.show({ ...blankTrial(sourcesOf(subject)), phase: "starting", choice }, NO_PICTURES);
    this.run = new TrialRun(this.doors.script, job, (message) => this.heard(message));
  }

  pause(): void {
    if (this.current.phase !== "running") return;
    this.run?.pause();
    this.show({ ...this.current, phase: "paused" });
  }

  resume(): void {
    if (this.current.phase !== "paused") return;
    this.run?.resume();
    this.show({ ...this.current, phase: "running" });
  }

  skip(id: string): void {
    this.run?.skip(id);
  }

  /** Ends the process at once; what was measured stays and is judged. */
  async stop(): Promise<void> {
    const run = this.run;
    if (run === null) return;
    const gone = run.stop();
    this.end();
    await gone;
  }

  /** Ends the process; what was measured is kept. */
  async dispose(): Promise<void> {
    await this.stop();
    this.disposed = true;
    await this.writing;
  }

  private heard(message: FromTrial): void {
    if (message.kind !== "pictures") this.said.push(message);
    this.shots = heardPictures(this.shots, message);
    this.current = heardState(this.current, message, this.about?.names ?? []);
    if (message.kind === "done" || message.kind === "failed") this.end();
    else this.show(this.current);
    // What has been trained is not lost with the window.
    if (message.kind === "ended" && this.run !== null) this.keep(this.closed());
  }

  private end(): void {
    this.run = null;
    const state = this.closed();
    this.show(state);
    this.keep(state);
  }

  /** As if it had ended now: what has not ended is stopped, and a verdict is there. */
  private closed(): TrialState {
    let state = this.current;
    const open = unfinished(state).map(({ id, seed }) => ({ kind: "ended", id, seed, why: "stopped" }) as const);
    for (const message of open) state = heardState(state, message, []);
    const outcomes = new TrialOutcomes();
    for (const message of [...this.said, ...open]) outcomes.hear(message);
    const trained = outcomes.trained();
    const { choice, from, val } = state;
    const verdict = choice === null || from === null || trained.length === 0 ? null : verdictOf(trained, { from, steps: choice.steps, seeds: choice.seeds, batchNorm: choice.batchNorm, images: val });
    return { ...state, phase: "ended", verdict, ended: Date.now() };
  }

  private keep(state: TrialState): void {
    const key = this.about?.key;
    // A trial that ended before anything was trained takes nothing from the one before.
    if (key === undefined || !state.lines.some((line) => line.steps.length > 1)) return;
    const pictures = this.shots;
    this.writing = this.writing.then(() => this.doors.store.save(key, { state, pictures })).catch((error: unknown) => this.doors.failed("results of a trial", error));
  }

  private show(state: TrialState, pictures: TrialPictures = this.shots): void {
    this.current = state;
    this.shots = pictures;
    if (!this.disposed) this.doors.changed();
  }
}

function jobOf({ data, variants, steps, batchNorm, seeds }: TrialChoice, { loss, config, images }: TrialSubject, folders: readonly string[]): TrialJob {
  if (!Array.isArray(variants) || variants.length > MOST_VARIANTS || !variants.every((id) => typeof id === "string")) throw new Error(`a trial takes ${MOST_VARIANTS} losses at most`);
  if (!Number.isInteger(steps) || steps < 1 || steps > MOST_STEPS) throw new Error(`a training has 1 to ${MOST_STEPS} steps`);
  if (!Number.isInteger(seeds) || seeds < 1 || seeds > 9) throw new Error("1 to 9 seeds are trained");
  return {
    data: dataOf(data, images),
    variants: variants.filter((id) => id !== "own"),
    loss,
    config,
    steps,
    slice: Math.max(1, Math.ceil(steps / SLICES)),
    seeds: Array.from({ length: seeds }, (_, k) => k),
    batchNorm,
    folders,
  };
}

function dataOf(source: TrialSource, images: RunImages | null): TrialJob["data"] {
  switch (source) {
    case "run":
      if (images === null) break;
      return images;
    case "toy":
      return { kind: "toy" };
    case "synthetic 2-D":
      return { kind: "synthetic", dimensions: 2 };
    case "synthetic 3-D":
      return { kind: "synthetic", dimensions: 3 };
  }
  throw new Error("there is no such data");
}

/** The training of one network with one loss. */
import { dice } from "../../run";
import type { Variant } from "../loss";
import { Adam } from "./adam";
import { batches, batchOf, voxelsOfImage, type TrialData } from "./data";
import type { Statistics } from "./layers";
import { lossOn, truthOf } from "./lossTensor";
import { confusion, foregroundMean, predictedShare } from "./measure";
import type { Tensor, Tensorflow } from "./tensorflow";
import { initialParameters, pass, type Plan } from "./unet";

export interface TrainingOptions {
  readonly batchSize: number;
  readonly rate: number;
  readonly batchNorm: boolean;
  readonly widths: readonly number[];
  readonly seed: number;
}

export interface Measured {
  /** Dice of each class over the validation images; null where it is not defined. */
  readonly dice: readonly (number | null)[];
  readonly foreground: number | null;
  /** Share of the validation voxels that are predicted as background. */
  readonly background: number;
}

/** Share of a new batch's statistics in the running ones, once there are some. */
const MOMENTUM = 0.1;
/** Images that are predicted at once. */
const AT_ONCE = 32;

export class Training {
  private readonly plan: Plan;
  private readonly shapes: readonly (readonly number[])[];
  private readonly values: readonly Float32Array[];
  private readonly adam: Adam;
  private readonly order: Generator<Int32Array, never>;
  private readonly running: Statistics[] = [];
  private steps = 0;

  /** Weights and batches follow from the seed alone: every variant gets the same. */
  constructor(
    private readonly tf: Tensorflow,
    private readonly variant: Variant,
    private readonly data: TrialData,
    options: TrainingOptions,
  ) {
    this.plan = { dimensions: data.space.length === 3 ? 3 : 2, channels: data.channels, classes: data.classes, batchNorm: options.batchNorm, widths: options.widths };
    const parameters = initialParameters(this.plan, options.seed);
    this.shapes = parameters.map((p) => p.shape);
    this.values = parameters.map((p) => p.values);
    this.adam = new Adam(this.values, options.rate);
    this.order = batches(data, options.batchSize, options.seed);
  }

  /** One step; the loss before it. Not finite: nothing was changed. */
  step(): number {
    const { tf, data } = this;
    const batch = batchOf(data, this.order.next().value);
    const seen: Statistics[] = [];
    let value = NaN;
    let gradients: Float32Array[] = [];
    // Nothing is given back from within: TensorFlow.js would look through all numbers for tensors.
    tf.tidy(() => {
      const images = tf.tensor(batch.images, [batch.size, ...data.space, data.channels]);
      const truth = truthOf(tf, batch.labels, batch.size, data.classes, data.space);
      const { logits, back } = pass(tf, this.plan, this.tensors(), images, { training: true, seen: (layer, of) => (seen[layer] = of) });
      const loss = lossOn(tf, this.variant, logits, truth);
      value = loss.value;
      gradients = back(loss.gradient).map((g) => g.dataSync<"float32">());
    });
    if (!Number.isFinite(value) || gradients.some((g) => !g.every(Number.isFinite))) return NaN;
    this.adam.apply(gradients);
    this.heed(seen);
    this.steps++;
    return value;
  }

  /** The classes that are predicted for some images, (images, spatial…). */
  predict(indices: ArrayLike<number>): Uint8Array {
    const { tf, data } = this;
    const n = voxelsOfImage(data);
    const out = new Uint8Array(indices.length * n);
    for (let at = 0; at < indices.length; at += AT_ONCE) {
      const batch = batchOf(data, Array.from(indices).slice(at, at + AT_ONCE));
      const known = this.running.length > 0 ? this.running : this.unknown();
      tf.tidy(() => {
        const images = tf.tensor(batch.images, [batch.size, ...data.space, data.channels]);
        out.set(tf.argMax(pass(tf, this.plan, this.tensors(), images, { training: false, known }).logits, -1).dataSync<"int32">(), at * n);
      });
    }
    return out;
  }

  measure(): Measured {
    const { data } = this;
    const counts = confusion(batchOf(data, data.val).labels, this.predict(data.val), data.classes);
    const perClass = dice(counts);
    return { dice: perClass, foreground: foregroundMean(perClass, data.background), background: predictedShare(counts, data.background) };
  }

  private tensors(): Tensor[] {
    return this.values.map((v, k) => this.tf.tensor(v, this.shapes[k] as number[]));
  }

  private heed(seen: readonly Statistics[]): void {
    // The first batches count in full: a mean that starts at 0 and 1 would lag behind short trainings.
    const share = Math.max(MOMENTUM, 1 / (this.steps + 1));
    seen.forEach((of, layer) => {
      const before = this.running[layer] ?? of;
      const mix = (a: Float32Array, b: Float32Array): Float32Array => a.map((x, i) => x + share * (b[i]! - x));
      this.running[layer] = { mean: mix(before.mean, of.mean), variance: mix(before.variance, of.variance) };
    });
  }

  /** Before the first step: as if mean 0 and variance 1 had been seen. */
  private unknown(): Statistics[] {
    return this.shapes.filter((s) => s.length === 4).map((s) => ({ mean: new Float32Array(s[3]!), variance: new Float32Array(s[3]!).fill(1) }));
  }
}

/** A few validation images with a prediction, as a page draws them. */
import { voxelsOfImage, type TrialData } from "../../losses/trial/data";
import type { TrialPicture } from "./trialMessages";

const COUNT = 6;

/** Images that lie evenly in the validation set. `predict` gives (images, spatial…). */
export function pictures(data: TrialData, predict: (indices: readonly number[]) => Uint8Array): TrialPicture[] {
  const count = Math.min(COUNT, data.val.length);
  const chosen = Array.from({ length: count }, (_, k) => data.val[Math.floor((k * data.val.length) / count)]!);
  const predicted = predict(chosen);
  const n = voxelsOfImage(data);
  const [height = 1, width = 1] = data.space.slice(-2);
  return chosen.map((i, k) => {
    const labels = Uint8Array.from(data.labels.subarray(i * n, (i + 1) * n));
    const from = fullest(labels, width * height, data.background);
    const cut = (of: Uint8Array): Uint8Array => of.slice(from, from + width * height);
    return { width, height, image: cut(intensities(data, i, n)), labels: cut(labels), predicted: cut(predicted.subarray(k * n, (k + 1) * n)) };
  });
}

/** Where the slice with most labelled voxels begins. */
function fullest(labels: Uint8Array, size: number, background: number): number {
  let best = 0;
  let most = -1;
  for (let from = 0; from < labels.length; from += size) {
    const held = labels.subarray(from, from + size).reduce((s, l) => s + (l === background ? 0 : 1), 0);
    if (held > most) [best, most] = [from, held];
  }
  return best;
}

function intensities({ images, channels }: TrialData, i: number, n: number): Uint8Array {
  const values = Float32Array.from({ length: n }, (_, v) => images[(i * n + v) * channels]!);
  const [low, high] = values.reduce(([a, b], x) => [Math.min(a, x), Math.max(b, x)] as [number, number], [Infinity, -Infinity] as [number, number]);
  return Uint8Array.from(values, (x) => (high > low ? Math.round((255 * (x - low)) / (high - low)) : 0));
}

/** How many pixels of each class each digit of the toy set holds: what its losses are compared on. */
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { inflateRaw } from "node:zlib";
import type { RunLabels } from "../../losses/analysis/fromRun";
import { USUAL_BATCH } from "../../losses/analysis/fromRun";
import { voxelsOfImage } from "../../losses/trial/data";
import { digitsOf } from "../../losses/trial/digits";

/** `path`: dist/trial/digits.bin. The digits that trials are measured with. */
export async function toyLabels(path: string): Promise<RunLabels> {
  const { labels, classes, background, val, ...rest } = digitsOf(await promisify(inflateRaw)(await readFile(path)));
  const n = voxelsOfImage(rest);
  const images = Array.from(val, (i) => {
    const volumes = new Float64Array(classes);
    for (const label of labels.subarray(i * n, (i + 1) * n)) volumes[label]!++;
    return volumes;
  });
  return {
    set: { classes, background, images, predicted: null, batchSize: USUAL_BATCH },
    over: `toy set: ${images.length} handwritten digits (MNIST), pixels below 0.4 are background`,
    names: Array.from({ length: classes }, (_, c) => (c === background ? "background" : `digit ${c - 1}`)),
    batchBy: null,
  };
}

/** The toy set of the classic answer: digits of 28 × 28 pixels, pixels below 0.4 are background. */
import { split, type TrialData } from "./data";

const SIDE = 28;
const PIXELS = SIDE * SIDE;
/** Levels of 17 of 255: 6 of them are 0.4, so that labels are those of the full pixels. */
const LEVELS = 15;
const THRESHOLD = 6;

/**
 * `bytes`: each digit as its number (one byte) and its pixels from 0 to 15, two a byte, the left one in the high bits.
 * `val`: images that are measured.
 */
export function digitsOf(bytes: Uint8Array, val = 200): TrialData {
  const each = 1 + PIXELS / 2;
  const count = bytes.length / each;
  if (!Number.isInteger(count) || count <= val) throw new RangeError(`trial: ${bytes.length} bytes are no set of digits`);
  const images = new Float32Array(count * PIXELS);
  const labels = new Uint8Array(count * PIXELS);
  for (let i = 0; i < count; i++) {
    const digit = bytes[i * each]!;
    if (digit > 9) throw new RangeError(`trial: ${digit} is no digit`);
    for (let p = 0; p < PIXELS; p++) {
      const two = bytes[i * each + 1 + (p >> 1)]!;
      const level = p % 2 === 0 ? two >> 4 : two & 15;
      images[i * PIXELS + p] = level / LEVELS;
      labels[i * PIXELS + p] = level < THRESHOLD ? 0 : digit + 1;
    }
  }
  return { images, labels, classes: 11, channels: 1, space: [SIDE, SIDE], background: 0, ...split(count, val), from: `toy set: ${count} handwritten digits (MNIST), 28 × 28, 11 classes, pixels below 0.4 are background` };
}

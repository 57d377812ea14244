/** Images of RGB samples seen as one number a pixel, so that a mask of colours is a map like any other. */
import type { NumericArray } from "../bytes/source";
import type { VolumeEntry } from "../format";

/** More distinct colours than this are a picture, no mask of classes. */
export const MOST_COLOURS = 256;

/**
 * An entry of shape (…, 3 | 4) as one of shape (…) with 0xRRGGBB a pixel (of 16-bit samples the upper 8 bits; where alpha is
 * 0, black). It keeps `colour`. Entries without colours are given back as they are.
 */
export function colourCodes(entry: VolumeEntry): VolumeEntry {
  if (entry.colour === undefined) return entry;
  const samples = entry.shape[entry.shape.length - 1]!;
  return {
    ...entry,
    dtype: "int32",
    shape: entry.shape.slice(0, -1),
    read: (start, count) => codesOf(entry.read(start * samples, count * samples), samples, entry.dtype === "uint16" ? 8 : 0),
  };
}

function codesOf(values: NumericArray, samples: number, shift: number): Int32Array {
  const out = new Int32Array(Math.floor(values.length / samples));
  const numbers = values instanceof BigInt64Array || values instanceof BigUint64Array ? Array.from(values, Number) : values;
  for (let i = 0, k = 0; i < out.length; i++, k += samples) {
    const code = ((numbers[k]! >> shift) << 16) | ((numbers[k + 1]! >> shift) << 8) | (numbers[k + 2]! >> shift);
    out[i] = samples === 4 && numbers[k + 3] === 0 ? 0 : code;
  }
  return out;
}

/** One index of an axis of an array, as an array of its own. */
import type { NumericArray } from "../bytes/source";
import { FormatError } from "../bytes/source";
import type { VolumeEntry } from "../format";

/** A view without copying: `read` gathers only the elements asked for, run by run. Throws FormatError when the axis or index is not there. */
export function sliceEntry(entry: VolumeEntry, slice: { readonly axis: number; readonly index: number }): VolumeEntry {
  const { axis, index } = slice;
  const length = entry.shape[axis];
  if (length === undefined || index < 0 || index >= length) {
    throw new FormatError("volume", `index ${index} of axis ${axis} is not in an array of shape ${entry.shape.join("×")}`);
  }
  // Axes that run faster in storage order make one run; the others repeat it.
  const faster = entry.order === "C" ? entry.shape.slice(axis + 1) : entry.shape.slice(0, axis);
  const run = faster.reduce((product, n) => product * n, 1);
  const at = (position: number): number => Math.floor(position / run) * run * length + index * run + (position % run);
  return {
    ...entry,
    shape: entry.shape.filter((_, i) => i !== axis),
    read(start: number, count: number): NumericArray {
      const left = run - (start % run);
      if (count <= left) return entry.read(at(start), count);
      const first = entry.read(at(start), left);
      const out = emptyLike(first, count);
      put(out, first, 0);
      for (let done = left; done < count; ) {
        const piece = Math.min(run, count - done);
        put(out, entry.read(at(start + done), piece), done);
        done += piece;
      }
      return out;
    },
  };
}

function emptyLike(array: NumericArray, length: number): NumericArray {
  const make = array.constructor as new (length: number) => NumericArray;
  return new make(length);
}

function put(out: NumericArray, piece: NumericArray, at: number): void {
  if (out instanceof BigInt64Array || out instanceof BigUint64Array) {
    if (piece instanceof BigInt64Array || piece instanceof BigUint64Array) out.set(piece, at);
  } else if (!(piece instanceof BigInt64Array) && !(piece instanceof BigUint64Array)) out.set(piece, at);
}

/** Keys of the parts of a partitioned variable (EncodeTensorNameSlice in tensorflow/core/util/saved_tensor_slice_util.cc). */
import type { Extent } from "./tfCheckpointIndex";

/** The key's bytes, one a character: 0, name, number of axes, then start and length of each, as OrderedCode writes them. */
export function sliceKey(name: string, extents: readonly Extent[]): string {
  let out = "\0";
  for (const b of new TextEncoder().encode(name)) out += b === 0 ? "\0\xff" : b === 0xff ? "\xff\0" : String.fromCharCode(b);
  out += "\0\x01";
  out += extents.length === 0 ? "\0" : `\x01${String.fromCharCode(extents.length)}`;
  for (const { start, length } of extents) out += signed(start) + signed(length);
  return out;
}

/** OrderedCode::WriteSignedNumIncreasing (tensorflow/core/lib/strings/ordered_code.cc), for numbers up to 2^48. */
function signed(value: number): string {
  const magnitude = value < 0 ? -value - 1 : value;
  let length = 1;
  while (length < 7 && magnitude >= 2 ** (7 * length - 1)) length++;
  const bytes: number[] = [];
  let rest = value;
  for (let i = 0; i < length; i++) {
    const low = ((rest % 256) + 256) % 256;
    bytes.unshift(low);
    rest = (rest - low) / 256;
  }
  // As many leading ones as there are bytes, turned round for negative numbers.
  bytes[0] = bytes[0]! ^ ((0xff << (8 - length)) & 0xff);
  return String.fromCharCode(...bytes);
}

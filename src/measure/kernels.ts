/** The tight loops over tensors and codes: in WebAssembly where a block is long enough to be worth the way there, else in plain JavaScript. */
import * as plain from "./kernelsTensor";
import { simd } from "./simd";

/** Elements below which copying into the module's memory costs more than it saves. */
const WORTH = 256;

/** As `plain.sumBlock`; sums may differ from it in their last digits, since they are summed in another order. */
export function sumBlock(a: plain.Floats, shift: number, into: plain.BlockSums): void {
  const fast = a instanceof Float32Array && a.length >= WORTH ? simd() : null;
  if (fast === null) {
    plain.sumBlock(a, shift, into);
    return;
  }
  const out = fast.sums(a as Float32Array, shift);
  into.sum = out[0]!;
  into.squares = out[1]!;
  into.sumAbs = out[2]!;
  into.min = out[3]!;
  into.max = out[4]!;
  into.minAbs = out[5]!;
}

/** As `plain.maxChange`, to the bit where all values are finite. */
export function maxChange(a: plain.Floats, b: plain.Floats): number {
  const fast = a instanceof Float32Array && b instanceof Float32Array && a.length >= WORTH ? simd() : null;
  return fast === null ? plain.maxChange(a, b) : fast.change(a as Float32Array, b as Float32Array);
}

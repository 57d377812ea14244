// Makes media/trial/digits.bin from the digits of an .npz with x (n, 28, 28) uint8 and digit (n,): `node scripts/make-digits.mjs digits.npz [COUNT]`.
// The same number of each digit, in turn; pixels in 16 levels of 17, so that 0.4 of 255 falls between two of them.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { deflateRawSync, constants } from "node:zlib";
import { unzipSync } from "fflate";
import { fail, root } from "./lib/run.mjs";

const [path, count = "3000"] = process.argv.slice(2);
if (path === undefined) fail("usage: node scripts/make-digits.mjs digits.npz [COUNT]");
const files = unzipSync(readFileSync(path));
const x = npy(files["x.npy"]);
const digit = npy(files["digit.npy"]);
const PIXELS = 28 * 28;
const by = Array.from({ length: 10 }, (_, d) => digit.values.flatMap((v, i) => (v === d ? [i] : [])));
const each = 1 + PIXELS / 2;
const total = Number(count);
const out = new Uint8Array(total * each);
for (let k = 0; k < total; k++) {
  const i = by[k % 10][Math.floor(k / 10)];
  if (i === undefined) fail(`${path} holds too few of digit ${k % 10}`);
  out[k * each] = k % 10;
  for (let p = 0; p < PIXELS; p++) out[k * each + 1 + (p >> 1)] |= Math.floor(x.values[i * PIXELS + p] / 17) << (p % 2 === 0 ? 4 : 0);
}
const packed = deflateRawSync(out, { level: 9, strategy: constants.Z_DEFAULT_STRATEGY });
writeFileSync(join(root, "media", "trial", "digits.bin"), packed);
console.log(`media/trial/digits.bin: ${total} digits, ${packed.length} bytes`);

/** Integers of a little-endian .npy in C order. */
function npy(bytes) {
  const length = bytes[8] | (bytes[9] << 8);
  const header = Buffer.from(bytes.subarray(10, 10 + length)).toString("latin1");
  const size = Number(/'descr': '[|<][iu](\d)'/.exec(header)?.[1] ?? fail(`no integers: ${header}`));
  if (!header.includes("'fortran_order': False")) fail(`not in C order: ${header}`);
  const data = bytes.slice(10 + length);
  const view = new DataView(data.buffer);
  return { values: Array.from({ length: data.length / size }, (_, i) => (size === 1 ? data[i] : size === 4 ? view.getInt32(4 * i, true) : size === 8 ? Number(view.getBigInt64(8 * i, true)) : view.getInt16(2 * i, true))) };
}

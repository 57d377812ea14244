/** LZW as TIFF has it (TIFF 6.0, section 13), and as writers before version 5 had it: low bits first, codes longer one entry later. */

const CLEAR = 256;
const END = 257;
const FIRST = 258;
const MOST_CODES = 4096;

/** At most `most` bytes; fewer where the input ends or goes wrong. */
export function unpackLzw(input: Uint8Array, most: number): Uint8Array {
  // The first code clears the table: 1 0000 0000, whose bits tell the order (libtiff's LZWPreDecode).
  const old = input.length >= 2 && input[0] === 0 && (input[1]! & 1) === 1;
  const out = new Uint8Array(most);
  /** Where in `out` the string of a code begins, and its length: each is a string that was written before, and one byte. */
  const from = new Int32Array(MOST_CODES);
  const length = new Int32Array(MOST_CODES);
  const early = old ? 0 : 1;
  let size = FIRST;
  let bits = 9;
  let held = 0;
  let have = 0;
  let at = 0;
  let to = 0;
  /** Where the string of the code before begins; -1 after a clear. */
  let before = -1;
  let beforeLength = 0;
  while (to < most) {
    while (have < bits) {
      if (at >= input.length) return out.subarray(0, to);
      held = old ? held | (input[at++]! << have) : ((held << 8) | input[at++]!) & 0xffffff;
      have += 8;
    }
    have -= bits;
    let code: number;
    if (old) {
      code = held & ((1 << bits) - 1);
      held >>>= bits;
    } else code = (held >>> have) & ((1 << bits) - 1);
    if (code === END) break;
    if (code === CLEAR) {
      size = FIRST;
      bits = 9;
      before = -1;
      continue;
    }
    const start = to;
    if (code < 256) out[to++] = code;
    else {
      // The code that is about to be made is the string before and its own first byte.
      const own = code === size && before >= 0;
      if (code >= size && !own) break;
      let source = own ? before : from[code]!;
      const end = Math.min(most, to + (own ? beforeLength + 1 : length[code]!));
      // Byte by byte: a string may overlap with what it is copied to.
      while (to < end) out[to++] = out[source++]!;
    }
    if (before >= 0 && size < MOST_CODES) {
      from[size] = before;
      length[size] = beforeLength + 1;
      size++;
      if (size + early >= 1 << bits && bits < 12) bits++;
    }
    before = start;
    beforeLength = to - start;
  }
  return out.subarray(0, to);
}

/** PackBits run lengths (TIFF 6.0, section 9). */

/** At most `most` bytes; fewer where the input ends. */
export function unpackBits(input: Uint8Array, most: number): Uint8Array {
  const out = new Uint8Array(most);
  let to = 0;
  for (let i = 0; i < input.length && to < most; ) {
    const n = input[i++]!;
    if (n === 128) continue;
    if (n < 128) {
      const part = input.subarray(i, Math.min(i + n + 1, i + most - to));
      out.set(part, to);
      to += part.length;
      i += n + 1;
    } else if (i < input.length) {
      const end = Math.min(most, to + 257 - n);
      out.fill(input[i++]!, to, end);
      to = end;
    }
  }
  return out.subarray(0, to);
}

/** Makes a failing input smaller while it still fails. */
import type { Input } from "./corpus";

const MOST_MS = 10_000;

/** Bytes with blocks left out, halves first, then smaller ones; null when the input does not fail again. */
export function shrunk(input: Input, fails: (input: Input) => boolean): Uint8Array | null {
  const until = Date.now() + MOST_MS;
  let bytes = input.bytes;
  if (!fails({ ...input, bytes })) return null;
  for (let size = bytes.length >> 1; size >= 1; size >>= 1) {
    for (let at = 0; at + size <= bytes.length && Date.now() < until; ) {
      const without = new Uint8Array(bytes.length - size);
      without.set(bytes.subarray(0, at));
      without.set(bytes.subarray(at + size), at);
      if (fails({ ...input, bytes: without })) bytes = without;
      else at += size;
    }
  }
  return bytes;
}

/** Tells whether a file that grew is still the file that was read: its first bytes and those just before where reading stopped. */
import type { ByteSource } from "../bytes/source";

const HEAD = 1024;
const TAIL = 256;

/** What a log reader's state keeps of the file. Plain numbers. */
export interface Fingerprint {
  /** Bytes consumed. */
  readonly offset: number;
  /** Size when it was read. */
  readonly size: number;
  readonly head: number;
  readonly tail: number;
}

/** FNV-1a, 32 bits. */
export function hashBytes(bytes: Uint8Array): number {
  let h = 0x811c9dc5;
  for (const b of bytes) h = Math.imul(h ^ b, 0x01000193);
  return h >>> 0;
}

/** Fingerprint of a file read up to `offset`. */
export function fingerprint(source: ByteSource, offset: number): Fingerprint {
  return { offset, size: source.size, head: hashBytes(source.read(0, Math.min(HEAD, offset))), tail: tailHash(source, offset) };
}

/** Whether what was read before still stands in the file; false when it shrank or was rewritten. */
export function continues(source: ByteSource, before: Fingerprint): boolean {
  const { offset, size } = before;
  if (!Number.isSafeInteger(offset) || offset < 0 || source.size < size || size < offset) return false;
  return hashBytes(source.read(0, Math.min(HEAD, offset))) === before.head && tailHash(source, offset) === before.tail;
}

function tailHash(source: ByteSource, offset: number): number {
  const start = Math.max(0, offset - TAIL);
  return hashBytes(source.read(start, offset - start));
}

/**
 * The framing of W&B's `.wandb` files (wandb core/internal/transactionlog): ":W&B", 0xBEE1, a version byte, then LevelDB log
 * blocks of 32 KiB (google/leveldb doc/log_format.md), the header counted as a part of the first. Checksums are plain CRC-32 (IEEE)
 * over type and data, not LevelDB's masked CRC-32C. A bad record costs the rest of its block; reading goes on with the next.
 */
import { crc32 } from "../bytes/crc32";
import type { ByteSource } from "../bytes/source";

const BLOCK = 32768;
/** Checksum, length, type. */
const HEADER = 7;
/** The file's own header. */
export const FILE_HEADER = 7;
const TYPE = { zero: 0, full: 1, first: 2, middle: 3, last: 4 } as const;
/** A longer record (console output, an artifact) holds no history; its pieces are stepped over. */
const LONGEST = 1 << 24;
/** Blocks read at once. */
const WINDOW = 32 * BLOCK;

export interface RecordsRead {
  /** Where the first record that was not given starts. */
  readonly offset: number;
  readonly end: "complete" | "torn" | "corrupt";
  /** Where blocks were given up within what was consumed. */
  readonly bad: readonly number[];
  /** Where the last block, which may still be written, is damaged; null when it is not. */
  readonly badEnd: number | null;
}

/** Gives each whole record from `offset` on: [start, end) of a buffer that is valid during the call. */
export function eachRecord(source: ByteSource, offset: number, take: (bytes: Uint8Array, start: number, end: number) => void): RecordsRead {
  const { size } = source;
  const bad: number[] = [];
  let pieces: Uint8Array[] | null = null;
  let held = 0;
  let resume = offset;
  let at = offset;
  let window = new Uint8Array(0);
  let base = 0;
  const done = (end: RecordsRead["end"], badEnd: number | null = null): RecordsRead => ({ offset: resume, end, bad, badEnd });
  for (;;) {
    const left = BLOCK - (at % BLOCK);
    if (left < HEADER) {
      if (at + left > size) return done(at < size || pieces !== null ? "torn" : "complete");
      at += left;
      if (pieces === null) resume = at;
      continue;
    }
    if (at >= size) return done(pieces === null ? "complete" : "torn");
    if (size - at < HEADER) return done("torn");
    let pos = at - base;
    if (pos < 0 || pos + Math.min(left, size - at) > window.length) {
      base = at - (at % BLOCK);
      window = source.read(base, WINDOW).slice();
      pos = at - base;
      if (pos + HEADER > window.length) return done("torn"); // shrank while it was read
    }
    const length = window[pos + 4]! | (window[pos + 5]! << 8);
    const type = window[pos + 6]!;
    const stop = pos + HEADER + length;
    const fits = HEADER + length <= left && type <= TYPE.last && type !== TYPE.zero;
    if (fits && stop > window.length) return done("torn");
    if (!fits || crc32(window, pos + 6, stop) !== uint32(window, pos)) {
      // Zeros up to the block's end are room that was never written.
      const blank = type === TYPE.zero && length === 0 && uint32(window, pos) === 0;
      if (at + left > size) return blank ? done("torn") : done("corrupt", at);
      if (!blank) bad.push(at);
      pieces = null;
      resume = at += left;
      continue;
    }
    at += HEADER + length;
    if (type === TYPE.full) {
      take(window, pos + HEADER, stop);
      pieces = null;
    } else if (type === TYPE.first) {
      // What was begun before and not ended is lost, as LevelDB's own reader has it.
      pieces = [window.slice(pos + HEADER, stop)];
      held = length;
      continue; // `resume` stays at the record's beginning
    } else {
      if (pieces !== null && (held += length) <= LONGEST) pieces.push(window.slice(pos + HEADER, stop));
      if (type === TYPE.middle && pieces !== null) continue;
      if (pieces !== null && held <= LONGEST) {
        const whole = joined(pieces, held);
        take(whole, 0, whole.length);
      }
      pieces = null;
    }
    resume = at;
  }
}

function joined(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

function uint32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
}

/** A compressed stream as a byte source: read forwards, started again on a jump back. */
import type { ByteSource } from "./source";

/** Streams up to this size are kept once decompressed, so that jumps cost nothing. */
export const KEPT_STREAM = 16 << 20;
/** Compressed data up to this size are decompressed at once: asking for their beginning alone costs as much. */
export const SMALL_STREAM = 1 << 16;
/** Deflate swells its input no further than this many times (1,032, and something to spare). */
export const DEFLATE_MOST = 1100;

/**
 * `open` starts the decompressed stream from its beginning; `size` is how many bytes it may hold at most. Reads give arrays
 * that no later read writes to, fewer bytes where the stream ends. Memory: the pieces at hand, or all of them up to `KEPT_STREAM`.
 */
export function streamSource(name: string, size: number, open: () => Iterable<Uint8Array>): ByteSource {
  let pieces: Uint8Array[] = [];
  /** Positions of the first kept piece, and behind the last. */
  let from = 0;
  let to = 0;
  let iterator: Iterator<Uint8Array> | null = null;
  let ended = false;

  const restart = (): void => {
    pieces = [];
    from = to = 0;
    iterator = open()[Symbol.iterator]();
    ended = false;
  };
  /** Takes the next piece; false at the end of the stream. */
  const pull = (): boolean => {
    const next = ended ? null : iterator!.next();
    if (next === null || next.done === true) {
      ended = true;
      return false;
    }
    // Node's Buffers, too, shall be copied by `slice`.
    const { buffer, byteOffset, length } = next.value;
    const piece = new Uint8Array(buffer, byteOffset, length);
    if (to + length > KEPT_STREAM) {
      from = to;
      pieces = [piece];
    } else {
      pieces.push(piece);
    }
    to += length;
    return true;
  };

  return {
    name,
    size,
    read(offset, length) {
      if (iterator === null || offset < from) restart();
      const got: Uint8Array[] = [];
      let bytes = 0;
      let at = from;
      for (let i = 0; bytes < length; i++) {
        if (i === pieces.length) {
          if (!pull()) break;
          // The piece taken may have pushed out the others.
          i = pieces.length - 1;
          at = to - pieces[i]!.length;
        }
        const piece = pieces[i]!;
        const begin = Math.max(0, offset + bytes - at);
        if (begin < piece.length) {
          const part = piece.subarray(begin, begin + length - bytes);
          got.push(part);
          bytes += part.length;
        }
        at += piece.length;
      }
      if (got.length === 1) return got[0]!;
      const out = new Uint8Array(bytes);
      let put = 0;
      for (const part of got) {
        out.set(part, put);
        put += part.length;
      }
      return out;
    },
  };
}

/** The first `count` bytes of a stream, fewer where it ends; no more of it is asked for. */
export function firstBytes(pieces: Iterable<Uint8Array>, count: number): Uint8Array {
  const out = new Uint8Array(count);
  let got = 0;
  for (const piece of pieces) {
    const part = piece.subarray(0, count - got);
    out.set(part, got);
    got += part.length;
    if (got === count) break;
  }
  return out.subarray(0, got);
}

/** Decompression for readers: zlib for what fits into memory, streaming JavaScript beyond. */
import { constants, gunzipSync, inflateRawSync } from "node:zlib";
import { Gunzip, Inflate as RawStream } from "fflate";
import type { Inflate } from "../read/bytes/source";

/** Up to here compressed input is gathered and handed to zlib in one piece. */
const GATHER = 32 << 20;
/** A small file that swells beyond this is streamed instead. */
const ONE_PIECE = 256 << 20;
const PIECE = 1 << 20;
/** zlib gathers its output in pieces of this size; at its own 16 KiB most of the time goes into joining them. */
const CHUNK = 1 << 17;
const LARGEST_CHUNK = 16 << 20;

export const inflate: Inflate = {
  raw(input, size) {
    return decompress(
      input,
      // What swells far beyond the size it should have is streamed, so that a reader may stop in time.
      (whole) => inflateRawSync(whole, { chunkSize: chunkFor(size, whole.length), maxOutputLength: size === undefined ? ONE_PIECE : Math.min(ONE_PIECE, size + PIECE), finishFlush: constants.Z_SYNC_FLUSH }),
      (onData) => new RawStream(onData),
    );
  },
  gzip(input, onTorn) {
    return decompress(
      input,
      (whole) => {
        // The last four bytes tell the size, where the file is whole and has one member.
        const chunkSize = chunkFor(whole.length < 18 ? undefined : new DataView(whole.buffer, whole.byteOffset).getUint32(whole.length - 4, true), whole.length);
        const lenient = { chunkSize, maxOutputLength: ONE_PIECE, finishFlush: constants.Z_SYNC_FLUSH };
        if (onTorn === undefined) return gunzipSync(whole, lenient);
        try {
          return gunzipSync(whole, { chunkSize, maxOutputLength: ONE_PIECE });
        } catch (error) {
          if (codeOf(error) !== "Z_BUF_ERROR") throw error;
          onTorn();
          return gunzipSync(whole, lenient);
        }
      },
      (onData) => new Gunzip(onData),
      onTorn,
    );
  },
};

/** A chunk that takes the whole output when its size is told and can be true of `packed` bytes (deflate swells about a thousandfold at most). */
function chunkFor(size: number | undefined, packed: number): number {
  return size === undefined || size > LARGEST_CHUNK || size > packed * 1100 ? CHUNK : Math.max(1024, size + 1);
}

interface Stream {
  push(piece: Uint8Array, final: boolean): void;
}

function* decompress(
  input: Iterable<Uint8Array>,
  atOnce: (whole: Uint8Array) => Uint8Array,
  stream: (onData: (piece: Uint8Array) => void) => Stream,
  onTorn?: () => void,
): Iterable<Uint8Array> {
  const pieces = input[Symbol.iterator]();
  const gathered: Uint8Array[] = [];
  let bytes = 0;
  let ended = false;
  while (bytes <= GATHER) {
    const next = pieces.next();
    if (next.done === true) {
      ended = true;
      break;
    }
    gathered.push(next.value.slice());
    bytes += next.value.length;
  }
  if (ended) {
    if (bytes === 0) {
      onTorn?.();
      return;
    }
    let whole: Uint8Array | null = null;
    try {
      whole = atOnce(gathered.length === 1 ? gathered[0]! : Buffer.concat(gathered));
    } catch (error) {
      if (codeOf(error) !== "ERR_BUFFER_TOO_LARGE") throw error;
    }
    if (whole !== null) {
      for (let at = 0; at < whole.length; at += PIECE) yield whole.subarray(at, at + PIECE);
      return;
    }
  }
  yield* streamed(gathered, pieces, stream, onTorn);
}

function* streamed(
  first: Uint8Array[],
  rest: Iterator<Uint8Array>,
  stream: (onData: (piece: Uint8Array) => void) => Stream,
  onTorn?: () => void,
): Iterable<Uint8Array> {
  let out: Uint8Array[] = [];
  const decoder = stream((piece) => out.push(piece));
  const slices = function* (): Iterable<Uint8Array> {
    // Small pushes bound what one push can give: deflate swells at most about a thousandfold.
    for (const piece of first) for (let at = 0; at < piece.length; at += 1 << 16) yield piece.subarray(at, at + (1 << 16));
    for (let next = rest.next(); next.done !== true; next = rest.next()) {
      const piece = next.value.slice();
      for (let at = 0; at < piece.length; at += 1 << 16) yield piece.subarray(at, at + (1 << 16));
    }
  };
  for (const slice of slices()) {
    decoder.push(slice, false);
    const ready = out;
    out = [];
    yield* ready;
  }
  try {
    decoder.push(new Uint8Array(0), true);
  } catch (error) {
    if (!(error instanceof Error) || !error.message.includes("unexpected EOF")) throw error;
    onTorn?.();
  }
  yield* out;
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

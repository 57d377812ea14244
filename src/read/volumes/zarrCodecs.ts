/** What turns a stored chunk of a zarr array into its raw bytes (zarr-specs v2 and v3; numcodecs for the names of version 2). */
import { unblosc, unshuffle } from "../bytes/blosc";
import { unlz4 } from "../bytes/lz4";
import type { ReadTools } from "../bytes/source";
import { FormatError } from "../bytes/source";
import type { ElementType } from "../bytes/typed";
import { allocate, sizeOf, toNumbers } from "../bytes/typed";
import { unzstd } from "../bytes/zstd";
import { unzlibbed } from "./arrayData";

export const ZARR = "zarr";

/** Undoes one step: bytes in, at most `size` bytes out. */
export type Decode = (input: Uint8Array, size: number) => Uint8Array;

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export function isObject(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const CHECKSUM = 4;

/** The step that a codec's name and settings ask for. Throws FormatError for those that are not read. */
export function decoderOf(id: string, settings: { readonly [key: string]: Json }, element: ElementType, tools: ReadTools): Decode {
  switch (id.replace(/^numcodecs\./, "")) {
    case "zlib":
    case "gzip":
      return (input, size) => whole(unzlibbed(ZARR, [input], tools.inflate, size), size);
    case "zstd":
      return (input, size) => unzstd(input, size, ZARR);
    case "blosc":
      return (input, size) => unblosc(input, size, ZARR, (bytes, length) => whole(unzlibbed(ZARR, [bytes], tools.inflate, length), length));
    case "lz4":
      return (input, size) => {
        // numcodecs writes the size before the block.
        const claimed = input.length < 4 ? 0 : new DataView(input.buffer, input.byteOffset).getUint32(0, true);
        if (claimed > size) throw new FormatError(ZARR, `lz4: ${claimed} bytes are claimed, ${size} expected`);
        return unlz4(input.subarray(4), size, ZARR);
      };
    case "crc32c":
    case "crc32":
    case "adler32":
      // That of CRC-32C stands behind, the others' before, unless the settings tell.
      return (input) => ((settings["location"] ?? (/crc32c$/.test(id) ? "end" : "start")) === "end" ? input.subarray(0, Math.max(0, input.length - CHECKSUM)) : input.subarray(CHECKSUM));
    case "shuffle": {
      const size = Number(settings["elementsize"] ?? 4);
      return (input) => {
        const out = new Uint8Array(input.length);
        if (size > 1 && Number.isSafeInteger(size)) unshuffle(input, out, size);
        else out.set(input);
        return out;
      };
    }
    case "delta":
      return delta(settings, element);
    case "quantize":
    case "bitround":
      return (input) => input; // what was rounded stays so
    default:
      throw new FormatError(ZARR, `compressed with ${JSON.stringify(id.slice(0, 40))}, which is not read (zlib, gzip, zstd, blosc and lz4 are)`);
  }
}

/** Differences of neighbours, summed up again (numcodecs.Delta); the stored type must be the array's own. */
function delta(settings: { readonly [key: string]: Json }, element: ElementType): Decode {
  const stored = settings["astype"] ?? settings["dtype"];
  if (stored !== settings["dtype"] || element === "float16" || element === "bfloat16") throw new FormatError(ZARR, "differences of another type than the array's are not read");
  const big = typeof stored === "string" && stored.startsWith(">");
  if (big) throw new FormatError(ZARR, "differences in big-endian order are not read");
  return (input) => {
    const values = toNumbers(element, input.slice(), true);
    const out = allocate(element, values.length);
    if (values instanceof BigInt64Array || values instanceof BigUint64Array) {
      for (let i = 0, sum = 0n; i < values.length; i++) (out as BigInt64Array)[i] = sum = BigInt.asIntN(64, sum + values[i]!);
    } else {
      // Written to the array, whole numbers wrap as numpy's do; each sum goes on from what was kept.
      for (let i = 0; i < values.length; i++) (out as Float64Array)[i] = (i === 0 ? 0 : (out as Float64Array)[i - 1]!) + values[i]!;
    }
    return new Uint8Array(out.buffer, 0, values.length * sizeOf(element));
  };
}

/** All of a stream, which may give `size` bytes at most. */
function whole(pieces: Iterable<Uint8Array>, size: number): Uint8Array {
  let out: Uint8Array | null = null;
  let done = 0;
  for (const piece of pieces) {
    if (done + piece.length > size) throw new FormatError(ZARR, `a chunk holds more than its ${size} bytes`);
    if (out === null && piece.length === size) return new Uint8Array(piece.buffer, piece.byteOffset, size);
    out ??= new Uint8Array(size);
    out.set(piece, done);
    done += piece.length;
  }
  return out?.subarray(0, done) ?? new Uint8Array(0);
}


/** NIfTI-1 and NIfTI-2 volumes in one file: .nii and .nii.gz (nifti1.h and nifti2.h of the NIfTI Data Format Working Group). */
import type { VolumeFormat } from "../format";
import type { ByteSource, Inflate, NumericArray } from "../bytes/source";
import { FormatError } from "../bytes/source";
import { firstBytes, KEPT_STREAM, SMALL_STREAM, streamSource } from "../bytes/stream";
import type { ElementType } from "../bytes/typed";
import { sizeOf } from "../bytes/typed";
import { countOf, readElements } from "./arrayReader";

const FORMAT = "NIfTI";
const SIZE1 = 348;
const SIZE2 = 540;
const PIECE = 1 << 20;
const DEFLATE_MOST = 1100;

const ELEMENTS: Readonly<Record<number, ElementType>> = {
  2: "uint8",
  4: "int16",
  8: "int32",
  16: "float32",
  64: "float64",
  256: "int8",
  512: "uint16",
  768: "uint32",
  1024: "int64",
  1280: "uint64",
};
const OTHERS: Readonly<Record<number, string>> = {
  1: "bits",
  32: "complex64",
  128: "RGB colours",
  1536: "float128",
  1792: "complex128",
  2048: "complex256",
  2304: "RGBA colours",
};

interface Header {
  readonly element: ElementType;
  readonly littleEndian: boolean;
  readonly shape: readonly number[];
  readonly total: number;
  readonly offset: number;
  /** value = raw × slope + inter; null when the raw values count. */
  readonly scale: { readonly slope: number; readonly inter: number } | null;
}

export const nifti: VolumeFormat = {
  name: FORMAT,
  probe: (name, head) => /\.nii(\.gz)?$/i.test(name) || kindOf(head) !== null,
  open(source, tools) {
    const packed = isGzip(source.read(0, 2));
    const bytes = packed ? unpacked(source, tools.inflate) : source;
    const header = readHeader(packed && source.size > SMALL_STREAM ? packedHead(source, tools.inflate) : bytes.read(0, SIZE2, true));
    const place = { ...header, format: FORMAT, source: bytes };
    const { scale } = header;
    const read = (start: number, count: number): NumericArray => {
      const raw = readElements(place, start, count);
      return scale === null ? raw : scaled(raw, scale.slope, scale.inter);
    };
    return {
      entries: [
        {
          entry: null,
          dtype: scale === null ? header.element : "float64",
          shape: header.shape,
          order: "F",
          scaled: scale !== null,
          seekable: !packed || header.offset + header.total * sizeOf(header.element) <= KEPT_STREAM,
          read,
        },
      ],
      problems: [],
      close: () => undefined,
    };
  },
};

interface Kind {
  readonly version: 1 | 2;
  readonly littleEndian: boolean;
  /** Header and data in one file; else the data are in another. */
  readonly single: boolean;
}

/** What header `head` begins with; null when it is none. */
function kindOf(head: Uint8Array): Kind | null {
  if (head.length < SIZE1) return null;
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  for (const littleEndian of [true, false]) {
    const size = view.getInt32(0, littleEndian);
    const at = size === SIZE1 ? 344 : size === SIZE2 ? 4 : -1;
    if (at < 0) continue;
    const magic = String.fromCharCode(...head.subarray(at, at + 4));
    const version = size === SIZE1 ? 1 : 2;
    if (magic === `n+${version}\0`) return { version, littleEndian, single: true };
    if (magic === `ni${version}\0`) return { version, littleEndian, single: false };
  }
  return null;
}

function readHeader(head: Uint8Array): Header {
  const kind = kindOf(head);
  const wanted = kind?.version === 2 ? SIZE2 : SIZE1;
  if (head.length < wanted) throw new FormatError(FORMAT, `the header ends at byte ${head.length} of ${wanted}`, true);
  if (kind === null) throw new FormatError(FORMAT, "does not begin with a NIfTI header");
  if (!kind.single) throw new FormatError(FORMAT, "a header alone, its data are in a separate .img file, which is not read");
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  const { littleEndian } = kind;
  const two = kind.version === 2;
  const dim = (i: number): number => (two ? Number(view.getBigInt64(16 + 8 * i, littleEndian)) : view.getInt16(40 + 2 * i, littleEndian));
  const axes = dim(0);
  if (axes < 1 || axes > 7) throw new FormatError(FORMAT, `${axes} axes; a volume has 1 to 7`);
  const shape = Array.from({ length: axes }, (_, i) => dim(i + 1));
  const total = countOf(FORMAT, shape);
  const code = view.getInt16(two ? 12 : 70, littleEndian);
  const element = ELEMENTS[code];
  if (element === undefined) throw new FormatError(FORMAT, `data of type ${code} (${OTHERS[code] ?? "unknown"}) are not read`);
  const claimed = two ? Number(view.getBigInt64(168, littleEndian)) : view.getFloat32(108, littleEndian);
  // Offsets inside the header are left over from header and data in two files; as nifticlib, go on behind the header.
  const offset = claimed >= wanted ? Math.floor(claimed) : wanted;
  if (!Number.isSafeInteger(offset)) throw new FormatError(FORMAT, `data at byte ${claimed}`);
  const slope = two ? view.getFloat64(176, littleEndian) : view.getFloat32(112, littleEndian);
  const inter = two ? view.getFloat64(184, littleEndian) : view.getFloat32(116, littleEndian);
  const scales = Number.isFinite(slope) && slope !== 0 && Number.isFinite(inter) && !(slope === 1 && inter === 0);
  return { element, littleEndian, shape, total, offset, scale: scales ? { slope, inter } : null };
}

function scaled(raw: NumericArray, slope: number, inter: number): Float64Array {
  const out = new Float64Array(raw.length);
  if (raw instanceof BigInt64Array || raw instanceof BigUint64Array) for (let i = 0; i < out.length; i++) out[i] = Number(raw[i]!) * slope + inter;
  else for (let i = 0; i < out.length; i++) out[i] = raw[i]! * slope + inter;
  return out;
}

function isGzip(head: Uint8Array): boolean {
  return head.length >= 2 && head[0] === 0x1f && head[1] === 0x8b;
}

/** The header, from as little of the file as gives it. */
function packedHead(source: ByteSource, inflate: Inflate): Uint8Array {
  // A header that does not shrink at all still lies within the first of these.
  for (let take = 1 << 10; ; take *= 8) {
    const head = firstBytes(gunzipped(source, inflate, take), SIZE2);
    if (head.length === SIZE2 || take >= source.size) return head;
  }
}

function unpacked(source: ByteSource, inflate: Inflate): ByteSource {
  return streamSource(source.name, source.size * DEFLATE_MOST, () => gunzipped(source, inflate, source.size));
}

/** Decompressed pieces of the first `length` bytes; ends where a torn file ends, throws FormatError where it is corrupt. */
function* gunzipped(source: ByteSource, inflate: Inflate, length: number): Iterable<Uint8Array> {
  const packed = function* (): Iterable<Uint8Array> {
    for (let at = 0; at < length; ) {
      const piece = source.read(at, Math.min(PIECE, length - at));
      if (piece.length === 0) return;
      yield piece;
      at += piece.length;
    }
  };
  try {
    yield* inflate.gzip(packed());
  } catch (error) {
    throw new FormatError(FORMAT, `cannot be decompressed: ${error instanceof Error ? error.message : String(error)}`);
  }
}

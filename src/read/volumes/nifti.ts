/** NIfTI-1 and NIfTI-2 volumes: .nii and .nii.gz, and .hdr with its .img beside it, each compressed or not. */
import type { VolumeEntry, VolumeFormat } from "../format";
import type { ByteSource, Inflate, NumericArray, ReadTools } from "../bytes/source";
import { FormatError } from "../bytes/source";
import { DEFLATE_MOST, firstBytes, KEPT_STREAM, SMALL_STREAM, streamSource } from "../bytes/stream";
import { sizeOf } from "../bytes/typed";
import { gunzipped, isGzip, piecesOf } from "./arrayData";
import { readElements } from "./arrayReader";
import { kindOf, NIFTI, type NiftiHeader, readNiftiHeader, SIZE2 } from "./niftiHeader";

export const nifti: VolumeFormat = {
  name: NIFTI,
  probe: (name, head) => /\.nii(\.gz)?$/i.test(name) || (/\.hdr\.gz$/i.test(name) && isGzip(head)) || kindOf(head) !== null,
  open(source, tools) {
    const packed = isGzip(source.read(0, 2));
    const bytes = packed ? unpacked(source, tools.inflate) : source;
    const header = readNiftiHeader(packed && source.size > SMALL_STREAM ? packedHead(source, tools.inflate) : bytes.read(0, SIZE2, true));
    const data = header.single ? { bytes, packed } : imageOf(source, tools);
    return { entries: [entryOf(header, data.bytes, data.packed)], problems: [], close: () => undefined };
  },
  partOf: (path) => (/\.img(\.gz)?$/i.test(path) ? path.replace(/\.img(\.gz)?$/i, ".hdr$1") : null),
};

function entryOf(header: NiftiHeader, bytes: ByteSource, packed: boolean): VolumeEntry {
  const place = { ...header, format: NIFTI, source: bytes };
  const { scale, colour, shape } = header;
  const read = (start: number, count: number): NumericArray => {
    const raw = readElements(place, start, count);
    return scale === null ? raw : scaled(raw, scale.slope, scale.inter);
  };
  const common = {
    entry: null,
    dtype: scale === null ? header.element : "float64",
    scaled: scale !== null,
    seekable: !packed || header.offset + header.total * sizeOf(header.element) <= KEPT_STREAM,
    read,
  };
  // The samples of a colour run fastest: in C order they come last.
  return colour === null ? { ...common, shape, order: "F" } : { ...common, shape: [...[...shape].reverse(), colour.length], order: "C", colour };
}

/** The data of a header that stands alone: the .img beside it. */
function imageOf(source: ByteSource, tools: ReadTools): { bytes: ByteSource; packed: boolean } {
  const name = source.name.slice(source.name.lastIndexOf("/") + 1);
  const stem = name.replace(/\.(?:hdr|nii)(?:\.gz)?$/i, "");
  for (const ending of /\.gz$/i.test(name) ? [".img.gz", ".img"] : [".img", ".img.gz", ".IMG"]) {
    const image = stem === name ? null : tools.sibling(stem + ending);
    if (image === null) continue;
    const packed = isGzip(image.read(0, 2));
    return { bytes: packed ? unpacked(image, tools.inflate) : image, packed };
  }
  throw new FormatError(NIFTI, `a header alone, without its data in ${stem}.img beside it`, true);
}

function scaled(raw: NumericArray, slope: number, inter: number): Float64Array {
  const out = new Float64Array(raw.length);
  if (raw instanceof BigInt64Array || raw instanceof BigUint64Array) for (let i = 0; i < out.length; i++) out[i] = Number(raw[i]!) * slope + inter;
  else for (let i = 0; i < out.length; i++) out[i] = raw[i]! * slope + inter;
  return out;
}

/** The header, from as little of the file as gives it. */
function packedHead(source: ByteSource, inflate: Inflate): Uint8Array {
  // A header that does not shrink at all still lies within the first of these.
  for (let take = 1 << 10; ; take *= 8) {
    const head = firstBytes(gunzipped(NIFTI, piecesOf(source, 0, Math.min(take, source.size)), inflate), SIZE2);
    if (head.length === SIZE2 || take >= source.size) return head;
  }
}

function unpacked(source: ByteSource, inflate: Inflate): ByteSource {
  return streamSource(source.name, source.size * DEFLATE_MOST, () => gunzipped(NIFTI, piecesOf(source), inflate));
}

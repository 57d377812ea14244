/** What one directory of a TIFF file says of its image (TIFF 6.0; SampleFormat in section 19). */
import { FormatError } from "../bytes/source";
import type { ElementType } from "../bytes/typed";
import type { Directory } from "./tiffDirectory";

export type Compression = "none" | "lzw" | "deflate" | "packbits" | "zstd";

export interface Page {
  readonly width: number;
  readonly height: number;
  /** Bits of a sample in the file. */
  readonly bits: number;
  readonly element: ElementType;
  /** Samples of a pixel in the file. */
  readonly samples: number;
  /** Whether each sample has a plane of its own. */
  readonly planar: boolean;
  /** An axis of colours in what is read. */
  readonly colour: "rgb" | "rgba" | null;
  /** A second sample that is the opacity of the first. */
  readonly alpha: boolean;
  readonly palette: () => readonly number[] | null;
  readonly compression: Compression;
  readonly predictor: number;
  /** Bits of each byte run from the lowest. */
  readonly reversed: boolean;
  readonly littleEndian: boolean;
  /** Columns and rows of one strip or tile, how many lie side by side and above each other in a plane. */
  readonly tiled: boolean;
  readonly segment: { readonly width: number; readonly height: number };
  readonly across: number;
  readonly down: number;
  /** Where the strips or tiles lie; null counts where the file does not tell them. */
  readonly places: () => { readonly offsets: Float64Array; readonly counts: Float64Array | null };
}

const COMPRESSIONS: Readonly<Record<number, Compression>> = { 1: "none", 5: "lzw", 8: "deflate", 32946: "deflate", 32773: "packbits", 50000: "zstd", 34926: "zstd" };
const OTHERS: Readonly<Record<number, string>> = {
  2: "CCITT run lengths",
  3: "CCITT fax 3",
  4: "CCITT fax 4",
  6: "old JPEG",
  7: "JPEG",
  34712: "JPEG 2000",
  34887: "LERC",
  34892: "JPEG",
  34925: "LZMA",
  50001: "WebP",
  50002: "JPEG XL",
};
const MOST_SAMPLES = 1 << 16;

/** Throws FormatError where the image is none that is read. */
export function readPage(format: string, directory: Directory, littleEndian: boolean): Page {
  const fail = (detail: string): never => {
    throw new FormatError(format, detail);
  };
  const width = directory.number(256, 0);
  const height = directory.number(257, 0);
  const samples = directory.number(277, 1);
  if (!(width >= 1 && height >= 1 && samples >= 1 && samples <= MOST_SAMPLES) || !Number.isSafeInteger(width * height * samples * 64)) fail(`an image of ${width} × ${height} pixels with ${samples} values`);
  const code = directory.number(259, 1);
  const compression = COMPRESSIONS[code] ?? fail(`compression ${code} (${OTHERS[code] ?? "unknown"}) is not read`);
  const bits = same(directory.numbers(258)) ?? fail("samples of different sizes are not read");
  const kind = same(directory.numbers(339)) ?? fail("samples of different types are not read");
  const element = elementOf(bits, kind) ?? fail(`samples of ${bits} bits and format ${kind} (${KINDS[kind] ?? "unknown"}) are not read`);
  const predictor = directory.number(317, 1);
  const float = kind === 3;
  if (!(predictor === 1 || (predictor === 2 && bits >= 8) || (predictor === 3 && float && bits >= 16))) fail(`predictor ${predictor} for samples of ${bits} bits is not read`);
  const photometric = directory.number(262, 1);
  if (photometric === 6) fail("YCbCr samples are not read");
  const planar = samples > 1 && directory.number(284, 1) === 2;
  const tiled = directory.count(322) > 0;
  const segment = tiled ? { width: directory.number(322, 0), height: directory.number(323, 0) } : { width, height: Math.min(height, directory.number(278, height)) };
  if (!(segment.width >= 1 && segment.height >= 1) || segment.width > width + 65_536 || segment.height > height + 65_536) fail(`tiles of ${segment.width} × ${segment.height} pixels`);
  const across = Math.ceil(width / segment.width);
  const down = Math.ceil(height / segment.height);
  const offsetsTag = directory.count(324) > 0 ? 324 : 273;
  const countsTag = directory.count(325) > 0 ? 325 : 279;
  const needed = across * down * (planar ? samples : 1);
  if (directory.count(offsetsTag) < needed) fail(`${directory.count(offsetsTag)} of ${needed} ${tiled ? "tiles" : "strips"}`);
  const colour = photometric === 2 && !planar && (bits === 8 || bits === 16) && !float ? (samples === 3 ? "rgb" : samples === 4 ? "rgba" : null) : null;
  const extra = directory.number(338, 0);
  return {
    width,
    height,
    bits,
    element,
    samples,
    planar,
    colour,
    alpha: samples === 2 && photometric <= 1 && (extra === 1 || extra === 2),
    palette: () => (photometric === 3 && samples === 1 ? paletteOf(directory) : null),
    compression,
    predictor,
    reversed: directory.number(266, 1) === 2,
    littleEndian,
    tiled,
    segment,
    across,
    down,
    places: () => {
      const counts = directory.numbers(countsTag);
      return { offsets: directory.numbers(offsetsTag)!, counts: counts !== null && counts.length >= needed ? counts : null };
    },
  };
}

/** A picture that stands for another: a smaller copy, or its transparency. */
export function isSideImage(directory: Directory): boolean {
  return (directory.number(254, 0) & 5) !== 0 || directory.number(255, 1) === 2;
}

/** Whether two pages can lie in one array. */
export function alikePages(a: Page, b: Page): boolean {
  return a.width === b.width && a.height === b.height && a.samples === b.samples && a.element === b.element && a.planar === b.planar && a.colour === b.colour && a.alpha === b.alpha;
}

const KINDS: Readonly<Record<number, string>> = { 1: "unsigned", 2: "signed", 3: "float", 4: "not said", 5: "complex integers", 6: "complex" };

function elementOf(bits: number, kind: number): ElementType | null {
  if (kind === 1 || kind === 4) {
    if (bits === 1 || bits === 2 || bits === 4 || bits === 8) return "uint8";
    return bits === 16 ? "uint16" : bits === 32 ? "uint32" : bits === 64 ? "uint64" : null;
  }
  if (kind === 2) return bits === 8 ? "int8" : bits === 16 ? "int16" : bits === 32 ? "int32" : bits === 64 ? "int64" : null;
  if (kind === 3) return bits === 16 ? "float16" : bits === 32 ? "float32" : bits === 64 ? "float64" : null;
  return null;
}

/** The value that all samples share, 1 where the tag is absent; null where they differ. */
function same(values: Float64Array | null): number | null {
  const first = values?.[0] ?? 1;
  return values?.every((v) => v === first) === false ? null : first;
}

/** Reds, greens, blues of 16 bits; some writers fill 8 of them alone (libtiff's checkcmap). */
function paletteOf(directory: Directory): number[] | null {
  const map = directory.numbers(320);
  if (map === null || map.length % 3 !== 0) return null;
  const n = map.length / 3;
  const shift = map.some((v) => v > 255) ? 8 : 0;
  return Array.from({ length: n }, (_, i) => ((map[i]! >> shift) << 16) | ((map[n + i]! >> shift) << 8) | (map[2 * n + i]! >> shift));
}

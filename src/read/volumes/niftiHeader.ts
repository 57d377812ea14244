/** The header of NIfTI-1 and NIfTI-2 (nifti1.h and nifti2.h of the NIfTI Data Format Working Group). */
import { FormatError } from "../bytes/source";
import type { ElementType } from "../bytes/typed";
import { countOf } from "./arrayReader";

export const NIFTI = "NIfTI";
const SIZE1 = 348;
export const SIZE2 = 540;

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
const COLOURS: Readonly<Record<number, "rgb" | "rgba">> = { 128: "rgb", 2304: "rgba" };
const OTHERS: Readonly<Record<number, string>> = {
  1: "bits",
  32: "complex64",
  1536: "float128",
  1792: "complex128",
  2048: "complex256",
};

export interface NiftiHeader {
  readonly element: ElementType;
  readonly littleEndian: boolean;
  /** Axis 0 runs fastest; of colours, the samples are left out of it. */
  readonly shape: readonly number[];
  /** Elements, colour samples counted one by one. */
  readonly total: number;
  readonly offset: number;
  /** value = raw × slope + inter; null when the raw values count. */
  readonly scale: { readonly slope: number; readonly inter: number } | null;
  readonly colour: "rgb" | "rgba" | null;
  /** Header and data in one file; else the data are in a file of their own. */
  readonly single: boolean;
}

interface Kind {
  readonly version: 1 | 2;
  readonly littleEndian: boolean;
  readonly single: boolean;
}

/** What header `head` begins with; null when it is none. */
export function kindOf(head: Uint8Array): Kind | null {
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

/** Throws FormatError, torn where the header ends early. */
export function readNiftiHeader(head: Uint8Array): NiftiHeader {
  const kind = kindOf(head);
  const wanted = kind?.version === 2 ? SIZE2 : SIZE1;
  if (head.length < wanted) throw new FormatError(NIFTI, `the header ends at byte ${head.length} of ${wanted}`, true);
  if (kind === null) throw new FormatError(NIFTI, "does not begin with a NIfTI header");
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  const { littleEndian, single } = kind;
  const two = kind.version === 2;
  const dim = (i: number): number => (two ? Number(view.getBigInt64(16 + 8 * i, littleEndian)) : view.getInt16(40 + 2 * i, littleEndian));
  const axes = dim(0);
  if (axes < 1 || axes > 7) throw new FormatError(NIFTI, `${axes} axes; a volume has 1 to 7`);
  const shape = Array.from({ length: axes }, (_, i) => dim(i + 1));
  const code = view.getInt16(two ? 12 : 70, littleEndian);
  const colour = COLOURS[code] ?? null;
  const element = colour === null ? ELEMENTS[code] : "uint8";
  if (element === undefined) throw new FormatError(NIFTI, `data of type ${code} (${OTHERS[code] ?? "unknown"}) are not read`);
  const total = countOf(NIFTI, colour === null ? shape : [...shape, colour.length]);
  const claimed = two ? Number(view.getBigInt64(168, littleEndian)) : view.getFloat32(108, littleEndian);
  // Offsets inside the header are left over from header and data in two files; as nifticlib, go on behind the header.
  const offset = single ? (claimed >= wanted ? Math.floor(claimed) : wanted) : Math.max(0, Math.floor(claimed));
  if (!Number.isSafeInteger(offset)) throw new FormatError(NIFTI, `data at byte ${claimed}`);
  const slope = two ? view.getFloat64(176, littleEndian) : view.getFloat32(112, littleEndian);
  const inter = two ? view.getFloat64(184, littleEndian) : view.getFloat32(116, littleEndian);
  const scales = colour === null && Number.isFinite(slope) && slope !== 0 && Number.isFinite(inter) && !(slope === 1 && inter === 0);
  return { element, littleEndian, shape, total, offset, scale: scales ? { slope, inter } : null, colour, single };
}

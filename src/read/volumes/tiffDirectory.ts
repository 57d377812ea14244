/** Directories of a TIFF file: classic (TIFF 6.0, section 2) and BigTIFF (libtiff's description), either byte order. */
import type { ByteSource } from "../bytes/source";
import { FormatError } from "../bytes/source";

export interface TiffHead {
  readonly littleEndian: boolean;
  readonly big: boolean;
  /** Where the first directory begins. */
  readonly first: number;
}

/** Entries of a directory; files have some dozens. */
const MOST_ENTRIES = 4096;
/** Bytes of one tag's values: offsets of millions of strips. */
const MOST_VALUES = 64 << 20;
/** A directory of the usual size, in one read. */
const USUAL = 512;

/** Bytes of one value, by type. */
const SIZES: Readonly<Record<number, number>> = { 1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8 };

export function isTiff(head: Uint8Array): boolean {
  if (head.length < 4) return false;
  const [a, b, c, d] = [head[0], head[1], head[2], head[3]];
  return (a === 0x49 && b === 0x49 && (c === 42 || c === 43) && d === 0) || (a === 0x4d && b === 0x4d && c === 0 && (d === 42 || d === 43));
}

/** Throws FormatError where there is none. */
export function readTiffHead(format: string, source: ByteSource): TiffHead {
  const head = source.read(0, 16, true);
  if (!isTiff(head)) throw new FormatError(format, head.length < 4 ? `the header ends at byte ${head.length}` : "does not begin with a TIFF header", head.length < 4);
  const view = viewOf(head);
  const littleEndian = head[0] === 0x49;
  const big = view.getUint16(2, littleEndian) === 43;
  const length = big ? 16 : 8;
  if (head.length < length) throw new FormatError(format, `the header ends at byte ${head.length} of ${length}`, true);
  if (big && view.getUint16(4, littleEndian) !== 8) throw new FormatError(format, `offsets of ${view.getUint16(4, littleEndian)} bytes are not known`);
  return { littleEndian, big, first: big ? Number(view.getBigUint64(8, littleEndian)) : view.getUint32(4, littleEndian) };
}

interface Tag {
  readonly type: number;
  readonly count: number;
  /** Where the values begin in the file. */
  readonly at: number;
}

/** One directory: an image, a thumbnail, … Its values are read when they are asked for. */
export class Directory {
  private readonly tags = new Map<number, Tag>();
  /** Where the next directory begins; 0 at the last. */
  readonly next: number;

  constructor(
    private readonly format: string,
    private readonly source: ByteSource,
    private readonly head: TiffHead,
    readonly at: number,
  ) {
    const { big, littleEndian } = head;
    const before = big ? 8 : 2;
    const each = big ? 20 : 12;
    const pointer = big ? 8 : 4;
    if (at < 8 || !Number.isSafeInteger(at)) throw new FormatError(format, `a directory at byte ${at}`);
    let bytes = source.read(at, USUAL, true);
    let view = viewOf(bytes);
    if (bytes.length < before) throw new FormatError(format, `a directory at byte ${at} lies beyond the end, byte ${source.size}`, true);
    const entries = big ? Number(view.getBigUint64(0, littleEndian)) : view.getUint16(0, littleEndian);
    if (entries === 0 || entries > MOST_ENTRIES) throw new FormatError(format, `a directory of ${entries} entries at byte ${at}`);
    const length = before + entries * each + pointer;
    if (length > bytes.length) {
      bytes = source.read(at, length, true);
      view = viewOf(bytes);
      if (bytes.length < length) throw new FormatError(format, `the directory at byte ${at} ends at byte ${at + bytes.length} of ${at + length}`, true);
    }
    for (let i = 0; i < entries; i++) {
      const entry = before + i * each;
      const id = view.getUint16(entry, littleEndian);
      const type = view.getUint16(entry + 2, littleEndian);
      const count = big ? Number(view.getBigUint64(entry + 4, littleEndian)) : view.getUint32(entry + 4, littleEndian);
      const values = entry + (big ? 12 : 8);
      const inline = (SIZES[type] ?? 1) * count <= pointer;
      const offset = inline ? at + values : big ? Number(view.getBigUint64(values, littleEndian)) : view.getUint32(values, littleEndian);
      if (!this.tags.has(id)) this.tags.set(id, { type, count, at: offset });
    }
    const last = length - pointer;
    this.next = big ? Number(view.getBigUint64(last, littleEndian)) : view.getUint32(last, littleEndian);
  }

  /** How many values the tag has; 0 where it is absent. */
  count(id: number): number {
    return this.tags.get(id)?.count ?? 0;
  }

  /** Values of whole numbers or floats; null where the tag is absent. Throws FormatError: torn beyond the file's end. */
  numbers(id: number): Float64Array | null {
    const tag = this.tags.get(id);
    if (tag === undefined) return null;
    const size = SIZES[tag.type];
    if (size === undefined || tag.type === 2 || tag.type === 5 || tag.type === 10) throw new FormatError(this.format, `tag ${id} of type ${tag.type}`);
    const view = viewOf(this.bytes(id, tag, size));
    const { littleEndian } = this.head;
    const out = new Float64Array(tag.count);
    for (let i = 0; i < tag.count; i++) out[i] = valueAt(view, tag.type, i * size, littleEndian);
    return out;
  }

  /** The first value; `otherwise` where the tag is absent. */
  number(id: number, otherwise: number): number {
    return this.numbers(id)?.[0] ?? otherwise;
  }

  /** Text of at most `most` bytes; null where there is none. */
  text(id: number, most: number): string | null {
    const tag = this.tags.get(id);
    if (tag?.type !== 2) return null;
    this.checkEnd(id, tag.at + tag.count);
    return new TextDecoder().decode(this.source.read(tag.at, Math.min(most, tag.count), true)).replace(/\0[\s\S]*$/, "");
  }

  private bytes(id: number, tag: Tag, size: number): Uint8Array {
    const length = tag.count * size;
    if (length > MOST_VALUES) throw new FormatError(this.format, `tag ${id} has ${tag.count} values`);
    this.checkEnd(id, tag.at + length);
    return this.source.read(tag.at, length, true);
  }

  private checkEnd(id: number, end: number): void {
    if (!Number.isSafeInteger(end) || end > this.source.size) throw new FormatError(this.format, `values of tag ${id} end at byte ${end} of a file of ${this.source.size}`, true);
  }
}

function valueAt(view: DataView, type: number, at: number, littleEndian: boolean): number {
  switch (type) {
    case 3:
      return view.getUint16(at, littleEndian);
    case 4:
    case 13:
      return view.getUint32(at, littleEndian);
    case 6:
      return view.getInt8(at);
    case 8:
      return view.getInt16(at, littleEndian);
    case 9:
      return view.getInt32(at, littleEndian);
    case 11:
      return view.getFloat32(at, littleEndian);
    case 12:
      return view.getFloat64(at, littleEndian);
    case 16:
    case 18:
      return Number(view.getBigUint64(at, littleEndian));
    case 17:
      return Number(view.getBigInt64(at, littleEndian));
    default:
      return view.getUint8(at);
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

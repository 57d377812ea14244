/** Bytes of a window of a source, with a few pages kept: an HDF5 file's structure is read in many small pieces. */
import type { ByteSource } from "../source";

const PAGE = 1 << 16;
const KEPT_PAGES = 64;

/** The file uses what the fast reader does not know, or does not look as it should: the library is to read it. */
export class NotSimple extends Error {}

/** Where an address is undefined. */
export const UNDEFINED = -1;

export class Window {
  private readonly pages = new Map<number, Uint8Array>();

  constructor(
    private readonly source: ByteSource,
    private readonly offset: number,
    readonly length: number,
  ) {}

  /** Bytes [at, at + count). Throws NotSimple where the window ends before. Not to be written to. */
  bytes(at: number, count: number): Uint8Array {
    if (at < 0 || count < 0 || at + count > this.length) throw new NotSimple();
    const page = Math.floor(at / PAGE);
    if (at + count <= (page + 1) * PAGE) {
      const start = at - page * PAGE;
      return this.page(page).subarray(start, start + count);
    }
    return this.fresh(at, count);
  }

  /** As `bytes`, in memory of its own, or lent until the next call. */
  fresh(at: number, count: number, lend = false): Uint8Array {
    if (at < 0 || count < 0 || at + count > this.length) throw new NotSimple();
    const got = this.source.read(this.offset + at, count, !lend);
    if (got.length !== count) throw new NotSimple();
    return got;
  }

  private page(number: number): Uint8Array {
    let page = this.pages.get(number);
    if (page === undefined) {
      page = this.fresh(number * PAGE, Math.min(PAGE, this.length - number * PAGE));
      if (this.pages.size >= KEPT_PAGES) this.pages.clear();
      this.pages.set(number, page);
    }
    return page;
  }
}

/** Little-endian numbers one after the other; lengths and addresses have 8 bytes. Throws NotSimple beyond the end. */
export class Fields {
  private readonly view: DataView;
  at = 0;

  constructor(readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.bytes.length - this.at;
  }

  skip(count: number): this {
    this.take(count);
    return this;
  }

  u8(): number {
    return this.view.getUint8(this.take(1));
  }

  u16(): number {
    return this.view.getUint16(this.take(2), true);
  }

  u32(): number {
    return this.view.getUint32(this.take(4), true);
  }

  /** A length or an address; UNDEFINED where all bits are set. */
  u64(): number {
    const value = this.view.getBigUint64(this.take(8), true);
    if (value === 0xffffffffffffffffn) return UNDEFINED;
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new NotSimple();
    return Number(value);
  }

  part(count: number): Uint8Array {
    const start = this.take(count);
    return this.bytes.subarray(start, start + count);
  }

  isTag(tag: string): boolean {
    const part = this.part(tag.length);
    return part.every((byte, i) => byte === tag.charCodeAt(i));
  }

  private take(count: number): number {
    if (count < 0 || this.at + count > this.bytes.length) throw new NotSimple();
    const start = this.at;
    this.at += count;
    return start;
  }
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** A name or string. Throws NotSimple for what is no UTF-8, which the library replaces in its own way. */
export function textOf(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new NotSimple();
  }
}

/**
 * ZIP archives: the central directory, where each entry's data lie, and their bytes; the data are never held whole.
 * Layout: PKWARE APPNOTE.TXT 6.3 (4.3.6 overall, 4.3.7 local header, 4.3.12 central header, 4.3.14 and 4.3.15 ZIP64, 4.3.16 end).
 */
import type { ByteSource, Inflate } from "./source";
import { FormatError, windowOf } from "./source";
import { DEFLATE_MOST } from "./stream";

export const STORED = 0;
export const DEFLATED = 8;

export interface ZipEntry {
  readonly name: string;
  /** 0 stored, 8 deflated. */
  readonly method: number;
  /** Bytes once decompressed. */
  readonly size: number;
  readonly compressedSize: number;
  readonly encrypted: boolean;
  /** Where the entry's data begin in the archive. Throws FormatError when the local header is broken. */
  dataOffset(): number;
}

export interface ZipFile {
  readonly entries: readonly ZipEntry[];
  /** A stored entry as a source of its own, named `archive#entry`. Throws FormatError when it is compressed. */
  window(entry: ZipEntry): ByteSource;
  /**
   * The decompressed bytes; throws FormatError when they are corrupt or not as many as promised. With `onlyFirst`, what the
   * first so many compressed bytes give, for looking at a header.
   */
  pieces(entry: ZipEntry, inflate: Inflate, onlyFirst?: number): Iterable<Uint8Array>;
}

const END = 0x06054b50;
const END_SIZE = 22;
const END64 = 0x06064b50;
const END64_SIZE = 56;
const LOCATOR64 = 0x07064b50;
const LOCATOR64_SIZE = 20;
const CENTRAL = 0x02014b50;
const CENTRAL_SIZE = 46;
const LOCAL = 0x04034b50;
const LOCAL_SIZE = 30;
const MOST_COMMENT = 0xffff;
const PIECE = 1 << 20;
/** Directories beyond this are refused: a million entries of 250 bytes. */
const MOST_DIRECTORY = 256 << 20;

/** Whether `head` begins as a ZIP archive with entries (or an empty one) does. */
export function isZip(head: Uint8Array): boolean {
  return head.length >= 4 && head[0] === 0x50 && head[1] === 0x4b && ((head[2] === 3 && head[3] === 4) || (head[2] === 5 && head[3] === 6));
}

interface Directory {
  readonly entries: number;
  readonly size: number;
  readonly offset: number;
  /** Where the record after the directory begins. */
  readonly end: number;
}

/** Reads the central directory; `formatName` begins the messages. Throws FormatError, torn when the archive may not be written out yet. */
export function openZip(source: ByteSource, formatName: string): ZipFile {
  const fail: Fail = (detail, torn = false) => {
    throw new FormatError(formatName, detail, torn);
  };
  const directory = findDirectory(source, fail);
  if (directory.size > MOST_DIRECTORY) fail(`a directory of ${directory.size} bytes is too large`);
  if (directory.offset + directory.size > directory.end) {
    fail(`directory at bytes ${directory.offset} to ${directory.offset + directory.size} overlaps its end record at ${directory.end}`);
  }
  if (directory.entries * CENTRAL_SIZE > directory.size) fail(`${directory.entries} entries do not fit into a directory of ${directory.size} bytes`);
  const bytes = source.read(directory.offset, directory.size, true);
  if (bytes.length < directory.size) fail(`${bytes.length} of ${directory.size} bytes of the directory could be read`, true);
  const entries: CentralEntry[] = [];
  for (let i = 0, at = 0; i < directory.entries; i++) {
    const read = centralEntry(source, bytes, at, directory.offset, fail);
    entries.push(read.entry);
    at = read.next;
  }
  checkOverlap(entries, fail);
  return {
    entries,
    window(entry) {
      if (entry.encrypted) fail(`entry ${entry.name} is encrypted`);
      if (entry.method !== STORED) fail(`entry ${entry.name} is compressed (method ${entry.method})`);
      return windowOf(source, `${source.name}#${entry.name}`, entry.dataOffset(), entry.size);
    },
    *pieces(entry, inflate, onlyFirst = Infinity) {
      if (entry.encrypted) fail(`entry ${entry.name} is encrypted`);
      if (entry.method !== STORED && entry.method !== DEFLATED) fail(`entry ${entry.name} is compressed with method ${entry.method}, only deflate is supported`);
      const raw = rawPieces(source, entry.dataOffset(), Math.min(entry.compressedSize, onlyFirst));
      let given = 0;
      for (const piece of entry.method === STORED ? raw : inflated(raw, entry, inflate, onlyFirst < entry.compressedSize ? undefined : entry.size, fail)) {
        given += piece.length;
        if (given > entry.size) fail(`entry ${entry.name} holds more than the ${entry.size} bytes it promises`);
        yield piece;
      }
      if (given < entry.size && onlyFirst >= entry.compressedSize) fail(`entry ${entry.name} ends at byte ${given} of ${entry.size}`, true);
    },
  };
}

type Fail = (detail: string, torn?: boolean) => never;

interface CentralEntry extends ZipEntry {
  /** Where the local header begins. */
  readonly header: number;
}

function* inflated(raw: Iterable<Uint8Array>, entry: ZipEntry, inflate: Inflate, size: number | undefined, fail: Fail): Iterable<Uint8Array> {
  try {
    yield* inflate.raw(raw, size);
  } catch (error) {
    if (error instanceof FormatError) throw error;
    fail(`entry ${entry.name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function* rawPieces(source: ByteSource, offset: number, length: number): Iterable<Uint8Array> {
  for (let at = 0; at < length; ) {
    const piece = source.read(offset + at, Math.min(PIECE, length - at));
    if (piece.length === 0) return;
    yield piece;
    at += piece.length;
  }
}

/** Finds the end record from the back of the file, and follows it to its ZIP64 form where there is one. */
function findDirectory(source: ByteSource, fail: Fail): Directory {
  const tailSize = Math.min(source.size, END_SIZE + MOST_COMMENT);
  const tailAt = source.size - tailSize;
  const tail = source.read(tailAt, tailSize, true);
  const view = viewOf(tail);
  for (let at = tail.length - END_SIZE; at >= 0; at--) {
    if (view.getUint32(at, true) !== END || at + END_SIZE + view.getUint16(at + 20, true) > tail.length) continue;
    const end: Directory = { entries: view.getUint16(at + 10, true), size: view.getUint32(at + 12, true), offset: view.getUint32(at + 16, true), end: tailAt + at };
    const disks = view.getUint16(at + 4, true);
    if (end.entries !== 0xffff && end.size !== 0xffffffff && end.offset !== 0xffffffff) {
      if (disks !== 0) fail("archives in several parts are not supported");
      return end;
    }
    return directory64(source, end, fail) ?? end;
  }
  const first = source.read(0, 4);
  return fail(
    isZip(first) ? `no central directory in ${source.size} bytes: not written out yet, or cut off` : `${source.size} bytes without a ZIP archive's end`,
    isZip(first) || source.size < 4,
  );
}

function directory64(source: ByteSource, end: Directory, fail: Fail): Directory | null {
  const locator = source.read(end.end - LOCATOR64_SIZE, LOCATOR64_SIZE, true);
  if (end.end < LOCATOR64_SIZE || locator.length < LOCATOR64_SIZE || viewOf(locator).getUint32(0, true) !== LOCATOR64) return null;
  const at = u64(viewOf(locator), 8);
  if (at + END64_SIZE > end.end) fail(`ZIP64 end record at byte ${at} of ${source.size}`);
  const record = source.read(at, END64_SIZE, true);
  const view = viewOf(record);
  if (record.length < END64_SIZE || view.getUint32(0, true) !== END64) fail(`no ZIP64 end record at byte ${at}`);
  return { entries: u64(view, 32), size: u64(view, 40), offset: u64(view, 48), end: at };
}

function centralEntry(source: ByteSource, bytes: Uint8Array, at: number, directoryAt: number, fail: Fail): { entry: CentralEntry; next: number } {
  const view = viewOf(bytes);
  if (at + CENTRAL_SIZE > bytes.length || view.getUint32(at, true) !== CENTRAL) fail(`no entry at byte ${directoryAt + at} of the directory`);
  const nameLength = view.getUint16(at + 28, true);
  const extraLength = view.getUint16(at + 30, true);
  const next = at + CENTRAL_SIZE + nameLength + extraLength + view.getUint16(at + 32, true);
  if (next > bytes.length) fail(`an entry of the directory ends at byte ${directoryAt + next}, the directory at ${directoryAt + bytes.length}`);
  const flags = view.getUint16(at + 8, true);
  const method = view.getUint16(at + 10, true);
  const nameAt = at + CENTRAL_SIZE;
  const name = new TextDecoder().decode(bytes.subarray(nameAt, nameAt + nameLength));
  const wide = zip64Extra(view, nameAt + nameLength, extraLength);
  const take = (value: number): number => (value === 0xffffffff ? (wide.shift() ?? fail(`entry ${name} lacks its ZIP64 sizes`)) : value);
  // In this order in the extra field, each only where the short field is full.
  const size = take(view.getUint32(at + 24, true));
  const compressedSize = take(view.getUint32(at + 20, true));
  const header = take(view.getUint32(at + 42, true));
  if (header + LOCAL_SIZE + compressedSize > directoryAt) {
    fail(`entry ${name} claims bytes ${header} to ${header + LOCAL_SIZE + compressedSize}, its archive has ${directoryAt} before the directory`);
  }
  if (method === STORED && size !== compressedSize) fail(`entry ${name} is stored, yet claims ${compressedSize} and ${size} bytes`);
  if (method === DEFLATED && size > compressedSize * DEFLATE_MOST + 64) fail(`entry ${name} claims ${size} bytes from ${compressedSize}, more than deflate can give`);
  let data: number | null = null;
  const dataOffset = (): number => {
    if (data !== null) return data;
    // The local header's extra field may differ from the central one: padding for alignment, for one.
    const local = source.read(header, LOCAL_SIZE, true);
    const localView = viewOf(local);
    if (local.length < LOCAL_SIZE || localView.getUint32(0, true) !== LOCAL) fail(`entry ${name} has no local header at byte ${header}`);
    const start = header + LOCAL_SIZE + localView.getUint16(26, true) + localView.getUint16(28, true);
    if (start + compressedSize > directoryAt) fail(`entry ${name} claims bytes ${start} to ${start + compressedSize}, its archive has ${directoryAt} before the directory`);
    data = start;
    return start;
  };
  return { entry: { name, method, size, compressedSize, encrypted: (flags & 1) !== 0, header, dataOffset }, next };
}

/** The 64-bit numbers of the ZIP64 extra field (id 1); empty when there is none. */
function zip64Extra(view: DataView, at: number, length: number): number[] {
  for (const end = at + length; at + 4 <= end; ) {
    const size = view.getUint16(at + 2, true);
    if (view.getUint16(at, true) === 1) {
      const out: number[] = [];
      for (let i = at + 4; i + 8 <= Math.min(at + 4 + size, end); i += 8) out.push(u64(view, i));
      return out;
    }
    at += 4 + size;
  }
  return [];
}

/** Entries that share bytes are how small archives claim to hold much. */
function checkOverlap(entries: readonly CentralEntry[], fail: Fail): void {
  const sorted = [...entries].sort((a, b) => a.header - b.header);
  for (let i = 1; i < sorted.length; i++) {
    const before = sorted[i - 1]!;
    if (before.header + LOCAL_SIZE + before.compressedSize > sorted[i]!.header) fail(`entries ${before.name} and ${sorted[i]!.name} overlap`);
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Exact up to 2^53; larger ones lie beyond any file and are refused where they are checked. */
function u64(view: DataView, at: number): number {
  return Number(view.getBigUint64(at, true));
}

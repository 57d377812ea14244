/** Sorted string tables, as LevelDB writes them (google/leveldb, doc/table_format.md): the index of a TensorFlow checkpoint is one. */
import { maskedCrc32c } from "./crc32c";
import { WireReader } from "./protobuf";
import { unsnappy } from "./snappy";
import { type ByteSource, FormatError } from "./source";

const FOOTER_BYTES = 48;
const MAGIC = Uint8Array.of(0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb);
/** Compression (1 byte) and masked CRC-32C (4 bytes) behind each block. */
const TRAILER_BYTES = 5;
/** Writers aim at blocks of 4 KiB to 256 KiB; one entry may make a block longer. */
const MOST_BLOCK = 64 << 20;
const MOST_KEY = 1 << 16;

/** Both are views that hold until the next entry is asked for. */
export interface TableEntry {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

interface Handle {
  readonly offset: number;
  readonly size: number;
}

/** Whether the file ends as a table does. */
export function endsAsTable(source: ByteSource): boolean {
  if (source.size < FOOTER_BYTES) return false;
  const end = source.read(source.size - MAGIC.length, MAGIC.length);
  return end.length === MAGIC.length && MAGIC.every((b, i) => end[i] === b);
}

/**
 * All entries in order, one block in memory at a time. Throws FormatError (`format` first) where the table is damaged; every
 * length is held against the file, and blocks must follow each other, so that the work is bounded by the file's size.
 */
export function* tableEntries(source: ByteSource, format: string): Generator<TableEntry> {
  if (!endsAsTable(source)) throw new FormatError(format, `no table's footer at the end of ${source.size} bytes`, true);
  const footer = new WireReader();
  footer.over(source.read(source.size - FOOTER_BYTES, FOOTER_BYTES - MAGIC.length, true));
  handle(footer); // of the meta blocks: none that matter
  const index = handle(footer);
  if (footer.bad) throw new FormatError(format, "the footer of the table is damaged");
  let end = 0;
  for (const { value } of blockEntries(block(source, index, format), format)) {
    const reader = new WireReader();
    reader.over(value);
    const next = handle(reader);
    if (reader.bad || next.offset < end) throw new FormatError(format, `the table's index points to a block at ${next.offset} behind one that ends at ${end}`);
    end = next.offset + next.size + TRAILER_BYTES;
    yield* blockEntries(block(source, next, format), format);
  }
}

function handle(reader: WireReader): Handle {
  return { offset: reader.varint(), size: reader.varint() };
}

/** A block's content, checked against its checksum and decompressed. */
function block(source: ByteSource, { offset, size }: Handle, format: string): Uint8Array {
  const end = offset + size + TRAILER_BYTES;
  if (end > source.size - FOOTER_BYTES || size > MOST_BLOCK) throw new FormatError(format, `a block of ${size} bytes at ${offset} does not fit into ${source.size} bytes`);
  const bytes = source.read(offset, size + TRAILER_BYTES, true);
  if (bytes.length < size + TRAILER_BYTES) throw new FormatError(format, `the block at ${offset} ends after ${bytes.length} of ${size + TRAILER_BYTES} bytes`, true);
  const stored = new DataView(bytes.buffer, bytes.byteOffset).getUint32(size + 1, true);
  if (maskedCrc32c(bytes, 0, size + 1) !== stored) throw new FormatError(format, `the checksum of the block at ${offset} is wrong`);
  const content = bytes.subarray(0, size);
  const compression = bytes[size]!;
  if (compression === 0) return content;
  if (compression === 1) return unsnappy(content, format);
  throw new FormatError(format, `the block at ${offset} has compression ${compression}, only 0 (none) and 1 (snappy) are read`);
}

/** Keys share their beginnings with the key before. */
function* blockEntries(bytes: Uint8Array, format: string): Generator<TableEntry> {
  const restarts = bytes.length < 4 ? 0 : new DataView(bytes.buffer, bytes.byteOffset).getUint32(bytes.length - 4, true);
  const limit = bytes.length - 4 - 4 * restarts;
  if (limit < 0) throw new FormatError(format, `a block of ${bytes.length} bytes claims ${restarts} restart points`);
  const reader = new WireReader();
  reader.over(bytes);
  reader.at(0, limit);
  let key = new Uint8Array(256);
  let length = 0;
  while (reader.pos < limit) {
    const [shared, own, size] = [reader.varint(), reader.varint(), reader.varint()];
    if (reader.bad || shared > length || shared + own > MOST_KEY || own + size > limit - reader.pos) throw new FormatError(format, "an entry of the table is damaged");
    length = shared + own;
    if (length > key.length) {
      const longer = new Uint8Array(Math.min(MOST_KEY, 2 * length));
      longer.set(key.subarray(0, shared));
      key = longer;
    }
    key.set(bytes.subarray(reader.pos, reader.pos + own), shared);
    const value = bytes.subarray(reader.pos + own, reader.pos + own + size);
    reader.at(reader.pos + own + size, limit);
    yield { key: key.subarray(0, length), value };
  }
}

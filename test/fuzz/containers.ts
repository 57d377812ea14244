/** Mutations that get past what guards a file: inside compressed members, and with checksums made to fit again. */
import { deflateRawSync, deflateSync, gunzipSync, gzipSync, inflateRawSync, inflateSync } from "node:zlib";
import { crc32 } from "../../src/read/bytes/crc32";
import { maskedCrc32c } from "../../src/read/bytes/crc32c";

type Mutate = (bytes: Uint8Array) => Uint8Array;

const LARGEST = 1 << 22;
const FAST = { level: 1 } as const;

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
const startsWith = (bytes: Uint8Array, ...magic: readonly number[]): boolean => magic.every((byte, i) => bytes[i] === byte);

/** `whole` with the content of one of its compressed parts mutated; null where it has none that can be had. `choose`: a number below n. */
export function mutatedInside(whole: Uint8Array, choose: (n: number) => number, mutate: Mutate): Uint8Array | null {
  try {
    if (startsWith(whole, 0x1f, 0x8b)) return new Uint8Array(gzipSync(mutate(new Uint8Array(gunzipSync(whole, { maxOutputLength: LARGEST }))), FAST));
    if (startsWith(whole, 0x50, 0x4b, 3, 4)) return inZip(whole, choose, mutate);
    if (isPng(whole)) return inPng(whole, choose, mutate);
  } catch (error) {
    // What is damaged already cannot be opened any more; such inputs come by the other way.
    if (error instanceof RangeError || (error instanceof Error && "code" in error)) return null;
    throw error;
  }
  return null;
}

/** `bytes` with the checksums of its records put right, where its format has such. */
export function repaired(name: string, bytes: Uint8Array): Uint8Array {
  if (isPng(bytes)) return pngRepaired(bytes);
  if (/tfevents/.test(name)) return eventsRepaired(bytes);
  if (/\.wandb$/.test(name)) return wandbRepaired(bytes);
  if (/\.index$/.test(name)) return tableRepaired(bytes);
  return bytes;
}

interface Member {
  readonly name: Uint8Array;
  readonly method: number;
  readonly data: Uint8Array;
}

function inZip(whole: Uint8Array, choose: (n: number) => number, mutate: Mutate): Uint8Array | null {
  const view = viewOf(whole);
  let end = whole.length - 22;
  while (end > 0 && view.getUint32(end, true) !== 0x06054b50) end--;
  const members: Member[] = [];
  let at = view.getUint32(end + 16, true);
  for (let n = view.getUint16(end + 10, true); n > 0; n--) {
    const local = view.getUint32(at + 42, true);
    const from = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    const nameLength = view.getUint16(at + 28, true);
    members.push({ name: whole.slice(at + 46, at + 46 + nameLength), method: view.getUint16(at + 10, true), data: whole.slice(from, from + view.getUint32(at + 20, true)) });
    at += 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  if (members.length === 0) return null;
  const i = choose(members.length);
  return zipOf(members.map((member, k) => (k === i ? { ...member, data: mutate(content(member)) } : { ...member, data: content(member) })));
}

function content({ method, data }: Member): Uint8Array {
  return method === 8 ? new Uint8Array(inflateRawSync(data, { maxOutputLength: LARGEST })) : data;
}

/** A ZIP archive of members whose data are not compressed yet; checksums and sizes fit. */
export function zipOf(members: readonly Member[]): Uint8Array {
  const local: Buffer[] = [];
  const central: Buffer[] = [];
  let at = 0;
  for (const { name, method, data } of members) {
    const packed = method === 8 ? deflateRawSync(data, FAST) : data;
    const head = Buffer.alloc(30);
    head.writeUInt32LE(0x04034b50, 0);
    head.writeUInt16LE(20, 4);
    head.writeUInt16LE(method, 8);
    head.writeUInt32LE(crc32(data) >>> 0, 14);
    head.writeUInt32LE(packed.length, 18);
    head.writeUInt32LE(data.length, 22);
    head.writeUInt16LE(name.length, 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    head.copy(entry, 6, 4, 30);
    entry.writeUInt32LE(at, 42);
    local.push(head, Buffer.from(name), Buffer.from(packed));
    central.push(entry, Buffer.from(name));
    at += 30 + name.length + packed.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(members.length, 8);
  end.writeUInt16LE(members.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(at, 16);
  return new Uint8Array(Buffer.concat([...local, directory, end]));
}

function isPng(bytes: Uint8Array): boolean {
  return startsWith(bytes, 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
}

/** Chunks of a PNG as [type, data]; what is left behind the last whole one is dropped. */
function pngChunks(bytes: Uint8Array): { type: Uint8Array; data: Uint8Array }[] {
  const view = viewOf(bytes);
  const out: { type: Uint8Array; data: Uint8Array }[] = [];
  for (let at = 8; at + 12 <= bytes.length; ) {
    const length = view.getUint32(at);
    if (length > bytes.length - at - 12) break;
    out.push({ type: bytes.slice(at + 4, at + 8), data: bytes.slice(at + 8, at + 8 + length) });
    at += 12 + length;
  }
  return out;
}

function pngOf(chunks: readonly { type: Uint8Array; data: Uint8Array }[]): Uint8Array {
  const parts: Buffer[] = [Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])];
  for (const { type, data } of chunks) {
    const chunk = Buffer.alloc(12 + data.length);
    chunk.writeUInt32BE(data.length, 0);
    chunk.set(type, 4);
    chunk.set(data, 8);
    chunk.writeUInt32BE(crc32(chunk, 4, 8 + data.length) >>> 0, 8 + data.length);
    parts.push(chunk);
  }
  return new Uint8Array(Buffer.concat(parts));
}

const typeOf = (chunk: { type: Uint8Array }): string => String.fromCharCode(...chunk.type);

function inPng(whole: Uint8Array, choose: (n: number) => number, mutate: Mutate): Uint8Array {
  const chunks = pngChunks(whole);
  if (choose(2) === 0) {
    const i = choose(chunks.length);
    return pngOf(chunks.map((chunk, k) => (k === i ? { ...chunk, data: mutate(chunk.data) } : chunk)));
  }
  const rows = mutate(new Uint8Array(inflateSync(Buffer.concat(chunks.filter((chunk) => typeOf(chunk) === "IDAT").map((chunk) => chunk.data)), { maxOutputLength: LARGEST })));
  const first = chunks.findIndex((chunk) => typeOf(chunk) === "IDAT");
  return pngOf(chunks.flatMap((chunk, k) => (k === first ? [{ type: chunk.type, data: new Uint8Array(deflateSync(rows, FAST)) }] : typeOf(chunk) === "IDAT" ? [] : [chunk])));
}

function pngRepaired(bytes: Uint8Array): Uint8Array {
  const out = bytes.slice();
  const view = viewOf(out);
  for (let at = 8; at + 12 <= out.length; ) {
    const length = view.getUint32(at);
    if (length > out.length - at - 12) break;
    view.setUint32(at + 8 + length, crc32(out, at + 4, at + 8 + length));
    at += 12 + length;
  }
  return out;
}

/** TFRecord: uint64 length, masked CRC-32C of it, data, masked CRC-32C of it. */
function eventsRepaired(bytes: Uint8Array): Uint8Array {
  const out = bytes.slice();
  const view = viewOf(out);
  for (let at = 0; at + 12 <= out.length; ) {
    const length = Number(view.getBigUint64(at, true));
    view.setUint32(at + 8, maskedCrc32c(out, at, at + 8), true);
    if (length > out.length - at - 16) break;
    view.setUint32(at + 12 + length, maskedCrc32c(out, at + 12, at + 12 + length), true);
    at += 16 + length;
  }
  return out;
}

/** LevelDB's log in blocks of 32 KiB, as W&B writes it: CRC-32 of type and data, uint16 length, type. */
function wandbRepaired(bytes: Uint8Array): Uint8Array {
  const out = bytes.slice();
  const view = viewOf(out);
  for (let at = 7; at + 7 <= out.length; ) {
    const left = 32_768 - (at % 32_768);
    const length = view.getUint16(at + 4, true);
    if (left < 7) at += left;
    else if (length > left - 7 || at + 7 + length > out.length) break;
    else {
      view.setUint32(at, crc32(out, at + 6, at + 7 + length), true);
      at += 7 + length;
    }
  }
  return out;
}

/** LevelDB's table, as TensorFlow's index: blocks with a type byte and a masked CRC-32C, found from the footer. */
function tableRepaired(bytes: Uint8Array): Uint8Array {
  const out = bytes.slice();
  const view = viewOf(out);
  let at = out.length - 48;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; at < out.length; scale *= 128) {
      const byte = out[at++]!;
      value += (byte & 127) * scale;
      if (byte < 128) break;
    }
    return value;
  };
  const fix = (offset: number, size: number): boolean => {
    if (offset + size + 5 > out.length) return false;
    view.setUint32(offset + size + 1, maskedCrc32c(out, offset, offset + size + 1), true);
    return true;
  };
  if (at < 0) return out;
  const meta = [varint(), varint()] as const;
  const index = [varint(), varint()] as const;
  fix(...meta);
  if (!fix(...index)) return out;
  const last = index[0] + index[1] - 4;
  for (at = index[0]; at < last; ) {
    varint(); // shared bytes of the key
    const keyLength = varint();
    const valueLength = varint();
    at += keyLength;
    const end = at + valueLength;
    const [offset, size] = [varint(), varint()];
    if (!fix(offset, size) || end < at) break;
    at = end;
  }
  return out;
}

/** Byte sources and archives made in memory. */
import { readFileSync } from "node:fs";
import type { ByteSource } from "../../../../src/read/bytes/source";

/** Like a file: reads share one scratch array unless `keep` is asked for, so that a reader that holds on to it fails. */
export function memorySource(name: string, bytes: Uint8Array): ByteSource & { reads: number } {
  let scratch = new Uint8Array(0);
  return {
    name,
    size: bytes.length,
    reads: 0,
    read(offset, length, keep = false) {
      this.reads++;
      const part = bytes.subarray(offset, Math.max(offset, Math.min(bytes.length, offset + length)));
      if (keep) return part.slice();
      if (scratch.length < part.length) scratch = new Uint8Array(part.length);
      scratch.set(part);
      return scratch.subarray(0, part.length);
    },
  };
}

export function fixture(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`../fixtures/volumes/${name}`, import.meta.url)));
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

export interface Member {
  readonly name: string;
  readonly data: Uint8Array;
  readonly method?: number;
  /** Once decompressed; as `data` when left out. */
  readonly size?: number;
  /** What the directory claims, where it shall lie. */
  readonly claims?: { readonly size?: number; readonly compressedSize?: number; readonly header?: number };
  /** Bytes of extra field in the local header alone. */
  readonly padding?: number;
  readonly flags?: number;
}

/** A ZIP archive; `entries` overrides the number of entries that its end record claims. */
export function zipOf(members: readonly Member[], entries = members.length): Uint8Array {
  const local: Uint8Array[] = [];
  const central: Uint8Array[] = [];
  let at = 0;
  for (const member of members) {
    const name = new TextEncoder().encode(member.name);
    const size = member.size ?? member.data.length;
    const header = Buffer.alloc(30);
    header.writeUInt32LE(0x04034b50, 0);
    header.writeUInt16LE(member.method ?? 0, 8);
    header.writeUInt32LE(member.data.length, 18);
    header.writeUInt32LE(size, 22);
    header.writeUInt16LE(name.length, 26);
    header.writeUInt16LE(member.padding ?? 0, 28);
    local.push(header, name, new Uint8Array(member.padding ?? 0), member.data);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(member.flags ?? 0, 8);
    entry.writeUInt16LE(member.method ?? 0, 10);
    entry.writeUInt32LE(member.claims?.compressedSize ?? member.data.length, 20);
    entry.writeUInt32LE(member.claims?.size ?? size, 24);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt32LE(member.claims?.header ?? at, 42);
    central.push(entry, name);
    at += 30 + name.length + (member.padding ?? 0) + member.data.length;
  }
  const directory = concat(...central);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries, 8);
  end.writeUInt16LE(entries, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(at, 16);
  return concat(...local, directory, end);
}

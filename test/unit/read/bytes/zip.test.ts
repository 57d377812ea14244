import assert from "node:assert/strict";
import { deflateRawSync } from "node:zlib";
import { inflate } from "../../../../src/engine/inflate";
import type { ByteSource } from "../../../../src/read/bytes/source";
import { FormatError } from "../../../../src/read/bytes/source";
import type { ZipFile } from "../../../../src/read/bytes/zip";
import { openZip } from "../../../../src/read/bytes/zip";
import { concat, fixture, memorySource, zipOf } from "./memory";

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");
const bytes = (s: string): Uint8Array => new Uint8Array(Buffer.from(s, "latin1"));
const open = (archive: Uint8Array): ZipFile => openZip(memorySource("a.zip", archive), "zip");
const whole = (zip: ZipFile, name: string): string => {
  const entry = zip.entries.find((e) => e.name === name);
  assert.ok(entry, name);
  return text(concat(...Array.from(zip.pieces(entry, inflate), (piece) => piece.slice())));
};

describe("zip", () => {
  it("gives stored entries as windows behind the local header, whatever padding that has", () => {
    const zip = open(zipOf([{ name: "a", data: bytes("first"), padding: 37 }, { name: "b/c", data: bytes("second") }]));
    assert.deepEqual(zip.entries.map((e) => [e.name, e.size]), [["a", 5], ["b/c", 6]]);
    const window = zip.window(zip.entries[0]!);
    assert.equal(window.size, 5);
    assert.equal(text(window.read(1, 100)), "irst");
    assert.equal(whole(zip, "b/c"), "second");
  });

  it("inflates deflated entries, and refuses a window of them", () => {
    const data = bytes("ab".repeat(5000));
    const zip = open(zipOf([{ name: "a", method: 8, data: deflateRawSync(data), size: data.length }]));
    assert.equal(whole(zip, "a"), text(data));
    assert.throws(() => zip.window(zip.entries[0]!), { name: "FormatError", message: "zip: entry a is compressed (method 8)" });
  });

  it("reads ZIP64 records and sizes that follow the data", () => {
    assert.equal(whole(open(fixture("zip64.zip")), "forced"), "sixty-four");
    const piped = open(fixture("piped.zip"));
    assert.equal(whole(piped, "stored"), "piped data");
    assert.equal(whole(piped, "deflated"), "a".repeat(3000));
  });

  it("reads an entry beyond 4 GB in place", () => {
    // A local header at 5 GB, with ZIP64 directory and end, and nothing before it.
    const at = 5 * 2 ** 30;
    const data = bytes("far away");
    const local = zipOf([{ name: "far", data }]).subarray(0, 30 + 3 + data.length);
    const entry = Buffer.alloc(46 + 3 + 28);
    entry.writeUInt32LE(0x02014b50, 0);
    for (const full of [20, 24, 42]) entry.writeUInt32LE(0xffffffff, full);
    entry.writeUInt16LE(3, 28);
    entry.writeUInt16LE(28, 30);
    entry.write("far", 46);
    entry.writeUInt16LE(1, 49);
    entry.writeUInt16LE(24, 51);
    for (const [i, value] of [data.length, data.length, at].entries()) entry.writeBigUInt64LE(BigInt(value), 53 + 8 * i);
    const directoryAt = at + local.length;
    const end64 = Buffer.alloc(56);
    end64.writeUInt32LE(0x06064b50, 0);
    for (const [i, value] of [1, entry.length, directoryAt].entries()) end64.writeBigUInt64LE(BigInt(value), 32 + 8 * i);
    const locator = Buffer.alloc(20);
    locator.writeUInt32LE(0x07064b50, 0);
    locator.writeBigUInt64LE(BigInt(directoryAt + entry.length), 8);
    const end = Buffer.alloc(22, 0xff);
    end.writeUInt32LE(0x06054b50, 0);
    end.writeUInt16LE(0, 20);
    const tail = memorySource("tail", concat(local, entry, end64, locator, end));
    const source: ByteSource = {
      name: "far.zip",
      size: at + tail.size,
      read: (o, n, keep) => (o >= at ? tail.read(o - at, n, keep) : concat(new Uint8Array(Math.min(n, at - o)), tail.read(0, Math.max(0, o + n - at), true))),
    };
    const zip = openZip(source, "zip");
    assert.equal(zip.entries[0]?.dataOffset(), at + 33);
    assert.equal(whole(zip, "far"), "far away");
  });

  const refused: readonly [string, Uint8Array, RegExp][] = [
    ["more entries than the directory holds", zipOf([{ name: "a", data: bytes("x") }], 60000), /zip: 60000 entries do not fit into a directory of 47 bytes/],
    ["overlapping entries", zipOf([{ name: "a", data: bytes("xxxx") }, { name: "b", data: bytes("y"), claims: { header: 2 } }]), /zip: entries a and b overlap/],
    ["an entry beyond the archive", zipOf([{ name: "a", data: bytes("x"), claims: { size: 5000, compressedSize: 5000 } }]), /zip: entry a claims bytes 0 to 5030, its archive has 32 before the directory/],
    ["stored sizes that differ", zipOf([{ name: "a", data: bytes("x"), claims: { size: 5 } }]), /zip: entry a is stored, yet claims 1 and 5 bytes/],
    ["more than deflate can give", zipOf([{ name: "a", data: bytes("x"), method: 8, size: 4e9 }]), /zip: entry a claims 4000000000 bytes from 1/],
    ["ZIP64 sizes that are missing", zipOf([{ name: "a", data: bytes("x"), claims: { size: 0xffffffff } }]), /zip: entry a lacks its ZIP64 sizes/],
    ["something else", bytes("not an archive at all, however long"), /zip: 35 bytes without a ZIP archive's end/],
  ];
  for (const [what, archive, message] of refused) {
    it(`refuses ${what}`, () => assert.throws(() => open(archive), (error) => error instanceof FormatError && message.test(error.message)));
  }

  it("tells encryption, unknown methods, corrupt and short data of one entry", () => {
    const packed = deflateRawSync(bytes("ab".repeat(500)));
    const zip = open(
      zipOf([
        { name: "secret", data: bytes("x"), flags: 1 },
        { name: "zstd", data: bytes("x"), method: 93 },
        { name: "corrupt", data: bytes("\xff\xff\xff\xff"), method: 8, size: 100 },
        { name: "short", data: packed, method: 8, size: 1001 },
        { name: "long", data: packed, method: 8, size: 999 },
        { name: "good", data: bytes("good") },
      ]),
    );
    const fails = (name: string, message: RegExp): void => assert.throws(() => whole(zip, name), (error) => error instanceof FormatError && message.test(error.message));
    fails("secret", /entry secret is encrypted/);
    fails("zstd", /entry zstd is compressed with method 93/);
    fails("corrupt", /entry corrupt: /);
    fails("short", /entry short ends at byte 1000 of 1001/);
    fails("long", /entry long holds more than the 999 bytes/);
    assert.equal(whole(zip, "good"), "good");
  });

  it("says torn of every prefix that begins as an archive, and reads its directory alone when whole", () => {
    const archive = zipOf([{ name: "a", data: new Uint8Array(500) }, { name: "b", data: bytes("y") }]);
    for (let n = 0; n < archive.length; n++) {
      assert.throws(() => open(archive.slice(0, n)), (error) => error instanceof FormatError && error.torn, `${n} bytes`);
    }
    const source = memorySource("big.zip", zipOf([{ name: "a", data: new Uint8Array(3 << 20) }]));
    openZip(source, "zip");
    assert.ok(source.reads <= 3, `${source.reads} reads`);
  });
});

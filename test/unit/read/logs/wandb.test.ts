import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { wandb } from "../../../../src/read/logs/wandb";
import { readPieces, readWhole } from "./helpers";

const bytes = new Uint8Array(readFileSync(join(process.cwd(), "test", "fixtures", "formats", "wandb", "plain.wandb")));
const NAME = "wandb/run/run-x.wandb";
const BLOCK = 32768;

/** The fixture's records, repeated into a file of several blocks: what spans blocks is cut into pieces. */
function long(copies: number): Uint8Array {
  const records: Uint8Array[] = [];
  for (let at = 7; at + 7 <= bytes.length; ) {
    const length = bytes[at + 4]! | (bytes[at + 5]! << 8);
    records.push(bytes.subarray(at + 7, at + 7 + length));
    at += 7 + length;
  }
  const out: number[] = [...bytes.subarray(0, 7)];
  for (let k = 0; k < copies; k++) {
    for (const record of records) {
      for (let done = 0, first = true; first || done < record.length; first = false) {
        let left = BLOCK - (out.length % BLOCK);
        if (left < 7) {
          for (; left > 0; left--) out.push(0);
          left = BLOCK;
        }
        const part = record.subarray(done, done + left - 7);
        const last = done + part.length === record.length;
        const type = first && last ? 1 : first ? 2 : last ? 4 : 3;
        const crc = crcOf([type, ...part]);
        out.push(crc & 255, (crc >>> 8) & 255, (crc >>> 16) & 255, crc >>> 24, part.length & 255, part.length >>> 8, type, ...part);
        done += part.length;
      }
    }
  }
  return new Uint8Array(out);
}

function crcOf(data: readonly number[]): number {
  let c = -1;
  for (const b of data) {
    c ^= b;
    for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
  }
  return ~c >>> 0;
}

describe("W&B files", () => {
  it("reads records that span blocks, in any pieces", () => {
    const file = long(4);
    assert.ok(file.length > 3 * BLOCK);
    const whole = readWhole(wandb, file, NAME);
    assert.equal(whole.read.problem, null);
    for (const step of [999, 4096, BLOCK]) {
      const stages = [];
      for (let n = 0; n < file.length; n += step) stages.push(file.subarray(0, n));
      assert.deepEqual(readPieces(wandb, [...stages, file], NAME), whole, String(step));
    }
  });

  it("gives up a damaged block and goes on with the next", () => {
    const file = long(4);
    file[BLOCK + 5000]! ^= 1;
    const { read, series } = readWhole(wandb, file, NAME);
    assert.match(read.problem ?? "", /^wandb: 1 damaged block left out, the first at offset \d+ of \d+$/);
    assert.equal(read.end, "complete");
    assert.ok(series.length > 0);
    assert.deepEqual(readPieces(wandb, [file.subarray(0, BLOCK + 9000), file], NAME).series, series);
  });

  it("never throws, whatever byte is damaged", () => {
    for (let at = 0; at < bytes.length; at += 11) {
      const copy = bytes.slice();
      copy[at] = 255 - copy[at]!;
      readWhole(wandb, copy, NAME);
    }
  });

  it("starts over when the file was rewritten, and claims its own alone", () => {
    const { series } = readPieces(wandb, [long(2), bytes], NAME);
    assert.deepEqual(series, readWhole(wandb, bytes, NAME).series);
    assert.equal(wandb.probe(NAME, bytes), true);
    assert.equal(wandb.probe(NAME, new Uint8Array([1, 2, 3, 4, 5, 6, 7])), false);
    assert.equal(wandb.probe("a.json", bytes), false);
    assert.match(readWhole(wandb, new Uint8Array([0x3a, 0x57, 0x26, 0x42, 0xe1, 0xbe, 1]), NAME).read.problem ?? "", /^wandb: version 1/);
  });
});

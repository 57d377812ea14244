import assert from "node:assert/strict";
import { unsnappy } from "../../../../src/read/bytes/snappy";
import { FormatError } from "../../../../src/read/bytes/source";
import { tfCheckpoint } from "../../../../src/read/checkpoints/tfCheckpoint";
import { memorySource } from "../bytes/memory";
import { assertLine, measureAll } from "./support";
import { field, firstBlockSize, fixture, number, open, sealed, table, tensorEntry, toolsFor, varint, type Files } from "./tfBundle";

/** Opens and measures what can be had, one clear line for the rest; null where it is not taken for a checkpoint. */
function survives(index: string, files: Files): "read" | "not mine" | FormatError {
  try {
    const file = open(index, files);
    if (file === null) return "not mine";
    measureAll(file);
    for (const problem of file.problems) assert.ok(!problem.includes("\n") && problem.length < 400, problem);
    return "read";
  } catch (error) {
    assertLine(error, "tf-checkpoint: ");
    return error as FormatError;
  }
}

const one = tensorEntry({ dtype: 1, shape: [2], offset: 0, size: 8 });
const data = { "x.data-00000-of-00001": new Uint8Array(64) };
const refused = (bytes: Uint8Array): string => {
  try {
    tfCheckpoint.open(memorySource("x.index", bytes), toolsFor(data));
  } catch (error) {
    assertLine(error, "tf-checkpoint: ");
    return (error as FormatError).message;
  }
  return assert.fail("it was read");
};

describe("TensorFlow checkpoints, torn and hostile", () => {
  for (const prefix of ["manager/ckpt-0", "dtypes-1", "model.ckpt-5"]) {
    it(`give one line for every prefix of the index and of the data of ${prefix}`, () => {
      const { index, files } = fixture(prefix);
      const shard = Object.keys(files).find((name) => name.includes(".data-"))!;
      for (const name of [index, shard]) {
        const whole = files[name]!;
        for (let length = 0; length < whole.length; length++) {
          const result = survives(index, { ...files, [name]: whole.subarray(0, length) });
          if (name === index && length < 20) assert.ok(result === "not mine" || result instanceof FormatError);
          else assert.ok(result instanceof FormatError && result.torn, `${name}, ${length} of ${whole.length} bytes: ${String(result)}`);
        }
      }
      assert.equal(survives(index, files), "read");
    });

    it(`survive wrong bytes in ${prefix}, also under right checksums`, () => {
      const { index, files } = fixture(prefix);
      const shard = Object.keys(files).find((name) => name.includes(".data-"))!;
      let x = 11;
      const random = (n: number): number => ((x = (Math.imul(x, 1664525) + 1013904223) >>> 0) >>> 8) % n;
      const spoiled = (bytes: Uint8Array): Uint8Array => {
        const out = bytes.slice();
        for (let n = random(4); n >= 0; n--) out[random(out.length)] = random(256);
        return out;
      };
      let read = 0;
      for (let round = 0; round < 1500; round++) {
        const changed = { ...files };
        if (round % 3 === 0) changed[shard] = spoiled(files[shard]!);
        else changed[index] = round % 3 === 1 ? sealed(spoiled(files[index]!)) : spoiled(files[index]!);
        if (survives(index, changed) === "read") read++;
      }
      assert.ok(read > 300, `${read} of 1500 got past the checksums`);
    });
  }

  it("say what is not there yet", () => {
    const { index, files } = fixture("manager/ckpt-1");
    const shard = "ckpt-1.data-00000-of-00001";
    const line = (changes: Files, folder?: string): FormatError => {
      try {
        open(index, { [index]: files[index]!, ...changes }, folder);
      } catch (error) {
        assert.ok(error instanceof FormatError && error.torn);
        return error;
      }
      return assert.fail("it was read");
    };
    assert.equal(line({}).message, `tf-checkpoint: ${shard} is missing: still being written?`);
    assert.match(line({ [shard]: files[shard]!.subarray(0, 700) }).message, /^tf-checkpoint: ckpt-1\.data-00000-of-00001 has 700 of \d+ bytes: still being written\?$/);
    const part = "part-00000-of-00001.index";
    const source = memorySource(`run/ckpt-1_temp/${part}`, files[index]!);
    assert.ok(tfCheckpoint.probe(source.name, files[index]!.subarray(0, 4096)));
    assert.throws(() => tfCheckpoint.accepts(source, toolsFor(files)), /^FormatError: tf-checkpoint: a part of a checkpoint that was not joined to a whole: still being written\?$/);
    // Nothing but its usual name speaks for an empty file.
    assert.ok(tfCheckpoint.probe("run/ckpt-1.index", new Uint8Array(0)) && !tfCheckpoint.probe("run/site.index", new Uint8Array(0)));
  });

  it("do not believe what the table claims", () => {
    const good = table([["a", one]]);
    assert.equal(survives("x.index", { ...data, "x.index": good }), "read");
    assert.match(refused(table([["a", one]], { handles: [[0, 2 ** 40]] })), /a block of 1099511627776 bytes at 0 does not fit/);
    assert.match(refused(table([["a", one]], { handles: [[2 ** 52, 8]] })), /does not fit/);
    // The same block again and again would be read again and again.
    const first = [0, firstBlockSize(good)] as const;
    assert.match(refused(table([["a", one]], { handles: [first, first] })), /points to a block at 0 behind one that ends at \d+/);
    assert.match(refused(table([["a", one]], { compress: (bytes) => ({ bytes, type: 4 }) })), /has compression 4/);
    assert.match(refused(table([["a", one]], { compress: () => ({ bytes: Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x0f, 0), type: 1 }) })), /snappy: \d+ bytes are claimed in a block of 6 bytes/);
    const spoiled = good.slice();
    spoiled[9]! ^= 1;
    assert.match(refused(spoiled), /the checksum of the block at 0 is wrong/);
    assert.match(refused(table([["a", one]], { shards: 2 ** 31 })), /the index has no header/);
  });

  it("do not believe what an entry claims", () => {
    const entry = (tensor: Parameters<typeof tensorEntry>[0]): string => {
      const result = survives("x.index", { ...data, "x.index": table([["a", tensorEntry(tensor)], ["b", one]]) });
      if (result instanceof FormatError) return result.message;
      const file = open("x.index", { ...data, "x.index": table([["a", tensorEntry(tensor)], ["b", one]]) })!;
      assert.deepEqual(file.tensors.map((t) => t.name), ["b"]);
      return file.problems.join();
    };
    assert.equal(entry({ dtype: 1, shape: [2 ** 40], offset: 0, size: 8 }), "a of shape [1099511627776] and dtype float32 takes 4398046511104 bytes, 8 are there");
    assert.match(entry({ dtype: 1, shape: [2 ** 40], offset: 0, size: 2 ** 42 }), /has 64 of 4398046511104 bytes: still being written/);
    assert.match(entry({ dtype: 1, shape: [2 ** 30, 2 ** 30, 2 ** 30], offset: 0, size: 8 }), /the entry of a is damaged/);
    assert.match(entry({ dtype: 1, shape: [2], shard: 1, offset: 0, size: 8 }), /the entry of a is damaged/);
    assert.match(entry({ dtype: 1, shape: [2], offset: 2 ** 53, size: 8 }), /the entry of a is damaged/);
    assert.equal(entry({ dtype: 99, shape: [2], offset: 0, size: 8 }), "a has dtype 99, which is not read");
    // Parts that are not there, are not in order, or take no room.
    const slices = (...parts: (readonly [start: number, length: number])[]): number[] => parts.flatMap(([s, n]) => field(7, field(1, [...number(1, s), ...number(2, n)])));
    const sliced = (...parts: (readonly [number, number])[]): string => {
      const file = open("x.index", { ...data, "x.index": table([["a", [...tensorEntry({ dtype: 1, shape: [2], offset: 0, size: 0 }), ...slices(...parts)]], ["b", one]]) })!;
      return file.problems.join();
    };
    assert.equal(sliced([0, 1], [1, 1]), "a is kept in 2 parts, of which one is missing");
    assert.match(sliced(...new Array<readonly [number, number]>(5000).fill([0, 0])), /^a is kept in 5000 parts/);
    const packed = Array.from({ length: 300 }, (_, i) => [`t${i}`, tensorEntry({ dtype: 29, shape: [1], offset: 0, size: 1 })] as const);
    const many = table([...packed, ["z", one]]);
    const problems = open("x.index", { ...data, "x.index": many })!.problems;
    assert.equal(problems.length, 21);
    assert.equal(problems[20], "280 more tensors cannot be read");
  });

  it("walk object graphs of any form once", () => {
    const child = (node: number, name: string): number[] => field(1, [...number(1, node), ...field(2, [...Buffer.from(name)])]);
    const variable = field(2, field(3, [...Buffer.from("a")]));
    // A chain deeper than any call stack, every node of which leads back to the first, and a node that does not exist.
    const depth = 30_000;
    const chain = Array.from({ length: depth }, (_, i) => field(1, [...child(Math.min(i + 1, depth - 1), "long".repeat(10)), ...child(0, "root"), ...(i === depth - 1 ? variable : [])])).flat();
    for (const [graph, problems] of [[chain, 0], [field(1, child(5, "x")), 1], [field(1, field(3, number(3, 7))), 1], [[0x0a, 0xff, 0xff, 0x7f], 1]] as const) {
      const text = [...varint(graph.length), 0, 0, 0, 0, ...graph];
      const index = table([["_CHECKPOINTABLE_OBJECT_GRAPH", tensorEntry({ dtype: 7, shape: [], offset: 0, size: text.length })], ["a", one]]);
      const file = open("x.index", { "x.index": index, "x.data-00000-of-00001": Uint8Array.from(text) })!;
      assert.equal(file.problems.length, problems);
      assert.deepEqual(file.tensors.map((t) => t.name), ["a"]);
    }
  });
});

describe("snappy", () => {
  const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

  it("copies, also what it has just copied", () => {
    // "ab", then 10 bytes from 2 before (1-byte offset), then 3 from 12 before (2-byte), then 1 from 1 before (4-byte).
    const bytes = Uint8Array.of(16, (2 - 1) << 2, 97, 98, ((10 - 4) << 2) | 1, 2, ((3 - 1) << 2) | 2, 12, 0, 3, 1, 0, 0, 0);
    assert.equal(text(unsnappy(bytes, "t")), "ababababababab" + "aa");
  });

  it("takes long literals", () => {
    const literal = new Uint8Array(300).fill(120);
    assert.equal(unsnappy(Uint8Array.of(0xac, 0x02, 61 << 2, 43, 1, ...literal), "t").length, 300);
  });

  it("refuses what points outside, ends early or claims too much", () => {
    const bad: readonly (readonly number[])[] = [[], [0x80], [200, 1, 0, 97], [4, 0, 97, 1 | (3 << 2), 5], [4, 0, 97], [1, 4, 97, 98], [9, 0, 97, 2 | (7 << 2), 1], [3, 60 << 2], [2, 0, 97, 1, 0], [1, 0xfc, 255, 255, 255, 255, 97]];
    for (const bytes of bad) assert.throws(() => unsnappy(Uint8Array.from(bytes), "t"), /^FormatError: t: snappy: /, bytes.join(" "));
  });
});

import assert from "node:assert/strict";
import { crc32c, maskedCrc32c } from "../../../../src/read/bytes/crc32c";
import { tfevents } from "../../../../src/read/logs/tfevents";
import { assertPiecesEqualWhole, concat, event, FILE_VERSION, fixed, frame, lengthed, memory, NO_TOOLS, points, readPieces, readWhole, recorder, records, scalars, series, sessionStart, simple, tensorValue, text, utf8, varint } from "./helpers";

const NAME = "tb/train/events.out.tfevents.1.host.1.0.v2";
const read = (bytes: Uint8Array): ReturnType<typeof readWhole> => readWhole(tfevents, bytes, NAME);
const SMALL = records(FILE_VERSION, scalars(0, simple("epoch_loss", 0.5), simple("epoch_accuracy", 0.25)), scalars(1, simple("epoch_loss", 0.75)));

describe("crc32c", () => {
  it("agrees with RFC 3720's vectors at any length and start", () => {
    assert.equal(crc32c(new Uint8Array(32)), 0x8a9136aa);
    assert.equal(crc32c(new Uint8Array(32).fill(255)), 0x62a8ab43);
    assert.equal(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i)), 0x46dd794e);
    assert.equal(crc32c(text("123456789")), 0xe3069283);
    assert.equal(crc32c(text("xx123456789y"), 2, 11), 0xe3069283);
  });
});

describe("tfevents", () => {
  it("reads simple values with steps and wall times", () => {
    const { read: result, series: all } = read(SMALL);
    assert.deepEqual(points(all, "epoch_loss"), [[0, 0.5], [1, 0.75]]);
    assert.deepEqual(points(all, "epoch_accuracy"), [[0, 0.25]]);
    assert.deepEqual([...series(all, "epoch_loss").wallTimes!], [1.7e9, 1.7e9 + 1]);
    assert.equal(series(all, "epoch_loss").lines, null);
    assert.deepEqual([result.end, result.problem], ["complete", null]);
  });

  it("reads scalar tensors however their number is stored, and no others", () => {
    const shape = (...dims: number[]): number[] => lengthed(2, dims.flatMap((d) => lengthed(2, [8, ...varint(d)])));
    const tensors: [string, number[], number | null][] = [
      ["float_val", [8, 1, ...shape(), ...lengthed(5, fixed(4, 0.5))], 0.5],
      ["float_val unpacked", [8, 1, 45, ...fixed(4, 0.5)], 0.5],
      ["float content", [8, 1, ...shape(), ...lengthed(4, fixed(4, 0.5))], 0.5],
      ["double_val", [8, 2, ...lengthed(6, fixed(8, 0.1))], 0.1],
      ["double content", [8, 2, ...lengthed(4, fixed(8, 0.1))], 0.1],
      ["one element", [8, 1, ...shape(1), ...lengthed(5, fixed(4, 0.5))], 0.5],
      ["int64", [8, 9, ...lengthed(10, varint(-3n))], -3],
      ["half", [8, 19, ...lengthed(13, varint(0x3800))], 0.5],
      ["NaN", [8, 1, ...lengthed(4, fixed(4, NaN))], NaN],
      ["a vector", [8, 1, ...shape(2), ...lengthed(4, [...fixed(4, 1), ...fixed(4, 2)])], null],
      ["a histogram", [8, 2, ...shape(30, 3), ...lengthed(4, new Array<number>(720).fill(0))], null],
      ["a string", [8, 7, ...shape(), ...lengthed(8, utf8("text"))], null],
      ["nothing", [8, 1], null],
    ];
    const bytes = records(FILE_VERSION, ...tensors.map(([tag, tensor]) => scalars(7, tensorValue(tag, tensor, "scalars"))));
    const { read: result, series: all } = read(bytes);
    assert.equal(result.problem, null);
    for (const [tag, , value] of tensors) {
      if (value === null) assert.ok(!all.some((s) => s.tag === tag), tag);
      else assert.deepEqual(points(all, tag), [[7, value]], tag);
    }
    const other = read(records(scalars(0, tensorValue("pr", tensors[0]![1], "pr_curves"), simple("loss", 1))));
    assert.deepEqual(other.series.map((s) => s.tag), ["loss"]);
  });

  it("keeps negative and very large steps, and fields in any order", () => {
    const late = [...lengthed(5, simple("loss", 1)), 16, ...varint(2 ** 40), 9, ...fixed(8, 5)];
    const { series: all } = read(records(event(-1, 1, lengthed(5, simple("loss", 3))), late));
    assert.deepEqual(points(all, "loss"), [[-1, 3], [2 ** 40, 1]]);
    assert.deepEqual([...series(all, "loss").wallTimes!], [1, 5]);
  });

  it("lets points give way where a tag goes back, alone, and overwrites a repeated step", () => {
    const { series: all } = read(records(scalars(0, simple("a", 1), simple("b", 1)), scalars(1, simple("a", 2), simple("b", 2)), scalars(2, simple("a", 3)), scalars(1, simple("a", 4)), scalars(1, simple("a", 5))));
    assert.deepEqual(points(all, "a"), [[0, 1], [1, 5]]);
    assert.deepEqual(points(all, "b"), [[0, 1], [1, 2]]);
    assert.deepEqual([series(all, "a").restarts, series(all, "b").restarts], [1, 0]);
  });

  it("gives up all tags at and after the step of a session's start", () => {
    const { series: all } = read(records(scalars(1, simple("a", 1), simple("b", 1)), scalars(2, simple("a", 2), simple("b", 2)), sessionStart(2), scalars(3, simple("a", 3))));
    assert.deepEqual(points(all, "a"), [[1, 1], [3, 3]]);
    assert.deepEqual(points(all, "b"), [[1, 1]]);
    assert.equal(series(all, "b").restarts, 1);
  });

  it("reads in any pieces as it reads whole", () => {
    const image = lengthed(1, [...lengthed(1, utf8("image")), ...lengthed(4, new Array<number>(300).fill(7))]);
    assertPiecesEqualWhole(tfevents, records(FILE_VERSION, scalars(0, simple("loss", 3), simple("val", 1)), scalars(1, image, simple("loss", 2)), sessionStart(1), scalars(1, simple("loss", 1)), scalars(0, simple("loss", 9))), NAME);
  });

  it("keeps its place at a torn tail", () => {
    for (let n = SMALL.length - 1; n > SMALL.length - 30; n--) {
      const torn = read(SMALL.subarray(0, n));
      assert.deepEqual([torn.read.end, torn.read.problem], ["torn", null]);
      assert.deepEqual(points(torn.series, "epoch_loss"), [[0, 0.5]]);
    }
  });

  it("reads only what is new", () => {
    const long = records(...Array.from({ length: 3000 }, (_, i) => scalars(i, simple("loss", i))));
    const { state } = tfevents.read(memory(long, NAME), null, recorder(), NO_TOOLS);
    let asked = 0;
    const sink = recorder();
    tfevents.read(memory(concat(long, records(scalars(3000, simple("loss", 5)))), NAME, (offset) => (asked = Math.max(asked, offset))), state, sink, NO_TOOLS);
    assert.deepEqual(sink.calls, ["loss 3000 5"]);
    assert.ok(asked >= long.length - 300);
  });

  it("starts over when the file was replaced", () => {
    const other = records(FILE_VERSION, scalars(0, simple("epoch_loss", 9)), scalars(1, simple("epoch_loss", 8)), scalars(2, simple("epoch_loss", 7)));
    assert.deepEqual(readPieces(tfevents, [SMALL, other], NAME), read(other));
    assert.deepEqual(readPieces(tfevents, [other, SMALL.subarray(0, 100)], NAME), read(SMALL.subarray(0, 100)));
  });

  it("says where a record's length is corrupt, and keeps what came before", () => {
    const bad = SMALL.slice();
    const at = records(FILE_VERSION).length;
    bad[at + 1]! ^= 4;
    const { read: result, series: all } = read(bad);
    assert.deepEqual([result.end, all.length], ["corrupt", 0]);
    assert.match(result.problem!, new RegExp(`^tfevents: bad checksum of a record's length at offset ${at} of ${SMALL.length};`));
    const zeros = read(concat(SMALL, new Uint8Array(64)));
    assert.equal(zeros.read.end, "corrupt");
    assert.equal(series(zeros.series, "epoch_loss").steps.length, 2);
  });

  it("leaves out a record with a bad data checksum, or no Event in it, and goes on", () => {
    const bad = SMALL.slice();
    const at = records(FILE_VERSION).length;
    bad[at + 30]! ^= 1;
    const { read: result, series: all } = read(concat(bad, frame(Uint8Array.of(42, 200, 1)), records(scalars(2, simple("epoch_loss", 1)))));
    assert.equal(result.end, "complete");
    assert.match(result.problem!, new RegExp(`^tfevents: 2 damaged records left out, the first at offset ${at} of`));
    assert.deepEqual(points(all, "epoch_loss"), [[1, 0.75], [2, 1]]);
  });

  it("believes no length: one that passes the file's end is torn, whatever it claims", () => {
    const head = new Uint8Array(12);
    new DataView(head.buffer).setBigUint64(0, 0x7fffffffffffffffn, true);
    new DataView(head.buffer).setUint32(8, maskedCrc32c(head, 0, 8), true);
    const { read: result } = read(concat(SMALL, head, new Uint8Array(100)));
    assert.deepEqual([result.end, result.problem], ["torn", null]);
  });

  it("steps over images larger than its window without reading them, and takes the scalars beside them", () => {
    const image = lengthed(1, [...lengthed(1, utf8("image")), ...lengthed(4, [])]);
    const big = 3_000_000;
    const payload = new Uint8Array(big);
    const value = concat(Uint8Array.from([...lengthed(1, utf8("image")), 34, ...varint(big)]), payload);
    const summary = concat(Uint8Array.of(10, ...varint(value.length)), value, Uint8Array.from(simple("loss", 0.5)), Uint8Array.from(image));
    const data = concat(Uint8Array.from([9, ...fixed(8, 3), 16, 4, 42, ...varint(summary.length)]), summary);
    let most = 0;
    const bytes = concat(SMALL, frame(data), records(scalars(5, simple("loss", 0.25))));
    const sink = recorder();
    const result = tfevents.read(memory(bytes, NAME, (_, n) => (most += n)), null, sink, NO_TOOLS);
    assert.deepEqual(sink.calls.slice(-2), ["loss 4 0.5", "loss 5 0.25"]);
    assert.equal(result.problem, null);
    assert.ok(most < 4 * (1 << 20), `${most} bytes asked for`);
  });

  it("reads every prefix and every flipped byte without a throw", () => {
    const whole = records(FILE_VERSION, scalars(0, simple("loss", 3), tensorValue("t", [8, 1, ...lengthed(5, fixed(4, 1))], "scalars")), sessionStart(1), scalars(1, simple("loss", 2)));
    for (let n = 0; n <= whole.length; n++) read(whole.subarray(0, n));
    // The data's checksums are put right, so that the damage reaches the decoder.
    const message = scalars(3, simple("loss", 3), tensorValue("t", [8, 1, ...lengthed(2, []), ...lengthed(5, fixed(4, 1))], "scalars"));
    for (let at = 0; at < message.length; at++) {
      for (const flip of [1, 4, 128, 255]) read(records(message.map((b, i) => (i === at ? b ^ flip : b))));
      read(records(message.slice(0, at)));
    }
  });

  it("is claimed by name and header", () => {
    assert.ok(tfevents.probe(NAME, SMALL));
    assert.ok(tfevents.probe(NAME, new Uint8Array(0)));
    assert.ok(!tfevents.probe("tb/train/model.bin", SMALL));
    assert.ok(!tfevents.probe("about.tfevents.md", text("# About event files\n")));
  });
});

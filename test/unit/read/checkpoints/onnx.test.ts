import assert from "node:assert/strict";
import { onnx } from "../../../../src/read/checkpoints/onnx";
import { source } from "./support";
import { type Bytes, bytesOf, concat, floats, lineOf, openWith, toolsWith, values } from "./files";

function varint(value: number): number[] {
  const out: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) out.push((rest % 128) | 128);
  return [...out, rest];
}
const field = (number: number, payload: Bytes): Uint8Array => concat(varint(number * 8 + 2), varint(bytesOf(payload).length), payload);
const number = (n: number, value: number): Uint8Array => concat(varint(n * 8), varint(value));
const tensor = (name: string, shape: readonly number[], ...rest: Bytes[]): Uint8Array => concat(...shape.map((n) => number(1, n)), field(8, name), ...rest);
const model = (...graph: Bytes[]): Uint8Array => concat(number(1, 8), field(7, concat(...graph)));
const initializer = (...parts: Parameters<typeof tensor>): Uint8Array => field(5, tensor(...parts));
const pair = (key: string, value: string): Uint8Array => field(13, concat(field(1, key), field(2, value)));
const open = (bytes: Bytes, beside: Record<string, Bytes> = {}): ReturnType<typeof openWith> => openWith(onnx, "m.onnx", bytes, beside);
const broken = (bytes: Bytes): ReturnType<typeof lineOf> => lineOf(() => onnx.open(source("m.onnx", bytesOf(bytes)), toolsWith()));

describe("ONNX", () => {
  it("reads packed and single values of typed fields, in one tensor too", () => {
    const single = concat(...[1.5, -2].map((v) => concat([4 * 8 + 5], floats(v))), field(4, floats(3)));
    const ints = concat(number(7, 5), field(7, concat(varint(6), [255, 255, 255, 255, 255, 255, 255, 255, 255, 1])));
    const { tensors } = open(model(initializer("f", [3], number(2, 1), single), initializer("i", [3], number(2, 7), ints), initializer("half", [2], number(2, 10), field(5, concat(varint(0x3c00), varint(0xc000))))));
    assert.deepEqual(tensors.map(values), [[1.5, -2, 3], [5, 6, -1], [1, -2]]);
  });

  it("says which values are missing or too many when they are read", () => {
    const { tensors } = open(model(initializer("few", [3], number(2, 1), field(4, floats(1))), initializer("many", [1], number(2, 7), field(7, [1, 2])), initializer("odd", [1], number(2, 1), field(4, [1, 2, 3])), initializer("none", [2], number(2, 6))));
    assert.deepEqual(tensors.map((t) => lineOf(() => values(t)).message), ["onnx: few holds 1 of 3 elements", "onnx: many holds more than of 1 elements", "onnx: odd holds 3 bytes, no multiple of 4", "onnx: none holds 0 of 2 elements"]);
  });

  it("takes data from beside the model alone", () => {
    const outside = (name: string, location: string, ...more: Bytes[]): Uint8Array => initializer(name, [2], number(2, 1), number(14, 1), pair("location", location), ...more);
    const { tensors, problems } = open(
      model(outside("a", "w.bin", pair("offset", "4"), pair("length", "8")), outside("b", "./w.bin"), outside("up", "../w.bin"), outside("root", "/etc/passwd"), outside("drive", "C:\\w.bin"), outside("gone", "gone.bin"), outside("far", "w.bin", pair("offset", "8")), outside("odd", "w.bin", pair("offset", "-4")), outside("short", "w.bin", pair("length", "4"))),
      { "w.bin": floats(1, 2, 3) },
    );
    assert.deepEqual(tensors.map((t) => [t.name, values(t)]), [["a", [2, 3]], ["b", [1, 2]]]);
    assert.equal(problems.length, 7);
    assert.ok(problems.slice(0, 3).every((line) => line.includes("not beside the model")), problems.join());
    assert.match(problems[3]!, /gone\.bin, which is missing$/);
    assert.match(problems[4]!, /bytes 8 to 16 of w\.bin, which has 12$/);
    assert.equal(onnx.partOf!("x/m.onnx.data"), "x/m.onnx");
    assert.equal(onnx.partOf!("x/m.onnx_data_1"), "x/m.onnx");
    assert.equal(onnx.partOf!("x/m.onnx"), null);
  });

  it("believes no length, and steps through no nest without end", () => {
    assert.equal(broken([8, 8, 58, 255, 255, 255, 255, 15, 0]).torn, true);
    assert.match(broken(concat(number(1, 8), field(7, concat([42, 100], [1, 2])), number(5, 1))).message, /claimed up to byte/);
    assert.match(broken(concat([8, 8], [7, 7, 7])).message, /no protobuf field/);
    assert.match(broken([8, 8]).message, /no graph/);
    assert.match(broken(model()).message, /no tensor/);
    assert.match(broken("<!DOCTYPE html>").message, /web page/);
    let graph: Uint8Array = initializer("w", [1], number(2, 1), field(9, floats(1)));
    const nest = (): Uint8Array => field(1, field(5, field(6, graph)));
    for (let i = 0; i < 20; i++) graph = nest();
    assert.deepEqual(open(model(graph)).tensors.map((t) => t.name), ["w"]);
    for (let i = 0; i < 20; i++) graph = nest();
    assert.match(broken(model(graph)).message, /nested deeper/);
    assert.match(broken(model(initializer("w", new Array<number>(100).fill(1), number(2, 1)))).message, /64 axes/);
  });

  it("gives what can be read beside what cannot, and every name once", () => {
    const { tensors, problems } = open(
      model(
        initializer("w", [1], number(2, 1), field(9, floats(1))),
        initializer("w", [1], number(2, 1), field(9, floats(2))),
        initializer("i4", [2], number(2, 22), field(9, [0x21])),
        initializer("what", [2], number(2, 99)),
        initializer("short", [2], number(2, 1), field(9, floats(1))),
        initializer("words", [1], number(2, 8), field(6, "liver")),
      ),
    );
    assert.deepEqual(tensors.map((t) => [t.name, values(t)[0]]), [["w", 1], ["w (2)", 2]]);
    assert.deepEqual(problems, ["i4 of shape [2] has dtype int4, which is not read", "what of shape [2] has dtype 99, which is not read", "short of shape [2] takes 8 bytes, 4 are there"]);
  });
});

import assert from "node:assert/strict";
import { readPickle, type PickleTools } from "../../../../src/read/bytes/pickle";
import { PickleInput } from "../../../../src/read/bytes/pickleInput";
import { isQuiet } from "../../../../src/read/bytes/pickleNames";
import { PickleNotes } from "../../../../src/read/bytes/pickleNotes";
import { NumpyArray } from "../../../../src/read/bytes/pickleNumpy";
import { PickleList, PickleMap, PickleObject, type PickleValue } from "../../../../src/read/bytes/pickleValues";
import { FormatError } from "../../../../src/read/bytes/source";
import { source } from "../checkpoints/support";

const TOOLS: PickleTools = { names: new Map(), expected: isQuiet, persistent: (id) => id };

/** Text as bytes of Latin-1. */
function bytes(text: string): Uint8Array {
  return Uint8Array.from(text, (c) => c.charCodeAt(0));
}

function load(text: string | Uint8Array, notes = new PickleNotes()): PickleValue {
  return readPickle(new PickleInput(source("x.pkl", typeof text === "string" ? bytes(text) : text), "pickle", "x"), TOOLS, notes);
}

function refused(text: string | Uint8Array, says: RegExp, torn = false): void {
  assert.throws(() => load(text), (error: unknown) => error instanceof FormatError && error.torn === torn && says.test(error.message) && !error.message.includes("\n"));
}

/** Containers as plain values. */
function plain(value: PickleValue): unknown {
  if (value instanceof PickleList) return value.kind === "set" ? new Set(value.items.map(plain)) : value.items.map(plain);
  if (value instanceof PickleMap) return Object.fromEntries([...value.entries].map(([key, item]) => [typeof key === "string" ? key : "?", plain(item)]));
  return value;
}

describe("pickles", () => {
  it("reads numbers of every width and sign", () => {
    const cases: [string, unknown][] = [
      ["K\xff.", 255],
      ["M\x00\x01.", 256],
      ["J\xff\xff\xff\xff.", -1],
      ["\x8a\x00.", 0],
      ["\x8a\x01\xff.", -1],
      ["\x8a\x06\x00\x00\x00\x00\x00\xff.", -(2 ** 40)],
      ["\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.", 0x1950a86a20f9469cfc6cn],
      ["\x8b\x09\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x80.", -(2n ** 71n)],
      ["I-12\n.", -12],
      ["I01\n.", true],
      ["L123456789012345678901234567890L\n.", 123456789012345678901234567890n],
      ["F1.5e3\n.", 1500],
      ["Finf\n.", Infinity],
      ["G\xbf\xf8\x00\x00\x00\x00\x00\x00.", -1.5],
    ];
    for (const [text, value] of cases) assert.equal(load(text), value, JSON.stringify(text));
  });

  it("reads text and bytes of every form", () => {
    const cases: [string, unknown][] = [
      ["S'it\\'s\\n'\n.", "it's\n"],
      ["V\\u00e9t\\u00e9\n.", "été"],
      ["X\x03\x00\x00\x00a\xc3\xa9.", "aé"],
      ["\x8c\x02ab.", "ab"],
      [`\x8d${"\x01" + "\x00".repeat(7)}a.`, "a"],
      ["U\x02\xe9b.", "éb"],
      ["C\x02ab.", bytes("ab")],
      [`\x96${"\x02" + "\x00".repeat(7)}ab.`, bytes("ab")],
      ["c_codecs\nencode\n\x8c\x02a\xc3\x8c\x06latin1\x86R.", null],
    ];
    for (const [text, value] of cases.slice(0, -1)) assert.deepEqual(load(text), value, JSON.stringify(text));
    assert.deepEqual(load("c_codecs\nencode\n(X\x03\x00\x00\x00a\xc3\xa9X\x06\x00\x00\x00latin1tR."), Uint8Array.of(0x61, 0xe9));
  });

  it("builds containers, also those of Python's collections", () => {
    assert.deepEqual(plain(load("(lI1\naI2\na.")), [1, 2]);
    assert.deepEqual(plain(load("\x80\x04\x95\x00\x00\x00\x00\x00\x00\x00\x00}(\x8c\x01aK\x01\x8c\x01b]K\x02au.")), { a: 1, b: [2] });
    assert.deepEqual(plain(load("\x8f(K\x01K\x02\x90.")), new Set([1, 2]));
    assert.deepEqual(plain(load("ccollections\nOrderedDict\n)R(X\x01\x00\x00\x00aK\x01u.")), { a: 1 });
    assert.deepEqual(plain(load("ccollections\nOrderedDict\n(](](U\x01aK\x01eetR.")), { a: 1 });
    assert.deepEqual(plain(load("cargparse\nNamespace\n)\x81}U\x02lrK\x03sb.")), { lr: 3 });
    assert.deepEqual(plain(load("ccopy_reg\n_reconstructor\n(cargparse\nNamespace\nc__builtin__\nobject\nNtR(dS'lr'\nI3\nsb.")), { lr: 3 });
    assert.equal(load("cpathlib\nPosixPath\n(U\x01/U\x01aU\x01btR."), "/a/b");
  });

  it("reads numpy's scalars and arrays", () => {
    const dtype = (code: string): string => `cnumpy\ndtype\n(U${String.fromCharCode(code.length)}${code}K\x00K\x01tR(K\x03U\x01<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb`;
    assert.equal(load(`cnumpy._core.multiarray\nscalar\n(${dtype("f4")}U\x04\x00\x00\xc0?tR.`), 1.5);
    const array = load(`cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(K\x00tU\x01btR(K\x01(K\x02t${dtype("i2")}\x89U\x04\x01\x00\xff\xfftb.`);
    assert.ok(array instanceof NumpyArray);
    assert.deepEqual([array.shape, array.numbers()], [[2], Int16Array.of(1, -1)]);
  });

  it("calls nothing: what is not on the list is kept as data and told by name", () => {
    const notes = new PickleNotes();
    const value = load("cos\nsystem\n(S'touch /tmp/never'\ntRcbuiltins\neval\n(S'1+1'\ntR\x86.", notes);
    const [system, evaluated] = (value as PickleList).items;
    assert.ok(system instanceof PickleObject && evaluated instanceof PickleObject);
    assert.deepEqual([system.type, system.args, evaluated.type], ["os.system", ["touch /tmp/never"], "builtins.eval"]);
    assert.deepEqual([...notes.dangerous], ["os.system", "builtins.eval"]);
    assert.deepEqual([...notes.unknown], [["os.system", 1], ["builtins.eval", 1]]);
  });

  it("keeps objects with their state, in every way of writing them", () => {
    for (const text of ["ca\nB\n)\x81}U\x01xK\x01sb.", "ca\nB\n)R}U\x01xK\x01sb.", "(ia\nB\n}U\x01xK\x01sb.", "(ca\nB\no}U\x01xK\x01sb.", "ca\nB\n)}\x92}U\x01xK\x01sb.", "ca\nB\n)\x81N}U\x01xK\x01s\x86b."]) {
      const notes = new PickleNotes();
      const object = load(text, notes);
      assert.ok(object instanceof PickleObject, text);
      assert.deepEqual([object.type, object.attribute("x")], ["a.B", 1]);
      assert.deepEqual([...notes.unknown], [["a.B", 1]]);
    }
    const extension = load("\x82\x05)R.");
    assert.ok(extension instanceof PickleObject);
  });

  it("follows circles and shared values through the memo", () => {
    const list = load("]q\x00h\x00a.");
    assert.ok(list instanceof PickleList && list.items[0] === list);
    const shared = load("\x80\x04]\x94\x8c\x01a\x94\x86\x94h\x00\x86.") as PickleList;
    assert.ok((shared.items[0] as PickleList).items[0] === shared.items[1]);
  });

  it("says in one line what is wrong", () => {
    refused("", /ends at byte 0/, true);
    refused("X\xff\xff\xff\xffab.", /4294967295 bytes are claimed at byte 5, it has 3 more/, true);
    refused(`\x8e${"\xff".repeat(8)}.`, /are claimed/, true);
    refused("\x8b\xff\xff\xff\xff.", /a length of -1/);
    refused("\x8b\x00\x00\x01\x00\x00.", /65536|claimed/, true);
    refused(new Uint8Array([0x8b, 0, 0, 2, 0, ...new Uint8Array(1 << 17), 0x2e]), /an integer of 131072 bytes/);
    refused(`I${"9".repeat(5000)}\n.`, /no integer in a line of 5000 characters/);
    refused("\x80\x09.", /protocol 9/);
    refused("\xf0.", /no opcode 240/);
    refused(".", /stack is empty/);
    refused("K\x01R.", /stack is empty/);
    refused("K\x01t.", /no mark/);
    refused("h\x07.", /nothing at place 7/);
    refused("K\x01K\x02a.", /no list/);
    refused("K\x01K\x02K\x03s.", /no dict/);
    refused("K\x01K\x02\x93.", /no text/);
    refused("Px", /ends at byte 2/, true);
  });

  it("bounds what a pickle can make", () => {
    const many = (opcodes: string, count: number): Uint8Array => new Uint8Array(Buffer.concat([Buffer.from("("), Buffer.alloc(count * opcodes.length, opcodes, "latin1"), Buffer.from("t.")]));
    refused(many("N", 1_100_000), /more than 1000000 values/);
    refused(many("}0", 1_600_000), /more than 1500000 lists/);
    refused(many("N0r\xff\xff\xff\xff", 20), /stack is empty/);
    assert.equal(load("Nr\xff\xff\xff\xff0j\xff\xff\xff\xff."), null);
  });

  it("gives a value or a line for any bytes", () => {
    let seed = 7;
    const random = (n: number): number => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) % n;
    const good = bytes("\x80\x02}q\x00(X\x01\x00\x00\x00aq\x01ccollections\nOrderedDict\nq\x02)Rq\x03X\x01\x00\x00\x00bcos\nsystem\n(S'x'\ntRU\x01c]K\x01a\x8a\x02\x01\x02\x86u.");
    for (let i = 0; i < 3000; i++) {
      const bad = good.slice(0, 1 + random(good.length));
      for (let k = 0; k <= random(3); k++) bad[random(bad.length)] = random(256);
      try {
        load(bad);
      } catch (error) {
        assert.ok(error instanceof FormatError, String(error));
      }
    }
  });
});

/** Files made to hurt: nesting, sizes out of nothing, pickles that would run something. Each for the reader that its name leads to. */
import { deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { crc32 } from "../../src/read/bytes/crc32";
import { maskedCrc32c } from "../../src/read/bytes/crc32c";
import { zipOf } from "./containers";
import { repeated } from "./mutate";
import type { Random } from "./random";

export interface Bomb {
  readonly file: string;
  make(random: Random): Uint8Array;
}

/** The file that a pickle would make if it were run. */
export const CANARY = "/tmp/run-doctor-fuzz-canary";

const text = (s: string): Uint8Array => new TextEncoder().encode(s);
const latin = (s: string): Uint8Array => Uint8Array.from(s, (c) => c.charCodeAt(0));
const concat = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));
const many = (s: string, n: number): Uint8Array => repeated(latin(s), n);
const bomb = (file: string, make: (random: Random) => Uint8Array): Bomb => ({ file, make });
const zeros = (n: number): Uint8Array => new Uint8Array(n);
/** Deflated once: making it takes longer than most inputs. */
const lazily = <T>(make: () => T): (() => T) => {
  let made: T | null = null;
  return () => (made ??= make());
};
const ZEROS = 200 << 20;
const gzipped = lazily(() => new Uint8Array(gzipSync(zeros(ZEROS), { level: 6 })));
const deflated = lazily(() => new Uint8Array(deflateRawSync(zeros(ZEROS), { level: 6 })));
const zlibbed = lazily(() => new Uint8Array(deflateSync(zeros(ZEROS), { level: 6 })));

const DEPTHS = [50, 500, 5000, 100_000] as const;
/** JSON nested deeply under a key that readers look for. */
const nestedJson = (random: Random, keys: readonly string[]): Uint8Array => {
  const depth = random.pick(DEPTHS);
  const open = random.pick(["[", '{"a":', '[{"b":']);
  const close = open === "[" ? "]" : open === '{"a":' ? "}" : "}]";
  const whole = random.chance(0.5);
  return concat(latin(`{"${random.pick(keys)}":`), many(open, depth), latin("1"), whole ? many(close, depth) : zeros(0), latin(whole ? ',"loss":[1,2,3]}' : ""));
};

const JSONS: readonly (readonly [string, readonly string[]])[] = [
  ["history.json", ["loss", "history", "0"]], ["metrics.jsonl", ["loss", "step", "val"]], ["trainer_state.json", ["log_history", "epoch", "global_step"]], ["dataset.json", ["labels", "channel_names", "numTraining"]],
  ["plans.json", ["configurations", "plans_name", "dataset_name"]], ["debug.json", ["hparams", "trainer"]], ["config.json", ["id2label", "model", "a"]], ["model.safetensors.index.json", ["weight_map", "metadata"]],
  ["model.json", ["weightsManifest", "modelTopology"]], [".zarray", ["shape", "chunks", "filters", "compressor"]], ["zarr.json", ["shape", "codecs", "attributes", "chunk_grid"]], ["model.weights.json", ["weight_map", "metadata"]], ["run-train-tag-loss.json", ["0", "loss"]],
];

/** Pickles, protocol 2 and above. */
const PICKLES: readonly ((random: Random) => Uint8Array)[] = [
  () => latin(`cos\nsystem\n(S'touch ${CANARY}'\ntR.`),
  () => latin(`\x80\x02cposix\nsystem\nq\x00X${String.fromCharCode(6 + CANARY.length)}\0\0\0touch ${CANARY}q\x01\x85q\x02Rq\x03.`),
  () => latin(`\x80\x02c__builtin__\neval\nX\x16\0\0\0open('${CANARY.slice(0, 8)}','w')q\0\x85R.`),
  () => latin(`\x80\x04\x8c\x08builtins\x8c\x04exec\x93\x8c\x0ao = open(1)\x85R.`),
  () => latin(`(S'touch ${CANARY}'\nios\nsystem\n.`),
  () => latin(`(cos\nsystem\nS'touch ${CANARY}'\no.`),
  () => latin("\x80\x02ctorch._utils\n_rebuild_tensor_v2\nc__builtin__\ngetattr\nc__builtin__\neval\nX\x04\0\0\0__a_\x86R\x85R."),
  () => latin(`\x80\x02ccollections\nOrderedDict\n)R}X\x05\0\0\0stateccopyreg\n_reconstructor\ncsubprocess\nPopen\nc__builtin__\nobject\nN\x87Rsb.`),
  (random) => concat(latin("\x80\x02"), many(random.pick(["(", "]", "}", "]a", ")\x85", "N\x85", "K\x01", "(K\x01", "}(", "2", "]q\0h\0a", "N\x85q\0h\0\x86"]), random.pick(DEPTHS) * 5), latin(random.pick([".", "a.", "t.", ""]))),
  (random) => {
    // Lists of lists of lists, each twice in the next: 2^n in all if anybody copies them.
    const n = random.pick([20, 60, 200]);
    return concat(latin("\x80\x02]q\x00K\x01a"), ...Array.from({ length: n }, (_, i) => latin(`]q${String.fromCharCode(i + 1)}(h${String.fromCharCode(i)}h${String.fromCharCode(i)}e`)), latin("."));
  },
  (random) => latin(`\x80\x04${random.pick(["\x95\xff\xff\xff\xff\xff\xff\xff\x7f", "\x8d\xff\xff\xff\xff\xff\xff\xff\x7f", "\x8e\0\0\0\0\x01\0\0\0", "\x8b\xff\xff\xff\x7f", "B\xff\xff\xff\xff", "r\xff\xff\xff\xff", "j\xff\xff\xff\xff", "X\xff\xff\xff\xff", "\x96\0\0\0\0\x10\0\0\0", "L999999999999L\n", "I99999999999999999999999\n"])}N.`),
  (random) => {
    // A tensor with a shape and strides of anything over a small storage.
    const huge = random.pick(["J\xff\xff\xff\x7f", "\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f", "\x8a\x05\0\0\0\0\x10", "J\0\0\0\x80", "K\0"]);
    const stride = random.pick(["K\0", "K\x01", huge, "J\xff\xff\xff\xff"]);
    return latin(`\x80\x02}X\x01\0\0\0wctorch._utils\n_rebuild_tensor_v2\n((X\x07\0\0\0storagectorch\nFloatStorage\nX\x01\0\0\x000X\x03\0\0\0cpu${random.pick(["K\x01", huge])}tQ${random.pick(["K\0", huge])}${huge}${huge}\x86${stride}${stride}\x86\x89ccollections\nOrderedDict\n)RtRs.`);
  },
];

const torchZip = (pickle: Uint8Array): Uint8Array =>
  zipOf([
    { name: latin("archive/data.pkl"), method: 0, data: pickle },
    { name: latin("archive/byteorder"), method: 0, data: latin("little") },
    { name: latin("archive/data/0"), method: 0, data: zeros(64) },
    { name: latin("archive/version"), method: 0, data: latin("3\n") },
  ]);

const torchLegacy = (pickle: Uint8Array): Uint8Array => concat(latin("\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03.\x80\x02}q\0(X\x10\0\0\0protocol_versionM\xe9\x03X\r\0\0\0little_endian\x88u."), pickle, latin("\x80\x02]X\x01\0\0\x000a."), Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0), zeros(4));

/** Many entries of a directory that share one member: a megabyte that stands for terabytes. */
function overlapping(names: readonly string[], packed: Uint8Array, size: number): Uint8Array {
  const local = Buffer.alloc(30 + names[0]!.length);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(8, 8);
  local.writeUInt32LE(packed.length, 18);
  local.writeUInt32LE(size, 22);
  local.writeUInt16LE(names[0]!.length, 26);
  local.write(names[0]!, 30, "latin1");
  const entries = names.map((name) => {
    const entry = Buffer.alloc(46 + name.length);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(8, 10);
    entry.writeUInt32LE(packed.length, 20);
    entry.writeUInt32LE(size, 24);
    entry.writeUInt16LE(name.length, 28);
    entry.write(name, 46, "latin1");
    return entry;
  });
  const directory = Buffer.concat(entries);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(names.length, 8);
  end.writeUInt16LE(names.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(local.length + packed.length, 16);
  return concat(local, packed, directory, end);
}

function record(data: Uint8Array): Uint8Array {
  const head = Buffer.alloc(12);
  head.writeBigUInt64LE(BigInt(data.length), 0);
  head.writeUInt32LE(maskedCrc32c(head, 0, 8) >>> 0, 8);
  const tail = Buffer.alloc(4);
  tail.writeUInt32LE(maskedCrc32c(data) >>> 0, 0);
  return concat(head, data, tail);
}

function varint(n: number): number[] {
  const out: number[] = [];
  for (; n > 127; n = Math.floor(n / 128)) out.push((n % 128) | 128);
  return [...out, n];
}

/** Messages in messages of one field. */
function nestedMessages(field: number, depth: number): Uint8Array {
  const parts: number[] = [];
  let length = 0;
  for (let i = 0; i < depth; i++) {
    const head = [(field << 3) | 2, ...varint(length)].reverse();
    for (const byte of head) parts.push(byte);
    length += head.length;
  }
  return Uint8Array.from(parts.reverse());
}

function png(width: number, height: number, bits: number, colour: number, chunks: readonly (readonly [string, Uint8Array])[]): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = bits;
  header[9] = colour;
  const parts = ([["IHDR", new Uint8Array(header)], ...chunks] as const).map(([type, data]) => {
    const chunk = Buffer.alloc(12 + data.length);
    chunk.writeUInt32BE(data.length, 0);
    chunk.write(type, 4, "latin1");
    chunk.set(data, 8);
    chunk.writeUInt32BE(crc32(chunk, 4, 8 + data.length) >>> 0, 8 + data.length);
    return chunk;
  });
  return new Uint8Array(Buffer.concat([Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a), ...parts]));
}

/** One directory of a little-endian TIFF: [tag, type, count, value]. */
function tiff(next: number, ...tags: readonly (readonly [number, number, number, number])[]): Uint8Array {
  const out = Buffer.alloc(8 + 2 + tags.length * 12 + 4);
  out.write("II*\0", 0, "latin1");
  out.writeUInt32LE(8, 4);
  out.writeUInt16LE(tags.length, 8);
  tags.forEach(([tag, type, count, value], i) => {
    out.writeUInt16LE(tag, 10 + i * 12);
    out.writeUInt16LE(type, 12 + i * 12);
    out.writeUInt32LE(count >>> 0, 14 + i * 12);
    out.writeUInt32LE(value >>> 0, 18 + i * 12);
  });
  out.writeUInt32LE(next, 10 + tags.length * 12);
  return new Uint8Array(out);
}

function niftiHeader(...shape: readonly number[]): Uint8Array {
  const out = Buffer.alloc(352);
  out.writeInt32LE(348, 0);
  out.writeInt16LE(shape.length, 40);
  shape.forEach((n, i) => out.writeInt16LE(n, 42 + 2 * i));
  out.writeInt16LE(2, 70);
  out.writeInt16LE(8, 72);
  out.writeFloatLE(352, 108);
  out.write("n+1\0", 344, "latin1");
  return new Uint8Array(out);
}

const npyHead = (header: string): Uint8Array => concat(latin("\x93NUMPY\x01\0"), Uint8Array.of(header.length & 255, header.length >> 8), latin(header));
const LONG = 3 << 20;

export const BOMBS: readonly Bomb[] = [
  ...JSONS.map(([file, keys]) => bomb(file, (random) => nestedJson(random, keys))),
  bomb("model.safetensors", (random) => {
    const header = nestedJson(random, ["w", "__metadata__"]);
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(header.length));
    return concat(length, header);
  }),
  ...["a.pt", "b.ckpt"].map((file) => bomb(file, (random) => torchZip(random.pick(PICKLES)(random)))),
  ...["c.pth", "d.bin"].map((file) => bomb(file, (random) => torchLegacy(random.pick(PICKLES)(random)))),
  bomb(".metadata", (random) => random.pick(PICKLES)(random)),
  bomb("checkpoint_1", (random) => concat(latin(random.pick(["\x81\xa1a", "\xde\xff\xff\xa1a", "\xdf\xff\xff\xff\xff\xa1a"])), many(random.pick(["\x91", "\x81\xa1a", "\xdd\xff\xff\xff\xff", "\xdf\xff\xff\xff\xff\xa1a", "\xc9\0\0\0\x01\x01"]), random.pick(DEPTHS)))),
  bomb("hparams.yaml", (random) => {
    const depth = random.pick(DEPTHS);
    const kind = random.below(6);
    if (kind === 0) return concat(latin("a: "), many(random.pick(["[", "{a: ", "[{b: ", "- "]), depth));
    if (kind === 1) return latin(["a0: &a0 [x,x,x,x,x,x,x,x,x]", ...Array.from({ length: 12 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i},`.repeat(9)}]`)].join("\n"));
    if (kind === 2) return latin(Array.from({ length: Math.min(depth, 1500) }, (_, i) => `${" ".repeat(i)}k:\n`).join(""));
    if (kind === 3) return many("- ", depth);
    if (kind === 4) return concat(latin('k: "'), many("\\", LONG));
    return concat(latin("k: |\n"), many(" x\n", depth));
  }),
  bomb("config.toml", (random) => concat(latin(random.pick(["[", "a = ", "[["])), many(random.pick(["a.", "[", "{a=", '"']), random.pick(DEPTHS)))),
  bomb("training.csv", (random) => {
    const kind = random.below(6);
    if (kind === 0) return concat(latin("epoch"), many(",loss", 500_000), latin("\n0"), many(",1", 100_000), latin("\n"));
    if (kind === 1) return concat(latin('epoch,loss\n0,"'), many("1,\n", 500_000));
    if (kind === 2) return many("\n", LONG);
    if (kind === 3) return concat(latin("epoch,loss\n"), many("0,1\n", 500_000));
    if (kind === 4) return concat(latin("epoch,loss\n0,"), many(random.pick(["9", "[", "[1,", "e", "-", '"']), LONG), latin("\n"));
    return concat(latin("epoch,loss\n"), many("1,1\n0,1\n", 100_000));
  }),
  ...["train.log", "stdout.txt", "training_log_2024_1_2_3_4_5.txt", "20240305_120000.log", "output.log"].map((file) =>
    bomb(file, (random) => {
      const start = latin(random.pick(["", "Epoch 1/10 | loss 0.5\nEpoch 2/10 | loss 0.4\nEpoch 3/10 | loss 0.3\n", "Epoch 1/10\n", "2024-01-02 03:04:05,678 - mmengine - INFO - Epoch(train) [1][10/20] lr: 1e-3 loss: 0.5\n", "2024-01-02 03:04:05.678901: epoch:  0\n2024-01-02 03:04:05.678901: train_loss -0.5\n"]));
      return concat(start, many(random.pick(["loss: ", "a=1 ", "0.5 ", "1 | ", "[", "[0.5, ", " ", "1", "-", "\b", "\r", "\x1b[A", "\x1b[2K", "\x1b[", "Epoch 1/10\r", "a: 1, ", "e-", ".", "+--", "| ", "loss=0.1\n", "Epoch 1/1\n", "x", "1/1 [====] - 0s - loss: 1\b\b"]), random.pick([1000, 50_000, 400_000])), latin(random.pick(["", "\n", "\nEpoch 4/10 | loss 0.2\n"])));
    }),
  ),
  bomb("metrics/loss", (random) => many(random.pick(["1 2 3\n", "1 2 9007199254740993\n", "1 2 3 4 ", " ", "1"]), 300_000)),
  bomb("classes.txt", (random) => many(random.pick(["a\n", "x", "\n", "1 2 3\n"]), 500_000)),
  bomb("labelmap.txt", (random) => many(random.pick(["a:1,2,3::\n", ":", "a:"]), 300_000)),
  bomb("labels.label", (random) => latin(random.pick(['4294967295 1 2 3 1 1 1 "a"\n', '-1 1 2 3 1 1 1 "a"\n', '99999999 1 2 3 1 1 1 "a"\n']).repeat(1 + random.below(100)))),
  bomb("class_dict.csv", (random) => concat(latin("name,r,g,b\n"), many("a,1,2,3\n", random.pick([10, 300_000])))),
  bomb("regions/dataset.json", (random) => latin(`{"labels":{"background":0,"a":${random.pick(["4294967295", "99999999", "-1", "1e9", "[1,99999999]", "1e999"])}},"channel_names":{"0":"CT"},"numTraining":1,"file_ending":".nii.gz"}`)),
  bomb("hf/config.json", (random) => latin(`{"id2label":{"0":"a","${random.pick(["4294967295", "99999999", "-1", "1e9", "__proto__", "9007199254740993"])}":"b"},"__proto__":{"a":1},"constructor":{"prototype":{}}}`)),
  bomb("validation/summary.json", (random) => {
    const scores = '{"Dice":0.5,"IoU":NaN,"TP":10,"FP":2,"FN":3,"TN":100,"n_ref":13,"n_pred":12}';
    const cases = Array.from({ length: random.pick([0, 3, 3000]) }, (_, i) => `{"metrics":{"1":${scores},"(1, 2)":${scores}},"prediction_file":"/a/case_${i}.nii.gz","reference_file":"/b/case_${i}.nii.gz"}`);
    return random.chance(0.2) ? nestedJson(random, ["metric_per_case", "mean", "results"]) : latin(`{"foreground_mean":${scores},"mean":{"1":${scores}},"metric_per_case":[${cases.join()}]}`);
  }),
  bomb("model.onnx", (random) => (random.chance(0.5) ? concat(latin("\x08\x08"), nestedMessages(7, random.pick(DEPTHS))) : concat(latin("\x08\x08:\x80\x80\x40"), many(random.pick(["\x0b", "\x2a\x00", "\x0a\x00", "\x7b"]), 1 << 19)))),
  bomb("events.out.tfevents.1.nested", (random) => concat(record(latin("\x1a\x0dbrain.Event:2")), record(concat(latin("\x10\x01"), random.chance(0.5) ? nestedMessages(5, random.pick(DEPTHS)) : many("\x2a\x00", 300_000))))),
  bomb("events.out.tfevents.2.many", (random) => repeated(record(latin(random.pick(["\x10\x01", "", "\x10\x01\x2a\x0b\x0a\x09\x0a\x01a\x15\0\0\x80?"]))), 100_000)),
  bomb("b.nii.gz", () => gzipped()),
  bomb("c.nii.gz", (random) => new Uint8Array(gzipSync(concat(niftiHeader(random.pick([32767, 100]), 32767, random.pick([1, 32767])), zeros(random.pick([10, 30 << 20]))), { level: 1 }))),
  bomb("members.nii.gz", () => repeated(new Uint8Array(gzipSync(zeros(0))), 100_000)),
  bomb("d.nii", (random) => niftiHeader(...Array.from({ length: random.pick([1, 3, 7]) }, () => random.pick([32767, 1, 0, -1])))),
  bomb("x.npz", (random) => overlapping(Array.from({ length: random.pick([1, 100, 30_000]) }, (_, i) => `a${i}.npy`), deflated(), random.pick([ZEROS, 100, 0xfffffffe]))),
  bomb("y.npz", (random) => {
    const head = npyHead(`{'descr': '<f4', 'fortran_order': False, 'shape': (${random.pick(["9007199254740993", "1000000000", "4294967296, 4294967296", "0, 1000000000", "-1", "50000000"])},), }\n`);
    return zipOf([{ name: latin("w.npy"), method: 8, data: concat(head, zeros(4 << 20)) }]);
  }),
  bomb("z.npy", (random) => npyHead(`{'descr': ${random.pick(["'<f4'", "[('a', '<f4')]", "'|O'", "'<U999999999'", "[".repeat(20_000), "'<f999'"])}, 'fortran_order': ${random.pick(["False", "True", "eval('1')"])}, 'shape': (${random.pick(["1000000000,", "1,".repeat(10_000), "4294967296, 4294967296", "1e3,"])}), }\n`)),
  bomb("model.keras", () => overlapping(["config.json", "metadata.json", "model.weights.h5"], deflated(), ZEROS)),
  bomb("e.pt", () => overlapping(["archive/data.pkl", "archive/data/0", "archive/version"], deflated(), ZEROS)),
  bomb("f.png", (random) => png(random.pick([1, 65_535, 0x7fffffff, 20_000]), random.pick([1, 65_535, 0x7fffffff, 9000]), random.pick([1, 8, 16]), random.pick([0, 2, 3, 6]), [["PLTE", zeros(3)], ["IDAT", zlibbed()], ["IEND", zeros(0)]])),
  bomb("g.png", () => png(8, 8, 8, 0, Array.from({ length: 100_000 }, () => ["IDAT", zeros(0)] as const))),
  bomb("h.tif", (random) => concat(
    tiff(random.pick([0, 8, 9]), [256, 4, 1, random.pick([1, 65_535, 0xffffffff])], [257, 4, 1, random.pick([1, 65_535, 0xffffffff])], [258, 3, random.pick([1, 3, 0xffffffff]), 8], [259, 3, 1, random.pick([1, 5, 8, 32773, 50000])], [262, 3, 1, random.pick([0, 1, 3])], [273, 4, random.pick([1, 1000, 0xffffffff]), 134], [277, 3, 1, random.pick([1, 65_535])], [278, 4, 1, random.pick([1, 0xffffffff, 0])], [279, 4, 1, random.pick([1, 100_000, 0xffffffff])]),
    zlibbed(),
  )),
  bomb("i.nrrd", (random) => concat(text(`NRRD0005\ntype: uint8\ndimension: ${random.pick(["3", "16", "999999999"])}\nsizes: ${random.pick(["65536 65536 65536", "1 1 1", "-1 -1 -1", "9007199254740993 1 1", "100 100 100"])}\nencoding: ${random.pick(["gzip", "raw", "ascii", "bzip2", "hex"])}\n${random.chance(0.2) ? "data file: LIST\n../../etc/passwd\n" : random.chance(0.2) ? "data file: f%03d.raw 1 999999999 1\n" : ""}\n`), gzipped().subarray(0, random.pick([100, 100_000, ZEROS])))),
  bomb("j.mha", (random) => concat(text(`ObjectType = Image\nNDims = ${random.pick(["3", "99", "0"])}\nBinaryData = True\nCompressedData = ${random.pick(["True", "False"])}\nDimSize = ${random.pick(["65536 65536 65536", "10 10 10", "0 0 0", "-1 1 1", "9007199254740993 1 1", "500 500 500"])}\nElementType = MET_UCHAR\nElementDataFile = ${random.pick(["LOCAL", "LIST", "../x.raw", "f%d.raw 1 99999999 1"])}\n`), zlibbed())),
  bomb("k.zarr/.zarray", (random) => text(JSON.stringify({ zarr_format: 2, shape: [random.pick([1e9, 2 ** 53, 10]), random.pick([1e9, 1, 0])], chunks: [random.pick([1, 1e9, 0, -1, 2 ** 31]), 1], dtype: random.pick(["<f4", "|b1", "<f8", "|V999999999", "<U9999999"]), order: "C", fill_value: random.pick([0, null, "NaN", "Infinity"]), filters: null, compressor: null }))),
  bomb("l.zarr/zarr.json", (random) => text(JSON.stringify({ zarr_format: 3, node_type: "array", shape: [random.pick([1e9, 2 ** 53, 10]), random.pick([1e9, 1, 0])], data_type: "float32", chunk_grid: { name: "regular", configuration: { chunk_shape: [random.pick([1, 1e9, 0, -1]), 1] } }, chunk_key_encoding: { name: "default", configuration: { separator: random.pick(["/", ".", "../"]) } }, fill_value: 0, codecs: [{ name: "sharding_indexed", configuration: { chunk_shape: [random.pick([1, 0]), 1], codecs: [{ name: "bytes", configuration: { endian: "little" } }], index_codecs: [{ name: "bytes", configuration: { endian: "little" } }, { name: "crc32c" }] } }] }))),
  bomb("m.db", (random) => {
    const out = Buffer.alloc(512 * random.pick([2, 100]));
    out.write("SQLite format 3\0", 0, "latin1");
    out.writeUInt16BE(512, 16);
    out[18] = out[19] = 1;
    out.writeUInt32BE(out.length / 512, 28);
    for (let page = 0; page * 512 < out.length; page++) {
      // Inner pages whose only child is themselves or each other.
      const at = page * 512 + (page === 0 ? 100 : 0);
      out[at] = 5;
      out.writeUInt16BE(0, at + 3);
      out.writeUInt32BE(1 + random.below(out.length / 512), at + 8);
    }
    return new Uint8Array(out);
  }),
];

/** The images of a run: found beside its labels in the ways that people lay them out, cropped and made alike. */
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { deflateSync } from "node:zlib";
import { zipSync } from "fflate";
import type { TrialData } from "../../../src/losses/trial/data";
import { extentsFor, fitted } from "../../../src/engine/losses/trialFit";
import { trialData } from "../../../src/engine/losses/trialImages";
import { npy, temporary } from "../engine/support";

const floats = (values: ArrayLike<number>): Uint8Array => new Uint8Array(Float32Array.from(values).buffer);
/** `count` images of 8 × 6: a bright square of class 1, the brightness 100 times the image's number and once the voxel's. */
const N = 48;
const labelsOf = (count: number): Uint8Array => Uint8Array.from({ length: count * N }, (_, i) => (i % 6 > 1 && i % 6 < 4 && Math.floor((i % N) / 6) > 2 && Math.floor((i % N) / 6) < 6 ? 1 : 0));
const imagesOf = (count: number): number[] => Array.from({ length: count * N }, (_, i) => 100 * Math.floor(i / N) + (i % N));

function write(folder: string, files: Readonly<Record<string, Uint8Array>>): string {
  for (const [name, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), bytes);
  }
  return folder;
}

async function found(files: Readonly<Record<string, Uint8Array>>, path: string, classes = 2): Promise<TrialData | string> {
  return trialData(write(temporary(), files), { path, split: "val", classes }, 0);
}

/** Little-endian NIfTI-1; datatype 2: uint8, 16: float32. */
function nifti(type: 2 | 16, shape: readonly number[], data: Uint8Array): Uint8Array {
  const out = Buffer.alloc(352 + data.length);
  out.writeInt32LE(348, 0);
  [shape.length, ...shape, 1, 1, 1, 1].slice(0, 8).forEach((n, i) => out.writeInt16LE(n, 40 + 2 * i));
  out.writeInt16LE(type, 70);
  out.writeInt16LE(type === 2 ? 8 : 32, 72);
  for (let i = 0; i < 4; i++) out.writeFloatLE(1, 76 + 4 * i);
  out.writeFloatLE(352, 108);
  out.write("n+1\0", 344, "latin1");
  out.set(data, 352);
  return out;
}

/** 8 bits a sample, grey or RGB. */
function png(width: number, height: number, samples: 1 | 3, data: Uint8Array): Uint8Array {
  const chunk = (name: string, body: Uint8Array): Uint8Array => {
    const out = Buffer.alloc(12 + body.length);
    out.writeUInt32BE(body.length, 0);
    out.write(name, 4, "latin1");
    out.set(body, 8);
    out.writeUInt32BE(crc(out.subarray(4, 8 + body.length)), 8 + body.length);
    return out;
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, samples === 1 ? 0 : 2], 8);
  const rows = Buffer.concat(Array.from({ length: height }, (_, y) => Buffer.from([0, ...data.subarray(y * width * samples, (y + 1) * width * samples)])));
  return Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]), chunk("IHDR", head), chunk("IDAT", deflateSync(rows)), chunk("IEND", new Uint8Array())]);
}

function crc(bytes: Uint8Array): number {
  let c = 0xffffffff;
  for (const byte of bytes) {
    c ^= byte;
    for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
  }
  return (c ^ 0xffffffff) >>> 0;
}

function isData(data: TrialData | string): asserts data is TrialData {
  if (typeof data === "string") assert.fail(data);
}

async function problem(files: Readonly<Record<string, Uint8Array>>, path: string): Promise<string> {
  const of = await found(files, path);
  assert.ok(typeof of === "string");
  return of;
}

const label = (count: number): Uint8Array => npy("|u1", [count, 8, 6], labelsOf(count));
const image = (count: number): Uint8Array => npy("<f4", [count, 8, 6], floats(imagesOf(count)));

describe("trial: a run's own images", () => {
  const layouts = [
    ["one npz", { "val.npz": zipSync({ "y.npy": label(5), "x.npy": image(5) }) }, "val.npz#y"],
    ["two npy files", { "y_val.npy": label(5), "x_val.npy": image(5) }, "y_val.npy"],
    ["folders named alike", { "labels/val.npy": label(5), "images/val.npy": image(5) }, "labels/val.npy"],
    [
      "a file a case, named as nnU-Net does",
      Object.fromEntries(Array.from({ length: 5 }, (_, b) => [[`labelsTr/case_${b}.npy`, npy("|u1", [8, 6], labelsOf(1))], [`imagesTr/case_${b}_0000.npy`, npy("<f4", [8, 6], floats(imagesOf(5).slice(b * N, (b + 1) * N)))]] as const).flat()),
      "labelsTr",
    ],
    [
      "masks beside images, with an ending of their own",
      Object.fromEntries(Array.from({ length: 5 }, (_, b) => [[`masks/a${b}_mask.npy`, npy("|u1", [8, 6], labelsOf(1))], [`images/a${b}.npy`, npy("<f4", [8, 6], floats(imagesOf(5).slice(b * N, (b + 1) * N)))]] as const).flat()),
      "masks",
    ],
  ] as const;
  for (const [what, files, path] of layouts) {
    it(what, async () => {
      const data = await found(files, path);
      isData(data);
      assert.deepEqual([data.space, data.channels, data.classes, data.train.length, data.val.length], [[8, 6], 1, 2, 4, 1]);
      assert.deepEqual([...data.labels], [...labelsOf(5)]);
      // Each image by itself has mean 0 and deviation 1: they differ by a number added alone.
      assert.deepEqual(data.images.slice(0, N).map((x) => Math.round(x * 1000)), data.images.slice(4 * N).map((x) => Math.round(x * 1000)));
      assert.ok(Math.abs(data.images.slice(0, N).reduce((a, b) => a + b, 0)) < 1e-4);
      assert.match(data.from, /^the run's own images: 5 of .* with .*, cropped to what is labelled and sampled to 8 × 6$/);
    });
  }
  it("NIfTI volumes, whose first axis runs fastest", async () => {
    const files: Record<string, Uint8Array> = {};
    for (let b = 0; b < 4; b++) {
      const labels = new Uint8Array(3 * 4 * 5);
      labels[1 + 3 * (2 + 4 * 3)] = 1; // x 1, y 2, z 3
      files[`labelsTr/v${b}.nii`] = nifti(2, [3, 4, 5], labels);
      files[`imagesTr/v${b}_0000.nii`] = nifti(16, [3, 4, 5], floats(labels.map((l) => l + 1)));
    }
    const data = await found(files, "labelsTr");
    isData(data);
    assert.deepEqual([data.space, data.train.length, data.val.length], [[5, 4, 3], 3, 1]);
    assert.equal(data.labels.subarray(0, 60).indexOf(1), (3 * 4 + 2) * 3 + 1);
    assert.equal(data.images.subarray(0, 60).indexOf(Math.max(...data.images.subarray(0, 60))), (3 * 4 + 2) * 3 + 1);
  });
  it("pairs of PNG, colours as brightness", async () => {
    const files: Record<string, Uint8Array> = {};
    for (let b = 0; b < 4; b++) {
      files[`masks/p${b}.png`] = png(6, 8, 1, labelsOf(1));
      files[`images/p${b}.png`] = png(6, 8, 3, Uint8Array.from({ length: N * 3 }, (_, i) => (labelsOf(1)[Math.floor(i / 3)] === 1 ? 200 : 10)));
    }
    const data = await found(files, "masks");
    isData(data);
    assert.deepEqual([data.space, data.channels], [[8, 6], 1]);
    data.labels.forEach((l, i) => assert.equal(data.images[i]! > 0, l === 1));
  });
  it("channels first and last, and labels one-hot", async () => {
    const hot = Uint8Array.from(labelsOf(5)).reduce<number[]>((all, l) => (all.push(l === 0 ? 1 : 0, l), all), []);
    const last = imagesOf(5).flatMap((x) => [x, -x, 7]);
    const one = await found({ "a.npz": zipSync({ "labels.npy": npy("|u1", [5, 8, 6, 2], Uint8Array.from(hot)), "images.npy": npy("<f4", [5, 8, 6, 3], floats(last)) }) }, "a.npz#labels");
    const first = Array.from({ length: 5 }, (_, b) => [0, 1, 2].flatMap((c) => Array.from({ length: N }, (__, i) => last[(b * N + i) * 3 + c]!))).flat();
    const other = await found({ "a.npz": zipSync({ "labels.npy": label(5), "images.npy": npy("<f4", [5, 3, 8, 6], floats(first)) }) }, "a.npz#labels");
    isData(one);
    isData(other);
    assert.equal(one.channels, 3);
    assert.deepEqual(one.images, other.images);
    assert.deepEqual(one.labels, other.labels);
  });
  it("says what is not there, or cannot be used", async () => {
    assert.equal(await problem({ "labels/val.npy": label(5) }, "labels/val.npy"), "No images were found beside the labels labels/val.npy.");
    assert.equal(await problem({}, "labels/val.npy"), "No images were found beside the labels labels/val.npy.");
    assert.match(await problem({ "y.npy": npy("|u1", [2, 8, 6], labelsOf(2).map((l) => 255 * l)), "x.npy": image(2) }, "y.npy"), /y\.npy holds the value 255, and there are 2 classes/);
    assert.match(await problem({ "y.npy": label(1), "x.npy": image(1) }, "y.npy"), /No images were found|too few/);
    assert.match(await problem({ "y.npy": label(5), "x.npy": image(5).subarray(0, 600) }, "y.npy"), /cannot be read|No images/);
  });
});

describe("trial: cases made alike", () => {
  it("crops to what is labelled and takes the nearest voxel of an even grid", () => {
    const space = [100, 200];
    const labels = new Uint8Array(20000);
    for (let y = 40; y < 60; y++) for (let x = 150; x < 190; x++) labels[y * 200 + x] = 1;
    const image = Float32Array.from({ length: 20000 }, (_, i) => i % 200);
    const to = extentsFor([{ space }]);
    assert.deepEqual(to, [48, 48]);
    const small = fitted({ space, labels, image, channels: 1 }, to, 0);
    const share = small.labels.reduce((a, b) => a + b, 0) / small.labels.length;
    // 20 of 48 rows (48 are kept at least), 40 of 60 columns.
    assert.ok(Math.abs(share - (20 / 48) * (40 / 60)) < 0.02, String(share));
    assert.ok(small.image[0]! < small.image[47]!);
  });
  it("an image without any object is taken whole; volumes are sampled to 16", () => {
    const space = [20, 40, 10];
    assert.deepEqual(extentsFor([{ space }]), [16, 16, 10]);
    const small = fitted({ space, labels: new Uint8Array(8000), image: Float32Array.from({ length: 8000 }, (_, i) => i), channels: 1 }, [16, 16, 10], 0);
    assert.equal(small.labels.length, 2560);
    assert.ok(small.image.every(Number.isFinite));
  });
});

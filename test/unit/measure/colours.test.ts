import assert from "node:assert/strict";
import { classEntry, colourClasses, GREYS } from "../../../src/measure/colours";
import { MeasureError } from "../../../src/measure/measureError";
import { measureEpoch, measureLabels } from "../../../src/measure/segmentation";
import type { NumericArray } from "../../../src/read/bytes/source";
import type { VolumeEntry } from "../../../src/read/format";
import { colourCodes } from "../../../src/read/volumes/colourEntry";

function entryOf(values: NumericArray, shape: readonly number[], more: Partial<VolumeEntry> = {}): VolumeEntry {
  const dtype = values instanceof Uint16Array ? "uint16" : "uint8";
  return { entry: null, dtype, shape, order: "C", scaled: false, seekable: true, read: (start, count) => values.slice(start, start + count), ...more };
}

/** An RGB image of the given colours. */
function rgb(codes: readonly number[], shape: readonly number[]): VolumeEntry {
  return entryOf(Uint8Array.from(codes.flatMap((c) => [c >> 16, (c >> 8) & 255, c & 255])), [...shape, 3], { colour: "rgb" });
}

const grey = (values: readonly number[], more: Partial<VolumeEntry> = {}): VolumeEntry => entryOf(Uint8Array.from(values), [2, 3], more);
const all = (entry: VolumeEntry): number[] => Array.from(entry.read(0, entry.shape.reduce((a, b) => a * b, 1)), Number);
const set = (...codes: readonly number[]): ReadonlySet<number> => new Set(codes);

const [BLACK, RED, GREEN, BLUE, BORDER] = [0, 0x800000, 0x008000, 0x000080, 0xe0e0c0];

describe("colours of masks", () => {
  it("are one number a pixel", () => {
    const codes = colourCodes(rgb([BLACK, RED, GREEN, BLUE, BORDER, RED], [2, 3]));
    assert.deepEqual([codes.shape, codes.dtype, codes.colour], [[2, 3], "int32", "rgb"]);
    assert.deepEqual(all(codes), [BLACK, RED, GREEN, BLUE, BORDER, RED]);
    assert.deepEqual([...codes.read(2, 2)], [GREEN, BLUE]);
    const clear = entryOf(Uint8Array.of(255, 255, 255, 0, 1, 2, 3, 255), [1, 2, 4], { colour: "rgba" });
    assert.deepEqual(all(colourCodes(clear)), [0, 0x010203]);
    const deep = entryOf(Uint16Array.of(0xffff, 0x8000, 0x12ff), [1, 1, 3], { colour: "rgb" });
    assert.deepEqual(all(colourCodes(deep)), [0xff8012]);
    const plain = grey([0, 1, 2, 3, 4, 5]);
    assert.equal(colourCodes(plain), plain);
  });

  it("stand for the classes that a table names; what it lacks is left out of labels, and a class of its own in predictions", () => {
    const classes = colourClasses(set(BLACK, RED, 0x123456, BORDER), [BLACK, RED, GREEN]);
    assert.equal(classes.assumption, "Colours of the labels that the colour table lacks (#123456) are left out.");
    const codes = colourCodes(rgb([BLACK, RED, GREEN, 0x123456, BORDER, RED], [2, 3]));
    assert.deepEqual(all(classEntry(codes, classes, "labels", true)), [0, 1, 2, -1, -1, 1]);
    assert.deepEqual(all(classEntry(codes, classes, "predictions", true)), [0, 1, 2, 3, 3, 1]);
    assert.equal(colourClasses(set(BLACK, RED), [BLACK, RED, null]).assumption, null);
  });

  it("stand for classes in their sorted order where nothing names them", () => {
    const classes = colourClasses(set(RED, BORDER, BLACK, BLUE, GREEN), null);
    assert.deepEqual(classes.colours, [BLACK, BLUE, GREEN, RED]);
    assert.equal(classes.assumption, "No colour table was found: the labels' colours #000000, #000080, #008000, #800000 are taken for classes 0 to 3 in this order; #e0e0c0 is left out.");
    // A table of other colours names nothing.
    assert.deepEqual(colourClasses(set(RED, BLUE, GREEN), [0x111111, 0x222222]).colours, [BLUE, GREEN, RED]);
  });

  it("that are all grey stand for their grey value", () => {
    assert.equal(colourClasses(set(0, 0x010101, 0xffffff), null), GREYS);
    assert.deepEqual(all(classEntry(colourCodes(rgb([0, 0x010101, 0x020202, 0xffffff, 0, 0], [2, 3])), GREYS, "labels", true)), [0, 1, 2, 255, 0, 0]);
    assert.throws(() => all(classEntry(colourCodes(rgb([0, RED, 0, 0, 0, 0], [2, 3])), GREYS, "predictions", false)), (error) => error instanceof MeasureError && error.message === "predictions hold the colour #800000, labels class indices or grey values, and no colour table tells which class it is");
  });

  it("are too many in a picture", () => {
    assert.throws(() => colourClasses(new Set(Array.from({ length: 257 }, (_, i) => i)), null), new MeasureError("labels hold more than 256 colours: pictures, no masks of classes"));
  });

  it("are those of a palette where predictions have one and labels are colours", () => {
    const classes = colourClasses(set(BLACK, RED, GREEN), null);
    const predictions = grey([0, 1, 2, 2, 1, 0], { palette: [BLACK, RED, GREEN] });
    assert.deepEqual(all(classEntry(predictions, classes, "predictions", true)), [0, 2, 1, 1, 2, 0]);
    // Indices without a palette: with a table they are its classes, with two colours there is no other way, else nothing tells.
    const bare = grey([0, 1, 2, 2, 1, 0]);
    assert.equal(classEntry(bare, colourClasses(set(BLACK, RED, GREEN), [BLACK, RED, GREEN]), "predictions", true), bare);
    assert.equal(classEntry(bare, colourClasses(set(BLACK, RED), null), "predictions", true), bare);
    assert.throws(() => classEntry(bare, classes, "predictions", true), MeasureError);
  });

  it("are counted as the classes that they stand for", () => {
    const classes = colourClasses(set(BLACK, RED, GREEN, BORDER), null);
    const labels = classEntry(colourCodes(rgb([BLACK, RED, GREEN, GREEN, BORDER, BLACK], [2, 3])), classes, "labels", true);
    const predictions = classEntry(colourCodes(rgb([BLACK, RED, RED, GREEN, RED, BLUE], [2, 3])), classes, "predictions", true);
    const what = { epoch: 1, split: "val", predictions: "p", labels: "l", classesHint: null, files: 1 } as const;
    const measured = measureEpoch(what, [{ name: "a", labels, predictions, close: () => undefined }]);
    // Class 1 is green, 2 red, 3 any colour that no label has.
    assert.deepEqual([...measured.confusion], [1, 0, 0, 1, 0, 1, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0]);
    assert.equal(measured.ignored, 1);
  });
});

describe("grey masks", () => {
  const measure = (labels: readonly number[], predictions: readonly number[]): readonly [number, number[]] => {
    const what = { epoch: 1, split: "val", predictions: "p", labels: "l", classesHint: null, files: 1 } as const;
    const { classes, confusion } = measureEpoch(what, [{ name: "a", labels: grey(labels), predictions: grey(predictions), close: () => undefined }]);
    return [classes, [...confusion]];
  };

  it("of 0 and 255 are two classes, whichever way the predictions say so", () => {
    const expected = [2, [2, 1, 1, 2]] as const;
    assert.deepEqual(measure([0, 0, 0, 255, 255, 255], [0, 0, 255, 0, 255, 255]), expected);
    assert.deepEqual(measure([0, 0, 0, 255, 255, 255], [0, 0, 1, 0, 1, 1]), expected);
    assert.deepEqual(measure([0, 0, 0, 1, 1, 1], [0, 0, 255, 0, 255, 255]), expected);
  });

  it("of evenly spread levels are classes, beside class indices and beside the same levels", () => {
    const expected = [3, [2, 0, 0, 0, 1, 1, 0, 0, 2]] as const;
    assert.deepEqual(measure([0, 0, 128, 128, 255, 255], [0, 0, 1, 2, 2, 2]), expected);
    assert.deepEqual(measure([0, 0, 128, 128, 255, 255], [0, 0, 128, 255, 255, 255]), expected);
    assert.deepEqual(measure([0, 0, 127, 127, 255, 255], [0, 0, 128, 255, 255, 255]), expected);
  });

  it("that number objects are refused", () => {
    const many = entryOf(Uint16Array.from({ length: 900 }, (_, i) => i % 300), [30, 30]);
    const two = entryOf(new Uint8Array(900).fill(1, 400), [30, 30]);
    const what = { epoch: 1, split: "val", predictions: "p", labels: "l", classesHint: null, files: 1 } as const;
    assert.throws(() => measureEpoch(what, [{ name: "a", labels: many, predictions: two, close: () => undefined }]), new MeasureError("labels hold 300 different values, predictions 2 classes: the labels number objects (instances), which are not measured"));
    // As classes of predictions that know as many, they are classes.
    assert.equal(measureEpoch(what, [{ name: "a", labels: many, predictions: many, close: () => undefined }]).classes, 300);
    assert.equal(measureLabels({ path: "l", split: "val", classesHint: null, files: 1 }, [{ name: "a", labels: many, close: () => undefined }]).classes, 300);
  });
});

import assert from "node:assert/strict";
import { RunColours, type Seen } from "../../../src/engine/colours";
import { FormatError } from "../../../src/read/bytes/source";
import type { VolumeEntry } from "../../../src/read/format";
import type { RunPlan, VolumeHeader, VolumeRef } from "../../../src/read/layout/plan";

const [BLACK, RED, GREEN] = [0, 0x800000, 0x008000];

/** Files as the shelf gives them: one 0xRRGGBB a pixel, or indices. */
type Files = Readonly<Record<string, { readonly values: readonly number[]; readonly colour?: "rgb"; readonly palette?: readonly number[] }>>;

function entryOf({ values, ...more }: Files[string]): VolumeEntry {
  return { entry: null, dtype: "int32", shape: [2, values.length / 2], order: "C", scaled: false, seekable: true, read: (start, count) => Int32Array.from(values.slice(start, start + count)), ...more };
}

const ref = (path: string): VolumeRef => ({ path, entry: null });

/** One epoch of one case, and what its colours stand for. */
function coloursOf(files: Files, table: readonly (number | null)[] | null = null): { colours: RunColours | null; looks: number } {
  const plan: RunPlan = {
    pairs: [{ number: 1, counts: "epoch", split: "val", predictions: "p", labels: "l", cases: [{ name: "a", labels: ref("l"), predictions: ref("p") }] }],
    labels: [{ split: "train", path: "t", cases: [{ name: "b", ref: ref("t") }] }],
    roles: [],
    assumptions: [],
    problems: [],
  };
  const headers = Object.entries(files).map(([path, { colour }]): VolumeHeader => ({ path, format: "png", entry: null, dtype: "int32", shape: [2, 2], order: "C", ...(colour === undefined ? {} : { colour }) }));
  let looks = 0;
  const remembered = (_: readonly VolumeRef[], look: () => Seen): Seen => {
    looks++;
    return look();
  };
  const open = ({ path }: VolumeRef): VolumeEntry => {
    const file = files[path];
    if (file === undefined) throw new FormatError("png", "the data end after 1 of 2 rows", true);
    return entryOf(file);
  };
  return { colours: RunColours.of(plan, headers, table, open, remembered), looks };
}

const all = (entry: VolumeEntry | undefined): number[] => (entry === undefined ? [] : Array.from(entry.read(0, 4), Number));

describe("colours of a run", () => {
  it("are no matter where there are none", () => {
    assert.deepEqual(coloursOf({ l: { values: [0, 1, 1, 0] }, p: { values: [0, 1, 1, 0] } }), { colours: null, looks: 0 });
    // An input in colours is none of them.
    assert.equal(coloursOf({ l: { values: [0, 1, 1, 0] }, p: { values: [0, 1, 1, 0] }, x: { values: [0, 1, 1, 0], colour: "rgb" } }).colours, null);
  });

  it("are gathered from all label files, those of other sets too, and from what can be read", () => {
    const files: Files = { l: { values: [BLACK, RED, RED, BLACK], colour: "rgb" }, t: { values: [BLACK, GREEN, RED, BLACK], colour: "rgb" }, p: { values: [BLACK, RED, GREEN, 5], colour: "rgb" } };
    const { colours } = coloursOf(files);
    assert.deepEqual(all(colours?.apply(entryOf(files.l!), "labels")), [0, 2, 2, 0]);
    assert.deepEqual(all(colours?.apply(entryOf(files.p!), "predictions")), [0, 2, 1, 3]);
    const torn: Files = { l: files.l!, p: files.p! };
    assert.deepEqual(all(coloursOf(torn).colours?.apply(entryOf(files.l!), "labels")), [0, 1, 1, 0]);
    assert.notDeepEqual(coloursOf(torn).colours?.key, colours?.key);
  });

  it("are those of the labels' palette where only predictions are colours", () => {
    const files: Files = { l: { values: [0, 1, 2, 255], palette: [BLACK, RED, GREEN] }, t: { values: [0, 0, 0, 0] }, p: { values: [GREEN, RED, BLACK, 7], colour: "rgb" } };
    const { colours } = coloursOf(files);
    assert.equal(colours?.apply(entryOf(files.l!), "labels").palette, files.l!.palette);
    assert.deepEqual(all(colours?.apply(entryOf(files.p!), "predictions")), [2, 1, 0, 3]);
    assert.equal(colours?.assumption, null);
  });

  it("of pictures stand for nothing, and say so once they are measured", () => {
    const files: Files = { l: { values: Array.from({ length: 600 }, (_, i) => i * 99), colour: "rgb" }, t: { values: [0, 0, 0, 0] }, p: { values: [0, 0, 0, 0] } };
    const { colours } = coloursOf(files);
    assert.throws(() => colours?.apply(entryOf(files.l!), "labels"), { message: "labels hold more than 256 colours: pictures, no masks of classes" });
    assert.equal(colours?.assumption, null);
  });
});

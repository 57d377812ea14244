import assert from "node:assert/strict";
import type { ReadTools } from "../../../../src/read/bytes/source";
import { FormatError } from "../../../../src/read/bytes/source";
import { fixture } from "../bytes/memory";
import { formatOf, loadTools, openVolume, values } from "./open";

interface Golden {
  readonly entry: string | null;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly order: "C" | "F";
  readonly scaled: boolean;
  readonly values: readonly (number | string)[];
}

const golden = JSON.parse(Buffer.from(fixture("golden.json")).toString("utf8")) as Record<string, readonly Golden[]>;

describe("volumes", () => {
  let tools: ReadTools;
  before(async () => (tools = await loadTools()));

  for (const [name, arrays] of Object.entries(golden)) {
    it(`reads ${name} as numpy, h5py or nibabel do`, () => {
      const file = openVolume(name, fixture(name), tools);
      const byName = (a: { entry: string | null }, b: { entry: string | null }): number => (String(a.entry) < String(b.entry) ? -1 : 1);
      const got = [...file.entries].sort(byName);
      const wanted = [...arrays].sort(byName);
      assert.deepEqual(
        got.map(({ entry, dtype, shape, order, scaled }) => ({ entry, dtype, shape, order, scaled })),
        wanted.map(({ entry, dtype, shape, order, scaled }) => ({ entry, dtype, shape, order, scaled })),
      );
      got.forEach((entry, i) => {
        for (const step of [Infinity, 1, 7]) assert.deepEqual(values(entry, step), wanted[i]!.values, `${entry.entry ?? name} by ${step}`);
      });
      file.close();
    });
  }

  // Every byte of the small ones; the larger HDF5 files in strides, for time.
  const strides: Readonly<Record<string, number>> = { "kinds.h5": 97, "attributes.h5": 97, "links.h5": 7, "lzf.h5": 7 };
  for (const [name, arrays] of Object.entries(golden)) {
    it(`reads every prefix of ${name}: right values or one clear line`, () => {
      const bytes = fixture(name);
      for (let n = 0; n < bytes.length; n += strides[name] ?? 1) {
        const cut = bytes.slice(0, n);
        if (formatOf(name, cut) === null) {
          assert.ok(name.endsWith(".h5") && n < 8, `${n} bytes`);
          continue;
        }
        try {
          const file = openVolume(name, cut, tools);
          try {
            for (const entry of file.entries) {
              const wanted = arrays.find((a) => a.entry === entry.entry);
              assert.deepEqual(entry.shape, wanted?.shape);
              assert.deepEqual(values(entry), wanted?.values, `${n} bytes`);
            }
          } finally {
            file.close();
          }
        } catch (error) {
          assert.ok(error instanceof FormatError, `${n} bytes: ${String(error)}`);
          assert.match(error.message, /^(npy|npz|NIfTI|HDF5): [^\n]+$/);
          if (!name.endsWith(".h5")) assert.ok(error.torn, `${n} bytes: ${error.message}`);
        }
      }
    });
  }
});

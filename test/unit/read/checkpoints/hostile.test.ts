import assert from "node:assert/strict";
import type { ReadTools } from "../../../../src/read/bytes/source";
import { kerasLegacyH5 } from "../../../../src/read/checkpoints/kerasLegacyH5";
import { kerasV3 } from "../../../../src/read/checkpoints/kerasV3";
import { kerasWeightsH5 } from "../../../../src/read/checkpoints/kerasWeightsH5";
import type { CheckpointFormat } from "../../../../src/read/format";
import { assertLine, choose, fixture, loadTools, measureAll, source, storedZip } from "./support";

const FILES: readonly [CheckpointFormat, file: string, name: string][] = [
  [kerasV3, "int8.keras", "a.keras"],
  [kerasV3, "deflated.keras", "a.keras"],
  [kerasWeightsH5, "bfloat16.weights.h5.gz", "a.weights.h5"],
  [kerasLegacyH5, "one.h5.gz", "a.h5"],
];

/** Opens and measures what can be had; one clear line for the rest. */
function survives(format: CheckpointFormat, name: string, bytes: Uint8Array, tools: ReadTools): "read" | "refused" {
  const from = source(name, bytes);
  try {
    const file = format.open(from, tools);
    measureAll(file);
    for (const problem of file.problems) assert.ok(!problem.includes("\n") && problem.length < 400, problem);
    file.close();
    return "read";
  } catch (error) {
    assertLine(error, `${format.name}: `);
    return "refused";
  }
}

describe("Keras checkpoints, torn and hostile", () => {
  let tools: ReadTools;
  before(async () => {
    tools = await loadTools();
  });

  for (const [format, file, name] of FILES) {
    it(`refuses every prefix of ${file} with one line`, () => {
      const whole = fixture(file);
      for (let length = 0; length < whole.length; length++) {
        assert.equal(survives(format, name, whole.subarray(0, length), tools), "refused", `${length} of ${whole.length} bytes`);
      }
      assert.equal(survives(format, name, whole, tools), "read");
    });

    it(`survives wrong bytes in ${file}`, () => {
      const whole = fixture(file);
      let x = 7;
      const random = (n: number): number => ((x = (Math.imul(x, 1664525) + 1013904223) >>> 0) >>> 8) % n;
      for (let round = 0; round < 600; round++) {
        const bytes = whole.slice();
        for (let n = random(4); n >= 0; n--) bytes[random(bytes.length)] = random(256);
        if (round % 4 === 0) choose(name, bytes, tools);
        survives(format, name, bytes, tools);
      }
    });
  }

  it("does not allocate what an archive only claims", () => {
    const bytes = Buffer.from(storedZip({ "model.weights.h5": new Uint8Array(100) }));
    const central = bytes.length - 22 - 46 - "model.weights.h5".length;
    bytes.writeUInt16LE(8, central + 10);
    bytes.writeUInt32LE(0x3fffffff, central + 24);
    assert.throws(() => kerasV3.open(source("a.keras", bytes), tools), /^FormatError: keras-v3: entry model\.weights\.h5 claims 1073741823 bytes from 100/);
  });

  it("takes no empty file, directory of nothing, or text under the right suffix", () => {
    for (const text of ["", "PK", "epoch,loss\n0,1\n", "\x89HDF\r\n\x1a\n"]) {
      const bytes = new TextEncoder().encode(text);
      for (const [format, name] of [[kerasV3, "a.keras"], [kerasWeightsH5, "a.weights.h5"], [kerasLegacyH5, "a.h5"]] as const) {
        assert.equal(survives(format, name, bytes, tools), "refused", text);
      }
    }
    assert.equal(survives(kerasV3, "a.keras", storedZip({}), tools), "refused");
  });
});

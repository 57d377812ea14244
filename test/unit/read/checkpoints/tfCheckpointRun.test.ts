import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openFile } from "../../../../src/engine/fileSource";
import { RunSession } from "../../../../src/engine/session";
import { exportedModels } from "../../../../src/read/layout/exports";
import type { Inspection } from "../../../../src/run";

const FIXTURES = new URL("../fixtures/checkpoints/tf/", import.meta.url);
const SHARD = "ckpts/ckpt-2.data-00000-of-00001";

describe("TensorFlow checkpoints in a run", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "tf-run-"));
    cpSync(new URL("manager", FIXTURES), join(folder, "ckpts"), { recursive: true });
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  async function inspect(session: RunSession): Promise<Inspection> {
    const inspection = await session.inspect({});
    assert.ok(inspection);
    return inspection;
  }
  const last = (inspection: Inspection): number | null => inspection.checkpoints.at(-1)!.tensors[0]!.max;

  it("are one source each, compared with the one before", async () => {
    const inspection = await inspect(new RunSession(folder, { cacheFolder: null }));
    assert.deepEqual(inspection.sources.map((s) => [s.path, s.kind, s.format]), [0, 1, 2].map((i) => [`ckpts/ckpt-${i}.index`, "checkpoint", "tf-checkpoint"]));
    assert.deepEqual(inspection.problems, []);
    assert.deepEqual(inspection.checkpoints.map((c) => [c.epoch, c.step]), [[0, null], [1, 2], [2, 4]]);
    for (const { tensors } of inspection.checkpoints.slice(1)) assert.ok(tensors.filter((t) => t.role === "kernel").every((t) => t.identical === false));
  });

  it("are measured again when a shard alone has changed, also by another session", async () => {
    const cacheFolder = mkdtempSync(join(tmpdir(), "tf-cache-"));
    try {
      const session = new RunSession(folder, { cacheFolder });
      const before = last(await inspect(session));
      assert.equal(session.look(), "same");
      const path = join(folder, SHARD);
      const { mtimeMs } = statSync(path);
      const bytes = readFileSync(path);
      bytes.fill(0, 0, 4000);
      writeFileSync(path, bytes);
      utimesSync(path, mtimeMs / 1000 + 10, mtimeMs / 1000 + 10);
      assert.equal(session.look(), "changed");
      for (const again of [session, new RunSession(folder, { cacheFolder })]) {
        const after = last(await inspect(again));
        assert.notEqual(after, before);
        assert.equal(after, 0);
      }
    } finally {
      rmSync(cacheFolder, { recursive: true, force: true });
    }
  });

  it("wait for a shard that is being written, and are read when it is there", async () => {
    const session = new RunSession(folder, { cacheFolder: null });
    const path = join(folder, SHARD);
    const bytes = readFileSync(path);
    truncateSync(path, 500);
    const torn = await inspect(session);
    assert.deepEqual(torn.problems, [{ path: "ckpts/ckpt-2.index", message: `tf-checkpoint: ckpt-2.data-00000-of-00001 has 500 of ${bytes.length} bytes: still being written?` }]);
    assert.equal(torn.checkpoints.length, 2);
    rmSync(path);
    assert.match((await inspect(session)).problems[0]!.message, /ckpt-2\.data-00000-of-00001 is missing: still being written\?$/);
    writeFileSync(path, bytes);
    const whole = await inspect(session);
    assert.deepEqual([whole.problems, whole.checkpoints.length], [[], 3]);
  });

  it("are not mixed with the model that was exported at the end", async () => {
    cpSync(new URL("exported", FIXTURES), join(folder, "saved_model"), { recursive: true });
    writeFileSync(join(folder, "saved_model/saved_model.pb"), "");
    const inspection = await inspect(new RunSession(folder, { cacheFolder: null }));
    assert.deepEqual(inspection.checkpoints.map((c) => c.path), [0, 1, 2].map((i) => `ckpts/ckpt-${i}.index`));
    assert.ok(inspection.sources.some((s) => s.path === "saved_model/variables/variables.index" && s.kind === "checkpoint"));
    assert.deepEqual(inspection.assumptions.filter((line) => line.includes("exported")), ["saved_model/variables/variables.index is taken for the exported network; it is not measured beside the checkpoints."]);
    rmSync(join(folder, "ckpts"), { recursive: true });
    const alone = await inspect(new RunSession(folder, { cacheFolder: null }));
    assert.deepEqual(alone.checkpoints.map((c) => c.path), ["saved_model/variables/variables.index"]);
    assert.equal(alone.outputChannels, 5);
  });

  it("count as saved on the way when they have numbers or no saved_model.pb", () => {
    const of = (...folders: string[]): readonly string[] => {
      const paths = folders.map((name) => `${name}/variables/variables.index`);
      return exportedModels(["ckpt-1.index", ...paths], new Set(folders.map((name) => `${name}/saved_model.pb`)));
    };
    assert.deepEqual(of("epoch_01", "epoch_02"), []);
    assert.deepEqual(of("epoch_01", "final"), ["final/variables/variables.index"]);
    assert.deepEqual(exportedModels(["ckpt-1.index", "variables/variables.index"], new Set()), []);
    assert.deepEqual(exportedModels(["variables/variables.index"], new Set(["saved_model.pb"])), []);
  });

  it("reach the files beside them and no others", () => {
    mkdirSync(join(folder, "ckpts/inner"));
    writeFileSync(join(folder, "ckpts/large"), new Uint8Array(100_000));
    const source = openFile(join(folder, "ckpts/ckpt-1.index"), "ckpts/ckpt-1.index");
    const beside = source.sibling("ckpt-2.index");
    assert.equal(beside?.name, "ckpts/ckpt-2.index");
    assert.equal(source.sibling("ckpt-2.index"), beside);
    for (const name of ["ckpt-9.index", "", ".", "..", "../ckpts/ckpt-2.index", "inner/x", "..\\x", "C:x", "a\0"]) assert.equal(source.sibling(name), null, name);
    const large = source.sibling("large");
    assert.ok(large !== null);
    source.close();
    assert.equal(large.read(0, 1).length, 0);
    assert.equal(source.sibling("ckpt-0.index"), null);
  });
});

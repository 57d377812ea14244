import assert from "node:assert/strict";
import fs from "node:fs";
import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { RunCache, tidyCaches } from "../../../src/engine/cache";
import { copyOf, inspectOnce, listing, OLD, temporary, timeless } from "./support";

/** Paths of files that are opened while `work` goes on. */
async function opened(work: () => Promise<unknown>): Promise<string[]> {
  const original = fs.openSync;
  const paths: string[] = [];
  fs.openSync = (...args: Parameters<typeof fs.openSync>): number => {
    paths.push(String(args[0]));
    return original(...args);
  };
  try {
    await work();
  } finally {
    fs.openSync = original;
  }
  return paths;
}

const file = (folder: string): string => {
  const names = readdirSync(folder);
  assert.equal(names.length, 1, names.join());
  return join(folder, names[0]!);
};

describe("cache", () => {
  it("lets a second session answer without opening arrays or checkpoints again", async () => {
    const [folder, cacheFolder] = [copyOf("digits-generalized-dice", temporary()), temporary()];
    const first = await inspectOnce(folder, {}, { cacheFolder });
    let second: typeof first | null = null;
    const paths = await opened(async () => (second = await inspectOnce(folder, {}, { cacheFolder })));
    assert.deepEqual(second, first);
    assert.deepEqual(paths.filter((path) => /\.(npz|keras)$/.test(path)), []);
    assert.ok(paths.some((path) => path.endsWith("training.csv")));
    assert.deepEqual(first, await inspectOnce(folder));
  });

  it("measures a changed file again, and what is new", async () => {
    const [folder, cacheFolder] = [copyOf("digits-generalized-dice", temporary()), temporary()];
    await inspectOnce(folder, {}, { cacheFolder });
    const changed = join(folder, "predictions", "epoch_003.npz");
    cpSync(join(folder, "labels", "val.npz"), changed); // perfect, for once
    utimesSync(changed, OLD, OLD + 5);
    const paths = await opened(async () => {
      const again = await inspectOnce(folder, {}, { cacheFolder });
      assert.deepEqual(again, await inspectOnce(folder));
    });
    assert.ok(paths.includes(changed));
    assert.deepEqual(await inspectOnce(folder, {}, { cacheFolder }), await inspectOnce(folder));
  });

  it("ignores a cache that is corrupt, cut off, of another version or no file", async () => {
    const [folder, cacheFolder] = [copyOf("digits-cross-entropy", temporary()), temporary()];
    const truth = await inspectOnce(folder, {}, { cacheFolder });
    const path = file(cacheFolder);
    const good = readFileSync(path);
    const spoilt: [string, () => void][] = [
      ["empty", () => truncateSync(path, 0)],
      ["garbage", () => writeFileSync(path, Buffer.alloc(5000, 7))],
      ["another version", () => writeFileSync(path, Buffer.concat([Buffer.from("X"), good.subarray(1)]))],
      ...[20, 60, 1000, good.length >> 1, good.length - 1].map((size): [string, () => void] => [`cut at ${size}`, () => writeFileSync(path, good.subarray(0, size))]),
      ...Array.from({ length: 40 }, (_, i): [string, () => void] => [
        `byte ${i}`,
        () => {
          const wrong = Buffer.from(good);
          wrong[Math.floor((wrong.length * i) / 40)]! ^= 0xff;
          writeFileSync(path, wrong);
        },
      ]),
    ];
    for (const [what, spoil] of spoilt) {
      spoil();
      assert.deepEqual(await inspectOnce(folder, {}, { cacheFolder }), truth, what);
    }
    // Whole again: what was spoilt was measured anew and kept.
    const size = statSync(path).size;
    assert.deepEqual((await opened(() => inspectOnce(folder, {}, { cacheFolder }))).filter((name) => /\.(npz|keras)$/.test(name)), []);
    assert.equal(statSync(path).size, size);
    fs.rmSync(path);
    mkdirSync(path);
    assert.deepEqual(await inspectOnce(folder, {}, { cacheFolder }), truth);
    const nowhere = join(file(temporaryFile()), "cache"); // a folder that cannot be made
    assert.deepEqual(await inspectOnce(folder, {}, { cacheFolder: nowhere }), truth);
  });

  it("never writes into the run's folder", async () => {
    const folder = copyOf("digits-generalized-dice", temporary());
    const before = listing(folder);
    const plain = await inspectOnce(folder);
    for (const cacheFolder of [folder, join(folder, "cache"), temporary()]) assert.deepEqual(await inspectOnce(folder, {}, { cacheFolder }), plain);
    assert.deepEqual(listing(folder), before);
  });

  it("serves two windows at a time", () => {
    const [folder, cacheFolder] = [copyOf("digits-generalized-dice", temporary()), temporary()];
    const [a, b] = [new RunCache(cacheFolder, folder), new RunCache(cacheFolder, folder)];
    a.put("one", { value: [1, 2, 3] });
    a.sweep();
    assert.deepEqual(b.peek("one"), { value: [1, 2, 3] });
    b.put("two", new Float64Array([0.5]));
    a.peek("one");
    a.put("three", "3");
    b.sweep();
    a.sweep();
    const c = new RunCache(cacheFolder, folder);
    assert.deepEqual([c.peek("one"), c.peek("two"), c.peek("three"), c.peek("four")], [{ value: [1, 2, 3] }, new Float64Array([0.5]), "3", undefined]);
  });

  it("appends what is new, and writes the file anew once most of it is of no use", () => {
    const [run, cacheFolder] = ["/some/run", temporary()];
    const cache = new RunCache(cacheFolder, run);
    const big = new Uint8Array(400_000);
    cache.put("kept", big);
    cache.sweep();
    const path = file(cacheFolder);
    const { size, ino } = statSync(path);
    cache.peek("kept");
    cache.put("small", 1);
    cache.sweep();
    assert.equal(statSync(path).ino, ino);
    assert.ok(statSync(path).size - size < 100);
    for (let i = 0; i < 12; i++) {
      cache.peek("kept");
      cache.put(`passing ${i}`, big);
      cache.sweep();
    }
    assert.ok(statSync(path).size < 4 * big.length + (1 << 20), `${statSync(path).size}`);
    const next = new RunCache(cacheFolder, run);
    assert.deepEqual(next.peek("kept"), big);
    assert.equal(next.peek("passing 0"), undefined);
  });

  it("reads again what it let go of", () => {
    const cache = new RunCache(temporary(), "/some/run");
    cache.put("x", [1]);
    cache.sweep();
    cache.rest();
    assert.deepEqual(cache.peek("x"), [1]);
    const memory = new RunCache(null, "/some/run");
    memory.put("x", [1]);
    memory.sweep();
    memory.rest();
    assert.deepEqual(memory.peek("x"), [1]);
    memory.sweep();
    memory.sweep();
    assert.equal(memory.peek("x"), undefined);
  });

  it("does not keep what the system was in the way of", async () => {
    const [folder, cacheFolder] = [copyOf("digits-generalized-dice", temporary()), temporary()];
    const target = join(temporary(), "elsewhere.npz");
    fs.renameSync(join(folder, "predictions", "epoch_005.npz"), target);
    fs.symlinkSync(target, join(folder, "predictions", "epoch_005.npz"));
    const whole = await inspectOnce(folder, {}, { cacheFolder });
    fs.renameSync(target, `${target}.away`);
    const without = await inspectOnce(folder, {}, { cacheFolder });
    assert.equal(without.epochs.length, 11);
    assert.deepEqual(without.problems, [{ path: "predictions/epoch_005.npz", message: "file: cannot be read: ENOENT: no such file or directory" }]);
    fs.renameSync(`${target}.away`, target);
    assert.deepEqual(timeless(await inspectOnce(folder, {}, { cacheFolder })), timeless(whole));
  });

  it("removes caches that nobody looked at for long", () => {
    const folder = temporary();
    for (const [name, days] of [["a.cache", 1], ["b.cache", 100], ["b.cache.1234", 100], ["other.txt", 100]] as const) {
      writeFileSync(join(folder, name), "");
      utimesSync(join(folder, name), Date.now() / 1000 - days * 86_400, Date.now() / 1000 - days * 86_400);
    }
    tidyCaches(folder, 60);
    assert.deepEqual(readdirSync(folder).sort(), ["a.cache", "other.txt"]);
    tidyCaches(join(folder, "nowhere"), 60);
  });
});

/** A folder that holds one file. */
function temporaryFile(): string {
  const folder = temporary();
  writeFileSync(join(folder, "file"), "");
  return folder;
}

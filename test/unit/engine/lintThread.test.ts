import assert from "node:assert/strict";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join, sep } from "node:path";
import { LintFiles } from "../../../src/engine/lint/lintFiles";
import { LintThread, type LintFailure } from "../../../src/engine/lint/lintThread";
import { lintPython } from "../../../src/lint/check";
import { built, temporary } from "./support";

const LOSS = `import keras.backend as K

def dice_loss(y_true, y_pred):
    w = 1 / (K.sum(y_true, axis=[0, 1, 2]) ** 2 + 0.00001)
    return 1 - 2 * K.sum(w * K.sum(y_true * y_pred, axis=[0, 1, 2])) / K.sum(w * K.sum(y_true + y_pred, axis=[0, 1, 2]))
`;

/** Speaks as the lint worker does; a text with "hang" turns for ever, one with "die" ends it, one with "throw" fails. It answers with its texts. */
const ODD = `
const { parentPort } = require("node:worker_threads");
const texts = new Map();
parentPort.on("message", (m) => {
  if (m.what === "open") texts.set(m.key, m.text);
  if (m.what === "edit") texts.set(m.key, m.changes[0].text);
  if (m.id === undefined) return;
  const text = texts.get(m.key) ?? "";
  while (text.includes("hang"));
  if (text.includes("die")) process.exit(3);
  const until = Date.now() + (text.includes("slow") ? 60 : 0);
  while (Date.now() < until);
  parentPort.postMessage(text.includes("throw") ? { id: m.id, kind: "failed", message: "odd" } : { id: m.id, kind: "done", value: { findings: [], losses: [...texts].map(([name, text]) => ({ name, text })) } });
});
`;

describe("lint thread", () => {
  const threads: LintThread[] = [];
  const thread = (script: string, folders: string[] = [], patience = 10_000): LintThread => {
    const made = new LintThread(script, { folders, patience });
    threads.push(made);
    return made;
  };
  after(() => Promise.all(threads.map((one) => one.dispose())));

  const odd = (patience: number): { lint: LintThread; failures: LintFailure[] } => {
    const script = join(temporary(), "odd.cjs");
    writeFileSync(script, ODD);
    const lint = thread(script, [], patience);
    const failures: LintFailure[] = [];
    lint.onDidFail((failure) => failures.push(failure));
    return { lint, failures };
  };

  it("answers as linting the text does, edit by edit, with imports from the disk and from open documents", async () => {
    const folder = temporary();
    const path = (name: string): string => join(folder, name).split(sep).join("/");
    const user = "from losses import dice_loss\n\ndef total_loss(y_true, y_pred):\n    return dice_loss(y_true, y_pred)\n";
    writeFileSync(path("losses.py"), LOSS);
    const lint = thread(join(await built(), "lintWorker.js"), [folder.split(sep).join("/")]);
    lint.open(path("a.py"), 1, LOSS);
    assert.deepEqual((await lint.check(path("a.py"), 1))?.findings, lintPython(path("a.py"), LOSS));
    const edited = LOSS.replace("0.00001", "1");
    const from = LOSS.indexOf("0.00001");
    lint.edit(path("a.py"), 2, [{ from, to: from + 7, text: "1" }]);
    assert.equal(await lint.check(path("a.py"), 1), null);
    assert.deepEqual((await lint.check(path("a.py"), 2))?.findings, lintPython(path("a.py"), edited));
    lint.open(path("train.py"), 5, user);
    const resolver = (module: string): { path: string; text: string } | null => (module === "losses" ? { path: path("losses.py"), text: LOSS } : null);
    assert.deepEqual((await lint.check(path("train.py"), 5))?.findings, lintPython(path("train.py"), user, { resolver }));
    assert.deepEqual(await lint.dependents(path("losses.py")), [path("train.py")]);
    lint.openNotebook("nb", 1, [{ key: "one", text: LOSS }]);
    lint.editCell("nb", 2, "one", [{ from: 0, to: 0, text: "x = 1\n" }]);
    assert.deepEqual((await lint.checkNotebook("nb", 2))?.map(({ key, losses }) => [key, losses.map(({ name }) => name)]), [["one", ["dice_loss"]]]);
    lint.close(path("a.py"));
    assert.equal(await lint.check(path("a.py"), 2), null);
  });

  it("drops what is asked of an older text, and asks of the newest alone", async () => {
    const { lint, failures } = odd(10_000);
    lint.open("a", 1, "slow 1");
    const first = lint.check("a", 1); // on its way
    lint.edit("a", 2, [{ from: 0, to: 6, text: "slow 2" }]);
    const second = lint.check("a", 2); // waits
    lint.edit("a", 3, [{ from: 0, to: 6, text: "3" }]);
    const third = lint.check("a", 3);
    assert.deepEqual([await first, await second], [null, null]);
    assert.deepEqual((await third)?.losses.map(({ text }) => text), ["3"]);
    assert.deepEqual(failures, []);
  });

  it("ends a worker that does not come back, and leaves the document alone until it changes", async () => {
    const { lint, failures } = odd(150);
    lint.open("good", 1, "good");
    lint.open("bad", 1, "hang");
    const other = lint.check("good", 1);
    assert.equal(await lint.check("bad", 1), null);
    assert.ok((await other) !== null);
    assert.deepEqual(failures.map(({ key }) => key), ["bad"]);
    assert.match(failures[0]!.message, /did not come to an end/);
    const begun = performance.now();
    assert.equal(await lint.check("bad", 1), null);
    assert.ok(performance.now() - begun < 100, "not tried again");
    assert.deepEqual((await lint.check("good", 1))?.losses.map(({ name }) => name), ["good", "bad"]); // the new worker knows what is open
    lint.edit("bad", 2, [{ from: 0, to: 4, text: "fine" }]);
    assert.ok((await lint.check("bad", 2)) !== null);
    assert.equal(failures.length, 1);
  });

  it("starts another worker after one died, and tells what failed", async () => {
    const { lint, failures } = odd(10_000);
    lint.open("a", 1, "die");
    assert.equal(await lint.check("a", 1), null);
    lint.edit("a", 2, [{ from: 0, to: 3, text: "throw" }]);
    assert.equal(await lint.check("a", 2), null);
    lint.edit("a", 3, [{ from: 0, to: 5, text: "well" }]);
    assert.ok((await lint.check("a", 3)) !== null);
    assert.deepEqual(failures, [{ key: "a", message: "the lint worker ended with code 3" }, { key: "a", message: "odd" }]);
  });

  it("answers nothing once it is disposed", async () => {
    const { lint } = odd(10_000);
    lint.open("a", 1, "slow");
    const asked = lint.check("a", 1);
    const waits = lint.dependents("a");
    await lint.dispose();
    assert.deepEqual([await asked, await waits, await lint.check("a", 1)], [null, [], null]);
  });
});

describe("lint files", () => {
  const slashed = (path: string): string => path.split(sep).join("/");
  it("reads below the folders alone, and no more than a person writes", () => {
    const [folder, outside] = [slashed(temporary()), slashed(temporary())];
    writeFileSync(`${folder}/a.py`, "x = 1");
    writeFileSync(`${outside}/b.py`, "x = 2");
    writeFileSync(`${folder}/large.py`, "x".repeat((4 << 20) + 1));
    mkdirSync(`${folder}/c.py`);
    symlinkSync(`${folder}/d.py`, `${folder}/d.py`);
    const files = new LintFiles([folder]);
    for (const [path, text] of [["a.py", "x = 1"], ["none.py", null], ["large.py", null], ["c.py", null], ["d.py", null], ["a.py/__init__.py", null]] as const) assert.equal(files.read(`${folder}/${path}`), text, path);
    assert.equal(files.read(`${outside}/b.py`), null);
    assert.equal(files.read(`${folder}/../${outside.split("/").at(-1)}/b.py`), null);
    files.folders = [folder, outside];
    assert.equal(files.read(`${outside}/b.py`), "x = 2");
  });
  it("reads a file that changed again", () => {
    const folder = slashed(temporary());
    const files = new LintFiles([folder]);
    assert.equal(files.read(`${folder}/a.py`), null);
    writeFileSync(`${folder}/a.py`, "x = 1");
    files.changed(`${folder}/a.py`);
    assert.equal(files.read(`${folder}/a.py`), "x = 1");
    writeFileSync(`${folder}/a.py`, "x = 1234");
    files.changed(`${folder}/a.py`);
    assert.equal(files.read(`${folder}/a.py`), "x = 1234");
  });
});

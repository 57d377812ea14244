import assert from "node:assert/strict";
import { build } from "esbuild";
import { edited, editsBetween, fixedText } from "../../../src/editor/lint/fixAll";
import { isLibrary, mayHoldLosses } from "../../../src/editor/lint/whichText";
import { simd } from "../../../scripts/lib/simd.mjs";
import { isWorthIt } from "../../../src/lint/model/worth";
import type { Finding, Fix } from "../../../src/lint/rules/rule";
import { BAD } from "../lint/snippets/bad";

function finding(fix: Fix): Finding {
  return { rule: "L8", severity: "warning", message: "", range: { from: 0, to: 1 }, related: [], fixes: [fix] };
}

/** Finds each "bad", and knows what to put there. */
function lint(text: string, put: string, safe = true): Finding[] {
  return [...text.matchAll(/bad/g)].map(({ index }) => finding({ title: "", safe, edits: [{ from: index, to: index + 3, text: put }] }));
}

describe("editor: all safe fixes at once", () => {
  it("lints again after each", async () => {
    let asked = 0;
    const text = "bad\nbad\nbad\n";
    const fixed = await fixedText(text, lint(text, "good"), (now) => Promise.resolve((asked++, lint(now, "good"))));
    assert.deepEqual([fixed, asked], ["good\ngood\ngood\n", 3]);
  });

  it("leaves alone what is not safe, and ends with fixes that fix nothing", async () => {
    const again = (put: string, safe?: boolean) => (now: string) => Promise.resolve(lint(now, put, safe));
    assert.equal(await fixedText("bad", lint("bad", "good", false), again("good", false)), "bad");
    assert.equal(await fixedText("bad", lint("bad", "bad"), again("bad")), "bad");
    assert.ok((await fixedText("bad", lint("bad", "badbad"), again("badbad"))).length < 1000);
  });

  it("keeps the line ends, and names the lines that differ", () => {
    const before = "one\r\ntwo\r\nthree\r\n";
    const after = edited(before, [{ from: 5, to: 8, text: "2\n2" }]);
    assert.equal(after, "one\r\n2\r\n2\r\nthree\r\n");
    assert.deepEqual(editsBetween(before, after), [{ from: 5, to: 10, text: "2\r\n2\r\n" }]);
    assert.deepEqual(editsBetween(before, before), []);
    assert.equal(edited(before, editsBetween(before, "")), "");
  });
});

describe("editor: which texts are linted", () => {
  it("none that the rules find worth a look is passed over", () => {
    for (const [, what, code] of BAD) if (isWorthIt(code)) assert.ok(mayHoldLosses(code), what);
    assert.ok(!mayHoldLosses("import os\n\nprint(os.getcwd())\n"));
  });

  it("no installed code, unless its folder was opened", () => {
    assert.ok(isLibrary("/w/venv/lib/python3/site-packages/monai/losses/dice.py", "/venv/lib/python3/site-packages/monai/losses/dice.py"));
    assert.ok(isLibrary("/usr/lib/python3/dist-packages/a.py", null));
    assert.ok(isLibrary("/w/.venv/a.py", "/.venv/a.py"));
    assert.ok(!isLibrary("/home/me/env/project/a.py", "/a.py"));
    assert.ok(!isLibrary("/x/site-packages/monai/losses/dice.py", "/losses/dice.py"));
    assert.ok(!isLibrary("/w/environment/a.py", "/environment/a.py"));
  });
});

describe("editor: its bundle", () => {
  it("holds no parser: the linter runs in a worker of its own", async () => {
    const { metafile } = await build({ entryPoints: ["src/extension.ts"], bundle: true, write: false, metafile: true, platform: "node", external: ["vscode"], plugins: [simd(process.cwd())], logLevel: "silent" });
    assert.deepEqual(Object.keys(metafile.inputs).filter((path) => path.includes("@lezer") || path.includes("src/lint/rules/L")), []);
  });
});

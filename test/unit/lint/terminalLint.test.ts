import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { RULES } from "../../../src/lint/rules/all";
import { pageOf } from "../../../src/lint/rules/rule";
import { lintFile, type PlacedFinding } from "../../../src/lint/show/placed";
import { runAsked, runLint } from "../../../src/terminalLint";

const root = fileURLToPath(new URL("../..", import.meta.url));
const BAD = "from tensorflow.keras import backend as K\n\ndef gdl_loss(y_true, y_pred):\n    w = 1 / (K.sum(y_true, axis=(1, 2)) ** 2 + 1e-5)\n    n = K.sum(w * K.sum(y_true * y_pred, axis=(1, 2)))\n    return 1 - 2 * n / K.sum(w * K.sum(y_true + y_pred, axis=(1, 2)))\n";
const FAILS = "from tensorflow.keras import backend as K\nimport numpy as np\n\ndef my_loss(y_true, y_pred):\n    return 1 - np.sum(y_true) * K.mean(y_pred)\n\nmodel.compile(loss=my_loss)\n";

describe("run-doctor lint", () => {
  let folder = "";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "lint-"));
    const put = (path: string, text: string): void => {
      mkdirSync(join(folder, path, ".."), { recursive: true });
      writeFileSync(join(folder, path), text);
    };
    put("a/losses.py", BAD);
    put("a/site-packages/other.py", BAD);
    put("a/.git/hook.py", BAD);
    put("a/myenv/pyvenv.cfg", "home = /usr\n");
    put("a/myenv/lib/x.py", BAD);
    put("b/fails.py", FAILS);
    put("c/helper.py", "from keras import backend as K\n\ndef hard(p):\n    return K.round(p)\n");
    put("c/train.py", "from keras import backend as K\nfrom helper import hard\n\ndef dice_loss(y_true, y_pred):\n    p = hard(y_pred)\n    return 1 - 2 * K.sum(y_true * p) / (K.sum(y_true) + K.sum(p))\n\nmodel.compile(loss=dice_loss)\n");
    put("d/broken.ipynb", "{");
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("finds Python files below a folder, but no packages and environments unless asked for", () => {
    const { output, exitCode } = runLint([join(folder, "a")], () => "1");
    assert.equal(exitCode, 0);
    assert.match(output, /losses\.py:4:9: warning L2: /);
    assert.match(output, /1 file: 1 warning\n$/);
    assert.match(runLint([join(folder, "a", "site-packages")], () => "1").output, /other\.py:4:9/);
  });
  it("--json is one array with lines and columns from 1", () => {
    const found = JSON.parse(runLint(["--json", join(folder, "a")], () => "1").output) as PlacedFinding[];
    assert.equal(found.length, 1);
    const { path, message, ...rest } = found[0]!;
    assert.ok(path.endsWith("a/losses.py") && message.length > 20);
    assert.deepEqual(rest, { line: 4, column: 9, endLine: 4, endColumn: 53, rule: "L2", severity: "warning" });
  });
  it("--sarif is SARIF 2.1.0", () => {
    const sarif = JSON.parse(runLint(["--sarif", join(folder, "a")], () => "1").output) as { version: string; runs: { results: { ruleId: string; level: string }[]; tool: { driver: { rules: { id: string }[] } } }[] };
    assert.equal(sarif.version, "2.1.0");
    assert.deepEqual(sarif.runs[0]!.results.map((r) => [r.ruleId, r.level]), [["L2", "warning"]]);
    assert.equal(sarif.runs[0]!.tool.driver.rules.length, RULES.length);
  });
  it("exit code 1 with errors, 2 for wrong usage, and a notebook that cannot be read is said", () => {
    assert.equal(runLint([join(folder, "b")], () => "1").exitCode, 1);
    for (const args of [[], ["--yaml", folder], [join(folder, "none")], ["--json", "--sarif", folder]]) {
      const { exitCode, complaint, output } = runLint(args, () => "1");
      assert.equal(exitCode, 2);
      assert.equal(output, "");
      assert.ok(complaint !== null && complaint.length > 0);
    }
    const { exitCode, complaint } = runLint([join(folder, "d")], () => "1");
    assert.equal(exitCode, 0);
    assert.match(complaint ?? "", /broken\.ipynb/);
  });
  it("--run names a run, whose numbers findings say", () => {
    const facts = { run: "r", over: "validation labels", names: [null, null], background: 0, volumes: [90, 10], images: 10, imagesWithout: [0, 4], batches: null };
    for (const args of [["--run", "some", join(folder, "a")], [join(folder, "a"), "--run=some"]]) {
      assert.equal(runAsked(args), "some");
      assert.match(runLint(args, () => "1", facts).output, /warning L2: Class 1 is absent from 40 % of the images of run r \(validation labels\); its weight there is 1e5, /);
    }
    assert.match(runLint([join(folder, "a")], () => "1", { ...facts, imagesWithout: [0, 0] }).output, /info L2: [^\n]* No class is absent from any of the 10 images of run r /);
    assert.deepEqual([runAsked([folder]), runAsked(["--", "--run", "x"]), runAsked(["--run"])], [null, null, null]);
    for (const args of [["--run"], [folder, "--run="], [folder, "--run", ""]]) assert.deepEqual([runLint(args, () => "1").exitCode, runLint(args, () => "1").complaint], [2, "--run needs a folder (run-doctor lint --help)"]);
  });
  it("follows helpers of other files", () => {
    const found = JSON.parse(runLint(["--json", join(folder, "c")], () => "1").output) as PlacedFinding[];
    assert.deepEqual(found.map((f) => [f.rule, f.severity, f.line]), [["L31", "error", 6]]);
  });
});

describe("notebooks and comments", () => {
  it("positions are those of the cell, whose names later cells see; magics are no Python", () => {
    const cells = ["%matplotlib inline\nfrom tensorflow.keras import backend as K\n!pip install x", "import os\n", BAD.replace(/^from.*\n\n/, "")];
    const text = JSON.stringify({ cells: [{ cell_type: "markdown", source: ["# x"] }, ...cells.map((source) => ({ cell_type: "code", source: source.split(/(?<=\n)/) }))] });
    assert.deepEqual(lintFile("x.ipynb", text)?.map(({ cell, line, column, rule }) => ({ cell, line, column, rule })), [{ cell: 4, line: 2, column: 9, rule: "L2" }]);
    assert.equal(lintFile("x.ipynb", "[]"), null);
  });
  it("a comment silences its rule on its line or the next, and no other", () => {
    const with_ = (comment: string): string => BAD.replace("    w = 1", `    ${comment}\n    w = 1`);
    assert.deepEqual(lintFile("x.py", with_("# run-doctor: ignore L2")), []);
    assert.deepEqual(lintFile("x.py", with_("# run-doctor: ignore")), []);
    assert.equal(lintFile("x.py", with_("# run-doctor: ignore L3, L4"))?.length, 1);
    assert.deepEqual(lintFile("x.py", BAD.replace("+ 1e-5)", "+ 1e-5)  # run-doctor: ignore L3, L2")), []);
  });
  it("every rule has its page", () => {
    for (const { id, name } of RULES) {
      assert.ok(existsSync(join(root, pageOf(id))), id);
      assert.ok(readFileSync(join(root, pageOf(id)), "utf8").startsWith(`# ${id}: ${name}\n`), `${id}: ${name}`);
    }
  });
});

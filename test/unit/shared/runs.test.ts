/** Whole runs with their ground truth in ../shared/runs, where they exist: the built program must agree with all of it. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { built, ROOT } from "../engine/support";

const SHARED = join(ROOT, "..", "shared");
const TRUTH = join(SHARED, "check", "truth.mjs");
const RUNS = join(SHARED, "runs");

if (existsSync(TRUTH) && existsSync(RUNS)) {
  describe("runs with ground truth", function () {
    this.timeout(600_000);

    it("agree with it, in every epoch, tensor, series and symptom", async () => {
      const cli = join(await built(), "cli.js");
      const child = spawn(process.execPath, [TRUTH, RUNS, "--", process.execPath, cli, "inspect"], { stdio: ["ignore", "pipe", "pipe"] });
      let said = "";
      for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text: string) => (said += text));
      const code = await new Promise((resolve) => child.once("close", resolve));
      assert.equal(code, 0, said);
    });
  });
}

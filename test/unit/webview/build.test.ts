import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import type { BuildOptions } from "esbuild";

describe("the pages' bundles", () => {
  it("run under the strictest policy: one script and one style sheet each, no code from text, no markup from text, no address", async () => {
    const { webviewBuild } = (await import(pathToFileURL(join(process.cwd(), "webview", "build.mjs")).href)) as { webviewBuild: (production: boolean) => BuildOptions };
    const out = await build({ ...webviewBuild(true), write: false });
    const files = new Map(out.outputFiles.map((f) => [f.path.replace(/\\/g, "/").replace(/.*\/dist\//, ""), f.text]));
    assert.deepEqual([...files.keys()].sort(), ["webview/losses.css", "webview/losses.js", "webview/run.css", "webview/run.js"]);
    for (const page of ["run", "losses"]) {
      const script = files.get(`webview/${page}.js`)!;
      for (const forbidden of [/\beval\(/, /new Function\b/, /innerHTML/, /insertAdjacentHTML/, /document\.write/, /\bfetch\(/, /XMLHttpRequest/, /setAttribute\("style"/]) assert.ok(!forbidden.test(script), `${page}: ${String(forbidden)}`);
      assert.ok(!/url\(|@import|https?:/.test(files.get(`webview/${page}.css`)!));
      assert.ok(script.length < 600_000);
    }
  });
});

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { simd } from "../../scripts/lib/simd.mjs";

const src = join(process.cwd(), "src");
const CORE = ["run", "read", "measure", "diagnose", "lint", "report", "protocol"];

function filesOf(room: string): string[] {
  return readdirSync(join(src, room), { recursive: true })
    .map((name) => join(src, room, String(name)))
    .filter((path) => path.endsWith(".ts"));
}

describe("the core", () => {
  it("bundles without vscode and without Node", async () => {
    // platform "neutral" resolves neither node: modules nor vscode, so that an import of one fails the bundle.
    const result = await build({
      entryPoints: CORE.flatMap(filesOf),
      outdir: "out/core",
      write: false,
      bundle: true,
      platform: "neutral",
      mainFields: ["module", "main"],
      format: "esm",
      plugins: [simd(process.cwd())],
      logLevel: "silent",
      metafile: true,
    });
    assert.equal(result.errors.length, 0);
    const outside = Object.values(result.metafile.inputs).flatMap((input) => input.imports.filter((i) => i.external === true).map((i) => i.path));
    assert.deepEqual(outside, []);
  });
});

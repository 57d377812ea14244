// Writes the pages of docs that are made of the code: docs/losses.md. `npm test` says when one is out of date.
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { build } from "esbuild";
import { root } from "./lib/run.mjs";

const out = join(root, ".cache", "docs.cjs");
await build({ entryPoints: [join(root, "src", "losses", "markdown.ts")], bundle: true, platform: "node", format: "cjs", outfile: out, logLevel: "warning" });
writeFileSync(join(root, "docs", "losses.md"), createRequire(import.meta.url)(out).lossesMarkdown());

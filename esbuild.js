// Bundles the extension, the terminal program, the worker and the pages: `node esbuild.js [--production] [--watch]`.
const esbuild = require("esbuild");
const { existsSync } = require("node:fs");
const { join } = require("node:path");

const production = process.argv.includes("--production");
const watch = process.argv.includes("--watch");

const node = {
  bundle: true,
  platform: "node",
  format: "cjs",
  target: "node20",
  outdir: "dist",
  minify: production,
  sourcemap: production ? false : "linked",
  legalComments: "none",
  logLevel: "warning",
};

/** One context for what Node runs, one for the pages. */
async function configurations() {
  const all = [
    { ...node, entryPoints: { extension: "src/extension.ts", worker: "src/engine/worker.ts" }, external: ["vscode"] },
    { ...node, entryPoints: { cli: "src/cli.ts" }, banner: { js: "#!/usr/bin/env node" } },
  ];
  const pages = join(__dirname, "webview", "build.mjs");
  if (existsSync(pages)) all.push((await import(pages)).webviewBuild(production));
  return all;
}

async function main() {
  const contexts = await Promise.all((await configurations()).map((options) => esbuild.context(options)));
  if (watch) {
    await Promise.all(contexts.map((context) => context.watch()));
    console.log("watching");
    return;
  }
  await Promise.all(contexts.map((context) => context.rebuild()));
  await Promise.all(contexts.map((context) => context.dispose()));
}

main().catch((error) => {
  console.error(error.message ?? error);
  process.exit(1);
});

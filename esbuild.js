// Bundles the extension, the terminal program, the worker and the pages: `node esbuild.js [--production] [--watch]`.
// `--out FOLDER`: what Node runs alone, into another folder (tests build their own).
const esbuild = require("esbuild");
const { copyFileSync, mkdirSync } = require("node:fs");
const { join } = require("node:path");

const production = process.argv.includes("--production");
const watch = process.argv.includes("--watch");
const out = process.argv.includes("--out") ? process.argv[process.argv.indexOf("--out") + 1] : null;

const node = {
  bundle: true,
  platform: "node",
  format: "cjs",
  target: "node20",
  // import() becomes require(): scripts started by the launcher know no other.
  supported: { "dynamic-import": false },
  absWorkingDir: __dirname,
  outdir: out ?? "dist",
  minify: production,
  sourcemap: production ? false : "linked",
  legalComments: "none",
  logLevel: "warning",
};

/** HDF5's library is 5 MB and most runs do without it: it lies in a file of its own, loaded when it is needed. */
const libraryApart = {
  name: "library-apart",
  setup(build) {
    build.onResolve({ filter: /^h5wasm$/ }, (args) => (args.kind === "entry-point" ? null : { path: "./hdf5library.js", external: true }));
  },
};

/** The rules of `run-doctor lint` and the losses are no business of `inspect`, which would compile them with every start. */
const lintApart = {
  name: "lint-apart",
  setup(build) {
    build.onResolve({ filter: /\/terminalLint$/ }, (args) => (args.kind === "dynamic-import" ? { path: "./lint.js", external: true } : null));
    build.onResolve({ filter: /\/terminalLosses$/ }, (args) => (args.kind === "dynamic-import" ? { path: "./losses.js", external: true } : null));
  },
};

/** What the trial reads beside its script: WebAssembly of TensorFlow.js, and the toy set with its licence. */
const trialAssets = {
  name: "trial-assets",
  setup(build) {
    build.onEnd(() => {
      const wasm = join(__dirname, "node_modules", "@tensorflow", "tfjs-backend-wasm", "dist");
      const to = join(build.initialOptions.outdir, "trial");
      mkdirSync(to, { recursive: true });
      for (const name of ["tfjs-backend-wasm.wasm", "tfjs-backend-wasm-simd.wasm"]) copyFileSync(join(wasm, name), join(to, name));
      for (const name of ["digits.bin", "digits.md"]) copyFileSync(join(__dirname, "media", "trial", name), join(to, name));
    });
  },
};

/** One context for what Node runs, one for the pages. */
async function configurations() {
  const { simd } = await import("./scripts/lib/simd.mjs");
  const kernels = simd(__dirname);
  const all = [
    { ...node, entryPoints: { extension: "src/extension.ts", worker: "src/engine/worker.ts", lossesWorker: "src/engine/losses/lossesWorker.ts" }, external: ["vscode"], plugins: [libraryApart, kernels] },
    { ...node, entryPoints: { terminal: "src/terminal.ts", lint: "src/terminalLint.ts", losses: "src/terminalLosses.ts", lintWorker: "src/engine/lint/lintWorker.ts", tensors: "src/engine/tensorWorker.ts" }, plugins: [libraryApart, lintApart, kernels] },
    // TensorFlow.js as modules, of which the bundle keeps what is used. node-fetch would fetch models, which are none here.
    { ...node, entryPoints: { trial: "src/engine/losses/trialWorker.ts" }, mainFields: ["module", "main"], external: ["node-fetch"], plugins: [libraryApart, kernels, trialAssets] },
    { ...node, entryPoints: { cli: "src/cli.ts" }, banner: { js: "#!/usr/bin/env node" } },
    { ...node, entryPoints: { hdf5library: "h5wasm" } },
  ];
  if (out === null) all.push((await import(join(__dirname, "webview", "build.mjs"))).webviewBuild(production));
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

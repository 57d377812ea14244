// How the page of a run is bundled: dist/webview/run.js (an ES module, needs a script nonce) and dist/webview/run.css.
import { fileURLToPath } from "node:url";

/**
 * Options for esbuild.
 * @param {boolean} production minify, no source maps
 * @returns {import("esbuild").BuildOptions}
 */
export function webviewBuild(production) {
  return {
    absWorkingDir: fileURLToPath(new URL("..", import.meta.url)),
    entryPoints: [
      { in: "webview/main.ts", out: "run" },
      { in: "webview/page.css", out: "run" },
    ],
    outdir: "dist/webview",
    bundle: true,
    platform: "browser",
    format: "esm",
    target: "chrome122",
    minify: production,
    sourcemap: production ? false : "linked",
    legalComments: "none",
    logLevel: "warning",
  };
}

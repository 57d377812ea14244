// How the pages are bundled: dist/webview/run.js and losses.js (ES modules, need a script nonce), run.css and losses.css.
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
      { in: "webview/losses/main.ts", out: "losses" },
      { in: "webview/losses/losses.css", out: "losses" },
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

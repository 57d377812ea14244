// Runs test/host inside a real VS Code: `node scripts/host.mjs [--desktop]`.
// The desktop one where `code` is on the path and --desktop is given, else one served on 127.0.0.1 and opened in Chromium.
// Both run the same entry, out/host/index.js. Exit code 1 when a test fails, none ran, or VS Code cannot be had.
import { cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { openBrowser } from "./lib/browser.mjs";
import { onPath, root } from "./lib/run.mjs";
import { folderUrl, remoteUri, startServer } from "./lib/served.mjs";

const LIMIT = 240_000; // milliseconds for all host tests

await build({
  entryPoints: [join(root, "test", "host", "index.ts")],
  outdir: join(root, "out", "host"),
  bundle: true,
  platform: "node",
  format: "cjs",
  target: "node20",
  sourcemap: "inline",
  external: ["vscode", "mocha"],
  logLevel: "warning",
});

// A copy, so that tests may append to runs and write workspace settings.
const workspace = mkdtempSync(join(tmpdir(), "run-doctor-workspace-"));
cpSync(join(root, "examples"), workspace, { recursive: true, preserveTimestamps: true });
process.env.RUN_DOCTOR_WORKSPACE = workspace;
process.env.RUN_DOCTOR_ROOT = root;
const tests = join(root, "out", "host", "index.js");
try {
  if (process.argv.includes("--desktop")) process.exitCode = await desktop();
  else {
    const trusted = await served({ "security.workspace.trust.enabled": false });
    // Once more as a stranger's workspace opens: restricted, since nobody has said that it is trusted.
    process.env.RUN_DOCTOR_RESTRICTED = "1";
    const restricted = await served({ "security.workspace.trust.startupPrompt": "never", "security.workspace.trust.banner": "never" });
    process.exitCode = trusted || restricted;
  }
} finally {
  rmSync(workspace, { recursive: true, force: true });
}

async function desktop() {
  const code = onPath("code");
  if (!code) throw new Error("host: --desktop needs VS Code's `code` on the path");
  const { runTests } = await import("@vscode/test-electron");
  return runTests({ vscodeExecutablePath: code, extensionDevelopmentPath: root, extensionTestsPath: tests, launchArgs: [workspace, "--disable-extensions"] });
}

async function served(settings) {
  if (!existsSync(tests)) throw new Error("host: the tests were not bundled");
  const server = await startServer({ driver: true, settings });
  const browser = await openBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    const ended = new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`host: no result after ${LIMIT / 1000} s`)), LIMIT);
      page.exposeFunction("codeAutomationExit", (code) => {
        clearTimeout(timer);
        resolve(code);
      });
      page.on("crash", () => reject(new Error("host: the page crashed")));
    });
    // What the tests print; VS Code's own warnings (no gallery to reach, say) are not theirs.
    await page.exposeFunction("codeAutomationLog", (type, args) => {
      if (type === "info" && !String(args[0]).startsWith("[")) console.log(...args);
    });
    const payload = [
      ["extensionDevelopmentPath", remoteUri(server, root.replace(/\/$/, ""))],
      ["extensionTestsPath", remoteUri(server, tests)],
      ["skipWelcome", "true"],
    ];
    await page.goto(folderUrl(server, workspace, payload));
    return await ended;
  } finally {
    await browser.close();
    await server.stop();
  }
}

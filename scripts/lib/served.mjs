// A real VS Code, served on 127.0.0.1: the server of code-server's npm package under a Node of its own.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cache, freePort, must, needProgram } from "./run.mjs";

const SERVER = "code-server@4.139.1"; // VS Code 1.139.1
const NODE_MAJOR = 24; // the server's own; under older ones it ends with a SyntaxError

/** Fetches and builds the server once; gives the paths of its Node and of its entry. */
export function needServer() {
  const folder = join(cache, "vscode");
  const node = join(folder, "node", "bin", "node");
  const entry = join(folder, "server", "out", "server-main.js");
  if (existsSync(join(folder, "ready"))) return { node, entry };
  if (process.platform !== "linux" || !["x64", "arm64"].includes(process.arch)) {
    throw new Error(`the served VS Code is fetched for Linux on x64 or arm64 alone, not ${process.platform} on ${process.arch}: put VS Code's \`code\` on the path instead`);
  }
  needProgram(["g++"], ["g++"]);
  needProgram(["make"], ["make"]);
  needProgram(["python3"], ["python3"]);
  console.log("fetching VS Code (once, about a minute)");
  const making = `${folder}.making-${process.pid}`;
  rmSync(making, { recursive: true, force: true });
  mkdirSync(making, { recursive: true });
  try {
    unpack(making, `node-linux-${process.arch}@${NODE_MAJOR}`, "node", []);
    unpack(making, SERVER, "server", ["package/lib/vscode"], 3);
    const server = join(making, "server");
    const npmEnv = { ...process.env, npm_config_nodedir: join(making, "node"), PATH: `${join(making, "node", "bin")}:${process.env.PATH}` };
    must("npm", ["install", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: server, env: npmEnv });
    must("npm", ["rebuild", "@vscode/spdlog", "@vscode/native-watchdog", "--ignore-scripts=false"], { cwd: server, env: npmEnv });
    writeFileSync(join(making, "ready"), "");
    rmSync(folder, { recursive: true, force: true });
    renameSync(making, folder);
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
  return { node, entry };
}

function unpack(into, spec, name, only, strip = 1) {
  must("npm", ["pack", spec, "--silent", "--ignore-scripts"], { cwd: into });
  const archive = readdirSync(into).find((file) => file.endsWith(".tgz"));
  if (!archive) throw new Error(`npm pack ${spec} gave no archive`);
  mkdirSync(join(into, name), { recursive: true });
  must("tar", ["xzf", archive, "-C", name, `--strip-components=${strip}`, ...only], { cwd: into });
  rmSync(join(into, archive));
}

/** Settings without which a first start shows something other than the workspace. */
export const QUIET_SETTINGS = {
  "files.autoSave": "off",
  "chat.disableAIFeatures": true,
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
  "git.openRepositoryInParentFolders": "never",
  "telemetry.telemetryLevel": "off",
  "extensions.autoUpdate": false,
  "extensions.autoCheckUpdates": false,
  "update.mode": "none",
};

/**
 * Starts the server. `extensionFolder`: a built source folder to run as an installed extension; `driver`: for host tests.
 * Resolves once it listens; `stop` ends it and removes its folders.
 */
export async function startServer({ settings = {}, extensionFolder = null, vsix = null, driver = false, port = null }) {
  const { node, entry } = needServer();
  const home = mkdtempSync(join(tmpdir(), "run-doctor-vscode-"));
  const data = join(home, "data");
  const extensions = join(home, "extensions");
  const sockets = join(home, "run");
  for (const folder of [join(data, "data", "User"), extensions, sockets]) mkdirSync(folder, { recursive: true });
  writeFileSync(join(data, "data", "User", "settings.json"), JSON.stringify({ ...QUIET_SETTINGS, ...settings }));
  if (extensionFolder !== null) {
    const { publisher, name, version } = JSON.parse(must("cat", [join(extensionFolder, "package.json")]));
    writeFileSync(
      join(extensions, "extensions.json"),
      JSON.stringify([{ identifier: { id: `${publisher}.${name}` }, version, location: { $mid: 1, path: extensionFolder.replace(/\/$/, ""), scheme: "file" }, metadata: {} }]),
    );
  }
  const env = { ...process.env, XDG_RUNTIME_DIR: sockets, NODE_OPTIONS: "" };
  const common = ["--server-data-dir", data, "--extensions-dir", extensions, "--accept-server-license-terms", "--telemetry-level", "off"];
  if (vsix !== null) must(node, [entry, ...common, "--install-extension", vsix], { env });
  const at = port ?? (await freePort());
  const child = spawn(node, [entry, "--host", "127.0.0.1", "--port", String(at), "--without-connection-token", ...common, ...(driver ? ["--enable-smoke-test-driver"] : [])], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true, // so that it can be ended with all its children
  });
  let said = "";
  await new Promise((resolve, reject) => {
    const listen = (chunk) => {
      said += chunk;
      if (/Extension host agent listening on|Web UI available at/.test(said)) resolve();
    };
    child.stdout.on("data", listen);
    child.stderr.on("data", listen);
    child.on("error", reject);
    child.on("exit", (code) => reject(new Error(`VS Code's server ended with exit code ${code}:\n${said}`)));
  });
  const url = `http://127.0.0.1:${at}/`;
  return {
    url,
    logs: join(data, "data", "logs"),
    data,
    said: () => said,
    async stop() {
      child.removeAllListeners("exit");
      const gone = new Promise((resolve) => child.once("exit", resolve));
      try {
        process.kill(-child.pid, "SIGTERM");
      } catch {
        return; // ended by itself
      }
      const timer = setTimeout(() => process.kill(-child.pid, "SIGKILL"), 5000);
      await gone;
      clearTimeout(timer);
      rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}

/** The address that opens a folder, or a workspace with a test run in it. */
export function folderUrl(server, folder, payload = []) {
  const query = new URLSearchParams({ folder });
  if (payload.length > 0) query.set("payload", JSON.stringify(payload));
  return `${server.url}?${query}`;
}

/** file paths as the page names them on the server. */
export function remoteUri(server, path) {
  return `vscode-remote://${new URL(server.url).host}${path}`;
}

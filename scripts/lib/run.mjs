// Small helpers that the scripts share: running commands, saying in one line what is missing.
import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));
export const cache = join(root, ".cache");

/** Says one line and ends. */
export function fail(line) {
  console.error(line);
  process.exit(1);
}

/** Runs a command to its end; its output is shown only when it fails. */
export function must(command, args, options = {}) {
  const ran = spawnSync(command, args, { encoding: "utf8", maxBuffer: 1 << 28, ...options });
  if (ran.error) throw new Error(`${command}: ${ran.error.message}`);
  if (ran.status !== 0) throw new Error(`${command} ${args.join(" ")}: exit code ${ran.status ?? ran.signal}\n${(ran.stdout ?? "") + (ran.stderr ?? "")}`.trimEnd());
  return ran.stdout ?? "";
}

/** Runs a command with its output shown; resolves with its exit code. */
export function show(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ["ignore", "inherit", "inherit"], cwd: root, ...options });
    child.on("error", reject);
    child.on("exit", (code, signal) => resolve(signal ? 1 : (code ?? 1)));
  });
}

export function onPath(...names) {
  for (const name of names) {
    for (const folder of (process.env.PATH ?? "").split(":")) {
      if (folder !== "" && existsSync(join(folder, name))) return join(folder, name);
    }
  }
  return null;
}

/** Installs Debian packages when a program they bring is missing; elsewhere says what is needed. */
export function needProgram(names, packages) {
  const there = onPath(...names);
  if (there) return there;
  const asRoot = process.getuid?.() === 0 ? [] : onPath("sudo") ? ["sudo", "-n"] : null;
  if (!onPath("apt-get") || asRoot === null) fail(`${names[0]} is missing: install it (on Debian: apt-get install ${packages.join(" ")}) and try again`);
  console.log(`installing ${packages.join(" ")}`);
  const apt = (...args) => {
    const [command, ...rest] = [...asRoot, "apt-get", ...args];
    must(command, rest, { env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } });
  };
  try {
    apt("install", "-y", "--no-install-recommends", ...packages);
  } catch {
    apt("update");
    apt("install", "-y", "--no-install-recommends", ...packages);
  }
  return onPath(...names) ?? fail(`${packages.join(" ")} was installed, yet ${names[0]} is not on the path`);
}

/** The packages of the lockfile, installed when they are not. */
export function needPackages() {
  const major = Number(process.versions.node.split(".")[0]);
  if (major < 20) fail(`Node ${process.versions.node} is too old: Run Doctor is built with Node 20 or newer`);
  if (existsSync(join(root, "node_modules", ".package-lock.json"))) return;
  console.log("installing packages");
  must("npm", ["ci", "--no-audit", "--no-fund"], { cwd: root });
}

/** A free port on this machine. */
export async function freePort() {
  const { createServer } = await import("node:net");
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

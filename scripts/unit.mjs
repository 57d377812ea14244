// Bundles test/unit/**/*.test.ts and runs them in mocha: `node scripts/unit.mjs [FILTER]`
// (FILTER: part of a path). Exit code 1 when a test fails or none ran.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { simd } from "./lib/simd.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const filter = process.argv[2] ?? "";
const from = join(root, "test", "unit");
const tests = readdirSync(from, { recursive: true })
  .map((name) => join(from, String(name)))
  .filter((path) => path.endsWith(".test.ts") && relative(root, path).includes(filter))
  .sort();
if (tests.length === 0) {
  console.error(`unit: no test file matches ${JSON.stringify(filter)}`);
  process.exit(1);
}
// One folder per process: several runs may go on side by side.
const out = join(root, "out", `unit-${process.pid}`);
mkdirSync(out, { recursive: true });
try {
  await build({
    entryPoints: tests,
    outdir: out,
    outbase: from,
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    sourcemap: "inline",
    packages: "external",
    plugins: [simd(root)],
    logLevel: "warning",
    // Tests find fixtures from the project's root, wherever the bundle lies.
    define: { "import.meta.url": JSON.stringify("file://" + join(from, "bundle.ts")) },
  });
  const reporter = join(root, "scripts", "lib", "reporter.cjs");
  const args = ["--recursive", "--timeout", "60000", "--extension", "js"];
  if (process.env.RUN_DOCTOR_COUNTS && existsSync(reporter)) args.push("--reporter", reporter);
  const ran = spawnSync(process.execPath, ["--enable-source-maps", join(root, "node_modules", "mocha", "bin", "mocha.js"), ...args, out], {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
  });
  process.exitCode = ran.status ?? 1;
} finally {
  rmSync(out, { recursive: true, force: true });
}

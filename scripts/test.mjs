// All checks: `npm test`. Installs what is missing, runs every kind of test, and ends with `N passed, N failed`.
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { needPackages, root, show } from "./lib/run.mjs";

needPackages();

const scratch = mkdtempSync(join(tmpdir(), "run-doctor-test-"));
const counts = join(scratch, "counts.jsonl");
const env = { ...process.env, RUN_DOCTOR_COUNTS: counts };
const bin = (name) => join(root, "node_modules", ".bin", name);
let passed = 0;
let failed = 0;

/** A step that is one check of its own. */
async function check(name, command, args) {
  console.log(`\n> ${name}`);
  const code = await show(command, args, { env });
  if (code === 0) passed++;
  else failed++;
  return code === 0;
}

/** A step whose tests count one by one; it must have run at least one. */
async function suite(name, command, args) {
  console.log(`\n> ${name}`);
  rmSync(counts, { force: true });
  const code = await show(command, args, { env });
  const runs = existsSync(counts) ? readFileSync(counts, "utf8").trim().split("\n").filter(Boolean).map((line) => JSON.parse(line)) : [];
  const sum = (key) => runs.reduce((n, run) => n + run[key], 0);
  passed += sum("passed");
  failed += sum("failed");
  if (sum("passed") + sum("failed") === 0 || (code !== 0 && sum("failed") === 0)) {
    console.error(`${name}: ${runs.length === 0 ? "ran no test" : `ended with exit code ${code}`}`);
    failed++;
  }
}

try {
  await check("types", bin("tsc"), ["--noEmit", "-p", "."]);
  await check("lint", bin("eslint"), ["."]);
  const built = await check("build", process.execPath, ["esbuild.js", "--production"]);
  await suite("unit", process.execPath, ["scripts/unit.mjs"]);
  if (built) {
    await check("examples against their ground truth", process.execPath, ["scripts/truth.mjs", "examples", "--truth", "test/truth", "--", process.execPath, "dist/cli.js", "inspect"]);
    await check("package", process.execPath, ["scripts/package.mjs", "--no-build"]);
    await suite("in VS Code", process.execPath, ["scripts/host.mjs"]);
    await suite("as a user", process.execPath, ["scripts/e2e.mjs"]);
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;

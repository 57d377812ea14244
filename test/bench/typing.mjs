// "typing": types into a file of 2,000 lines with several losses and takes the time from each edit until its findings are back from the worker:
// node typing.mjs MONAI_FOLDER. The file: MONAI's losses, one after another; the worker reads what they import.
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const EDITS = 200;
const LINES = 2000;
const TYPED = "abcdefghijklmnopqrstuvwxyz0123456789_ .,()[]=+*:\"'#\n";
const root = fileURLToPath(new URL("../..", import.meta.url));
const [folder] = process.argv.slice(2);
const losses = join(folder, "monai", "losses");
const bundle = join(root, "out", `typing-${process.pid}.cjs`);
await build({ entryPoints: [join(root, "src", "engine", "lint", "lintThread.ts")], outfile: bundle, bundle: true, platform: "node", format: "cjs", target: "node20", logLevel: "warning" });
const { default: doctor } = await import(bundle);
const thread = new doctor.LintThread(join(root, "dist", "lintWorker.js"), { folders: [folder] });
try {
  const parts = readdirSync(losses).filter((name) => name.endsWith(".py") && name !== "__init__.py").sort().map((name) => readFileSync(join(losses, name), "utf8"));
  const text = parts.join("\n").split("\n").slice(0, LINES).join("\n");
  const key = join(losses, "joined.py");
  const alive = setInterval(() => {}, 1000); // the thread alone keeps no program alive
  thread.open(key, 0, text);
  const begun = performance.now();
  const first = await thread.check(key, 0);
  const opened = performance.now() - begun;
  // One cursor's edits are near each other: it moves to another place after ten.
  for (const where of ["anywhere", "in one place"]) {
    thread.open(key, 0, text);
    await thread.check(key, 0);
    report(where, await typed(key, text.length, where === "anywhere" ? 1 : 10));
  }
  clearInterval(alive);
  console.log(`  opened       ${opened.toFixed(0)} ms with the start of the worker; ${first.losses.length} losses in ${LINES} lines`);
} finally {
  await thread.dispose();
  rmSync(bundle, { force: true });
}

async function typed(key, length, stay) {
  let seed = 1;
  const next = (n) => (seed = (Math.imul(seed, 1103515245) + 12345) >>> 1) % n;
  const times = [];
  let at = 0;
  for (let version = 1; version <= EDITS; version++) {
    at = (version - 1) % stay === 0 ? next(length) : at + 1;
    const gone = next(4) === 0 ? 1 : 0;
    const text = gone === 1 ? "" : TYPED[next(TYPED.length)];
    const start = performance.now();
    thread.edit(key, version, [{ from: at, to: at + gone, text }]);
    if ((await thread.check(key, version)) === null) throw new Error("typing: no answer");
    times.push(performance.now() - start);
    length += text.length - gone;
  }
  return times.sort((a, b) => a - b);
}

function report(where, times) {
  const at = (share) => times[Math.floor(share * (times.length - 1))].toFixed(1);
  console.log(`  ${where.padEnd(12)} ${at(0.5)} ms median, ${at(0.95)} ms 95th percentile, ${at(1)} ms at most, of ${EDITS} edits until their findings are back`);
}

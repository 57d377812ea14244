// Runs what the quick fixes make of bad snippets under real Keras and PyTorch and compares with independent references, and the code of
// every loss that can be copied: `npm run conformance [-- RULE… | -- losses [PART OF A NAME…]]`
// Makes a Python environment in .cache/conformance (torch for CPUs, keras, tensorflow and jax, the newest), or takes the interpreter that PYTHON
// names (several, one for each framework, separated by a path separator). Vectors of real libraries come from ../shared/conformance where it is
// there. Exit code 1 when a fixed loss is not what its reference says. How cases are written: test/conformance/README.md.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const cache = join(root, ".cache", "conformance");
mkdirSync(cache, { recursive: true });

function must(command, ...args) {
  const ran = spawnSync(command, args, { stdio: ["ignore", "inherit", "inherit"] });
  if (ran.status !== 0) throw new Error(`${command} ${args.join(" ")}: ${ran.error?.message ?? `exit code ${ran.status}`}`);
}

/** An environment of its own, made once. */
function environment() {
  const folder = join(cache, "venv");
  const python = process.platform === "win32" ? join(folder, "Scripts", "python.exe") : join(folder, "bin", "python");
  if (!existsSync(join(folder, "ready"))) {
    console.log("conformance: making a Python environment in .cache/conformance (once; some minutes)");
    if (!existsSync(python)) must(process.platform === "win32" ? "python" : "python3", "-m", "venv", folder);
    must(python, "-m", "pip", "install", "--quiet", "--upgrade", "pip");
    // PyTorch's own index has it without CUDA, a tenth of the size; where it cannot be reached the registry's will do.
    const small = spawnSync(python, ["-m", "pip", "install", "--quiet", "--retries", "1", "--timeout", "15", "torch", "--index-url", "https://download.pytorch.org/whl/cpu"], { stdio: "ignore" });
    if (small.status !== 0) must(python, "-m", "pip", "install", "--quiet", "torch");
    must(python, "-m", "pip", "install", "--quiet", "numpy", "keras", process.platform === "linux" && process.arch === "x64" ? "tensorflow-cpu" : "tensorflow", "jax", "monai");
    writeFileSync(join(folder, "ready"), "");
  }
  return [python];
}

let pythons;
try {
  pythons = process.env.PYTHON ? process.env.PYTHON.split(delimiter) : environment();
} catch (error) {
  console.error(`conformance: ${error.message}`);
  process.exit(1);
}

const environmentOf = { ...process.env, TF_CPP_MIN_LOG_LEVEL: "3", CUDA_VISIBLE_DEVICES: "", TF_ENABLE_ONEDNN_OPTS: "0", PYTHONDONTWRITEBYTECODE: "1" };
const shared = join(root, "..", "shared", "conformance");
const vectors = existsSync(join(shared, "reference_vectors.json")) ? shared : "";
console.log(vectors === "" ? "conformance: ../shared/conformance is not there: inputs from formulas only, no vectors of real libraries" : "conformance: vectors of ../shared/conformance");

/** What a module of test/conformance exports. */
async function bundled(name) {
  const outfile = join(cache, `${name}.cjs`);
  await build({ entryPoints: [join(root, "test", "conformance", `${name}.ts`)], outfile, bundle: true, platform: "node", format: "cjs", target: "node20", logLevel: "warning" });
  return createRequire(import.meta.url)(outfile);
}

function run(script, ...args) {
  const ran = spawnSync(pythons[0], [join(root, "test", "conformance", script), ...args], { stdio: "inherit", env: environmentOf });
  if (ran.error !== undefined) console.error(`conformance: ${ran.error.message}`);
  return ran.status ?? 1;
}

/** Fixed snippets of these rules; of all when none is named. */
async function fixes(rules) {
  const { fixedSnippets } = await bundled("snippets");
  const fixed = join(cache, "fixed.json");
  writeFileSync(fixed, JSON.stringify(fixedSnippets()));
  return run("run.py", fixed, vectors, pythons.join(delimiter), ...rules);
}

/** The copied code of losses whose names hold one of these words; of all when none is given. */
async function losses(words) {
  const { lossCodes } = await bundled("lossCode");
  const codes = lossCodes(vectors === "" ? null : JSON.parse(readFileSync(join(vectors, "reference_vectors.json"), "utf8")));
  for (const line of codes.none) console.log(`no code  ${line}`);
  const file = join(cache, "losses.json");
  writeFileSync(file, JSON.stringify(codes));
  return run("loss_code.py", file, pythons.join(delimiter), ...words);
}

const [first, ...rest] = process.argv.slice(2);
const statuses = first === "losses" ? [await losses(rest)] : first !== undefined ? [await fixes([first, ...rest])] : [await fixes([]), await losses([])];
process.exitCode = Math.max(...statuses);

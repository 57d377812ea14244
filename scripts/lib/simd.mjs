// Compiles the kernels in src/measure/simd (AssemblyScript) to WebAssembly: a plugin for esbuild that gives their bytes to whoever
// imports "./simd/kernels.wasm". What was compiled before is kept in .cache.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

const FLAGS = ["-O3", "--runtime", "stub", "--noAssert", "--enable", "simd", "--initialMemory", "16", "--maximumMemory", "16"];

/** `root`: the project's folder. */
export function simd(root) {
  return {
    name: "simd",
    setup(build) {
      build.onResolve({ filter: /\/kernels\.wasm$/ }, (args) => ({ path: join(args.resolveDir, args.path), namespace: "simd" }));
      build.onLoad({ filter: /.*/, namespace: "simd" }, async ({ path }) => {
        const source = path.replace(/\.wasm$/, ".ts");
        return { contents: await compiled(root, readFileSync(source, "utf8")), loader: "binary", watchFiles: [source], resolveDir: dirname(source) };
      });
    },
  };
}

async function compiled(root, text) {
  const { version } = JSON.parse(readFileSync(join(root, "node_modules", "assemblyscript", "package.json"), "utf8"));
  const key = createHash("sha256").update(JSON.stringify([version, FLAGS, text])).digest("hex").slice(0, 24);
  const kept = join(root, ".cache", "simd", `${key}.wasm`);
  try {
    return readFileSync(kept);
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
  }
  const bytes = await compile(root, text);
  mkdirSync(dirname(kept), { recursive: true });
  writeFileSync(`${kept}.${process.pid}`, bytes);
  renameSync(`${kept}.${process.pid}`, kept);
  return bytes;
}

async function compile(root, text) {
  const { default: asc } = await import(pathToFileURL(join(root, "node_modules", "assemblyscript", "dist", "asc.js")).href);
  let bytes = null;
  const { error, stderr } = await asc.main(["kernels.ts", "--outFile", "kernels.wasm", ...FLAGS], {
    readFile: (name) => (name === "kernels.ts" ? text : null),
    writeFile: (_, contents) => (bytes = contents),
    listFiles: () => [],
  });
  if (error || bytes === null) throw new Error(`AssemblyScript: ${error?.message ?? "gave nothing"}\n${stderr.toString()}`);
  return bytes;
}

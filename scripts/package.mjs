// Makes run-doctor-VERSION.vsix: `npm run package [-- --no-build]`. It needs no node_modules; it stays under 10 MB.
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fail, must, needPackages, root } from "./lib/run.mjs";

const LIMIT = 10 * 1024 * 1024;

needPackages();
if (!process.argv.includes("--no-build")) must(process.execPath, ["esbuild.js", "--production"], { cwd: root });
const { name, version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const vsix = join(root, "out", `${name}-${version}.vsix`);
must("mkdir", ["-p", join(root, "out")]);
must(join(root, "node_modules", ".bin", "vsce"), ["package", "--no-dependencies", "--allow-missing-repository", "--no-rewrite-relative-links", "--skip-license", "--out", vsix], { cwd: root });
const { size } = statSync(vsix);
if (size > LIMIT) fail(`${vsix} has ${size} bytes, more than ${LIMIT}`);
console.log(`out/${name}-${version}.vsix: ${(size / 1e6).toFixed(2)} MB`);

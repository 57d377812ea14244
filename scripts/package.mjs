// Makes run-doctor-VERSION.vsix: `npm run package [-- --no-build]`. It needs no node_modules; it stays under 10 MB.
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fail, must, needPackages, root } from "./lib/run.mjs";

const LIMIT = 10 * 1024 * 1024;
/** Packages whose code the bundles hold. */
const BUNDLED = ["h5wasm", "chart.js", "@kurkle/color", "fflate", "@lezer/python", "@lezer/lr", "@lezer/common", "@lezer/highlight", "@tensorflow/tfjs-core", "@tensorflow/tfjs-backend-cpu", "@tensorflow/tfjs-backend-wasm", "seedrandom"];
/** Texts of packages that bring none: of another package under the same licence, and of a part of its description. */
const APACHE = ["typescript", "LICENSE.txt"];

needPackages();
if (!process.argv.includes("--no-build")) must(process.execPath, ["esbuild.js", "--production"], { cwd: root });
writeFileSync(join(root, "dist", "NOTICES.txt"), notices());
const { name, version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const vsix = join(root, "out", `${name}-${version}.vsix`);
must("mkdir", ["-p", join(root, "out")]);
must(join(root, "node_modules", ".bin", "vsce"), ["package", "--no-dependencies", "--allow-missing-repository", "--no-rewrite-relative-links", "--skip-license", "--out", vsix], { cwd: root });
const { size } = statSync(vsix);
if (size > LIMIT) fail(`${vsix} has ${size} bytes, more than ${LIMIT}`);
console.log(`out/${name}-${version}.vsix: ${(size / 1e6).toFixed(2)} MB`);

/** Their licences, as the packages bring them. */
function notices() {
  return BUNDLED.map((dependency) => {
    const folder = join(root, "node_modules", dependency);
    const { version: at, license: name } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    return `${dependency} ${at}\n\n${licenceOf(dependency, folder, name).trim()}\n`;
  }).join(`\n${"-".repeat(80)}\n\n`);
}

function licenceOf(dependency, folder, name) {
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  if (file !== undefined) return readFileSync(join(folder, file), "utf8");
  if (name === "Apache-2.0" && dependency.startsWith("@tensorflow/")) return `Copyright Google LLC\n\n${readFileSync(join(root, "node_modules", ...APACHE), "utf8")}`;
  const described = /^License[^\n]*\n-+\n([\s\S]*)/im.exec(readFileSync(join(folder, "README.md"), "utf8"));
  if (described === null) fail(`${dependency} brings no licence text`);
  return described[1];
}

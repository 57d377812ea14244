// Makes run-doctor-VERSION.vsix: `npm run package [-- --no-build]`. It needs no node_modules; it stays under 10 MB.
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fail, must, needPackages, root } from "./lib/run.mjs";

const LIMIT = 10 * 1024 * 1024;
/** Packages whose code the bundles hold. */
const BUNDLED = ["h5wasm", "chart.js", "@kurkle/color", "fflate", "@lezer/python", "@lezer/lr", "@lezer/common", "@lezer/highlight"];

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
    const licence = readdirSync(folder).find((file) => /^licen[cs]e/i.test(file));
    if (licence === undefined) fail(`${dependency} brings no licence text`);
    const { version: at } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    return `${dependency} ${at}\n\n${readFileSync(join(folder, licence), "utf8").trim()}\n`;
  }).join(`\n${"-".repeat(80)}\n\n`);
}

// Runs test/e2e, a user's clicks in a real VS Code: `node scripts/e2e.mjs [FILTER]`. Pictures go to out/pictures.
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { needChromium } from "./lib/browser.mjs";
import { root, show } from "./lib/run.mjs";
import { needServer } from "./lib/served.mjs";

const filter = process.argv[2] ?? "";
const folder = join(root, "test", "e2e");
const files = readdirSync(folder).filter((name) => name.endsWith(".test.mjs") && name.includes(filter)).map((name) => join(folder, name));
if (files.length === 0) {
  console.error(`e2e: no test file matches ${JSON.stringify(filter)}`);
  process.exit(1);
}
needServer();
needChromium();
mkdirSync(join(root, "out", "pictures"), { recursive: true });
const reporter = process.env.RUN_DOCTOR_COUNTS ? ["--reporter", join(root, "scripts", "lib", "reporter.cjs")] : [];
process.exitCode = await show(process.execPath, [join(root, "node_modules", "mocha", "bin", "mocha.js"), "--timeout", "180000", ...(process.env.E2E_BAIL ? ["--bail"] : []), ...reporter, ...files]);

/** Entry of the tests inside VS Code; the desktop one and the served one call run(). */
import Mocha from "mocha";
import { join } from "node:path";

/** Resolves when every test passed; rejects when one failed, or none ran. */
export async function run(): Promise<void> {
  const root = process.env["RUN_DOCTOR_ROOT"];
  if (root === undefined) throw new Error("RUN_DOCTOR_ROOT is not set: start with scripts/host.mjs");
  const counted = process.env["RUN_DOCTOR_COUNTS"] !== undefined;
  const mocha = new Mocha({ ui: "bdd", timeout: 60_000, color: false, reporter: counted ? join(root, "scripts", "lib", "reporter.cjs") : "spec" });
  // The suites call describe() when they are loaded, which must be after this.
  mocha.suite.emit("pre-require", globalThis, "host", mocha);
  if (process.env["RUN_DOCTOR_RESTRICTED"] === "1") await import("./restricted.test");
  else await import("./suites");
  await new Promise<void>((resolve, reject) => {
    const runner = mocha.run((failures) => {
      if (failures > 0) reject(new Error(`${failures} of the host tests failed`));
      else if (runner.total === 0) reject(new Error("no host test ran"));
      else resolve();
    });
  });
}

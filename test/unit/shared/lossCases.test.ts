/** Losses and Dice metrics with their options against the libraries' own test cases. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { close } from "./lossCases/arrays";
import { kerasCase, kerasRelease, monaiCase, niftynetCase, smpCase, torchmetricsCase, type Case, type Runnable } from "./lossCases/losses";

const folder = join(process.cwd(), "..", "shared", "conformance");
const LIBRARIES: Readonly<Record<string, (of: Case) => Runnable | string>> = { monai: monaiCase, keras: kerasCase, niftynet: niftynetCase, smp: smpCase, torchmetrics: torchmetricsCase };

/** Cases that cannot apply: where they come from, and why. */
const EXCLUDED: readonly { readonly library: string; readonly is: (of: Case) => boolean; readonly why: RegExp }[] = [
  { library: "monai", is: (of) => of.test === "test_input_warnings", why: /asks for a warning, not for a value/ },
];

for (const [library, make] of Object.entries(LIBRARIES)) {
  const path = join(folder, `${library}_cases.json`);
  if (!existsSync(path)) continue;
  describe(`losses: cases of ${library}`, () => {
    const cases = JSON.parse(readFileSync(path, "utf8")) as Case[];
    cases.forEach((of, index) => {
      it(`${index}: ${String(of.class ?? of.loss ?? of.path)} ${String(of.test)}`, () => {
        const made = make(of);
        const listed = EXCLUDED.find((e) => e.library === library && e.is(of));
        if (typeof made === "string") {
          assert.ok(listed !== undefined, `cannot apply, and is not listed: ${made}`);
          assert.match(made, listed.why);
          return;
        }
        assert.equal(listed, undefined, "it is listed as one that cannot apply, and applies");
        const got = made.compute();
        for (const { values, relative, absolute } of made.wanted) close(got, values, relative, absolute);
      });
    });
    if (library === "keras") {
      it("where the release differs from the newest, both are known", () => {
        for (const of of cases.filter((c) => c.installed_matches === false)) {
          const made = kerasRelease(of);
          assert.ok(typeof made !== "string");
          close(made.compute(), made.wanted[0]!.values, 1e-5, 2e-6);
        }
      });
    }
  });
}

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { alternatives } from "../../../src/editor/globs";

describe("editor: patterns of files", () => {
  it("are taken apart, so that many make one", () => {
    assert.deepEqual(alternatives("**/*.{keras,h5}"), ["**/*.keras", "**/*.h5"]);
    assert.deepEqual(alternatives("{a,b}/{c,d}"), ["a/c", "a/d", "b/c", "b/d"]);
    assert.deepEqual(alternatives("**/training*.csv"), ["**/training*.csv"]);
    const { activationEvents } = JSON.parse(readFileSync("package.json", "utf8")) as { readonly activationEvents: readonly string[] };
    assert.ok(activationEvents.flatMap(alternatives).every((pattern) => !/[{}]/.test(pattern)));
  });
});

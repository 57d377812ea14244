import assert from "node:assert/strict";
import { pathInside } from "../../../src/engine/inside";
import { shortestLabels } from "../../../src/engine/labels";

describe("names of runs", () => {
  const labels = (...paths: string[]): Record<string, string> => Object.fromEntries(shortestLabels(paths));

  it("are as short as tells them apart", () => {
    assert.deepEqual(labels("/w/a/run", "/w/b/run", "/w/c"), { "/w/a/run": "a/run", "/w/b/run": "b/run", "/w/c": "c" });
    assert.deepEqual(labels("/1/x/run", "/2/x/run", "/2/y/run"), { "/1/x/run": "1/x/run", "/2/x/run": "2/x/run", "/2/y/run": "y/run" });
    assert.deepEqual(labels("/run", "/a/run"), { "/run": "run", "/a/run": "a/run" });
    assert.deepEqual(labels("C:\\a\\run", "C:\\b\\run"), { "C:\\a\\run": "a/run", "C:\\b\\run": "b/run" });
    assert.deepEqual(labels("/"), { "/": "/" });
    assert.deepEqual(labels(), {});
  });

  it("begin with a folder that says something, where a framework counts its runs", () => {
    assert.deepEqual(labels("/w/unet/lightning_logs/version_0"), { "/w/unet/lightning_logs/version_0": "unet/lightning_logs/version_0" });
    assert.deepEqual(labels("/w/plans/fold_0", "/w/plans/fold_1", "/w/liver"), { "/w/plans/fold_0": "plans/fold_0", "/w/plans/fold_1": "plans/fold_1", "/w/liver": "liver" });
    assert.deepEqual(labels("/a/m/version_0", "/b/m/version_0"), { "/a/m/version_0": "a/m/version_0", "/b/m/version_0": "b/m/version_0" });
    assert.deepEqual(labels("/0"), { "/0": "0" });
  });

  it("lie in a folder or not, by whole names", () => {
    assert.equal(pathInside("/w/run", "/w/run/a/b.csv"), "a/b.csv");
    assert.equal(pathInside("/w/run", "/w/run"), "");
    assert.equal(pathInside("/w/run", "/w/run2/a"), null);
    assert.equal(pathInside("/w/run", "/w"), null);
    assert.equal(pathInside("/w/run", "/w/run/..a/b"), "..a/b");
  });
});

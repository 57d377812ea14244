import assert from "node:assert/strict";
import { isExcluded, parseRunSetting, parseThresholds, pathForSetting, runKey, toOptions } from "../../../src/editor/options";
import { parseClassNames } from "../../../src/editor/commands/classNames";

describe("editor: what the settings say of a run", () => {
  it("names a run by its path from the workspace folder", () => {
    assert.equal(runKey("/w", "/w/runs/a"), "runs/a");
    assert.equal(runKey("/w", "/w"), ".");
    assert.equal(runKey("/w", "/elsewhere/a"), "/elsewhere/a");
    assert.equal(runKey(null, "/elsewhere/a"), "/elsewhere/a");
  });

  it("keeps a chosen path from the run's folder within the workspace, else absolute", () => {
    assert.equal(pathForSetting("/w", "/w/a", "/w/a/val.npz"), "val.npz");
    assert.equal(pathForSetting("/w", "/w/a", "/w/data/val.npz"), "../data/val.npz");
    assert.equal(pathForSetting("/w", "/w/a", "/data/val.npz"), "/data/val.npz");
    assert.equal(pathForSetting(null, "/a", "/a"), ".");
  });

  it("takes what has the right shape and tells of the rest", () => {
    const { setting, problems } = parseRunSetting({ labels: "val.npz", background: -1, classNames: ["a", 1], ignoredSymptoms: ["overfitting", "gout"], colour: "red" });
    assert.deepEqual(setting, { labels: "val.npz", ignoredSymptoms: ["overfitting", "gout"] });
    assert.equal(problems.length, 4);
    assert.deepEqual(parseRunSetting([1]).problems, ["is no object"]);
    assert.deepEqual(parseRunSetting(undefined), { setting: {}, problems: [] });
  });

  it("lets a workspace that is not trusted name no path outside of it", () => {
    const context = { runFolder: "/w/a", workspaceFolder: "/w", thresholds: {} };
    const outside = { labels: "/etc/labels.npz", predictions: "../../secret" };
    assert.deepEqual(toOptions(outside, { ...context, trusted: false }).options, { scriptFolders: ["/w"] });
    assert.equal(toOptions(outside, { ...context, trusted: false }).problems.length, 2);
    assert.equal(toOptions(outside, { ...context, trusted: true }).options.labels, "/etc/labels.npz");
    assert.equal(toOptions({ labels: "../data/val.npz" }, { ...context, trusted: false }).options.labels, "../data/val.npz");
  });

  it("takes numbers alone as thresholds", () => {
    assert.deepEqual(parseThresholds({ a: 1, b: "2", c: NaN }), { a: 1 });
    assert.deepEqual(parseThresholds(null), {});
  });
});

describe("editor: folders left out", () => {
  it("matches names anywhere and paths from the workspace folder", () => {
    assert.ok(isExcluded("old/run-1", ["old"]));
    assert.ok(isExcluded("x/old/run-1", ["o*d"]));
    assert.ok(!isExcluded("x/older/run-1", ["old"]));
    assert.ok(isExcluded("x/old/run-1", ["x/old"]));
    assert.ok(!isExcluded("y/x/old", ["x/old"]));
    assert.ok(isExcluded("x/old", ["./x/old/"]));
    assert.ok(!isExcluded("aa", ["a*a*a"]));
  });

  it("stays quick on hostile patterns", () => {
    assert.ok(!isExcluded("a".repeat(5000), ["*a".repeat(200) + "b"]));
  });
});

describe("editor: class names as typed", () => {
  it("takes names and says what is wrong with them", () => {
    assert.deepEqual(parseClassNames(" background, liver ", 2), { names: ["background", "liver"], problem: null });
    assert.deepEqual(parseClassNames("", 2), { names: [], problem: null });
    assert.match(parseClassNames("a,,b", 3).problem!, /Class 1 has no name/);
    assert.match(parseClassNames("a,a", 3).problem!, /twice/);
    assert.match(parseClassNames("a,b,c", 2).problem!, /2 classes, and 3 names/);
  });
});

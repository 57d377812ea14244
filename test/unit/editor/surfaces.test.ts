import assert from "node:assert/strict";
import { contentSecurityPolicy, pageHtml } from "../../../src/editor/panel/page";
import { panelState, panelTone } from "../../../src/editor/panel/panelState";
import { statusText } from "../../../src/editor/status/text";
import { TurningSick } from "../../../src/editor/status/turningSick";
import { clip, numberWords, shortPaths } from "../../../src/editor/words";
import { entry, finding } from "./fakes";

const sick = { findings: [finding({ symptom: "nan-loss", message: "The loss is not finite." })] };

describe("editor: status item", () => {
  it("shows the worst run that is being written", () => {
    const status = statusText([entry("a", { state: "running", lastEpoch: 3 }), entry("b", { ...sick, state: "running", lastEpoch: 5 }), entry("c", sick)])!;
    assert.equal(status.folder, "/w/b");
    assert.equal(status.text, "$(error) b: epoch 5, NaN loss since epoch 0 (+1)");
    assert.equal(status.sick, "error");
  });

  it("is silent when nothing is being written, and reads no icon out of a folder's name", () => {
    assert.equal(statusText([entry("a", sick), entry("b", null)]), null);
    assert.ok(!statusText([entry("$(bug)", { state: "running" })])!.text.includes("$(bug)"));
  });
});

describe("editor: turning sick", () => {
  it("tells a run that was well and is being written, once", () => {
    const turning = new TurningSick();
    assert.equal(turning.take([entry("a", { state: "running" })]), null);
    assert.equal(turning.take([entry("a", { ...sick, state: "running" })])?.message, "The loss is not finite.");
    assert.equal(turning.take([entry("a", { ...sick, state: "running" })]), null);
    assert.equal(turning.take([entry("a", { state: "running" })]), null);
    assert.equal(turning.take([entry("a", { ...sick, state: "running" })]), null);
  });

  it("says nothing of runs that were sick when first seen, or are not being written", () => {
    const turning = new TurningSick();
    assert.equal(turning.take([entry("a", { ...sick, state: "running" }), entry("b", null), entry("c", {})]), null);
    assert.equal(turning.take([entry("c", sick)]), null);
  });
});

describe("editor: panel", () => {
  it("lets a page load its own script and style alone", () => {
    const policy = contentSecurityPolicy("https://x.vscode-cdn.net", "abc");
    assert.match(policy, /^default-src 'none'; script-src 'nonce-abc'; style-src https:\/\/x\.vscode-cdn\.net;/);
    assert.ok(!/unsafe|\*|data:/.test(policy));
    const html = pageHtml({ cspSource: "s", nonce: "abc", script: "run.js", style: "run.css" });
    assert.ok(!/<style|style=|onload=|<script(?![^>]*nonce="abc")/.test(html));
  });

  it("tells found, read, failed and gone apart, and keeps the old numbers when reading fails", () => {
    assert.deepEqual(panelState("/w/x", undefined, true), { kind: "reading", name: "x", folder: "/w/x", progress: null });
    assert.equal(panelState("/w/x", undefined, false).kind, "gone");
    assert.equal(panelState("/w/a", entry("a", null, { phase: "failed", error: "no" }), false).kind, "failed");
    const state = panelState("/w/a", entry("a", sick, { error: "the disk is gone" }), false);
    assert.equal(state.kind === "run" && state.error, "the disk is gone");
    assert.equal(panelTone(state), "error");
  });

  it("makes a view once an inspection", () => {
    const run = entry("a", sick);
    const [one, two] = [panelState("/w/a", run, false), panelState("/w/a", run, false)];
    assert.ok(one.kind === "run" && two.kind === "run" && one.view === two.view);
  });
});

describe("editor: words", () => {
  it("leaves short paths whole, and of long ones as much of the end as tells them apart", () => {
    const long = "trainer_output/of/some/long/experiment";
    const paths = ["training.csv", "p/3.npz", `${long}/checkpoint-1/model.safetensors`, `${long}/checkpoint-2/model.safetensors`, `${long}/final/last.ckpt`];
    const short = shortPaths([...paths, ...paths]);
    assert.deepEqual(paths.map((path) => short.get(path)), ["training.csv", "p/3.npz", "checkpoint-1/model.safetensors", "checkpoint-2/model.safetensors", "last.ckpt"]);
  });

  it("cuts at a word and keeps tiny numbers readable", () => {
    assert.equal(clip("one two  three\nfour", 13), "one two…");
    assert.equal(clip("short", 10), "short");
    assert.deepEqual([0, 1.4e-11, 0.08123, 1234567, NaN, null].map(numberWords), ["0", "1.40e-11", "0.0812", "1.23e+6", "–", "–"]);
  });
});

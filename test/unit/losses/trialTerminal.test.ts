/** run-doctor losses --train, as it is shipped. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { zipSync } from "fflate";
import { runLosses } from "../../../src/terminalLosses";
import { built, copyOf, npy, put, temporary } from "../engine/support";
import { digitsOf } from "../../../src/losses/trial/digits";
import { digitBytes } from "./trialSupport";

interface Report {
  readonly runs: readonly unknown[];
  readonly trials: readonly { readonly path: string | null; readonly instead: string | null; readonly backend: string; readonly data: string; readonly trained: readonly { readonly id: string; readonly why: string; readonly step: number; readonly points: readonly { readonly step: number; readonly dice: readonly (number | null)[] }[] }[]; readonly verdict: { readonly summary: string } }[];
}

async function run(...args: string[]): Promise<string> {
  return (await promisify(execFile)(process.execPath, [join(await built(), "cli.js"), "losses", ...args])).stdout;
}

const report = async (...args: string[]): Promise<Report> => JSON.parse(await run(...args, "--json")) as Report;

describe("run-doctor losses --train", () => {
  it("trains on the toy set without a folder", async () => {
    const { runs, trials } = await report("--train", "--toy", "--steps", "1", "--variants", "port.ce");
    assert.deepEqual(runs, []);
    assert.equal(trials.length, 1);
    const [trial] = trials;
    assert.deepEqual([trial!.path, trial!.data, trial!.instead], [null, digitsOf(digitBytes()).from, null]);
    assert.deepEqual(trial!.trained.map((t) => [t.id, t.why, t.step, t.points.map((p) => p.step), t.points[0]!.dice.length]), [["port.ce", "done", 1, [0, 1], 11]]);
    assert.match(trial!.verdict.summary, /^No variant learned\./);
  });
  it("trains on a run's own images, its loss first", async () => {
    const folder = copyOf("digits-generalized-dice", temporary());
    const images = (count: number): Uint8Array => zipSync({ "x.npy": npy("<f4", [count, 28, 28], new Uint8Array(Float32Array.from({ length: count * 784 }, (_, i) => i % 7).buffer)) });
    const { runs } = JSON.parse(await run(folder, "--json")) as { readonly runs: readonly { readonly images: number }[] };
    put(join(folder, "images", "val.npz"), images(runs[0]!.images));
    const { trials } = await report(folder, "--train", "--steps", "1", "--variants", "port.ce");
    assert.match(trials[0]!.data, /^the run's own images: \d+ of images\/val\.npz#x with labels\/val\.npz/);
    assert.deepEqual(trials[0]!.trained.map((t) => [t.id, t.why]), [["own", "done"], ["port.ce", "done"]]);
  });
  it("says that it found no images, and takes the toy set", async () => {
    const text = await run(copyOf("digits-cross-entropy", temporary()), "--train", "--steps", "1", "--variants", "port.ben_so");
    assert.match(text, /No images were found beside the labels labels\/\S+ The toy set was taken in their\s+place\./);
    assert.match(text, /OUTCOME +SEED +DICE/);
    assert.match(text, /^A small U-Net without batch normalisation, 1 steps?, one seed/m);
  });
  it("wrong usage is named", async () => {
    const complaint = async (...args: string[]): Promise<string | null> => (await runLosses(args, () => Promise.resolve([]))).complaint;
    assert.match((await complaint("--train"))!, /FOLDER is missing/);
    assert.match((await complaint("x", "--steps", "3"))!, /--steps goes with --train/);
    assert.match((await complaint("x", "--toy"))!, /--toy goes with --train/);
    assert.match((await complaint("x", "--train", "--steps", "0"))!, /--steps takes a number from 1/);
    assert.match((await complaint("x", "--train", "--seeds", "many"))!, /--seeds takes a number from 1 to 20/);
  });
});

/** run-doctor loss and run-doctor losses. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { evaluate } from "../../../src/losses/loss";
import { variantOf, VARIANTS } from "../../../src/losses/variants";
import { gradientArray, voxelsOf } from "../../../src/losses/voxels";
import type { Inspection } from "../../../src/run";
import { runLoss, runLosses } from "../../../src/terminalLosses";

function npy(descr: string, shape: readonly number[], bytes: Uint8Array, fortran = false): Uint8Array {
  const text = `{'descr': '${descr}', 'fortran_order': ${fortran ? "True" : "False"}, 'shape': (${shape.join(", ")},), }`;
  const header = `${text.padEnd(Math.ceil((text.length + 11) / 64) * 64 - 11)}\n`;
  return Buffer.concat([Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length & 255, header.length >> 8]), Buffer.from(header), bytes]);
}
const floats = (values: readonly number[]): Uint8Array => new Uint8Array(Float64Array.from(values).buffer);
const bytes = (values: readonly number[]): Uint8Array => Uint8Array.from(values);

const SHAPE = [2, 3, 2, 2];
const LOGITS = Array.from({ length: 24 }, (_, i) => Math.sin(i * 1.7) * 2);
const LABELS = [0, 1, 0, 2, 0, 0, 1, 1];

describe("run-doctor loss", () => {
  let folder: string;
  const file = (name: string, content: Uint8Array): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  let logits: string;
  let labels: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "losses-"));
    logits = file("z.npy", npy("<f8", SHAPE, floats(LOGITS)));
    labels = file("y.npy", npy("|u1", [2, 2, 2], bytes(LABELS)));
  });
  after(() => rmSync(folder, { recursive: true }));

  it("gives value and gradient", () => {
    const out = join(folder, "g.npy");
    const answer = runLoss(["port.ben_so", "--logits", logits, "--labels", labels, `--gradient=${out}`, "--json"]);
    const voxels = voxelsOf(LOGITS, LABELS, SHAPE);
    const wanted = evaluate(variantOf("port.ben_so")!, voxels);
    const told = JSON.parse(answer.output) as { name: string; value: number; shape: number[]; gradient: string };
    assert.deepEqual([answer.exitCode, told.name, told.value, told.shape, told.gradient], [0, "port.ben_so", wanted.value, SHAPE, out]);
    const written = readFileSync(out);
    const at = 10 + written.readUInt16LE(8);
    assert.equal(at % 64, 0);
    assert.match(written.subarray(10, at).toString("latin1"), /'shape': \(2, 3, 2, 2\)/);
    const gradient = gradientArray(voxels, wanted.gradient!);
    assert.deepEqual(Array.from(gradient), Array.from({ length: 24 }, (_, i) => written.readDoubleLE(at + 8 * i)));
  });
  it("takes arrays in Fortran order and labels with a channel of their own", () => {
    const swapped = new Float64Array(24);
    for (let i = 0; i < 24; i++) {
      const [b, c, h, w] = [Math.floor(i / 12), Math.floor(i / 4) % 3, Math.floor(i / 2) % 2, i % 2] as const;
      swapped[b + 2 * (c + 3 * (h + 2 * w))] = LOGITS[i]!;
    }
    const same = runLoss(["port.ce", "--logits", file("zf.npy", npy("<f8", SHAPE, floats([...swapped]), true)), "--labels", file("y1.npy", npy("|u1", [2, 1, 2, 2], bytes(LABELS)))]);
    assert.equal(same.output, runLoss(["port.ce", "--logits", logits, "--labels", labels]).output);
  });
  it("takes a library's loss with any of its options", () => {
    const value = (name: string, ...more: string[]): unknown => (JSON.parse(runLoss([name, "--logits", logits, "--labels", labels, "--json", ...more]).output) as { value: unknown }).value;
    assert.ok(Math.abs((value("monai.DiceLoss(softmax=True, batch=False)") as number) - (value("monai.DiceLoss(softmax,include_background=True,batch=False)") as number)) < 1e-12);
    const each = value("monai.DiceLoss(softmax,reduction='none')") as number[];
    assert.equal(each.length, 6);
    assert.ok(Math.abs(each.reduce((a, b) => a + b, 0) / 6 - (value("monai.DiceLoss(softmax)") as number)) < 1e-12);
    const out = join(folder, "spelled.npy");
    value("monai.DiceLoss(softmax,batch=True,weight=[1,2,3])", "--gradient", out);
    assert.equal(readFileSync(out).length, 128 + 24 * 8);
  });
  it("says what is wrong in one line", () => {
    const complaint = (...args: string[]): string => {
      const answer = runLoss(args);
      assert.deepEqual([answer.exitCode, answer.output], [2, ""]);
      return answer.complaint ?? "";
    };
    assert.match(complaint(), /NAME is missing/);
    assert.match(complaint("port.ce"), /--logits and --labels are needed/);
    assert.match(complaint("nothing", "--logits", logits, "--labels", labels), /no loss is called "nothing"/);
    assert.match(complaint("monai.DiceLoss(jacard)", "--logits", logits, "--labels", labels), /monai\.DiceLoss has no option jacard: include_background/);
    assert.match(complaint("smp.DiceLoss()", "--logits", logits, "--labels", labels), /smp\.DiceLoss: mode is missing/);
    assert.match(complaint("monai.DiceLoss(weight=[1])", "--logits", logits, "--labels", labels), /1 weights where 3 classes/);
    assert.match(complaint("port.ce", "--logits", labels, "--labels", labels), /logits of shape \(2, 2, 2\) and labels of shape \(2, 2, 2\)/);
    assert.match(complaint("port.ce", "--logits", logits, "--labels", file("bad.npy", npy("|u1", [2, 2, 2], bytes([0, 1, 0, 255, 0, 0, 1, 1])))), /label 255 where there are 3 classes/);
    assert.match(complaint("port.ce", "--logits", logits, "--labels", file("torn.npy", npy("|u1", [2, 2, 2], bytes([0, 1])))), /npy: the data end after 2 of 8 elements/);
    assert.match(complaint("port.ce", "--logits", file("text.npy", Buffer.from("no array")), "--labels", labels), /npy/);
    assert.match(complaint("monai.DiceLoss(softmax,weight=[1,2,3,4])", "--logits", logits, "--labels", labels), /made for 4 classes, and the logits have 3/);
    assert.match(complaint("port.ce", "--logits", join(folder, "none.npy"), "--labels", labels), /ENOENT/);
    assert.match(complaint("port.ce", "--what"), /unknown option "--what"/);
  });
  it("prints code", () => {
    const code = runLoss(["monai.DiceLoss(softmax,weight=[1,2,3,4])", "--code", "pytorch"]).output;
    assert.match(code, /^import torch$/m);
    assert.match(code, /\(batch, 4, …\)/);
    assert.match(runLoss(["port.ce", "--code=keras", "--classes", "11"]).output, /^def categorical_cross_entropy_loss\(y_true, y_pred\):$/m);
    const complaint = (...args: string[]): string => runLoss(args).complaint ?? "";
    assert.match(complaint("port.ce", "--code", "jax"), /--code is keras or pytorch, not "jax"/);
    assert.match(complaint("nothing", "--code", "keras"), /no loss is called "nothing"/);
    for (const count of ["1", "x", "2.5"]) assert.match(complaint("port.ce", "--code", "keras", "--classes", count), /--classes is a whole number of 2 or more/);
    assert.match(complaint("port.ce", "--classes", "3"), /--classes goes with --code/);
    assert.match(complaint("monai.DiceLoss(softmax,weight=[1,2,3,4])", "--code", "keras", "--classes", "3"), /has no code\. It is made for 4 classes, and there are 3\./);
    assert.match(complaint("monai.HausdorffDTLoss(softmax,include_background=False)", "--code", "keras"), /has no code\. It needs a distance transform/);
  });
  it("lists its names", () => {
    assert.equal(runLoss(["--list"]).output.trim().split("\n").length, VARIANTS.length);
  });
});

/** Of an inspection only what the comparison asks for. */
const inspected = (volumes: readonly number[] | null): Inspection =>
  ({
    name: "a-run",
    labels: volumes === null ? null : { path: "labels", split: "val", cases: volumes.length / 3, caseNames: [], classes: 3, volumes: Float64Array.from(volumes), layout: "index map" },
    trainLabels: null,
    epochs: [],
    background: 0,
    classes: [],
    loss: null,
  }) as unknown as Inspection;

describe("run-doctor losses", () => {
  it("gives one list of variants, each with its run, as JSON", async () => {
    const runs = [
      { path: ".", run: inspected([90, 10, 0, 80, 0, 20]) },
      { path: "b", run: inspected(null) },
    ];
    const answer = await runLosses([".", "--json", "--variants", "port.ce,port.manu_per_image_eps"], () => Promise.resolve(runs));
    const told = JSON.parse(answer.output) as { schema: string; runs: { path: string; problem?: string; images?: number; variants?: number }[]; variants: { run: string; id: string; floor: number; values: { uniform: number; missing: (number | null)[] }; gradientNorms: { uniform: number[] }; weights: unknown; sentence: string }[] };
    assert.deepEqual([told.schema, told.runs.map((r) => [r.path, r.images, r.variants])], ["run-doctor/losses/1", [["a-run", 2, 2], ["b", undefined, undefined]]]);
    assert.match(told.runs[1]!.problem!, /No labels were found/);
    assert.deepEqual(told.variants.map((v) => [v.run, v.id]), [["a-run", "port.ce"], ["a-run", "port.manu_per_image_eps"]]);
    const [ce, dead] = told.variants;
    assert.ok(Math.abs(ce!.values.uniform - Math.log(3)) < 1e-12 && ce!.values.missing[0] === null && ce!.gradientNorms.uniform.length === 3);
    assert.ok(dead!.floor > 0 && dead!.weights !== null && dead!.sentence.endsWith("."));
  });
  it("says that there is no run", async () => {
    const answer = await runLosses(["."], () => Promise.resolve([]));
    assert.deepEqual([answer.exitCode, answer.complaint], [2, ".: no run found, so no labels"]);
  });
  it("takes names that hold commas", async () => {
    const asked = ["smp.DiceLoss(multiclass,smooth=1)", "port.ce", "monai.DiceLoss(softmax,weight=[1,2,3,4])"];
    assert.match((await runLosses([".", "--variants", asked.join(",")], () => Promise.resolve([]))).complaint!, /no run found/);
    assert.match((await runLosses([".", "--variants", "port.ce,nothing"], () => Promise.resolve([]))).complaint!, /no variant is called "nothing"/);
  });
  it("wrong usage", async () => {
    const inspect = (): Promise<never> => Promise.reject(new Error("not a folder"));
    assert.match((await runLosses([], inspect)).complaint!, /FOLDER is missing/);
    assert.equal((await runLosses(["x"], inspect)).complaint, "x: not a folder");
    assert.match((await runLosses(["--help"], inspect)).output, /usage: run-doctor losses/);
  });
});

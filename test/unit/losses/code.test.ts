/** Losses as Python to copy: every one that there is code of parses, says what it must, and is judged by the linter as its formula deserves. `npm run conformance` runs it. */
import assert from "node:assert/strict";
import { lintPython } from "../../../src/lint/check";
import { parsePython, type Node } from "../../../src/lint/python";
import { ownVariant, USUAL } from "../../../src/losses/choice";
import { codeOf, noCodeReason, type CodeOptions, type Framework } from "../../../src/losses/code/codeOf";
import type { Variant } from "../../../src/losses/loss";
import { variantOf, VARIANTS } from "../../../src/losses/variants";
import type { ClassWeightRule } from "../../../src/run";

const FRAMEWORKS = ["keras", "pytorch"] as const;
const OPTIONS: CodeOptions = { classes: 4, background: 0, names: ["background", "liver", null, "spleen"] };

function written(variant: Variant, framework: Framework, options: CodeOptions = OPTIONS): string {
  const code = codeOf(variant, framework, options);
  assert.ok(code !== null, noCodeReason(variant, options) ?? variant.id);
  return code;
}

/** Places that Python would not read. */
function broken(text: string): string[] {
  const out: string[] = [];
  const visit = (node: Node): void => {
    if (node.name === "⚠") out.push(text.slice(Math.max(0, node.from - 30), node.to + 30));
    for (let child = node.firstChild; child !== null; child = child.nextSibling) visit(child);
  };
  visit(parsePython("loss.py", text).root);
  return out;
}

const rules = (variant: Variant, framework: Framework): string[] =>
  lintPython("loss.py", written(variant, framework))
    .filter((f) => f.severity !== "info")
    .map((f) => f.rule);

const own = (rule: Partial<ClassWeightRule>, name = "gen_dice", path = "train.py"): Variant =>
  ownVariant({ name, foundBy: "", path, line: 3, endLine: 9, weights: { power: 2, over: "image", epsilon: 0, absent: "max", constantInGraphMode: null, line: 4, ...rule } }, null)!;

describe("losses: code", () => {
  it("the usual losses have code in both frameworks, for any classes and axes", () => {
    for (const id of USUAL) {
      for (const framework of FRAMEWORKS) {
        for (const options of [OPTIONS, { classes: 2, background: 1, dims: 2 as const }, { classes: 11, background: 0, dims: 3 as const }]) assert.deepEqual(broken(written(variantOf(id)!, framework, options)), [], id);
      }
    }
  });
  it("so have all others but those that say why not", () => {
    const without: string[] = [];
    for (const variant of VARIANTS) {
      for (const framework of FRAMEWORKS) {
        const code = codeOf(variant, framework, OPTIONS);
        if (code === null) without.push(`${variant.id}: ${noCodeReason(variant, OPTIONS) ?? ""}`);
        else {
          assert.deepEqual(broken(code), [], variant.id);
          assert.ok(code.split("\n").every((line) => line.length <= 110), `${variant.id}: a long line`);
          assert.doesNotMatch(code, /undefined|null|\[object|NaN/, variant.id);
        }
      }
    }
    assert.deepEqual([...new Set(without.map((w) => w.replace(/\(.*?\)/, "")))], ["monai.HausdorffDTLoss: It needs a distance transform, which neither keras.ops nor torch has.", "monai.LogHausdorffDTLoss: It needs a distance transform, which neither keras.ops nor torch has."]);
  });
  it("says its formula, source, rule for absent classes and traps, and imports nothing else", () => {
    for (const variant of VARIANTS.filter((v) => noCodeReason(v, OPTIONS) === null)) {
      for (const framework of FRAMEWORKS) {
        const code = written(variant, framework);
        const words = code.replace(/\s+/g, " ");
        for (const part of [variant.formula, variant.source, `Absent classes: ${variant.absent}`, ...(variant.traps ?? [])]) assert.ok(words.includes(part.replace(/\s+/g, " ")), `${variant.id}: ${part}`);
        assert.deepEqual([...code.matchAll(/^(?:from|import) (\w+)/gm)].filter(([, module]) => module !== (framework === "keras" ? "keras" : "torch")), []);
        assert.match(words, framework === "keras" ? /\(y_true, y_pred\)/ : /\(logits, labels\)/);
        assert.match(words, /Classes: 0 background, 1 liver, 3 spleen\./);
      }
    }
  });
  it("the linter finds nothing wrong with the good ones", () => {
    for (const id of ["port.ben_so", "port.ce", "monai.DiceCELoss(softmax)", "nnunet.DC_and_CE_loss(default trainer: smooth=1e-5,do_bg=False,batch_dice=False)", "niftynet.DicePlusXEnt()", "niftynet.GDSC({'type_weight': 'Square'})", "monai.GeneralizedDiceLoss(softmax,w_type=square,batch=False)", "monai.DiceLoss(softmax,include_background=True,batch=True)", "3dunet.DiceLoss(softmax)", "smp.DiceLoss(multiclass)", "smp.LovaszLoss(multiclass,per_image=False)", "monai.FocalLoss(softmax)"]) {
      for (const framework of FRAMEWORKS) assert.deepEqual(rules(variantOf(id)!, framework), [], `${id} ${framework}`);
    }
  });
  it("and the question's loss for what it is", () => {
    for (const framework of FRAMEWORKS) {
      assert.deepEqual(rules(variantOf("port.manu_intended")!, framework), ["L2"]);
      assert.deepEqual(rules(variantOf("port.manu_per_image_eps")!, framework), ["L2"]);
      assert.deepEqual(rules(variantOf("port.manu_tf1")!, framework), ["L4"]);
      assert.deepEqual(rules(own({ over: "batch", epsilon: 1e-5, absent: 1e5 }), framework), ["L2"]);
      assert.deepEqual(rules(own({ absent: "max" }), framework), []);
    }
  });
  it("the run's own loss keeps its name, and no name or path of the run breaks the code", () => {
    assert.match(written(own({}), "keras"), /^def gen_dice\(y_true, y_pred\):$/m);
    for (const framework of FRAMEWORKS) {
      for (const name of ['a """ b', "lambda", "1/V² (own)", "模型", "", "x\ny\\", "a".repeat(200)]) {
        const code = written(own({ absent: 1e-6 }, name, 'C:\\new\\"""\\x.py'), framework, { ...OPTIONS, names: ['"""', "a\nimport os", "\\", "#"] });
        assert.deepEqual(broken(code), [], name);
        assert.equal([...code.matchAll(/^def /gm)].length, 1);
        assert.doesNotMatch(code, /^\s*import os/m);
      }
    }
  });
  it("class 0 that is left out is said where the background is another", () => {
    const variant = variantOf("monai.DiceLoss(softmax,include_background=False,batch=False)")!;
    assert.match(written(variant, "keras", { ...OPTIONS, background: 3 }).replace(/\s+/g, " "), /Beware: class 0 is left out .* the background here is class 3\./);
    assert.doesNotMatch(written(variant, "keras"), /the background here/);
  });
  it("losses for another number of classes have no code, and say so", () => {
    const variant = variantOf("monai.DiceLoss(softmax,weight=[1,2,3,4])")!;
    assert.equal(codeOf(variant, "keras", { ...OPTIONS, classes: 3 }), null);
    assert.equal(noCodeReason(variant, { classes: 3 }), "It is made for 4 classes, and there are 3.");
    assert.equal(codeOf(variantOf("port.ce")!, "pytorch", { ...OPTIONS, classes: 1 }), null);
    assert.equal(noCodeReason(variantOf("port.ce")!, { classes: 1 }), "Its labels are one-hot: two classes are needed at least.");
  });
});

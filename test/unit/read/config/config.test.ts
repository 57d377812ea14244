import assert from "node:assert/strict";
import type { ConfigFormat, ConfigRead, ConfigValue } from "../../../../src/read/format";
import { CONFIG_FORMATS } from "../../../../src/read/formats";
import { flatten } from "../../../../src/read/config/flatten";
import { knownOf } from "../../../../src/read/config/known";
import { parseYaml } from "../../../../src/read/config/yaml";
import { memory, NO_TOOLS, text } from "../logs/helpers";

const formatOf = (name: string, body: string): ConfigFormat | undefined => CONFIG_FORMATS.find((format) => format.probe(name, text(body).subarray(0, 4096)));

function read(name: string, body: string): ConfigRead {
  const format = formatOf(name, body);
  assert.ok(format, `${name} is claimed`);
  return format.read(memory(text(body), name), NO_TOOLS);
}

const yaml = (body: string): Record<string, ConfigValue> => {
  const facts = new Map<string, ConfigValue>();
  flatten("", parseYaml(body).root, facts);
  return Object.fromEntries(facts);
};

describe("YAML", () => {
  it("reads what files of settings are written in", () => {
    assert.deepEqual(yaml("a: 1\nb:\n- 1\n- x: 2\n  y: [1, {z: 3}]\nc: {d: 'e, f', g: }\nh: !!python/object:m.C\n  i: 1\nk: |\n  two\n  lines\nl: &x 3\nm: *x\n"), {
      a: 1, "b[0]": 1, "b[1].x": 2, "b[1].y[0]": 1, "b[1].y[1].z": 3, "c.d": "e, f", "c.g": null, "h.__class__": "m.C", "h.i": 1, k: "two\nlines", l: 3, m: null,
    });
  });

  it("neither hangs nor multiplies, whatever it is given", () => {
    const bomb = `a: &a [x, x]\n${Array.from({ length: 30 }, (_, i) => `b${i}: &b${i} [*a, *a]\n`).join("")}`;
    assert.ok(Object.keys(yaml(bomb)).length < 100);
    for (const hostile of ["[".repeat(50_000), "{".repeat(50_000), "- ".repeat(50_000), "a: ".repeat(50_000), "? \n: \n", '"', "'a\n".repeat(1000), "--- ".repeat(1000), "x:\n ".repeat(5000), `${" ".repeat(90_000)}x`, "a: [1, }, ]", "\0\x01", "a:\n\t- b"]) {
      const start = performance.now();
      parseYaml(hostile);
      assert.ok(performance.now() - start < 1500, hostile.slice(0, 10));
    }
  });
});

describe("settings", () => {
  it("are claimed by their names and heads alone", () => {
    assert.equal(formatOf("logs/history.json", '{"loss": [1, 2]}'), undefined);
    assert.equal(formatOf("package.json", '{"name": "x"}'), undefined);
    assert.equal(formatOf("notes.txt", "hello\n"), undefined);
    assert.equal(formatOf("labels.txt", "images/a.png\nimages/b.png\n"), undefined);
    assert.equal(formatOf("table.csv", "name,r,g\na,1,2\n"), undefined);
    const coco = '{"images": [{"id": 1}], "annotations": [{"id": 1}], "categories": [{"id": 1, "name": "cat"}]}';
    for (const name of ["train.json", "data.json", "dataset.json"]) assert.equal(formatOf(name, coco), undefined, name);
    assert.equal(formatOf("train.json", `{"samples": [${"1, ".repeat(3000)}1]}`), undefined);
    assert.equal(formatOf("train.json", '{"lr": 0.1}')?.name, "json-config");
    assert.equal(formatOf("train_labels.txt", "cat\ndog\ncat\n"), undefined);
    assert.equal(formatOf("run/hparams.yaml", "lr: 1\n")?.name, "yaml-config");
    assert.equal(formatOf("weights.txt", "0 0 0 0 0 0 0 \"Clear\"")?.name, "itksnap-labels");
  });

  it("tell ignored labels and names of classes", () => {
    assert.deepEqual(read("dataset.json", '{"labels": {"bg": 0, "a": 2, "ignore": 9}}').classNames, ["bg", null, "a"]);
    assert.equal(read("dataset.json", '{"labels": {"bg": 0, "a": 2, "ignore": 9}}').ignoreLabel, 9);
    assert.deepEqual(read("config.json", '{"id2label": {"0": "LABEL_0", "1": "LABEL_1"}}').classNames, null);
    assert.deepEqual(read("cfg.yaml", "data:\n  names: [a, b]\n  ignore_label: 255\n").classNames, ["a", "b"]);
    for (const body of ['{"background": 0, "liver": 1}', '{"0": "background", "1": "liver"}', '["background", "liver"]']) assert.deepEqual(read("label_map.json", body).classNames, ["background", "liver"], body);
    assert.equal(read("config.json", '{"a": 0, "b": 1}').classNames, null);
    assert.deepEqual(read("config.json", '{"categories": [{"id": 3, "name": "car"}, {"id": 1, "name": "cat"}]}').classNames, [null, "cat", null, "car"]);
    assert.deepEqual(read("obj.names", "person\ncar\n").classNames, ["person", "car"]);
    // An index that no label map holds makes no list of that length.
    assert.equal(read("dataset.json", '{"labels": {"a": 4000000000}}').classNames, null);
  });

  it("are one line where they cannot be read", () => {
    assert.throws(() => read("config.json", '{"a": [1, 2'), /^FormatError: json-config: the document ends inside, at byte 11$/);
    assert.throws(() => read("config.json", '{"a" 1}'), /^FormatError: json-config: no JSON at line 1/);
  });
});

describe("what is known of a run", () => {
  const facts = (entries: Record<string, ConfigValue>): ReadonlyMap<string, ConfigValue> => new Map(Object.entries(entries));

  it("comes from the first file that tells, its surest key, and nothing aside", () => {
    const known = knownOf([
      { path: "a", facts: facts({ "val.batch_size": 1, "trainer.max_epochs": 20, "loss.__class__": "monai.losses.DiceLoss" }) },
      { path: "b", facts: facts({ batch: 4, "data.batch_size": 8, batch_size: 16, lr: 0.1, "optimizer.name": "Adam", loss: "focal" }) },
    ]);
    assert.deepEqual(known.batchSize, { value: 16, by: "b" });
    assert.deepEqual(known.plannedEpochs, { value: 20, by: "a" });
    assert.deepEqual(known.lossName, { value: "DiceLoss", by: "a" });
    assert.deepEqual(known.optimizer, { value: "Adam", by: "b" });
    assert.deepEqual(known.learningRate, { value: 0.1, by: "b" });
    assert.equal(known.classNames, null);
  });

  it("does not take what is none: -1, texts, functions without a name", () => {
    const known = knownOf([{ path: "a", facts: facts({ batch_size: -1, epochs: "many", loss: "<function cross_entropy at 0x7f>", lr: 0 }) }]);
    assert.deepEqual([known.batchSize, known.plannedEpochs, known.learningRate, known.lossName?.value], [null, null, null, "cross_entropy"]);
  });
});

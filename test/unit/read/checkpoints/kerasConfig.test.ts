import assert from "node:assert/strict";
import { lossName, snakeCase } from "../../../../src/read/checkpoints/kerasConfig";
import { weightName } from "../../../../src/read/checkpoints/kerasLegacyH5";

describe("kerasConfig", () => {
  it("finds the loss's name in every form in which Keras writes it", () => {
    const fn = { module: "builtins", class_name: "function", config: "gdl_symbolic", registered_name: "function" };
    assert.equal(lossName("categorical_crossentropy"), "categorical_crossentropy");
    assert.equal(lossName("mine>gdl"), "gdl");
    assert.equal(lossName(fn), "gdl_symbolic");
    assert.equal(lossName({ module: "keras.losses", class_name: "Dice", config: { name: "dice", reduction: "sum" }, registered_name: null }), "dice");
    assert.equal(lossName({ class_name: "CategoricalCrossentropy", config: { name: "categorical_crossentropy" } }), "categorical_crossentropy");
    assert.equal(lossName({ module: null, class_name: "GeneralizedDice", config: { name: "gd" }, registered_name: "mine>GeneralizedDice" }), "GeneralizedDice");
    assert.equal(lossName({ module: "keras.src.losses.losses", class_name: "LossFunctionWrapper", config: { name: "x", fn } }), "gdl_symbolic");
    assert.equal(lossName({ seg: fn, edge: "mse" }), "gdl_symbolic");
    assert.equal(lossName([null, "mse"]), "mse");
    for (const none of [null, undefined, "", 3, [], {}, { seg: null }]) assert.equal(lossName(none), null);
    let deep: unknown = "x";
    for (let i = 0; i < 10000; i++) deep = [deep];
    assert.equal(lossName(deep), null);
  });

  it("writes classes as Keras does in paths", () => {
    const names = ["Conv2D", "Conv2DTranspose", "BatchNormalization", "PReLU", "ReLU", "LSTMCell", "MaxPooling2D", "mine>GateBlock"];
    assert.deepEqual(names.map(snakeCase), ["conv2d", "conv2d_transpose", "batch_normalization", "p_re_lu", "re_lu", "lstm_cell", "max_pooling2d", "gate_block"]);
  });

  it("names legacy weights after their layer", () => {
    assert.deepEqual(weightName("enc1", "enc1/kernel:0"), { name: "enc1/kernel", layer: "enc1" });
    assert.deepEqual(weightName("enc1", "net/enc1/kernel:0"), { name: "enc1/kernel", layer: "enc1" });
    assert.deepEqual(weightName("inner", "conv/bias"), { name: "inner/conv/bias", layer: "inner/conv" });
    assert.deepEqual(weightName("dense_1", "dense_1_W"), { name: "dense_1/kernel", layer: "dense_1" });
    assert.deepEqual(weightName("dense_1", "param_0"), { name: "dense_1/param_0", layer: "dense_1" });
    assert.deepEqual(weightName("", "scale"), { name: "scale", layer: null });
  });
});

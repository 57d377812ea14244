import assert from "node:assert/strict";
import { findLoss } from "../../../src/lint/lossFunction";
import type { ClassWeightRule } from "../../../src/run";

const rule = (code: string): ClassWeightRule | null | undefined => findLoss(null, null, [{ path: "loss.py", text: code, own: true }])?.weights;

/** [what it is, code, expected part of the rule (null: no class weights)] */
const CASES: [string, string, Partial<ClassWeightRule> | null][] = [
  ["the classic question, 2-D, the loss calling its coefficient", `import numpy as np\nfrom keras import backend as K\n\ndef generalized_dice_coeff(y_true, y_pred):\n    Ncl = y_pred.shape[-1]\n    w = np.zeros(shape=(Ncl,))\n    for l in range(0,Ncl): w[l] = np.sum( np.asarray(y_true[:,:,:,l]==1,np.int8) )\n    w = 1/(w**2+0.000001)\n    # Compute gen dice coef:\n    numerator = y_true*y_pred\n    numerator = w*K.sum(numerator,(0,1,2))\n    return 2*K.sum(numerator)/K.sum(w*K.sum(y_true+y_pred,(0,1,2)))\n\ndef generalized_dice_loss(y_true, y_pred):\n    return 1 - generalized_dice_coeff(y_true, y_pred)\n`, { power: 2, over: "batch", epsilon: 1e-6, constantInGraphMode: 1e6 }],
  ["the classic question, the class after an ellipsis", `import numpy as np\ndef gdl(y_true, y_pred):\n    w = np.zeros((4,))\n    for l in range(4):\n        w[l] = np.sum(np.asarray(y_true[..., l] == 1, np.int8))\n    w = 1 / (w ** 2 + 0.00001)\n    return 1 - w * y_pred\n`, { power: 2, over: "batch", epsilon: 1e-5, constantInGraphMode: 1e5 }],
  ["the same code on PyTorch tensors runs as written", `import numpy as np\nimport torch\ndef gdl(y_pred, y_true):\n    w = np.zeros((4,))\n    for l in range(4):\n        w[l] = np.sum(np.asarray(y_true[:, l] == 1, np.int8))\n    w = 1 / (w ** 2 + 0.00001)\n    return 1 - w * y_pred\n`, { power: 2, over: "batch", epsilon: 1e-5, constantInGraphMode: null }],
  ["K.switch zeros_like", `def gdl(y_true, y_pred):\n    v = K.sum(y_true, axis=(1, 2))\n    w = K.switch(K.equal(v, 0), K.zeros_like(v), 1 / K.square(v))\n    return 1 - w * y_pred\n`, { power: 2, over: "image", absent: 0 }],
  ["K.switch is_inf ones*eps", `def gdl(y_true, y_pred):\n    w = 1 / K.square(K.sum(y_true, axis=[1, 2, 3]))\n    w = K.switch(tf.math.is_inf(w), K.ones_like(w) * 1e-6, w)\n    return 1 - w * y_pred\n`, { power: 2, over: "image", absent: 1e-6 }],
  ["a named kind of weights, infinite ones set to the largest (NiftyNet)", `def generalised_dice_loss(prediction, ground_truth, weight_map=None, type_weight='Square'):\n    prediction = tf.cast(prediction, tf.float32)\n    one_hot = labels_to_one_hot(ground_truth, tf.shape(prediction)[-1])\n    ref_vol = tf.sparse_reduce_sum(one_hot, reduction_axes=[0])\n    if type_weight == 'Square':\n        weights = tf.reciprocal(tf.square(ref_vol))\n    elif type_weight == 'Simple':\n        weights = tf.reciprocal(ref_vol)\n    elif type_weight == 'Uniform':\n        weights = tf.ones_like(ref_vol)\n    else:\n        raise ValueError("no")\n    new_weights = tf.where(tf.is_inf(weights), tf.zeros_like(weights), weights)\n    weights = tf.where(tf.is_inf(weights), tf.ones_like(weights) * tf.reduce_max(new_weights), weights)\n    return 1 - weights\n`, { power: 2, absent: "max" }],
  ["torch.where zeros_like", `import torch\ndef gdl(pred, target):\n    v = target.sum(dim=(2, 3))\n    w = torch.where(v > 0, 1.0 / v.pow(2), torch.zeros_like(v))\n    return 1 - (w * pred).sum()\n`, { power: 2, over: "image", absent: 0 }],
  ["masked_fill", `import torch\ndef gdl(pred, target):\n    w = 1.0 / target.sum(dim=(0, 2, 3)) ** 2\n    w = w.masked_fill(torch.isinf(w), 0.0)\n    return 1 - (w * pred).sum()\n`, { power: 2, over: "batch", absent: 0 }],
  ["masked_fill_ in place", `import torch\ndef gdl(pred, target):\n    w = 1.0 / target.sum(dim=(0, 2, 3)) ** 2\n    w.masked_fill_(torch.isinf(w), 0.0)\n    return 1 - (w * pred).sum()\n`, { power: 2, over: "batch", absent: 0 }],
  ["np.isinf index", `def gdl(y_true, y_pred):\n    w = 1 / np.sum(y_true, axis=(0, 1, 2)) ** 2\n    w[np.isinf(w)] = 1e-6\n    return 1 - w * y_pred\n`, { power: 2, over: "batch", absent: 1e-6 }],
  ["w == np.inf index", `def gdl(y_true, y_pred):\n    w = 1 / np.sum(y_true, axis=(0, 1, 2)) ** 2\n    w[w == np.inf] = 0\n    return 1 - w * y_pred\n`, { absent: 0 }],
  ["v == 0 index", `def gdl(pred, target):\n    v = target.sum((0, 2, 3))\n    w = 1 / v ** 2\n    w[v == 0] = 0\n    return 1 - w * pred\n`, { absent: 0 }],
  ["python if per class", `def gdl(pred, target):\n    loss = 0\n    for c in range(4):\n        v = (target == c).sum()\n        if v > 0:\n            w = 1 / v ** 2\n        else:\n            w = 0.0\n        loss = loss + w * pred[:, c].sum()\n    return 1 - loss\n`, { power: 2, over: "batch", absent: 0, constantInGraphMode: null }],
  ["ternary", `def gdl(pred, target):\n    loss = 0\n    for c in range(4):\n        v = target[:, c].sum()\n        w = 1 / v ** 2 if v > 0 else 1e-3\n        loss = loss + w * pred[:, c].sum()\n    return 1 - loss\n`, { power: 2, over: "batch", absent: 1e-3 }],
  ["flattened with classes first (pytorch-3dunet)", `import torch\ndef flatten(tensor):\n    C = tensor.size(1)\n    axis_order = (1, 0) + tuple(range(2, tensor.dim()))\n    transposed = tensor.permute(axis_order)\n    return transposed.contiguous().view(C, -1)\n\nclass GeneralizedDiceLoss(nn.Module):\n    def __init__(self, normalization='sigmoid', epsilon=1e-6):\n        super().__init__()\n        self.epsilon = epsilon\n    def forward(self, input, target):\n        input = flatten(input)\n        target = flatten(target)\n        target = target.float()\n        w_l = target.sum(-1)\n        w_l = 1 / (w_l * w_l).clamp(min=self.epsilon)\n        w_l.requires_grad = False\n        intersect = (input * target).sum(-1)\n        intersect = intersect * w_l\n        return 1 - 2 * intersect.sum()\n`, { power: 2, over: "batch", absent: 1e6 }],
  ["view B C -1", `import torch\ndef gdl(pred, target):\n    t = target.view(target.size(0), target.size(1), -1)\n    w = 1 / (t.sum(-1) ** 2 + 1e-5)\n    return 1 - w\n`, { power: 2, over: "image", epsilon: 1e-5 }],
  ["flatten(2)", `import torch\ndef gdl(pred, target):\n    t = target.flatten(2)\n    w = 1 / (t.sum(dim=2) ** 2 + 1e-5)\n    return 1 - w\n`, { power: 2, over: "image", epsilon: 1e-5 }],
  ["reshape -1 C", `def gdl(y_true, y_pred):\n    t = tf.reshape(y_true, (-1, 4))\n    w = 1 / (tf.reduce_sum(t, axis=0) ** 2 + 1e-5)\n    return 1 - w\n`, { power: 2, over: "batch", epsilon: 1e-5 }],
  ["reshape B -1 C", `def gdl(y_true, y_pred):\n    t = tf.reshape(y_true, [tf.shape(y_true)[0], -1, 4])\n    w = 1 / (tf.reduce_sum(t, axis=1) ** 2 + 1e-5)\n    return 1 - w\n`, { power: 2, over: "image", epsilon: 1e-5 }],
  ["negative axes torch", `import torch\ndef gdl(pred, target):\n    w = 1 / (target.sum(dim=(-1, -2)) + 1e-5)\n    return 1 - w\n`, { power: 1, over: "image", epsilon: 1e-5 }],
  ["nested sums", `def gdl(y_true, y_pred):\n    w = 1 / (K.sum(K.sum(y_true, axis=1), axis=1) ** 2 + 1e-5)\n    return 1 - w\n`, { power: 2, over: "image" }],
  ["nested sums over batch", `def gdl(y_true, y_pred):\n    v = K.sum(K.sum(y_true, axis=(1, 2)), axis=0)\n    w = 1 / (v ** 2 + 1e-5)\n    return 1 - w\n`, { power: 2, over: "batch" }],
  ["K.pow -2", `def gdl(y_true, y_pred):\n    w = K.pow(K.sum(y_true, (0, 1, 2)) + K.epsilon(), -2)\n    return 1 - w\n`, { power: 2, over: "batch", epsilon: 1e-14 }],
  ["tf.math.reciprocal_no_nan", `def gdl(y_true, y_pred):\n    w = tf.math.reciprocal_no_nan(tf.square(tf.reduce_sum(y_true, axis=[1, 2, 3])))\n    return 1 - w\n`, { power: 2, over: "image", absent: 0 }],
  ["clipped: infinity becomes nearly 1", `def gdl(y_true, y_pred):\n    w = 1 / tf.square(tf.reduce_sum(y_true, axis=(0, 1, 2)))\n    w = tf.clip_by_value(w, 1e-17, 1.0 - 1e-7)\n    return 1 - w\n`, { power: 2, over: "batch", absent: 1-1e-7 }],
  ["held below a number", `def gdl(y_true, y_pred):\n    w = 1 / tf.square(tf.reduce_sum(y_true, axis=(0, 1, 2)))\n    w = tf.minimum(w, 10.0)\n    return 1 - w\n`, { absent: 10 }],
  ["a method makes them, infinite ones set to the largest (MONAI)", `import torch\nclass GeneralizedDiceLoss(_Loss):\n    def __init__(self, batch=False, w_type='square'):\n        super().__init__()\n        self.batch = batch\n    def w_func(self, grnd):\n        return torch.reciprocal(grnd * grnd)\n    def forward(self, input, target):\n        reduce_axis = list(range(2, len(input.shape)))\n        if self.batch:\n            reduce_axis = [0] + reduce_axis\n        ground_o = torch.sum(target, dim=reduce_axis)\n        w = self.w_func(ground_o.float())\n        infs = torch.isinf(w)\n        if self.batch:\n            w[infs] = 0.0\n            w = w + infs * torch.max(w)\n        else:\n            w[infs] = 0.0\n            max_values = torch.max(w, dim=1)[0].unsqueeze(dim=1)\n            w = w + infs * max_values\n        return 1 - w\n`, { power: 2, over: "image", absent: "max" }],
  ["keras subclass", `class GDL(keras.losses.Loss):\n    def __init__(self, eps=1e-5, name="gdl"):\n        super().__init__(name=name)\n        self.eps = eps\n    def call(self, y_true, y_pred):\n        w = 1.0 / (keras.ops.sum(y_true, axis=(0, 1, 2)) ** 2 + self.eps)\n        return 1 - w\n`, { power: 2, over: "batch", epsilon: 1e-5 }],
  ["keras.ops.where", `def gdl(y_true, y_pred):\n    v = ops.sum(y_true, axis=(1, 2))\n    w = ops.where(v > 0, 1 / ops.maximum(v, 1) ** 2, 1e-6)\n    return 1 - w\n`, { power: 2, over: "image", absent: 1e-6 }],
  ["tf.equal and ones_like eps", `def gdl(y_true, y_pred):\n    counts = tf.reduce_sum(y_true, [1, 2])\n    weights = 1.0 / counts ** 2\n    weights = tf.where(tf.equal(counts, 0.0), tf.fill(tf.shape(weights), 1e-6), weights)\n    return 1 - weights\n`, { absent: 1e-6 }],
  ["one weight a class in a comprehension", `def gdl(y_true, y_pred):\n    w = tf.stack([1.0 / (tf.reduce_sum(y_true[..., c]) ** 2 + 1e-5) for c in range(4)])\n    return 1 - w\n`, { power: 2, over: "batch", epsilon: 1e-5 }],
  ["a lambda", `gdl = lambda y_true, y_pred: 1 - K.sum(1 / (K.sum(y_true, (0, 1, 2)) ** 2 + 1e-5) * K.sum(y_true * y_pred, (0, 1, 2)))\n`, { power: 2 }],
  ["torch bincount", `import torch\ndef gdl(pred, target):\n    v = torch.bincount(target.view(-1), minlength=4).float()\n    w = 1 / (v ** 2 + 1e-5)\n    return 1 - w\n`, { power: 2, over: "batch" }],
  ["no weights: tversky", `def tversky_loss(y_true, y_pred, alpha=0.3, beta=0.7, smooth=1e-5):\n    tp = K.sum(y_true * y_pred, (0, 1, 2))\n    fp = K.sum((1 - y_true) * y_pred, (0, 1, 2))\n    fn = K.sum(y_true * (1 - y_pred), (0, 1, 2))\n    return 1 - K.mean((tp + smooth) / (tp + alpha * fp + beta * fn + smooth))\n`, null],
  ["no weights: focal", `def focal_loss(y_true, y_pred, gamma=2.0, alpha=0.25):\n    p = K.clip(y_pred, 1e-7, 1 - 1e-7)\n    return K.mean(-alpha * y_true * (1 - p) ** gamma * K.log(p))\n`, null],
  ["no weights: masked mean", `def masked_loss(y_true, y_pred):\n    mask = y_true[..., 0]\n    n = K.sum(mask)\n    return K.sum(mask * K.square(y_pred[..., 0])) / (n + 1e-5)\n`, null],
  ["no weights: sensitivity", `def sens_loss(y_true, y_pred):\n    tp = K.sum(y_true * y_pred, (0, 1, 2))\n    return 1 - K.mean(tp / (K.sum(y_true, (0, 1, 2)) + 1e-7))\n`, null],
  ["no weights: constant class weights", `def wce_loss(y_true, y_pred):\n    w = tf.constant([0.1, 1.0, 5.0])\n    return -K.mean(w * y_true * K.log(y_pred + 1e-7))\n`, null],
  ["no weights: constant inverse", `def wce_loss(y_true, y_pred):\n    w = 1 / np.array([1000., 20., 3.])\n    return -K.mean(w * y_true * K.log(y_pred + 1e-7))\n`, null],
  ["no weights: prediction volume", `def vol_loss(y_true, y_pred):\n    w = 1 / (K.sum(y_pred, (0, 1, 2)) + 1e-5)\n    return K.mean(w * K.sum(K.abs(y_true - y_pred), (0, 1, 2)))\n`, null],
  ["no weights: squared Dice", `def dice_loss(y_true, y_pred):\n    return 1 - 2 * K.sum(y_true * y_pred) / (K.sum(y_true ** 2) + K.sum(y_pred ** 2) + K.epsilon())\n`, null],
  ["no weights: inv n pixels", `import torch\ndef ce_loss(pred, target):\n    n = (target != 255).sum()\n    return (1 / n) * F.cross_entropy(pred, target, reduction='sum')\n`, null],
  ["no weights: jaccard", `def jaccard_distance_loss(y_true, y_pred, smooth=100):\n    i = K.sum(K.abs(y_true * y_pred), axis=-1)\n    s = K.sum(K.abs(y_true) + K.abs(y_pred), axis=-1)\n    return (1 - (i + smooth) / (s - i + smooth)) * smooth\n`, null],
];

describe("class weights in other people's losses", () => {
  for (const [what, code, expected] of CASES) {
    it(what, () => {
      const got = rule(code);
      if (expected === null) { assert.equal(got, null); return; }
      assert.ok(got, "a rule is found");
      for (const [key, value] of Object.entries(expected)) {
        const have: unknown = got[key as keyof ClassWeightRule];
        if (typeof value === "number" && typeof have === "number") assert.ok(Math.abs(have - value) <= 1e-9 * Math.abs(value), `${key}: ${have} for ${value}`);
        else assert.equal(have, value, key);
      }
    });
  }

  it("code that no hand wrote is given up, not followed for ever", () => {
    const chain = Array.from({ length: 8 }, (_, i) => `def f${i}(y_true, y_pred):\n    return ${new Array(60).fill(`f${i + 1}(y_true, y_pred)`).join(" + ")}\n`).join("\n");
    const deep = `def l(y_true, y_pred):\n    return ${"(".repeat(20_000)}1${")".repeat(20_000)}\n`;
    assert.equal(rule(chain), null);
    assert.equal(rule(deep) ?? null, null);
    assert.equal(rule(`def l(y_true, y_pred):\n    return ${new Array(20_000).fill("1").join(" + ")}\n`) ?? null, null);
    assert.equal(rule(`x = ${"[".repeat(20_000)}`), undefined);
  });
});

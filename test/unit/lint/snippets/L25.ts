import type { Snippets } from "./snippets";

export const L25: Snippets = {
  bad: [
    {
      what: "by differences of sums (JAX)",
      code: `import jax.numpy as jnp


def tversky_loss(preds, labels, alpha=0.3, beta=0.7):
    tp = jnp.sum(preds * labels)
    fn = jnp.sum(labels) - tp
    fp = jnp.sum(preds) - tp
    return 1 - (tp + 1.0) / (tp + alpha * fn + beta * fp + 1.0)
`,
      begins: "alpha * fn",
    },
    {
      what: "keras swapped names",
      code: `from keras import backend as K
def tversky(y_true, y_pred):
    alpha = 0.7
    tp = K.sum(y_true * y_pred)
    false_neg = K.sum((1 - y_true) * y_pred)
    false_pos = K.sum(y_true * (1 - y_pred))
    return 1 - (tp + 1) / (tp + alpha * false_neg + (1 - alpha) * false_pos + 1)
o = Conv2D(1, 1, activation='sigmoid')(x)
m = Model(i, o)
m.compile(loss=tversky, optimizer='adam')
`,
      begins: "false_neg",
    },
    {
      what: "weights both alpha",
      code: `import torch
def tversky_loss(pred, target, alpha=0.3, beta=0.7):
    p = pred.softmax(1)
    tp = (p * target).sum((0, 2, 3))
    fp = (p * (1 - target)).sum((0, 2, 3))
    fn = ((1 - p) * target).sum((0, 2, 3))
    return 1 - ((tp + 1e-5) / (tp + alpha * fp + alpha * fn + 1e-5)).mean()
`,
      begins: "alpha * fp",
    },
  ],
  good: [
    {
      what: "alpha on false positives, as in the paper",
      code: `import torch


class TverskyLoss(torch.nn.Module):
    def __init__(self, alpha=0.3, beta=0.7):
        super().__init__()
        self.alpha, self.beta = alpha, beta

    def forward(self, inputs, targets):
        inputs = torch.sigmoid(inputs).view(-1)
        targets = targets.view(-1)
        tp = (inputs * targets).sum()
        fp = ((1 - targets) * inputs).sum()
        fn = (targets * (1 - inputs)).sum()
        return 1 - (tp + 1) / (tp + self.alpha * fp + self.beta * fn + 1)
`,
    },
    {
      what: "labels first, false positives by 1 - y_true",
      code: `from tensorflow.keras import backend as K


def tversky_loss(y_true, y_pred, alpha=0.3, beta=0.7):
    ones = K.ones_like(y_true)
    p0, p1 = y_pred, ones - y_pred
    g0, g1 = y_true, ones - y_true
    num = K.sum(p0 * g0, axis=(0, 1, 2))
    den = num + alpha * K.sum(p0 * g1, axis=(0, 1, 2)) + beta * K.sum(p1 * g0, axis=(0, 1, 2))
    return 1 - K.mean((num + 1e-5) / (den + 1e-5))
`,
      notes: ["L21"],
    },
    {
      what: "delta and 1 - delta: other letters",
      code: `from tensorflow.keras import backend as K


def tversky_loss(delta=0.7, smooth=1e-6):
    def loss_function(y_true, y_pred):
        tp = K.sum(y_true * y_pred, axis=[1, 2])
        fn = K.sum(y_true * (1 - y_pred), axis=[1, 2])
        fp = K.sum((1 - y_true) * y_pred, axis=[1, 2])
        return K.mean(1 - (tp + smooth) / (tp + delta * fn + (1 - delta) * fp + smooth))

    return loss_function
`,
      notes: ["L16"],
    },
    {
      what: "the same value for both (JAX)",
      code: `import jax.numpy as jnp


def jaccard_loss(preds, labels):
    tp = jnp.sum(preds * labels)
    fp = jnp.sum(preds) - tp
    fn = jnp.sum(labels) - tp
    return 1 - tp / (tp + fp + fn + 1e-7)
`,
    },
    {
      what: "alpha and gamma of a focal loss, next to Dice",
      code: `import torch


def focal_dice_loss(inputs, targets, alpha=0.25, beta=0.75, gamma=2.0):
    p = torch.sigmoid(inputs)
    pos = -alpha * targets * (1 - p) ** gamma * torch.log(p + 1e-7)
    neg = -beta * (1 - targets) * p ** gamma * torch.log(1 - p + 1e-7)
    dice = (2 * (p * targets).sum() + 1) / (p.sum() + targets.sum() + 1)
    return (pos + neg).mean() + 1 - dice
`,
    },
  ],
};

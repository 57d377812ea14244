import type { Snippets } from "./snippets";

const TORCH = "import torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n\n";

const grad = `def lovasz_grad(gt_sorted):
    gts = gt_sorted.sum()
    intersection = gts - gt_sorted.float().cumsum(0)
    union = gts + (1 - gt_sorted).float().cumsum(0)
    jaccard = 1. - intersection / union
    jaccard[1:] = jaccard[1:] - jaccard[0:-1]
    return jaccard

`;

const berman = (sorted: string): string => `${TORCH}${grad}def lovasz_softmax_flat(probas, labels):
    losses = []
    for c in range(probas.shape[1]):
        fg = (labels == c).float()
        errors = (fg - probas[:, c]).abs()
        errors_sorted, perm = torch.sort(errors, 0, descending=True)
        losses.append(torch.dot(errors_sorted, lovasz_grad(${sorted}[perm])))
    return sum(losses) / len(losses)
`;

const flat = (sorted: string): string => `${TORCH}def lovasz_softmax_loss(pred, target):
    pred_flatten = pred.reshape(pred.shape[0], pred.shape[1], -1)
    target_flatten = target.reshape(target.shape[0], -1)
    p = pred_flatten.softmax(1)
    foreground = F.one_hot(target_flatten.to(torch.int64), num_classes=pred.shape[1]).permute(0, 2, 1).to(pred.dtype)
    errors = (p - foreground).abs()
    errors_sorted, permutations = torch.sort(errors, dim=2, descending=True)
    batch_index = torch.arange(pred.shape[0])[:, None, None]
    target_sorted = ${sorted}
    total = target_sorted.sum(2, keepdim=True)
    gradient = 1.0 - (total - target_sorted.cumsum(2)) / (total + (1.0 - target_sorted).cumsum(2))
    gradient[..., 1:] = gradient[..., 1:] - gradient[..., :-1]
    return (errors_sorted * gradient).sum(2).mean()
`;

const tf = (sorted: string): string => `import tensorflow as tf\n\ndef lovasz_softmax(probas, labels, classes=4):
    losses = []
    for c in range(classes):
        fg = tf.cast(tf.equal(labels, c), probas.dtype)
        errors = tf.abs(fg - probas[:, c])
        errors_sorted, perm = tf.nn.top_k(errors, k=tf.shape(errors)[0])
        sorted_labels = tf.gather(${sorted}, perm)
        n = tf.reduce_sum(sorted_labels)
        jaccard = 1. - (n - tf.cumsum(sorted_labels)) / (n + tf.cumsum(1. - sorted_labels))
        losses.append(tf.tensordot(errors_sorted, jaccard, 1))
    return tf.reduce_mean(tf.stack(losses))
`;

export const L32: Snippets = {
  bad: [
    { what: "Berman's loop, labels for the mask", code: berman("labels"), begins: "labels[perm]" },
    { what: "sorted with all classes at once, as in kornia before 0.9", code: flat("target_flatten[batch_index, permutations]"), begins: "target_flatten[batch_index" },
    { what: "TensorFlow", code: tf("labels"), begins: "tf.gather(labels" },
    { what: "argsort (JAX)", code: "import jax\nimport jax.numpy as jnp\n\ndef lovasz_loss(logits, labels):\n    p = jax.nn.softmax(logits)\n    fg = (labels == 1)\n    errors = jnp.abs(fg - p[:, 1])\n    order = jnp.argsort(-errors)\n    gt = labels[order]\n    n = gt.sum()\n    jaccard = 1 - (n - jnp.cumsum(gt)) / (n + jnp.cumsum(1 - gt))\n    return jnp.dot(errors[order], jaccard)\n", begins: "labels[order]" },
    { what: "errors of class indices", code: berman("fg").replace("(fg - probas[:, c])", "(labels - probas[:, c])"), begins: "labels - probas" },
    { what: "kornia's own", code: "import torch\nfrom kornia.losses import LovaszSoftmaxLoss\n\ncriterion = LovaszSoftmaxLoss()\n", begins: "LovaszSoftmaxLoss" },
  ],
  good: [
    { what: "Berman's loop", code: berman("fg") },
    { what: "sorted with all classes at once, as in kornia 0.9", code: flat("foreground.gather(2, permutations)") },
    { what: "TensorFlow, the mask", code: tf("fg") },
    { what: "the hinge: labels are 0 and 1", code: `${TORCH}${grad}def lovasz_hinge_flat(logits, labels):\n    signs = 2. * labels.float() - 1.\n    errors = 1. - logits * signs\n    errors_sorted, perm = torch.sort(errors, dim=0, descending=True)\n    return torch.dot(F.relu(errors_sorted), lovasz_grad(labels[perm]))\n` },
    { what: "labels in the order of their own values", code: `${TORCH}def ranking_loss(pred, target):\n    hard = (target == 0).float()\n    order = torch.argsort(target)\n    return (pred[order] - target[order]).abs().mean() + hard.mean()\n` },
    { what: "one class, whose labels are 0 and 1", code: `${TORCH}${grad}def lovasz_loss(pred, target):\n    p = torch.softmax(pred, 1)[:, 1]\n    errors = (target - p).abs().view(-1)\n    errors_sorted, perm = torch.sort(errors, 0, descending=True)\n    return torch.dot(errors_sorted, lovasz_grad(target.view(-1)[perm]))\n` },
    { what: "one class of one-hot labels", code: `${TORCH}${grad}def lovasz_loss(pred, target):\n    p = torch.softmax(pred, 1).permute(0, 2, 3, 1).reshape(-1, 4)\n    t = target.permute(0, 2, 3, 1).reshape(-1, 4)\n    errors = (t[:, 1] - p[:, 1]).abs()\n    errors_sorted, perm = torch.sort(errors, 0, descending=True)\n    return torch.dot(errors_sorted, lovasz_grad(t[:, 1][perm]))\n` },
  ],
};

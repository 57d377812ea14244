"""Dice per class of two stacks of masks: python counts.py numpy|monai|torchmetrics LABELS.npy PREDICTIONS.npy CLASSES"""
import json
import sys
import time

import numpy as np

how, labels, predictions, classes = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
if how == "monai":
    import torch
    from monai.metrics import compute_dice
    from monai.networks.utils import one_hot
elif how == "torchmetrics":
    import torch
    from torchmetrics.segmentation import DiceScore
start = time.perf_counter()
truth, guess = np.load(labels), np.load(predictions)
if how == "numpy":
    counts = np.bincount(truth.ravel().astype(np.int64) * classes + guess.ravel(), minlength=classes**2).reshape(classes, classes)
    dice = 2 * np.diag(counts) / (counts.sum(0) + counts.sum(1))
elif how == "monai":
    # A case at a time, as its tutorials do: one-hot tensors of all cases would not fit.
    each = [compute_dice(one_hot(torch.from_numpy(g)[None, None], classes), one_hot(torch.from_numpy(t)[None, None], classes)) for g, t in zip(guess, truth)]
    dice = torch.cat(each).nanmean(0)
else:
    metric = DiceScore(num_classes=classes, average="none", input_format="index")
    for g, t in zip(guess, truth):
        metric.update(torch.from_numpy(g)[None].long(), torch.from_numpy(t)[None].long())
    dice = metric.compute()
print([float(d) for d in dice])
print(json.dumps({"inside": time.perf_counter() - start}))

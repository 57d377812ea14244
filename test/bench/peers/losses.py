"""What losses would do to label maps, with PyTorch on whole arrays: python losses.py FOLDER

FOLDER holds labels.npy and losses.json: the losses as PyTorch code, and the batches to look at. For each loss: its value where
background alone is predicted, the truth, every class alike, the wrong class, each class missing, images twice as large, and on the
way to the truth and to the mask; its gradient where every class is alike and where background has 0.99.
"""
import ast
import json
import pathlib
import sys
import time

import numpy as np
import torch

CLASSES, SURE, POINTS, WALKED = 11, 20.0, 20, 4
folder = pathlib.Path(sys.argv[1])
given = json.loads((folder / "losses.json").read_text())
losses = {}
for each in given["code"]:
    space = {}
    exec(compile(each["text"], each["id"], "exec"), space)
    last = [node.name for node in ast.parse(each["text"]).body if isinstance(node, ast.FunctionDef)][-1]
    losses[each["id"]] = space[last]

start = time.perf_counter()
maps = torch.from_numpy(np.load(folder / "labels.npy").astype(np.int64))
batches = [maps[batch] for batch in given["batches"]]


def logits(labels, rule):
    """(B, C, H, W) from the logits of each label."""
    return torch.stack([torch.as_tensor(rule(label), dtype=torch.float32) for label in range(CLASSES)])[labels].movedim(-1, 1).contiguous()


def sure(label):
    return [SURE if c == label else 0.0 for c in range(CLASSES)]


def shares(p):
    return np.log(np.maximum(p, 1e-9))


def on_the_way(share, told):
    def rule(label):
        if label == 0:
            return shares([1.0] + [0.0] * (CLASSES - 1))
        rest = [share if c == label else 0.0 for c in range(1, CLASSES)] if told else [share / (CLASSES - 1)] * (CLASSES - 1)
        return shares([1 - share] + rest)

    return rule


def near(_):
    return shares([0.99] + [0.01 / (CLASSES - 1)] * (CLASSES - 1))


def cases():
    held = [c for c in range(1, CLASSES) if (maps == c).any()]
    made = {
        "background": [(logits(y, lambda _: sure(0)), y) for y in batches],
        "perfect": [(logits(y, sure), y) for y in batches],
        "wrongClass": [(logits(y, lambda label: sure(label if label == 0 else label % (CLASSES - 1) + 1)), y) for y in batches],
        "twice": [(logits(y2, lambda _: sure(0)), y2) for y2 in (torch.cat([y, y], -1) for y in batches)],
    }
    for c in held:
        # A batch without the class is perfect without it: evaluated once.
        made[f"missing {c}"] = [(logits(y, lambda label: sure(0 if label == c else label)), y) for y in batches if (y == c).any()]
    for told in (True, False):
        for k in range(POINTS):
            made[f"way {told} {k}"] = [(logits(y, on_the_way((k + 1) / POINTS, told)), y) for y in batches[:WALKED]]
    derived = {"uniform": [(logits(y, lambda _: [0.0] * CLASSES), y) for y in batches], "near": [(logits(y, near), y) for y in batches]}
    return made, derived


plain, derived = cases()
found = {}
for name, loss in losses.items():
    with torch.no_grad():
        values = {what: float(np.mean([float(loss(z, y)) for z, y in pairs])) for what, pairs in plain.items()}
    for what, pairs in derived.items():
        total, norms = 0.0, np.zeros(CLASSES)
        for z, y in pairs:
            z = z.clone().requires_grad_(True)
            value = loss(z, y)
            (gradient,) = torch.autograd.grad(value, z)
            total += value.item() / len(pairs)
            norms += gradient.abs().sum((0, 2, 3)).numpy() / len(pairs)
        values[what] = total
    found[name] = {what: values[what] for what in ("background", "perfect", "uniform", "wrongClass")}
print(json.dumps(found))
print(json.dumps({"inside": time.perf_counter() - start}))

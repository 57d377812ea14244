"""Measures the example runs with numpy, h5py and nibabel alone, sharing no code with Run Doctor.

usage: python test/truth/measure.py EXAMPLES OUT
Writes OUT/NAME.json for each run folder of EXAMPLES: Dice and voxels per class of every prediction file, cases and batches
without a class, statistics of every tensor of every checkpoint, the last logged values, and what is wrong with the run (known
from how it was trained).
"""
import csv
import io
import json
import pathlib
import sys
import zipfile

import h5py
import nibabel
import numpy as np

# What happened in each training: its loss and what it led to. `allowed` is true of the run as well, at any severity.
KNOWN = {
    "digits-generalized-dice": {
        "classes": 11,
        "symptoms": [{"kind": "only-background", "since": 0}, {"kind": "constant-prediction", "since": 0}, {"kind": "flat-validation", "accept": ["flat-training"]}],
        "allowed": ["absent-class-dominates", "class-never-learned", "class-weights-near-zero", "flat-training", "logged-metric-misleads"],
    },
    "digits-cross-entropy": {"classes": 11, "symptoms": [], "allowed": []},
    "volumes-generalized-dice": {
        "classes": 4,
        "symptoms": [{"kind": "class-never-learned", "classes": [0]}],
        "allowed": ["class-confused", "class-weights-near-zero", "absent-class-dominates"],
    },
}


def volumes(path):
    """The cases of a file or folder as one integer array, cases first."""
    if path.is_dir():
        return np.stack([np.asarray(nibabel.load(p).dataobj) for p in sorted(path.iterdir())])
    with np.load(path) as archive:
        return archive[archive.files[0]]


def epochs(run, classes):
    truth = volumes(next(p for p in [run / "labels" / "val.npz", run / "labels"] if p.exists()))
    for path in sorted((run / "predictions").iterdir()):
        guess = volumes(path)
        assert guess.shape == truth.shape, (path, guess.shape, truth.shape)
        dice = []
        for c in range(classes):
            t, p = truth == c, guess == c
            total = int(t.sum()) + int(p.sum())
            dice.append(None if total == 0 else 2 * int((t & p).sum()) / total)
        yield {
            "epoch": int(path.name.split("_")[1].split(".")[0]) - 1,
            "predictions": path.relative_to(run).as_posix(),
            "dice": dice,
            "label_voxels": [int((truth == c).sum()) for c in range(classes)],
            "predicted_voxels": [int((guess == c).sum()) for c in range(classes)],
        }


def labels(run, classes, sizes=(1, 2, 32)):
    """Voxels per class, and how many batches of consecutive cases hold nothing of a class."""
    truth = volumes(next(p for p in [run / "labels" / "val.npz", run / "labels"] if p.exists()))
    held = np.stack([(truth == c).reshape(len(truth), -1).any(1) for c in range(classes)], 1)
    without = {}
    for size in sizes:
        batches = [held[i : i + size].any(0) for i in range(0, len(held), size)]
        without[size] = {"count": len(batches), "without": [int((~np.stack(batches)[:, c]).sum()) for c in range(classes)]}
    return {"cases": len(truth), "voxels": [int((truth == c).sum()) for c in range(classes)], "batches": without}


def datasets(path):
    data = path.read_bytes()
    if path.suffix == ".keras":
        data = zipfile.ZipFile(io.BytesIO(data)).read("model.weights.h5")
    found = {}
    with h5py.File(io.BytesIO(data), "r") as file:
        file.visititems(lambda name, item: found.__setitem__(name, item[()]) if isinstance(item, h5py.Dataset) and item.dtype.kind == "f" and item.size else None)
    return found


def tensors(run):
    before = {}
    for path in sorted((run / "checkpoints").iterdir()):
        current = datasets(path)
        for name, raw in current.items():
            if name.startswith("optimizer/"):
                continue
            x = np.asarray(raw, "float64")
            old = before.get(name)
            yield {
                "checkpoint": path.relative_to(run).as_posix(), "name": name, "count": int(x.size), "zeros": int((x == 0).sum()),
                "nan": int(np.isnan(x).sum()), "inf": int(np.isinf(x).sum()), "min": float(x.min()), "max": float(x.max()),
                "mean": float(x.mean()), "std": float(x.std()), "meanAbs": float(np.abs(x).mean()),
                "maxAbsChange": None if old is None else float(np.abs(x - np.asarray(old, "float64")).max()),
            }
        before = current


def logged(run):
    rows = list(csv.DictReader((run / "training.csv").open()))
    return {"training.csv": {tag: {"points": len(rows), "last_value": float(rows[-1][tag])} for tag in rows[0] if tag != "epoch"}}


def main():
    examples, out = map(pathlib.Path, sys.argv[1:])
    for name, known in KNOWN.items():
        run = examples / name
        truth = {"run": name, **known, "per_epoch": list(epochs(run, known["classes"])), "labels": labels(run, known["classes"]), "tensors": list(tensors(run)), "logged": logged(run)}
        (out / f"{name}.json").write_text(json.dumps(truth, indent=1) + "\n")


main()

"""What people would write today: the same measures as `run-doctor inspect FOLDER --json`, with h5py, numpy, nibabel and TensorBoard's event reader.

usage: python peer.py FOLDER
Prints one JSON document: per run the logged series, Dice and IoU per class of every prediction, statistics of every tensor.
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
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator


def volumes(path):
    if path.is_dir():
        return np.stack([np.asarray(nibabel.load(p).dataobj) for p in sorted(path.iterdir())])
    with np.load(path) as archive:
        return archive[archive.files[0]]


def epochs(run):
    labels = next(p for p in [run / "labels" / "val.npz", run / "labels"] if p.exists())
    truth = volumes(labels)
    classes = int(truth.max()) + 1
    for path in sorted((run / "predictions").iterdir()):
        guess = volumes(path)
        counts = np.bincount(truth.ravel().astype(np.int64) * classes + guess.ravel(), minlength=classes * classes).reshape(classes, classes)
        both, label, predicted = np.diag(counts), counts.sum(1), counts.sum(0)
        with np.errstate(invalid="ignore"):
            yield {"predictions": path.name, "dice": (2 * both / (label + predicted)).tolist(), "iou": (both / (label + predicted - both)).tolist(),
                   "labelVoxels": label.tolist(), "predictedVoxels": predicted.tolist()}


def datasets(path):
    source = path if path.suffix != ".keras" else io.BytesIO(zipfile.ZipFile(path).read("model.weights.h5"))
    found = {}
    with h5py.File(source, "r") as file:
        file.visititems(lambda name, item: found.__setitem__(name, item[()]) if isinstance(item, h5py.Dataset) else None)
    return found


def checkpoints(run):
    before = {}
    for path in sorted((run / "checkpoints").iterdir()):
        current = datasets(path)
        tensors = []
        for name, raw in current.items():
            x = np.asarray(raw, np.float64)
            old = before.get(name)
            tensors.append({
                "name": name, "count": x.size, "zeros": int((x == 0).sum()), "nan": int(np.isnan(x).sum()), "inf": int(np.isinf(x).sum()),
                "min": float(x.min()), "max": float(x.max()), "mean": float(x.mean()), "std": float(x.std()), "meanAbs": float(np.abs(x).mean()),
                "l2": float(np.sqrt((x * x).sum())), "maxAbsChange": None if old is None else float(np.abs(x - old).max()),
            })
        before = current
        yield {"path": path.name, "tensors": tensors}


def series(run):
    with (run / "training.csv").open() as file:
        rows = list(csv.DictReader(file))
    yield from ({"tag": tag, "values": [float(row[tag]) for row in rows]} for tag in rows[0] if tag != "epoch")
    for path in sorted(run.glob("tb/*")):
        events = EventAccumulator(str(path), size_guidance={"scalars": 0, "tensors": 0})
        events.Reload()
        for tag in events.Tags()["scalars"]:
            yield {"tag": tag, "values": [e.value for e in events.Scalars(tag)]}
        for tag in events.Tags()["tensors"]:
            values = [e.tensor_proto.float_val for e in events.Tensors(tag)]
            yield {"tag": tag, "values": [v[0] for v in values if len(v) == 1]}


def main():
    folder = pathlib.Path(sys.argv[1])
    report = [{"path": run.name, "series": list(series(run)), "epochs": list(epochs(run)), "checkpoints": list(checkpoints(run))}
              for run in sorted(folder.iterdir()) if (run / "training.csv").exists()]
    print(json.dumps(report))


main()

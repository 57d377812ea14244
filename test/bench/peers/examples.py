"""What people would write today: the same measures as `run-doctor inspect FOLDER --json`, with h5py, numpy, nibabel and TensorBoard's event reader.

usage: python peer.py FOLDER
Prints one JSON document: per run the logged series, Dice and IoU per class and per case of every prediction, confusion between
classes, whether all cases get the same prediction, class weights, statistics of every tensor and its change.
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


def counted(truth, guess, classes):
    """Voxels by case, label and prediction: cases x classes x classes."""
    cases = np.arange(len(truth), dtype=np.int64).reshape((-1,) + (1,) * (truth.ndim - 1))
    pairs = (cases * classes + truth) * classes + guess
    return np.bincount(pairs.ravel(), minlength=len(truth) * classes * classes).reshape(-1, classes, classes)


def dice(counts):
    with np.errstate(invalid="ignore"):
        return 2 * np.diagonal(counts, axis1=-2, axis2=-1) / (counts.sum(-1) + counts.sum(-2))


def epochs(run):
    labels = next(p for p in [run / "labels" / "val.npz", run / "labels"] if p.exists())
    truth = volumes(labels)
    classes = int(truth.max()) + 1
    for path in sorted((run / "predictions").iterdir()):
        guess = volumes(path)
        per_case = counted(truth, guess, classes)
        counts = per_case.sum(0)
        both, label, predicted = np.diag(counts), counts.sum(1), counts.sum(0)
        constant = bool((guess == guess[:1]).all()) and not bool((truth == truth[:1]).all())
        with np.errstate(invalid="ignore"):
            yield {"predictions": path.name, "dice": dice(counts).tolist(), "iou": (both / (label + predicted - both)).tolist(), "confusion": counts.tolist(),
                   "caseDice": dice(per_case).tolist(), "constant": constant, "labelVoxels": label.tolist(), "predictedVoxels": predicted.tolist()}


def class_weights(run):
    """1/(V^2 + 1e-5) over the set, and the share of the weight that classes absent from an image hold, per image."""
    truth = volumes(next(p for p in [run / "labels" / "val.npz", run / "labels"] if p.exists()))
    classes = int(truth.max()) + 1
    per_image = np.stack([(truth == c).reshape(len(truth), -1).sum(1) for c in range(classes)], 1).astype(np.float64)
    weights = 1 / (per_image ** 2 + 1e-5)
    share = (weights * (per_image == 0)).sum(1) / weights.sum(1)
    return {"weights": (1 / (per_image.sum(0) ** 2 + 1e-5)).tolist(), "absentShare": float(share.mean())}


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
            size = np.abs(x)
            tiny = np.finfo(raw.dtype).tiny if raw.dtype.kind == "f" else 0
            tensors.append({
                "name": name, "count": x.size, "zeros": int((x == 0).sum()), "subnormal": int(((size > 0) & (size < tiny)).sum()), "tiny": int(((size > 0) & (size < 1e-9)).sum()),
                "identical": None if old is None else bool(np.array_equal(raw, old)), "nan": int(np.isnan(x).sum()), "inf": int(np.isinf(x).sum()),
                "min": float(x.min()), "max": float(x.max()), "mean": float(x.mean()), "std": float(x.std()), "meanAbs": float(size.mean()),
                "l2": float(np.sqrt((x * x).sum())), "maxAbsChange": None if old is None else float(np.abs(x - old).max()),
            })
        before = current
        yield {"path": path.name, "tensors": tensors}


def series(run):
    with (run / "training.csv").open() as file:
        rows = list(csv.DictReader(file))
    yield from ({"tag": tag, "values": [float(row[tag]) for row in rows]} for tag in rows[0] if tag != "epoch")
    if (run / "history.json").exists():
        yield from ({"tag": tag, "values": values} for tag, values in json.loads((run / "history.json").read_text()).items())
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
    report = [{"path": run.name, "series": list(series(run)), "epochs": list(epochs(run)), "classWeights": class_weights(run), "checkpoints": list(checkpoints(run))}
              for run in sorted(folder.iterdir()) if (run / "training.csv").exists()]
    print(json.dumps(report))


main()

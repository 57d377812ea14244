"""The statistics of every tensor of a checkpoint, with numpy: count, zeros, NaN, infinities, min, max, mean, std, mean |v|, l2.

usage: python stats.py FILE (.h5, .safetensors, .pt)
"""
import json
import pathlib
import sys
import time

import numpy as np


def tensors(path):
    if path.suffix == ".h5":
        import h5py

        found = []
        with h5py.File(path) as file:
            file.visititems(lambda name, item: found.append(name) if isinstance(item, h5py.Dataset) else None)
            for name in found:
                yield name, file[name][...]
    elif path.suffix == ".safetensors":
        from safetensors import safe_open

        with safe_open(path, "np") as file:
            for name in file.keys():
                yield name, file.get_tensor(name)
    else:
        import torch

        for name, tensor in torch.load(path, map_location="cpu", weights_only=True).items():
            yield name, tensor.numpy()


def statistics(a):
    finite = a[np.isfinite(a)] if not np.isfinite(a).all() else a
    return [a.size, int((a == 0).sum()), int(np.isnan(a).sum()), int(np.isinf(a).sum()), float(finite.min()), float(finite.max()),
            float(finite.mean(dtype=np.float64)), float(finite.std(dtype=np.float64)), float(np.abs(finite).mean(dtype=np.float64)),
            float(np.sqrt(np.square(finite, dtype=np.float64).sum()))]


path = pathlib.Path(sys.argv[1])
if path.suffix == ".pt":
    import torch  # noqa: F401  (starting it is not what is measured)
elif path.suffix == ".h5":
    import h5py  # noqa: F401
times = []
for _ in range(6):  # as ours: the median of five readings after a first
    start = time.perf_counter()
    found = {name: statistics(a) for name, a in tensors(path)}
    times.append(time.perf_counter() - start)
print(json.dumps(found))
print(json.dumps({"inside": sorted(times[1:])[2]}))

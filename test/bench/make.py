"""Makes what the benchmarks read: python make.py WHAT FOLDER

Everything is made anew from fixed seeds; nothing of it is kept in the repository.
"""
import json
import pathlib
import struct
import sys

import numpy as np

what, folder = sys.argv[1], pathlib.Path(sys.argv[2])
folder.mkdir(parents=True, exist_ok=True)
random = np.random.default_rng(1)


def table():
    rows = []
    for i in range(256):
        for _ in range(8):
            i = (i >> 1) ^ (0x82F63B78 if i & 1 else 0)
        rows.append(i)
    return rows


TABLE = table()


def masked_crc(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = TABLE[(crc ^ byte) & 255] ^ (crc >> 8)
    crc ^= 0xFFFFFFFF
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def record(data, check=True):
    """A TFRecord; the checksum of long data is left out (readers check it only where the data cannot be parsed)."""
    length = struct.pack("<Q", len(data))
    return length + struct.pack("<I", masked_crc(length)) + data + struct.pack("<I", masked_crc(data) if check else 0)


def varint(n):
    out = b""
    while n > 127:
        out += bytes([n & 127 | 128])
        n >>= 7
    return out + bytes([n])


def field(number, data):
    return varint(number << 3 | 2) + varint(len(data)) + data


def event(step, value):
    return b"\x09" + struct.pack("<d", 1.7e9 + step / 10) + b"\x10" + varint(step) + field(5, field(1, value))


def scalar(tag, value):
    return field(1, tag.encode()) + b"\x15" + struct.pack("<f", value)


VERSION = b"\x09" + struct.pack("<d", 1.7e9) + field(3, b"brain.Event:2")
TAGS = ["train/loss", "val/loss", "train/dice", "val/dice", "lr", "val/dice/1", "val/dice/2", "val/dice/3", "grad_norm", "epoch"]


def scalars(path, count):
    with open(path, "wb") as file:
        file.write(record(VERSION))
        for i in range(count):
            file.write(record(event(i // len(TAGS), scalar(TAGS[i % len(TAGS)], 1 / (1 + i // len(TAGS))))))


def network(total, each=2_097_152):
    """float32 layers of 8 MiB as convolutions have them."""
    return {f"layer{i:03d}.weight": random.standard_normal((each // 2304, 256, 3, 3), dtype=np.float32) * 0.05 for i in range(total // (each * 4))}


def masks(shape, classes, wrong):
    """Blocks of classes; `wrong`: share of voxels that the prediction has otherwise."""
    small = random.integers(0, classes, [-(-n // 16) for n in shape]) * (random.random([-(-n // 16) for n in shape]) < 0.3)
    truth = np.kron(small, np.ones([16] * len(shape))).astype(np.uint8)[tuple(slice(n) for n in shape)]
    guess = np.where(random.random(shape, dtype=np.float32) < wrong, random.integers(0, classes, shape, dtype=np.uint8), truth)
    return truth, guess


if what == "scalars":
    scalars(folder / "events.out.tfevents.1700000000.host.1.0", 1_000_000)
elif what == "short":
    scalars(folder / "events.out.tfevents.1700000000.host.1.0", 10_000)
elif what == "mixed":
    with open(folder / "events.out.tfevents.1700000000.host.1.0", "wb") as file:
        file.write(record(VERSION))
        picture = random.bytes(125_000)
        # HistogramProto: min, max, num, sum, sum_squares, bucket_limit and bucket packed
        histogram = b"".join(bytes([n << 3 | 1]) + struct.pack("<d", n) for n in range(1, 6)) + field(6, random.bytes(240)) + field(7, random.bytes(240))
        for i in range(200_000):
            file.write(record(event(i // 10, scalar(TAGS[i % 10], 1 / (1 + i)))))
            if i % 100 == 0:
                image = b"\x08\x40\x10\x40\x18\x03" + field(4, picture)
                file.write(record(event(i // 10, field(1, b"val/image") + field(4, image)), check=False))
            if i % 50 == 0:
                file.write(record(event(i // 10, field(1, b"layer/histogram") + field(5, histogram))))
elif what == "losses":
    # Ellipses in the place of digits: one of ten classes in each image, the rest is background.
    y, x = np.mgrid[:28, :28] - 13.5
    maps = [((y / (5 + i % 7)) ** 2 + (x / (4 + i % 5)) ** 2 < 1) * (1 + i % 10) for i in range(400)]
    np.save(folder / "labels.npy", np.stack(maps).astype(np.uint8))
elif what == "stats":
    tensors = network(419_430_400)
    import h5py
    import torch
    from safetensors.numpy import save_file

    for name in ["h5", "safetensors", "torch"]:
        (folder / name).mkdir(exist_ok=True)
    with h5py.File(folder / "h5" / "model.weights.h5", "w") as file:
        for name, value in tensors.items():
            file.create_dataset(f"layers/{name.split('.')[0]}/vars/0", data=value)
    save_file(tensors, folder / "safetensors" / "model.safetensors")
    torch.save({name: torch.from_numpy(value) for name, value in tensors.items()}, folder / "torch" / "model.pt")
elif what == "counts":
    for part in ["labels", "predictions"]:
        (folder / part).mkdir(exist_ok=True)
    truth, guess = masks((100, 1024, 1024), 5, 0.03)
    np.save(folder / "labels" / "val.npy", truth)
    np.save(folder / "predictions" / "epoch_001.npy", guess)
elif what == "nifti":
    import nibabel

    truth, guess = masks((512, 512, 200), 5, 0.001)
    for part, data in [("labels", truth), ("predictions/epoch_001", guess)]:
        (folder / part).mkdir(parents=True, exist_ok=True)
        nibabel.save(nibabel.Nifti1Image(data, np.eye(4)), folder / part / "case_000.nii.gz")
elif what == "table":
    values = random.random((1_500_000, 6)).round(6)
    with open(folder / "training.csv", "w") as file:
        file.write("epoch,accuracy,loss,lr,val_accuracy,val_loss,val_dice\n")
        for i, row in enumerate(values.tolist()):
            file.write(f"{i},{row[0]},{row[1]},{row[2]},{row[3]},{row[4]},{row[5]}\n")
elif what == "sparse":
    # One float32 tensor of 64 MiB after another, 10 GB of zeros that take no room on the disk.
    count, size = 160, 1 << 26
    header = json.dumps({f"layer{i}.weight": {"dtype": "F32", "shape": [4096, 4096], "data_offsets": [i * size, (i + 1) * size]} for i in range(count)}).encode()
    with open(folder / "model.safetensors", "wb") as file:
        file.write(struct.pack("<Q", len(header)) + header)
        file.truncate(8 + len(header) + count * size)
elif what == "runs":
    for i in range(1000):
        run = folder / f"run_{i:04d}"
        run.mkdir(exist_ok=True)
        scalars(run / "events.out.tfevents.1700000000.host.1.0", 500)
else:
    raise SystemExit(f"make.py: nothing called {what}")

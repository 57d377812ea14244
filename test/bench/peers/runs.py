"""Every run below a folder with its last values, as with TensorBoard's event reader: python runs.py FOLDER"""
import json
import os
import sys
import time

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

start = time.perf_counter()
runs = {}
for folder, _, files in os.walk(sys.argv[1]):
    if any("tfevents" in name for name in files):
        events = EventAccumulator(folder).Reload()
        runs[folder] = {tag: events.Scalars(tag)[-1].value for tag in events.Tags()["scalars"]}
print(len(runs))
print(json.dumps({"inside": time.perf_counter() - start}))

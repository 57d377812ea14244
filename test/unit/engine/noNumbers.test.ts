import assert from "node:assert/strict";
import { join } from "node:path";
import { FILE_VERSION, records, scalars, simple } from "../read/logs/helpers";
import { inspectOnce, put, temporary } from "./support";

const POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:03121010bcdff1cee782261214d1f8e48a36c98f8d338de393636c19378cd771\nsize 16582\n";

describe("files without numbers", () => {
  it("that stand for files in Git LFS say so, each by what it would be", async () => {
    const folder = temporary();
    for (const name of ["labels/a.nii.gz", "debug.json", "model.safetensors", "epoch.pth", "events.out.tfevents.1.host", "weights.h5", "notes.json", "list.csv"]) put(join(folder, name), POINTER);
    const { problems, sources } = await inspectOnce(folder);
    const said = "a pointer of Git LFS, not the file itself";
    assert.deepEqual(problems.map(({ path, message }) => `${path}: ${message}`), [
      `debug.json: nnunet-debug: ${said}`,
      `epoch.pth: torch: ${said}`,
      `events.out.tfevents.1.host: tfevents: ${said}`,
      `labels/a.nii.gz: NIfTI: ${said}`,
      `model.safetensors: safetensors: ${said}`,
    ]);
    assert.deepEqual(sources.filter((s) => s.problem !== null).map((s) => s.kind), ["config", "checkpoint", "log", "labels", "checkpoint"]);
  });

  it("that are logs are told in one line, until they hold some", async () => {
    const folder = temporary();
    for (const n of [1, 2, 3]) put(join(folder, "tb", `events.out.tfevents.170000000${n}.host`), records(FILE_VERSION));
    put(join(folder, "fold_0", "training_log_2024_3_5_12_00_00.txt"), "2024-03-05 12:00:00.1: Using splits\n");
    const lines = async (): Promise<readonly string[]> => (await inspectOnce(folder)).assumptions.filter((line) => /no values/.test(line));
    assert.deepEqual(await lines(), ["fold_0/training_log_2024_3_5_12_00_00.txt: nnunet-log: no values in it, nor in 3 other logs"]);
    put(join(folder, "tb", "events.out.tfevents.1700000003.host"), records(FILE_VERSION, scalars(0, simple("loss", 1))));
    put(join(folder, "fold_0", "training_log_2024_3_5_12_00_00.txt"), "2024-03-05 12:00:00.1: Epoch 0\n2024-03-05 12:00:01.1: train_loss -0.5\n");
    assert.deepEqual(await lines(), ["tb/events.out.tfevents.1700000001.host: tfevents: no values in it, nor in 1 other log"]);
  });
});

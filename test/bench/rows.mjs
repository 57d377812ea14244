// What is measured: the work, what makes its input, both commands, and the ratio to reach.
import { join } from "node:path";

/** One environment for all that needs torch: it is the largest by far. */
const TORCH = ["numpy==2.4.6", "h5py==3.16.0", "safetensors==0.8.0", "torch==2.15.0", "monai==1.6.1", "torchmetrics==1.9.0"];

/** Files of the row "stats", and the formats that read them. */
const FILES = { h5: ["model.weights.h5", "keras-weights-h5"], safetensors: ["model.safetensors", "safetensors"], torch: ["model.pt", "torch"] };

const RUFF = ["ruff==0.17.6"];
/** As it checks anywhere: neither the settings of the packages nor what git ignores count. */
const CHECK = ["check", "--isolated", "--no-cache", "--no-respect-gitignore"];

/**
 * `paths`: {node, cli, python, bench (this folder), data (folder of the row's input)}. A row's `data` names what make.py makes;
 * `packages`: what is compared with, from PyPI; `reach`: the least ratio, theirs to ours, that we mean to hold; `until`: the peer is
 * a server that is done when it prints this; `limitMb`: peak memory of ours; `files`: files of this ending are counted and told by
 * the second; `mayFind`: exit code 1 says that something was found; `pairs`: at most so many pairs, for a peer that takes
 * minutes; `judged`: "inside" where the work alone is compared, as both
 * sides time it themselves, else whole processes.
 */
export const rows = [
  {
    name: "examples",
    work: "examples/ inspected from the terminal",
    against: "h5py, numpy, nibabel and TensorBoard's event reader",
    packages: ["numpy==2.4.6", "h5py==3.16.0", "nibabel==5.4.2", "tensorboard==2.21.0", "setuptools<81"],
    ours: ({ inspect, root }) => inspect(`${root}/examples`),
    theirs: ({ python, bench, root }) => [python, `${bench}/peers/examples.py`, `${root}/examples`],
    reach: 2,
  },
  {
    name: "scalars-all",
    data: "scalars",
    work: "1 M scalar events (51 MB), every point kept",
    against: "RustBoard (tensorboard-data-server) keeping every point",
    packages: ["numpy==2.4.6", "tensorboard-data-server==0.7.2"],
    ours: ({ node, bench, data }) => [node, `${bench}/events.mjs`, data],
    theirs: (paths) => rustboard(paths, "scalars=all"),
    until: "Finished load cycle",
    judged: "inside",
    reach: 2,
  },
  {
    name: "scalars-sampled",
    data: "scalars",
    work: "1 M scalar events (51 MB), every point kept",
    against: "RustBoard keeping 1,000 points a series, its default",
    packages: ["numpy==2.4.6", "tensorboard-data-server==0.7.2"],
    ours: ({ node, bench, data }) => [node, `${bench}/events.mjs`, data],
    theirs: (paths) => rustboard(paths, "scalars=1000"),
    until: "Finished load cycle",
    judged: "inside",
    reach: 1,
  },
  {
    name: "mixed",
    work: "262 MB of events with images and histograms, every scalar kept",
    against: "RustBoard keeping every scalar",
    packages: ["numpy==2.4.6", "tensorboard-data-server==0.7.2"],
    ours: ({ node, bench, data }) => [node, `${bench}/events.mjs`, data],
    theirs: (paths) => rustboard(paths, "scalars=all"),
    until: "Finished load cycle",
    judged: "inside",
    reach: 3,
  },
  ...["h5", "safetensors", "torch"].map((kind) => ({
    name: `stats-${kind}`,
    data: "stats",
    work: `statistics of 419 MB float32 from ${{ h5: "HDF5", safetensors: "safetensors", torch: "a torch file" }[kind]}, one thread`,
    against: `numpy with ${{ h5: "h5py", safetensors: "safetensors", torch: "torch.load" }[kind]}`,
    packages: TORCH,
    ours: (paths) => stats(paths, kind, 1),
    theirs: ({ python, bench, data }) => [python, `${bench}/peers/stats.py`, `${data}/${kind}/${FILES[kind][0]}`],
    judged: "inside",
    reach: 5,
  })),
  {
    name: "threads",
    data: "stats",
    work: "statistics of 419 MB float32 from safetensors, two threads",
    against: "the same with one thread",
    packages: TORCH,
    ours: (paths) => stats(paths, "safetensors", 2),
    theirs: (paths) => stats(paths, "safetensors", 1),
    judged: "inside",
    reach: 1.7,
  },
  ...[
    ["monai", "MONAI's compute_dice", 10],
    ["torchmetrics", "torchmetrics' DiceScore", 10],
    ["numpy", "numpy's bincount", 3],
  ].map(([how, against, reach]) => ({
    name: `counts-${how}`,
    data: "counts",
    work: "confusion counts of 2 × 105 MB uint8, 5 classes",
    against,
    packages: TORCH,
    ours: ({ inspect, data }) => inspect(data),
    theirs: ({ python, bench, data }) => [python, `${bench}/peers/counts.py`, how, `${data}/labels/val.npy`, `${data}/predictions/epoch_001.npy`, "5"],
    reach,
  })),
  {
    name: "nifti",
    work: ".nii.gz pair of 512 × 512 × 200",
    against: "nibabel and numpy",
    packages: ["numpy==2.4.6", "nibabel==5.4.2"],
    ours: ({ inspect, data }) => inspect(data),
    theirs: ({ python, bench, data }) => [python, `${bench}/peers/nifti.py`, `${data}/labels/case_000.nii.gz`, `${data}/predictions/epoch_001/case_000.nii.gz`, "5"],
    reach: 1.5,
  },
  {
    name: "table",
    work: "CSV of 1.5 M rows × 7",
    against: "pandas.read_csv (C engine)",
    packages: ["numpy==2.4.6", "pandas==3.1.1"],
    ours: ({ inspect, data }) => inspect(data),
    theirs: ({ python, bench, data }) => [python, `${bench}/peers/table.py`, `${data}/training.csv`],
    reach: 0.7,
  },
  {
    name: "sparse-threads",
    data: "sparse",
    work: "statistics of a checkpoint of 10.7 GB (sparse), two threads",
    against: "the same with one thread",
    packages: ["numpy==2.4.6"],
    ours: ({ inspect, data }) => inspect(data, "--threads", "2"),
    theirs: ({ inspect, data }) => inspect(data, "--threads", "1"),
    reach: 1.7,
    limitMb: 300,
  },
  {
    name: "sparse",
    work: "statistics of a checkpoint of 10.7 GB (sparse)",
    packages: ["numpy==2.4.6"],
    ours: ({ inspect, data }) => inspect(data),
    limitMb: 300,
  },
  {
    name: "runs",
    work: "1,000 run folders with 500 events each",
    against: "os.walk and TensorBoard's EventAccumulator",
    packages: ["numpy==2.4.6", "tensorboard==2.21.0", "setuptools<81"],
    ours: ({ inspect, data }) => inspect(data),
    theirs: ({ python, bench, data }) => [python, `${bench}/peers/runs.py`, data],
    reach: 20,
  },
  {
    name: "losses",
    work: "exact analysis of 105 losses on 400 label maps of 28 × 28, 11 classes",
    against: "the same losses in PyTorch on the whole arrays",
    packages: TORCH,
    ours: ({ node, bench, data }) => [node, `${bench}/losses.mjs`, data],
    theirs: ({ python, bench, data }) => [python, `${bench}/peers/losses.py`, data],
    judged: "inside",
    pairs: 1,
    reach: 10,
  },
  {
    name: "lint",
    data: "lint-corpus",
    work: "loss code of published libraries linted, one thread",
    against: "ruff check (its default rules, no cache, all processors)",
    packages: RUFF,
    ours: ({ node, root, data }) => [node, `${root}/dist/cli.js`, "lint", data, "--json"],
    theirs: ({ python, data }) => [join(python, "..", "ruff"), ...CHECK, data],
    files: ".py",
    mayFind: true,
  },
];

function rustboard({ server, data }, samples) {
  return [server, "--logdir", data, "--reload", "once", "--port", "0", "--samples-per-plugin", samples, "-v"];
}

function stats({ node, bench, data }, kind, threads) {
  return [node, `${bench}/stats.mjs`, `${data}/${kind}/${FILES[kind][0]}`, FILES[kind][1], String(threads)];
}

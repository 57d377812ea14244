/** Folder trees for findRuns, made of paths alone. */
import { findRuns } from "../../../../src/read/layout/findRuns";
import type { FolderEntry } from "../../../../src/read/layout/plan";

const CSV = "epoch,loss,val_loss\n0,0.9,1.0\n1,0.8,0.9\n";
const JSON_HISTORY = '{"loss": [0.9, 0.8], "val_loss": [1.0, 0.9]}';
export const TABLE = "name,age,city\nanna,3,x\n";
export const HDF5 = "\x89HDF\r\n\x1a\n";

const EPOCHS = [1, 2, 3].map((n) => ({ epoch: n, loss: 1 / n, val_loss: 1.1 / n }));
/** What frameworks write into files of these names. */
const BY_NAME: readonly (readonly [RegExp, string])[] = [
  [/(?:^|\/)trainer_state\.json$/, JSON.stringify({ epoch: 3, global_step: 30, log_history: EPOCHS.map((row) => ({ ...row, step: row.epoch * 10 })) })],
  [/(?:^|\/)training_log[^/]*\.txt$/, "\n#######\nPlease cite the following paper when using nnU-Net\n#######\n\n2026-01-01 10:00:00.1: Epoch 0 \n2026-01-01 10:00:00.1: Current learning rate: 0.01 \n2026-01-01 10:00:10.1: train_loss -0.1 \n2026-01-01 10:00:10.1: val_loss -0.2 \n2026-01-01 10:00:10.1: Pseudo dice [0.5, 0.4] \n2026-01-01 10:00:10.1: Epoch time: 10.0 s \n"],
  [/(?:^|\/)metrics\/[^.]*$/, "1700000000000 0.5 1\n1700000001000 0.4 2\n"],
  [/(?:^|\/)(?:scalars|metrics)\.json$|\.log\.json$|\.jsonl$/, EPOCHS.map((row) => `${JSON.stringify({ ...row, step: row.epoch * 10, lr: 0.1 })}\n`).join("")],
  [/(?:^|\/)(?:dataset|plans|splits_final|config|summary|wandb-metadata|debug|dataset_fingerprint)\.json$/, "{}"],
  [/\.log$|(?:^|\/)(?:train|log)\.txt$/, EPOCHS.map((row) => `Epoch ${row.epoch}/3 | train loss ${row.loss.toFixed(4)} | val loss ${row.val_loss.toFixed(4)}\n`).join("")],
  [/(?:^|\/)train_metrics\.tsv$/, "step\tloss\n1\t0.5\n2\t0.4\n"],
];

/** A tree of paths; what a file begins with follows from its name, or is given after " = ". */
export function tree(paths: readonly string[]): { root: FolderEntry; head: (path: string) => Uint8Array | null; heads: () => number } {
  interface Mutable {
    name: string;
    files: string[];
    folders: Mutable[];
    truncated: boolean;
  }
  const root: Mutable = { name: "", files: [], folders: [], truncated: false };
  const index = new Map<string, Mutable>([["", root]]);
  const contents = new Map<string, string>();
  const folder = (path: string): Mutable => {
    const known = index.get(path);
    if (known !== undefined) return known;
    const cut = path.lastIndexOf("/");
    const made: Mutable = { name: path.slice(cut + 1), files: [], folders: [], truncated: false };
    folder(cut < 0 ? "" : path.slice(0, cut)).folders.push(made);
    index.set(path, made);
    return made;
  };
  for (const line of paths) {
    const [path, content] = line.split(" = ");
    const cut = path!.lastIndexOf("/");
    folder(cut < 0 ? "" : path!.slice(0, cut)).files.push(path!.slice(cut + 1));
    contents.set(path!, content ?? BY_NAME.find(([name]) => name.test(path!))?.[1] ?? (/\.(?:csv|tsv)$/.test(path!) ? CSV : path!.endsWith(".json") ? JSON_HISTORY : path!.endsWith(".h5") ? `${HDF5}keras_version` : ""));
  }
  let heads = 0;
  return {
    root,
    head: (path) => {
      heads++;
      return Uint8Array.from(contents.get(path) ?? "", (c) => c.charCodeAt(0) & 255);
    },
    heads: () => heads,
  };
}

export function found(paths: readonly string[], explicit = false): string[] {
  const { root, head } = tree(paths);
  return findRuns(root, head, { explicit }).map((run) => [run.path, ...(run.also ?? [])].join(" + "));
}

export const under = (folder: string, paths: readonly string[]): string[] => paths.map((path) => `${folder}/${path}`);

/** File watchers. They are hints alone: what they miss (network drives send no events) the engine's looks find. */
import { RelativePattern, Uri, workspace, type FileSystemWatcher, type WorkspaceFolder } from "vscode";
import type { Disposable } from "../engine/runs";
import { dirname, join, posix } from "node:path";
import { isBelow } from "./places";
import type { WorkspaceRuns } from "./workspaceRuns";

/** Files that may begin a run, or be new in one. */
const NAMES =
  "**/{*.csv,*.tsv,*.json,*.jsonl,*.log,*.txt,*.out,*.wandb,*.db,*.sqlite,*tfevents*,metrics/**,*.keras,*.h5,*.hdf5,*.index,*.pt,*.pth,*.ckpt,*.bin,*.safetensors,*.onnx,*.msgpack,.metadata,*.npy,*.npz,*.nii,*.nii.gz,*.nrrd,*.mha,*.mhd,*.png,*.tif,*.tiff,.zarray,zarr.json}";

/** Folders that no training writes to, or that are written to all the time by others. */
const OTHERS = /[\\/](\.[^\\/]+|node_modules|__pycache__|venv|env)([\\/]|$)/;

/** Flat watchers at most: each costs the system a handle. */
const MAX_FOLDERS = 64;

/** Milliseconds in which hints are gathered. */
const GATHER = 300;

export class Watchers implements Disposable {
  private readonly roots: Disposable[] = [];
  private readonly flat = new Map<string, FileSystemWatcher>();
  private readonly disposables: Disposable[];
  private readonly hints = new Set<string>();
  private timer: NodeJS.Timeout | null = null;

  constructor(private readonly runs: WorkspaceRuns) {
    this.watchRoots();
    this.disposables = [
      workspace.onDidChangeWorkspaceFolders(() => this.watchRoots()),
      runs.onDidChange(() => this.watchRuns()),
      workspace.onDidSaveTextDocument(({ uri }) => this.saved(uri)),
    ];
  }

  dispose(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    for (const disposable of [...this.disposables, ...this.roots, ...this.flat.values()]) disposable.dispose();
  }

  /** Recursive ones, for runs that come and go. These obey `files.watcherExclude`. */
  private watchRoots(): void {
    for (const watcher of this.roots.splice(0)) watcher.dispose();
    for (const folder of workspace.workspaceFolders ?? []) {
      if (folder.uri.scheme !== "file") continue;
      const files = workspace.createFileSystemWatcher(new RelativePattern(folder, NAMES));
      this.roots.push(files, files.onDidCreate((uri) => this.hintNear(folder, uri)), files.onDidDelete((uri) => this.hintInRun(uri)), files.onDidChange((uri) => this.hintInRun(uri)));
      // A folder moved in or deleted is one event, under its own name; changes are left out, there are too many.
      const folders = workspace.createFileSystemWatcher(new RelativePattern(folder, "**"), false, true, false);
      this.roots.push(
        folders,
        folders.onDidCreate((uri) => {
          if (posix.extname(uri.path) === "") this.hintNear(folder, uri);
        }),
        folders.onDidDelete((uri) => {
          if (this.runs.entries.some((entry) => isBelow(uri.fsPath, entry.folder))) this.hintOutside();
        }),
      );
    }
  }

  /** Flat ones, for the folders that a run being written writes to. */
  private watchRuns(): void {
    const wanted = new Set<string>();
    for (const { folder, inspection } of this.runs.entries) {
      if (inspection?.state !== "running" && inspection?.state !== "stalled") continue;
      wanted.add(folder);
      for (const source of inspection.sources) if (source.kind !== "script" && source.kind !== "config") wanted.add(dirname(join(folder, source.path)));
    }
    const folders = [...wanted].slice(0, MAX_FOLDERS);
    for (const [folder, watcher] of this.flat) {
      if (folders.includes(folder)) continue;
      watcher.dispose();
      this.flat.delete(folder);
    }
    for (const folder of folders) {
      if (this.flat.has(folder)) continue;
      const watcher = workspace.createFileSystemWatcher(new RelativePattern(Uri.file(folder), "*"));
      watcher.onDidCreate((uri) => this.hint(uri));
      watcher.onDidChange((uri) => this.hint(uri));
      watcher.onDidDelete((uri) => this.hint(uri));
      this.flat.set(folder, watcher);
    }
  }

  /** Something new, in a run or perhaps the beginning of one. */
  private hintNear(root: WorkspaceFolder, uri: Uri): void {
    if (!OTHERS.test(uri.fsPath.slice(root.uri.fsPath.length))) this.hint(uri);
  }

  /** A changed file outside of all runs (a source being edited, say) is none of ours. */
  private hintInRun(uri: Uri): void {
    if (this.runs.entries.some(({ folder }) => isBelow(folder, uri.fsPath))) this.hint(uri);
  }

  /** A script of the workspace that holds a run's loss lies outside of that run. */
  private saved(uri: Uri): void {
    this.hintInRun(uri);
    for (const { folder, inspection } of this.runs.entries) if (inspection?.loss?.path === uri.fsPath) this.hint(Uri.file(folder));
  }

  private hint(uri: Uri): void {
    if (uri.scheme !== "file") return;
    this.hints.add(uri.fsPath);
    this.sayLater();
  }

  /** All folders are to be searched again. */
  private hintOutside(): void {
    this.hints.add("");
    this.sayLater();
  }

  private sayLater(): void {
    this.timer ??= setTimeout(() => {
      this.timer = null;
      const hints = [...this.hints];
      this.hints.clear();
      const runs = this.runs.entries.map(({ folder }) => folder);
      // One hint a run, and one for all that lies outside: hundreds of files may come at once.
      const said = new Set(hints.map((path) => runs.find((folder) => isBelow(folder, path)) ?? null));
      for (const where of said) this.runs.touched(where);
    }, GATHER);
  }
}

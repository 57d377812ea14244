/** The runs of a workspace, kept up to date: what the editor's surfaces look at. */
import type { Inspection, RunOptions } from "../run";

export interface Disposable {
  dispose(): void;
}

export interface RunEntry {
  /** Absolute path; the run's identity. */
  readonly folder: string;
  /** Shortest label that tells it from the others: the folder's name, or more of its path. */
  readonly label: string;
  readonly phase: "found" | "reading" | "ready" | "failed";
  /** The newest inspection; stays while a newer one is being made. */
  readonly inspection: Inspection | null;
  /** One line when phase is "failed". */
  readonly error: string | null;
  readonly progress: { readonly done: number; readonly total: number } | null;
}

export interface Runs {
  /** In order of folder. */
  readonly entries: readonly RunEntry[];
  /** True while the workspace is being searched for runs. */
  readonly searching: boolean;
  get(folder: string): RunEntry | undefined;
  /** Called after a change, with the folders that changed. Called at most a few times a second. */
  onDidChange(listener: (folders: readonly string[]) => void): Disposable;
  /** Looks again at everything (or one run), also where no watcher spoke. */
  refresh(folder?: string): Promise<void>;
  /** Takes a folder in that was not found by itself; resolves with its entry once it was read, undefined when it holds no run. */
  add(folder: string): Promise<RunEntry | undefined>;
  /** What the user says of a run; it is inspected again. */
  setOptions(folder: string, options: RunOptions): Promise<void>;
  dispose(): Promise<void>;
}

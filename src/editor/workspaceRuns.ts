/** The runs that the editor shows: those of the engine, less what the user's settings leave out. */
import { workspace } from "vscode";
import type { Disposable, RunEntry, Runs } from "../engine/runs";
import type { Settings } from "./settings";
import { SETTING } from "./settingNames";

/** What the editor needs of the engine's live runs. */
export interface EngineRuns extends Runs {
  /** A hint that something at this path changed; null: anywhere. */
  touched(path: string | null): void;
  /** Ends what is being measured for a run. */
  cancel(folder: string): void;
}

export class WorkspaceRuns implements EngineRuns {
  private readonly listeners = new Set<(folders: readonly string[]) => void>();
  /** Asked for by the user, so shown whatever the settings leave out. */
  private readonly asked = new Set<string>();
  private readonly disposables: Disposable[];
  /** Options as last handed to the engine, by folder. */
  private readonly handed = new Map<string, string>();
  /** Searches that the user (or the start) waits for; those made now and then are nobody's business. */
  private looking = 0;

  constructor(
    private readonly engine: EngineRuns,
    private readonly settings: Settings,
    private readonly failed: (what: string, error: unknown) => void,
  ) {
    const { runs, thresholds, exclude } = SETTING;
    this.disposables = [
      engine.onDidChange((folders) => this.tell(folders)),
      settings.onDidChange([runs, thresholds], () => this.handOptions()),
      settings.onDidChange([exclude], () => {
        this.tell(engine.entries.map((entry) => entry.folder));
        engine.touched(null); // what is no longer left out is to be found, and the others are let go
      }),
      workspace.onDidChangeWorkspaceFolders(() => engine.touched(null)),
      workspace.onDidGrantWorkspaceTrust(() => this.handOptions()),
    ];
  }

  get entries(): readonly RunEntry[] {
    return this.engine.entries.filter((entry) => this.shows(entry.folder));
  }

  get searching(): boolean {
    return this.looking > 0;
  }

  get(folder: string): RunEntry | undefined {
    return this.shows(folder) ? this.engine.get(folder) : undefined;
  }

  onDidChange(listener: (folders: readonly string[]) => void): Disposable {
    this.listeners.add(listener);
    return { dispose: () => void this.listeners.delete(listener) };
  }

  async refresh(folder?: string): Promise<void> {
    if (folder !== undefined) {
      await this.engine.refresh(folder);
      return;
    }
    this.looking++;
    this.tell([]);
    try {
      await this.engine.refresh();
    } finally {
      this.looking--;
      this.tell([]);
    }
  }

  async add(folder: string): Promise<RunEntry | undefined> {
    this.asked.add(folder);
    const entry = await this.engine.add(folder);
    if (entry !== undefined) {
      this.asked.add(entry.folder);
      this.tell([entry.folder]);
    }
    return entry;
  }

  async setOptions(folder: string): Promise<void> {
    const options = this.settings.optionsOf(folder);
    this.handed.set(folder, JSON.stringify(options));
    await this.engine.setOptions(folder, options);
  }

  touched(path: string | null): void {
    this.engine.touched(path);
  }

  cancel(folder: string): void {
    this.engine.cancel(folder);
  }

  /** What the user says of a run, as the engine last heard it or is to hear it. */
  optionsFor(folder: string): ReturnType<Settings["optionsOf"]> {
    const options = this.settings.optionsOf(folder);
    this.handed.set(folder, JSON.stringify(options));
    return options;
  }

  async dispose(): Promise<void> {
    for (const disposable of this.disposables) disposable.dispose();
    this.listeners.clear();
    await this.engine.dispose();
  }

  private shows(folder: string): boolean {
    return this.asked.has(folder) || !this.settings.excludes(folder);
  }

  /** Runs whose options changed are inspected again; the others are left alone. */
  private handOptions(): void {
    for (const { folder } of this.engine.entries) {
      if (JSON.stringify(this.settings.optionsOf(folder)) === this.handed.get(folder)) continue;
      this.setOptions(folder).catch((error: unknown) => this.failed(folder, error));
    }
  }

  private tell(folders: readonly string[]): void {
    for (const listener of this.listeners) listener(folders);
  }
}

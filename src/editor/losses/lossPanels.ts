/** Panels that compare losses, one a run and one for the toy set; restored after a reload. */
import { Uri, ViewColumn, window, workspace, type WebviewPanel, type WebviewPanelSerializer } from "vscode";
import { toyLabels } from "../../engine/losses/toyLabels";
import type { Disposable } from "../../engine/runs";
import { folderOfState, LOSSES_PANEL, TOY_FOLDER, type LossesState } from "../../protocol";
import type { LossModel } from "../../run";
import { SECTION, SETTING } from "../settingNames";
import type { WorkspaceRuns } from "../workspaceRuns";
import { runSubject, toySubject, type Toy } from "./compareSubject";
import { tensorflowFolder } from "./installTensorflow";
import { LossPanel } from "./lossPanel";
import type { Trial } from "./trial";
import { TrialStore } from "./trialStore";

export class LossPanels implements WebviewPanelSerializer, Disposable {
  private readonly open = new Map<string, LossPanel>();
  private readonly disposables: Disposable[];
  private readonly store: TrialStore;
  private toy: Toy = null;
  private readingToy = false;
  /** The loss that the user looked at when no run was there. */
  private asked: LossModel | null = null;

  /** `storage`: a folder of the extension's own. */
  constructor(
    private readonly extensionUri: Uri,
    private readonly storage: Uri,
    private readonly runs: WorkspaceRuns,
    private readonly failed: (what: string, error: unknown) => void,
  ) {
    this.store = new TrialStore(Uri.joinPath(storage, "trials").fsPath);
    this.disposables = [
      window.registerWebviewPanelSerializer(LOSSES_PANEL, this),
      runs.onDidChange((folders) => {
        for (const [folder, panel] of this.open) if (folders.length === 0 || folders.includes(folder)) panel.update();
      }),
    ];
  }

  show(folder: string): void {
    const there = this.open.get(folder);
    if (there !== undefined) {
      there.panel.reveal();
      return;
    }
    this.adopt(folder, window.createWebviewPanel(LOSSES_PANEL, this.title(folder), ViewColumn.Active, { enableScripts: true, localResourceRoots: [Uri.joinPath(this.extensionUri, "dist", "webview")], enableFindWidget: true }));
  }

  /** The toy set, where there is no run. `loss`: the one that the user looked at, if any. */
  showToy(loss: LossModel | null): void {
    if (loss !== null) this.asked = loss;
    this.show(TOY_FOLDER);
    this.open.get(TOY_FOLDER)?.update();
  }

  /** What the panel of a run shows; undefined when it is not open. */
  stateOf(folder: string): LossesState | undefined {
    return this.open.get(folder)?.comparison.state;
  }

  /** The trial of the panel of a run; undefined when it is not open. */
  trialOf(folder: string): Trial | undefined {
    return this.open.get(folder)?.trial;
  }

  deserializeWebviewPanel(panel: WebviewPanel, state: unknown): Promise<void> {
    const folder = folderOfState(state);
    if (folder === null || this.open.has(folder)) panel.dispose();
    else {
      this.adopt(folder, panel);
      if (folder !== TOY_FOLDER && this.runs.get(folder) === undefined) this.runs.add(folder).catch((error: unknown) => this.failed(folder, error));
    }
    return Promise.resolve();
  }

  dispose(): void {
    for (const disposable of this.disposables) disposable.dispose();
    for (const { panel } of [...this.open.values()]) panel.dispose();
  }

  private title(folder: string): string {
    return `Losses: ${this.runs.get(folder)?.label ?? folder}`;
  }

  private adopt(folder: string, panel: WebviewPanel): void {
    const toy = (): Toy => this.toyNow();
    const opened = new LossPanel(folder, panel, {
      extensionUri: this.extensionUri,
      store: this.store,
      trialFolders: () => [namedFolder(), this.extensionUri.fsPath, tensorflowFolder(this.storage)].filter((folder) => folder !== ""),
      subject: () => (folder === TOY_FOLDER ? toySubject(toy(), this.asked) : runSubject(folder, this.runs.get(folder), this.runs.searching, toy)),
      title: () => this.title(folder),
      failed: this.failed,
    });
    panel.onDidDispose(() => {
      this.open.delete(folder);
      opened.dispose();
    });
    this.open.set(folder, opened);
  }

  /** The toy set is read when it is first asked for. */
  private toyNow(): Toy {
    if (this.readingToy) return this.toy;
    this.readingToy = true;
    const read = (toy: Toy): void => {
      this.toy = toy;
      for (const panel of this.open.values()) panel.update();
    };
    toyLabels(Uri.joinPath(this.extensionUri, "dist", "trial", "digits.bin").fsPath).then(read, (error: unknown) => {
      this.failed("toy set", error);
      read("The toy set could not be read: the log says why.");
    });
    return this.toy;
  }
}

/** Where the user says that TensorFlow lies; "" when nowhere. A setting of the machine: code is loaded from there, and no workspace may say which. */
function namedFolder(): string {
  const named = workspace.getConfiguration(SECTION).get<unknown>(SETTING.tensorflowFolder);
  return typeof named === "string" ? named.trim() : "";
}

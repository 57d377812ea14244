/** One run's panel: a snapshot when its page is ready, deltas while it is seen, nothing while it is hidden. */
import { Uri, type WebviewPanel } from "vscode";
import type { Disposable } from "../../engine/runs";
import { randomBytes } from "node:crypto";
import { absolutePath, namedPaths } from "../places";
import { makePatch, Rpc, type HostMethods, type PageMethods, type PanelState, type ToPage } from "../../protocol";
import { SYMPTOMS } from "../../run";
import type { WorkspaceRuns } from "../workspaceRuns";
import { pageHtml } from "./page";
import { panelState, panelTone } from "./panelState";

export interface PanelDoors {
  openPlace(path: string, line: number | null): Promise<void>;
  openDocs(symptom: string): Promise<void>;
  failed(what: string, error: unknown): void;
}

export class RunPanel implements Disposable {
  /** What the page has; null while it has nothing, or is hidden. */
  private sent: PanelState | null = null;
  private revision = 0;
  private tone: string | null = null;
  private readonly rpc: Rpc<HostMethods, PageMethods>;
  private readonly disposables: Disposable[];
  private closed = false;

  constructor(
    readonly folder: string,
    readonly panel: WebviewPanel,
    private readonly extensionUri: Uri,
    private readonly runs: WorkspaceRuns,
    private readonly doors: PanelDoors,
  ) {
    this.rpc = new Rpc<HostMethods, PageMethods>((message) => this.post(message), {
      openPlace: ({ path, line }) => this.openPlace(path, line),
      openDocs: ({ symptom }) => {
        if (!SYMPTOMS.includes(symptom)) throw new Error("there is no such symptom");
        return this.doors.openDocs(symptom);
      },
      confusion: ({ epoch }) => {
        const measure = this.runs.get(this.folder)?.inspection?.epochs.find((m) => m.epoch === epoch);
        return measure === undefined ? null : { epoch: measure.epoch, classes: measure.classes, counts: measure.confusion };
      },
    });
    const pages = Uri.joinPath(extensionUri, "dist", "webview");
    const { webview } = panel;
    // Set here and not only at creation: a restored panel comes with the roots of another day.
    webview.options = { enableScripts: true, localResourceRoots: [pages] };
    this.disposables = [
      webview.onDidReceiveMessage((message: unknown) => this.receive(message)),
      panel.onDidChangeViewState(() => {
        // A hidden page is thrown away; when shown again it starts anew and says so.
        if (!panel.visible) this.sent = null;
        this.dress();
      }),
      runs.onDidChange((folders) => {
        if (folders.length === 0 || folders.includes(folder)) this.update();
      }),
      panel.onDidDispose(() => this.dispose()),
    ];
    webview.html = pageHtml({
      cspSource: webview.cspSource,
      nonce: randomBytes(16).toString("hex"),
      script: webview.asWebviewUri(Uri.joinPath(pages, "run.js")).toString(),
      style: webview.asWebviewUri(Uri.joinPath(pages, "run.css")).toString(),
    });
    this.dress();
  }

  /** What the panel shows, or would. */
  get state(): PanelState {
    return panelState(this.folder, this.runs.get(this.folder), this.runs.searching);
  }

  dispose(): void {
    if (this.closed) return;
    this.closed = true;
    this.rpc.dispose();
    for (const disposable of this.disposables) disposable.dispose();
    this.panel.dispose();
  }

  private receive(message: unknown): void {
    if (this.rpc.receive(message)) return;
    if (typeof message === "object" && message !== null && "type" in message && message.type === "ready") this.snapshot();
  }

  private snapshot(): void {
    this.sent = this.state;
    this.revision++;
    this.post({ type: "snapshot", revision: this.revision, state: this.sent });
  }

  private update(): void {
    this.dress();
    if (this.sent === null || !this.panel.visible) return;
    const state = this.state;
    const patch = makePatch(this.sent, state);
    if (patch === undefined) return;
    this.sent = state;
    const base = this.revision++;
    this.post({ type: "delta", base, revision: this.revision, patch });
  }

  /** Title and icon of the tab. */
  private dress(): void {
    const entry = this.runs.get(this.folder);
    const state = this.state;
    const name = entry?.label ?? (state.kind === "run" ? state.view.name : state.name);
    const title = state.kind === "gone" ? `${name} (gone)` : state.kind === "run" && state.view.state === "running" ? `${name} (running)` : name;
    if (this.panel.title !== title) this.panel.title = title;
    const tone = panelTone(state);
    if (tone === this.tone) return;
    this.tone = tone;
    this.panel.iconPath = Uri.joinPath(this.extensionUri, "media", `panel-${tone}.svg`);
  }

  private post(message: ToPage): void {
    // False means that the page is hidden; it asks for a snapshot when it is shown again.
    this.panel.webview.postMessage(message).then(undefined, (error: unknown) => {
      if (!this.closed) this.doors.failed(`panel of ${this.folder}`, error);
    });
  }

  private async openPlace(path: unknown, line: unknown): Promise<void> {
    const inspection = this.runs.get(this.folder)?.inspection;
    if (typeof path !== "string" || inspection == null || !namedPaths(inspection).has(path)) throw new Error("this run names no such place");
    await this.doors.openPlace(absolutePath(this.folder, path), typeof line === "number" && Number.isSafeInteger(line) && line >= 1 ? line : null);
  }
}

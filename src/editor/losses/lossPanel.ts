/** One panel that compares losses: what its page is told, and what the page may ask. */
import { randomBytes } from "node:crypto";
import { commands, env, Uri, window, type WebviewPanel } from "vscode";
import type { Disposable } from "../../engine/runs";
import { Rpc, type LossesHostMethods, type LossesState, type PageMethods, type RpcMessage, type TrialMessage, type TrialPictures, type TrialState } from "../../protocol";
import { COMMAND } from "../commands/commandNames";
import { pageHtml } from "../panel/page";
import { Comparison, type Which } from "./comparison";
import type { Compared } from "./compareSubject";
import { Trial } from "./trial";
import type { TrialStore } from "./trialStore";

export interface LossPanelDoors {
  readonly extensionUri: Uri;
  readonly store: TrialStore;
  /** Folders below which TensorFlow's own library may be. */
  readonly trialFolders: () => readonly string[];
  /** What losses are compared on now. */
  readonly subject: () => Compared;
  readonly title: () => string;
  readonly failed: (what: string, error: unknown) => void;
}

export class LossPanel implements Disposable {
  readonly comparison: Comparison;
  readonly trial: Trial;
  private readonly rpc: Rpc<LossesHostMethods, PageMethods>;
  private readonly disposables: Disposable[];
  private waiting: NodeJS.Immediate | null = null;
  private ready = false;
  private disposed = false;
  /** What the page has. */
  private sent: { readonly state: LossesState; readonly trial: TrialState; readonly pictures: TrialPictures } | null = null;

  constructor(
    private readonly folder: string,
    readonly panel: WebviewPanel,
    private readonly doors: LossPanelDoors,
  ) {
    const { webview } = panel;
    const { extensionUri, store, trialFolders, subject, failed } = doors;
    const script = (name: string): string => Uri.joinPath(extensionUri, "dist", name).fsPath;
    const update = (): void => this.update();
    this.comparison = new Comparison(folder, script("lossesWorker.js"), subject, update, failed);
    this.trial = new Trial({ script: script("trial.js"), folders: trialFolders, store, changed: update, failed });
    this.rpc = new Rpc<LossesHostMethods, PageMethods>((message) => this.post(message), this.methods());
    const pages = Uri.joinPath(extensionUri, "dist", "webview");
    webview.options = { enableScripts: true, localResourceRoots: [pages] };
    panel.iconPath = Uri.joinPath(extensionUri, "media", "panel-unknown.svg");
    this.disposables = [
      webview.onDidReceiveMessage((message: unknown) => {
        if (this.rpc.receive(message)) return;
        if (typeof message !== "object" || message === null || !("type" in message) || message.type !== "ready") return;
        this.ready = true;
        this.sent = null;
        this.update();
      }),
      panel.onDidChangeViewState(() => {
        if (!panel.visible) this.ready = false; // a hidden page is thrown away, and says "ready" when it is shown again
      }),
    ];
    webview.html = pageHtml({
      cspSource: webview.cspSource,
      nonce: randomBytes(16).toString("hex"),
      script: webview.asWebviewUri(Uri.joinPath(pages, "losses.js")).toString(),
      style: webview.asWebviewUri(Uri.joinPath(pages, "losses.css")).toString(),
    });
  }

  /** Tells the page what is now; what comes together goes in one message. */
  update(): void {
    if (this.disposed) return;
    this.waiting ??= setImmediate(() => {
      this.waiting = null;
      this.panel.title = this.doors.title();
      if (!this.ready || !this.panel.visible) return;
      const state = this.comparison.state;
      this.trial.look(this.comparison.trial);
      const { state: trial, pictures } = this.trial;
      const { sent } = this;
      this.sent = { state, trial, pictures };
      if (sent?.state !== state) this.post({ type: "losses", state });
      if (sent?.trial !== trial) this.post({ type: "trial", state: trial });
      if (sent?.pictures !== pictures) this.post({ type: "trialPictures", pictures });
    });
  }

  /** After the panel was closed; ends what runs for it. */
  dispose(): void {
    this.disposed = true;
    if (this.waiting !== null) clearImmediate(this.waiting);
    this.comparison.dispose();
    this.trial.dispose().catch((error: unknown) => this.doors.failed(`trial of ${this.folder}`, error));
    this.rpc.dispose();
    for (const disposable of this.disposables) disposable.dispose();
  }

  private methods(): ConstructorParameters<typeof Rpc<LossesHostMethods, PageMethods>>[1] {
    const { comparison, trial, folder } = this;
    return {
      choose: ({ which }) => comparison.choose(whichOf(which)),
      stop: () => comparison.stop(),
      copyCode: async ({ id, framework }) => {
        const { name, code } = comparison.codeOf(id, frameworkOf(framework));
        await env.clipboard.writeText(code);
        window.setStatusBarMessage(`$(check) ${name} copied as ${FRAMEWORKS[framework]}`, 4000);
      },
      chooseLabels: async () => {
        await commands.executeCommand(COMMAND.chooseLabels, folder);
      },
      openRun: async () => {
        await commands.executeCommand(COMMAND.openRun, folder);
      },
      trialStart: (choice) => trial.start(choice),
      trialPause: () => trial.pause(),
      trialResume: () => trial.resume(),
      trialStop: () => trial.stop(),
      trialSkip: ({ id }) => trial.skip(id),
    };
  }

  private post(message: RpcMessage | TrialMessage | { readonly type: "losses"; readonly state: LossesState }): void {
    this.panel.webview.postMessage(message).then(undefined, (error: unknown) => {
      if (!this.disposed) this.doors.failed(`losses of ${this.folder}`, error);
    });
  }
}

const FRAMEWORKS = { keras: "Keras", pytorch: "PyTorch" } as const;

function frameworkOf(value: unknown): keyof typeof FRAMEWORKS {
  if (value !== "keras" && value !== "pytorch") throw new Error("there is no such framework");
  return value;
}

function whichOf(value: unknown): Which {
  if (value !== "usual" && value !== "all") throw new Error("there is no such choice");
  return value;
}

/** Panels that compare losses, one a run; restored after a reload. */
import { randomBytes } from "node:crypto";
import { commands, env, Uri, ViewColumn, window, type WebviewPanel, type WebviewPanelSerializer } from "vscode";
import type { Disposable } from "../../engine/runs";
import { folderOfState, LOSSES_PANEL, Rpc, type LossesHostMethods, type LossesState, type PageMethods, type RpcMessage } from "../../protocol";
import { COMMAND } from "../commands/commandNames";
import { pageHtml } from "../panel/page";
import type { WorkspaceRuns } from "../workspaceRuns";
import { Comparison, type Which } from "./comparison";

interface Open {
  readonly panel: WebviewPanel;
  readonly comparison: Comparison;
}

export class LossPanels implements WebviewPanelSerializer, Disposable {
  private readonly open = new Map<string, Open>();
  private readonly registered: Disposable;

  constructor(
    private readonly extensionUri: Uri,
    private readonly runs: WorkspaceRuns,
    private readonly failed: (what: string, error: unknown) => void,
  ) {
    this.registered = window.registerWebviewPanelSerializer(LOSSES_PANEL, this);
  }

  show(folder: string): void {
    const there = this.open.get(folder);
    if (there !== undefined) {
      there.panel.reveal();
      return;
    }
    this.adopt(folder, window.createWebviewPanel(LOSSES_PANEL, this.title(folder), ViewColumn.Active, { enableScripts: true, localResourceRoots: [this.pages], enableFindWidget: true }));
  }

  /** What the panel of a run shows; undefined when it is not open. */
  stateOf(folder: string): LossesState | undefined {
    return this.open.get(folder)?.comparison.state;
  }

  deserializeWebviewPanel(panel: WebviewPanel, state: unknown): Promise<void> {
    const folder = folderOfState(state);
    if (folder === null || this.open.has(folder)) panel.dispose();
    else {
      this.adopt(folder, panel);
      if (this.runs.get(folder) === undefined) this.runs.add(folder).catch((error: unknown) => this.failed(folder, error));
    }
    return Promise.resolve();
  }

  dispose(): void {
    this.registered.dispose();
    for (const { panel } of [...this.open.values()]) panel.dispose();
  }

  private get pages(): Uri {
    return Uri.joinPath(this.extensionUri, "dist", "webview");
  }

  private title(folder: string): string {
    return `Losses: ${this.runs.get(folder)?.label ?? folder}`;
  }

  private adopt(folder: string, panel: WebviewPanel): void {
    const { webview } = panel;
    let waiting: NodeJS.Immediate | null = null;
    let ready = false;
    const post = (message: RpcMessage | { readonly type: "losses"; readonly state: LossesState }): void => {
      webview.postMessage(message).then(undefined, (error: unknown) => {
        if (this.open.get(folder)?.panel === panel) this.failed(`losses of ${folder}`, error);
      });
    };
    // Rows come many at a time: one message for what came together.
    const update = (): void => {
      waiting ??= setImmediate(() => {
        waiting = null;
        panel.title = this.title(folder);
        if (ready && panel.visible) post({ type: "losses", state: comparison.state });
      });
    };
    const comparison = new Comparison(folder, Uri.joinPath(this.extensionUri, "dist", "lossesWorker.js").fsPath, () => this.runs.get(folder), () => this.runs.searching, update, this.failed);
    const rpc = new Rpc<LossesHostMethods, PageMethods>(post, {
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
    });
    webview.options = { enableScripts: true, localResourceRoots: [this.pages] };
    panel.iconPath = Uri.joinPath(this.extensionUri, "media", "panel-unknown.svg");
    const disposables: Disposable[] = [
      webview.onDidReceiveMessage((message: unknown) => {
        if (rpc.receive(message)) return;
        if (typeof message !== "object" || message === null || !("type" in message) || message.type !== "ready") return;
        ready = true;
        update();
      }),
      panel.onDidChangeViewState(() => {
        if (!panel.visible) ready = false; // a hidden page is thrown away, and says "ready" when it is shown again
      }),
      this.runs.onDidChange((folders) => {
        if (folders.length === 0 || folders.includes(folder)) update();
      }),
      panel.onDidDispose(() => {
        this.open.delete(folder);
        if (waiting !== null) clearImmediate(waiting);
        comparison.dispose();
        rpc.dispose();
        for (const disposable of disposables) disposable.dispose();
      }),
    ];
    this.open.set(folder, { panel, comparison });
    webview.html = pageHtml({
      cspSource: webview.cspSource,
      nonce: randomBytes(16).toString("hex"),
      script: webview.asWebviewUri(Uri.joinPath(this.pages, "losses.js")).toString(),
      style: webview.asWebviewUri(Uri.joinPath(this.pages, "losses.css")).toString(),
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

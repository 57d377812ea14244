import assert from "node:assert/strict";
import { EventEmitter, Uri, type Webview, type WebviewOptions, type WebviewPanel, type WebviewPanelOnDidChangeViewStateEvent } from "vscode";
import type { RunEntry } from "../../src/engine/runs";
import { RunPanel } from "../../src/editor/panel/runPanel";
import { WorkspaceRuns } from "../../src/editor/workspaceRuns";
import { applyPatch, type ToPage } from "../../src/protocol";
import { doors, extension, readRun, runFolder, SICK } from "./doors";

/** Stands for VS Code's half of a panel, and keeps what is posted. */
class FakePanel implements WebviewPanel {
  readonly viewType = "runDoctor.run";
  title = "";
  readonly options = {};
  readonly viewColumn = undefined;
  active = true;
  visible = true;
  readonly posted: ToPage[] = [];
  readonly messages = new EventEmitter<unknown>();
  readonly viewState = new EventEmitter<WebviewPanelOnDidChangeViewStateEvent>();
  private readonly disposed = new EventEmitter<undefined>();
  readonly onDidChangeViewState = this.viewState.event;
  readonly onDidDispose = this.disposed.event as unknown as WebviewPanel["onDidDispose"];
  iconPath: WebviewPanel["iconPath"];
  readonly webview: Webview & { options: WebviewOptions } = {
    options: {},
    html: "",
    cspSource: "https://page.test",
    onDidReceiveMessage: this.messages.event,
    postMessage: (message: ToPage) => {
      this.posted.push(message);
      return Promise.resolve(this.visible);
    },
    asWebviewUri: (uri: Uri) => uri,
  };
  reveal(): void {
    this.active = true;
  }
  dispose(): void {
    this.disposed.fire(undefined);
  }
  show(visible: boolean): void {
    this.visible = visible;
    this.viewState.fire({ webviewPanel: this });
  }
}

/** One run whose entry a test changes. */
class FakeEngine {
  searching = false;
  entry: RunEntry | undefined;
  private listener: (folders: readonly string[]) => void = () => undefined;
  get entries(): RunEntry[] {
    return this.entry === undefined ? [] : [this.entry];
  }
  get(): RunEntry | undefined {
    return this.entry;
  }
  onDidChange(listener: (folders: readonly string[]) => void): { dispose(): void } {
    this.listener = listener;
    return { dispose: () => undefined };
  }
  refresh(): Promise<void> {
    return Promise.resolve();
  }
  add(): Promise<RunEntry | undefined> {
    return Promise.resolve(this.entry);
  }
  setOptions(): Promise<void> {
    return Promise.resolve();
  }
  touched(): void {
    // Nothing is watched.
  }
  cancel(): void {
    // Nothing is measured.
  }
  dispose(): Promise<void> {
    return Promise.resolve();
  }
  change(entry: RunEntry | undefined): void {
    this.entry = entry;
    this.listener([runFolder(SICK)]);
  }
}

describe("a run's panel", () => {
  let panel: FakePanel;
  let engine: FakeEngine;
  let opened: string[];
  let subject: RunPanel;
  let runs: WorkspaceRuns;

  beforeEach(async () => {
    const { settings } = await doors();
    panel = new FakePanel();
    engine = new FakeEngine();
    engine.entry = { ...(await readRun(SICK)) };
    opened = [];
    runs = new WorkspaceRuns(engine, settings, () => undefined);
    subject = new RunPanel(runFolder(SICK), panel, extension().extensionUri, runs, {
      openPlace: (path, line) => {
        opened.push(`${path}:${line ?? ""}`);
        return Promise.resolve();
      },
      openDocs: (symptom) => {
        opened.push(symptom);
        return Promise.resolve();
      },
      failed: (what, error) => assert.fail(`${what}: ${String(error)}`),
    });
  });

  afterEach(async () => {
    subject.dispose();
    await runs.dispose();
  });

  const ready = (): void => panel.messages.fire({ type: "ready" });
  const running = (): RunEntry => ({ ...engine.entry!, inspection: { ...engine.entry!.inspection!, state: "running", lastEpoch: 99 } });
  const ask = (method: string, params: unknown): Promise<ToPage> => {
    const before = panel.posted.length;
    panel.messages.fire({ type: "request", id: before, method, params });
    return new Promise((resolve) => {
      const look = (): void => {
        const answer = panel.posted[before];
        if (answer === undefined) setImmediate(look);
        else resolve(answer);
      };
      look();
    });
  };

  it("lets its page load nothing but its own files", () => {
    assert.deepEqual(panel.webview.options.localResourceRoots?.map((uri) => uri.path), [Uri.joinPath(extension().extensionUri, "dist", "webview").path]);
    assert.match(panel.webview.html, /default-src 'none'/);
    assert.equal(panel.title, SICK);
  });

  it("says nothing before the page is ready, then all at once, then what changed", () => {
    engine.change({ ...engine.entry! });
    assert.equal(panel.posted.length, 0);
    ready();
    const snapshot = panel.posted[0];
    assert.ok(snapshot?.type === "snapshot" && snapshot.state.kind === "run");
    engine.change(running());
    const delta = panel.posted[1];
    assert.ok(delta?.type === "delta" && delta.base === snapshot.revision);
    assert.deepEqual(applyPatch(snapshot.state, delta.patch), subject.state);
    assert.equal(panel.title, `${SICK} (running)`);
    engine.change({ ...engine.entry! });
    assert.equal(panel.posted.length, 2, "no message when nothing changed");
  });

  it("posts nothing while hidden and is whole when shown", () => {
    ready();
    panel.show(false);
    engine.change(running());
    assert.equal(panel.posted.length, 1);
    panel.show(true);
    ready();
    const snapshot = panel.posted[1];
    assert.ok(snapshot?.type === "snapshot" && snapshot.state.kind === "run" && snapshot.state.view.lastEpoch === 99);
  });

  it("says when the run is gone", () => {
    ready();
    engine.change(undefined);
    assert.equal(subject.state.kind, "gone");
    assert.equal(panel.posted.length, 2);
    assert.match(panel.title, /\(gone\)$/);
  });

  it("opens places that the run names, and no others", async () => {
    ready();
    const named = await ask("openPlace", { path: "training.csv", line: 2 });
    assert.ok(named.type === "answer" && named.ok);
    for (const path of ["../../../etc/passwd", "/etc/passwd", "", 7]) {
      const answer = await ask("openPlace", { path, line: 1 });
      assert.ok(answer.type === "answer" && !answer.ok, String(path));
    }
    assert.equal(opened.length, 1);
    assert.match(opened[0]!, /training\.csv:2$/);
  });

  it("opens the pages of symptoms alone, and hands out counts of measured epochs alone", async () => {
    ready();
    const docs = await ask("openDocs", { symptom: "../../package" });
    assert.ok(docs.type === "answer" && !docs.ok);
    const none = await ask("confusion", { epoch: 1e9 });
    assert.ok(none.type === "answer" && none.ok && none.value === null);
    const first = engine.entry!.inspection!.epochs[0]!;
    const counts = await ask("confusion", { epoch: first.epoch });
    assert.ok(counts.type === "answer" && counts.ok);
    assert.deepEqual(counts.value, { epoch: first.epoch, classes: first.classes, counts: first.confusion });
  });
});

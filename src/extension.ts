/**
 * Where VS Code comes in: constructs and wires, nothing else. Files are touched by workers alone.
 *
 * It wakes when the view is opened or a command is called (VS Code derives both from package.json), when a panel is
 * restored, and in workspaces that hold a file of a usual log or checkpoint name: badges and problems must be there
 * without any action, yet a window without runs should not pay for them (so neither "*" nor onStartupFinished). It wakes
 * for Python, too: losses are linted as they are typed. Of that alone no search for runs begins (FirstSearch).
 */
import { availableParallelism } from "node:os";
import { commands, ExtensionMode, Uri, window, type ExtensionContext } from "vscode";
import { LiveRuns } from "./engine/liveRuns";
import { registerCommands } from "./editor/commands/register";
import { Lint } from "./editor/lint/lint";
import { Meetings } from "./editor/lint/meetings";
import { RunsNear } from "./editor/lint/runsNear";
import { LossPanels } from "./editor/losses/lossPanels";
import { FirstSearch } from "./editor/firstSearch";
import { openPlace } from "./editor/openPlace";
import { Panels } from "./editor/panel/panels";
import { ClassHover } from "./editor/problems/classHover";
import { InlineNotes } from "./editor/problems/inlineNotes";
import { NoteBook } from "./editor/problems/noteBook";
import { ProblemList } from "./editor/problems/problemList";
import { QuickFixes } from "./editor/problems/quickFixes";
import { FolderBadges } from "./editor/runs/folderBadges";
import { RunTree } from "./editor/runs/tree";
import { Settings } from "./editor/settings";
import { SETTING } from "./editor/settingNames";
import { Notifier } from "./editor/status/notifier";
import { RunStatus } from "./editor/status/statusItem";
import { Watchers } from "./editor/watch";
import { WorkspaceRuns } from "./editor/workspaceRuns";

/** What tests inside of VS Code look into; nobody else is handed it. */
export interface TestDoors {
  readonly runs: WorkspaceRuns;
  readonly tree: RunTree;
  readonly badges: FolderBadges;
  readonly inline: InlineNotes;
  readonly lint: Lint;
  readonly losses: LossPanels;
  readonly panels: Panels;
  readonly settings: Settings;
}

/** Open while the extension is active. */
let active: WorkspaceRuns | undefined;

export function activate(context: ExtensionContext): TestDoors | undefined {
  const log = window.createOutputChannel("Run Doctor", { log: true });
  const failed = (what: string, error: unknown): void => log.error(`${what}: ${error instanceof Error ? error.message : String(error)}`);
  const settings = new Settings(log);
  const poll = settings.poll;
  const engine: LiveRuns = new LiveRuns({
    // Asked for at every search: workspace folders come and go.
    get roots() {
      return settings.roots;
    },
    workerScript: Uri.joinPath(context.extensionUri, "dist", "worker.js").fsPath,
    workers: Math.max(1, Math.min(4, availableParallelism() - 1)),
    cacheFolder: Uri.joinPath(context.globalStorageUri, "measured").fsPath,
    optionsOf: (folder) => runs.optionsFor(folder),
    excludes: (folder) => settings.excludes(folder),
    log: (line) => log.info(line),
    pollRunning: poll.running,
    pollIdle: poll.idle,
  });
  const runs: WorkspaceRuns = new WorkspaceRuns(engine, settings, failed);
  active = runs;

  /** The page of a symptom or of a lint rule. */
  const openDocs = async (id: string): Promise<void> => {
    const folder = /^L\d+$/.test(id) ? "lint" : "symptoms";
    await commands.executeCommand("markdown.showPreview", Uri.joinPath(context.extensionUri, "docs", folder, `${id}.md`));
  };
  const tree = new RunTree(runs, (folder) => settings.ignoredOf(folder));
  const badges = new FolderBadges(runs);
  const book = new NoteBook(runs);
  const near = new RunsNear(runs, book);
  const meetings = new Meetings();
  const decorations = {
    get decorations() {
      return settings.decorations;
    },
    onChange: (listener: () => void) => settings.onDidChange([SETTING.decorations], listener),
  };
  const inline = new InlineNotes(book, decorations, meetings);
  const lint = new Lint({
    script: Uri.joinPath(context.extensionUri, "dist", "lintWorker.js").fsPath,
    settings,
    near,
    meetings,
    failed,
  });
  const losses = new LossPanels(context.extensionUri, context.globalStorageUri, runs, failed);
  const panels = new Panels(context.extensionUri, runs, { openPlace, openDocs, failed });
  context.subscriptions.push(
    log,
    tree,
    badges,
    book,
    near,
    meetings,
    new ProblemList(book, meetings),
    inline,
    lint,
    new ClassHover(book, runs),
    new QuickFixes(book, runs),
    new RunStatus(runs),
    new Notifier(runs, settings, failed),
    panels,
    new Watchers(runs),
    losses,
    registerCommands({ storage: context.globalStorageUri, runs, panels, losses, settings, log, openDocs }),
  );
  const { activationEvents } = context.extension.packageJSON as { readonly activationEvents: readonly string[] };
  context.subscriptions.push(
    new FirstSearch({
      events: activationEvents,
      seen: tree.visible,
      onDidSee: (listener) => tree.onDidShow(listener),
      begin: () => void runs.refresh().catch((error: unknown) => failed("search", error)),
      failed,
    }),
  );
  return context.extensionMode === ExtensionMode.Test ? { runs, tree, badges, inline, lint, losses, panels, settings } : undefined;
}

export async function deactivate(): Promise<void> {
  await active?.dispose();
  active = undefined;
}

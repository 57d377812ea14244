/** The view "Runs". */
import { commands, EventEmitter, ThemeColor, ThemeIcon, TreeItem, TreeItemCollapsibleState, Uri, window, type Command, type TreeDataProvider, type TreeView } from "vscode";
import type { Disposable, RunEntry } from "../../engine/runs";
import type { SymptomId } from "../../run";
import { absolutePath } from "../places";
import { amount } from "../words";
import type { WorkspaceRuns } from "../workspaceRuns";
import { sickRuns, worstFirst } from "./order";
import type { Row } from "./row";
import { runRow } from "./runRow";

export const VIEW_ID = "runDoctor.runs";

export class RunTree implements TreeDataProvider<Row>, Disposable {
  private readonly changed = new EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly view: TreeView<Row>;
  private readonly disposables: Disposable[];
  private readonly parents = new Map<string, Row>();
  /** Rows by the entry state that they were made from; entries are replaced or changed in place, so the parts are compared. */
  private readonly made = new Map<string, { readonly of: string; readonly inspection: RunEntry["inspection"]; readonly row: Row }>();
  private endProgress: (() => void) | null = null;

  constructor(
    private readonly runs: WorkspaceRuns,
    private readonly ignoredOf: (folder: string) => readonly SymptomId[],
  ) {
    this.view = window.createTreeView(VIEW_ID, { treeDataProvider: this, showCollapseAll: true });
    this.disposables = [this.changed, this.view, runs.onDidChange(() => this.update())];
    this.update();
  }

  get visible(): boolean {
    return this.view.visible;
  }

  /** Called when the view comes into sight. */
  onDidShow(listener: () => void): Disposable {
    return this.view.onDidChangeVisibility(({ visible }) => {
      if (visible) listener();
    });
  }

  /** The run whose row, or a row below it, is selected. */
  get selected(): string | undefined {
    return this.view.visible ? this.view.selection[0]?.folder : undefined;
  }

  getChildren(row?: Row): Row[] {
    const children = row === undefined ? worstFirst(this.runs.entries).map((entry) => this.rowOf(entry)) : row.children;
    if (row !== undefined) for (const child of children) this.parents.set(child.id, row);
    return [...children];
  }

  getParent(row: Row): Row | undefined {
    return this.parents.get(row.id);
  }

  getTreeItem(row: Row): TreeItem {
    const item = new TreeItem(row.label, row.children.length === 0 ? TreeItemCollapsibleState.None : row.open ? TreeItemCollapsibleState.Expanded : TreeItemCollapsibleState.Collapsed);
    item.id = row.id;
    item.description = row.description;
    item.tooltip = row.tooltip;
    item.accessibilityInformation = { label: row.tooltip };
    item.contextValue = row.context;
    item.command = clickOf(row);
    if (row.icon !== null) item.iconPath = new ThemeIcon(row.icon.name, row.icon.colour === null ? undefined : new ThemeColor(row.icon.colour));
    else if (row.resource !== undefined) {
      item.iconPath = ThemeIcon.File;
      item.resourceUri = Uri.file(row.resource);
    }
    return item;
  }

  dispose(): void {
    this.endProgress?.();
    for (const disposable of this.disposables) disposable.dispose();
  }

  private rowOf(entry: RunEntry): Row {
    const ignored = this.ignoredOf(entry.folder);
    const of = JSON.stringify([entry.label, entry.phase, entry.error, entry.progress, ignored]);
    const made = this.made.get(entry.folder);
    if (made?.of === of && made.inspection === entry.inspection) return made.row;
    const row = runRow(entry, ignored);
    this.made.set(entry.folder, { of, inspection: entry.inspection, row });
    return row;
  }

  private update(): void {
    const entries = this.runs.entries;
    const present = new Set(entries.map((entry) => entry.folder));
    for (const folder of this.made.keys()) if (!present.has(folder)) this.made.delete(folder);
    this.parents.clear();
    const sick = sickRuns(entries).length;
    this.view.badge = sick === 0 ? undefined : { value: sick, tooltip: amount(sick, "sick run") };
    const unread = entries.filter((entry) => entry.phase === "found" || entry.phase === "reading").length;
    this.view.message = unread === 0 || entries.length < 2 ? undefined : `Reading ${entries.length - unread + 1} of ${amount(entries.length, "run")}…`;
    this.showProgress(this.runs.searching || unread > 0);
    void commands.executeCommand("setContext", "runDoctor.state", entries.length > 0 ? "found" : this.runs.searching ? "searching" : "empty");
    this.changed.fire(undefined);
  }

  /** The thin moving line at the top of the view. */
  private showProgress(busy: boolean): void {
    if (busy && this.endProgress === null) {
      const done = new Promise<void>((resolve) => (this.endProgress = resolve));
      void window.withProgress({ location: { viewId: VIEW_ID } }, () => done);
    } else if (!busy) {
      this.endProgress?.();
      this.endProgress = null;
    }
  }
}

function clickOf(row: Row): Command | undefined {
  if (row.action === null) return undefined;
  switch (row.action.does) {
    case "openRun":
      return { command: "runDoctor.openRun", title: "Open Run", arguments: [row.folder] };
    case "openPlace":
      return { command: "runDoctor.openPlace", title: "Open Place", arguments: [absolutePath(row.folder, row.action.place.path), row.action.place.line] };
    case "openFile":
      return { command: "runDoctor.openPlace", title: "Open File", arguments: [absolutePath(row.folder, row.action.path)] };
  }
}

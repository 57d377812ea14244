/** Opens what a run names: a text file at a line, else its place in the explorer. */
import { commands, FileType, Position, Range, Uri, ViewColumn, window, workspace } from "vscode";
import { isBinary } from "./places";

/**
 * Opens a file at a line (from 1; null for its start). Folders and files that no text editor can show are revealed in
 * the explorer, those outside of the workspace in the system's. Throws when the path is gone.
 */
export async function openPlace(path: string, line: number | null): Promise<void> {
  const uri = Uri.file(path);
  const { type } = await workspace.fs.stat(uri);
  if ((type & FileType.Directory) !== 0 || isBinary(path)) {
    await commands.executeCommand(workspace.getWorkspaceFolder(uri) === undefined ? "revealFileInOS" : "revealInExplorer", uri);
    return;
  }
  const at = new Position(Math.max(0, (line ?? 1) - 1), 0);
  // A panel keeps its place: the file opens beside it.
  const besidePanel = window.activeTextEditor === undefined && window.tabGroups.activeTabGroup.activeTab !== undefined;
  await commands.executeCommand("vscode.open", uri, { selection: new Range(at, at), viewColumn: besidePanel ? ViewColumn.Beside : ViewColumn.Active, preview: true });
}

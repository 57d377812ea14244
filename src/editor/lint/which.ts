/** Which open documents are linted. */
import { languages, NotebookCellKind, RelativePattern, workspace, type NotebookDocument, type TextDocument, type Uri } from "vscode";
import { isLibrary, mayHoldLosses } from "./whichText";

export { mayHoldLosses };

/** Documents that a user writes: not those that show an older state of a file, an output or a diff. */
export function isWritten(uri: Uri): boolean {
  if (uri.scheme === "file" || uri.scheme === "untitled" || uri.scheme === "vscode-interactive" || uri.scheme === "vscode-notebook-cell") return true;
  return (workspace.workspaceFolders ?? []).some((folder) => folder.uri.scheme === uri.scheme);
}

export function isPython(document: TextDocument): boolean {
  return document.languageId === "python" && document.uri.scheme !== CELL && isWritten(document.uri);
}

/** Cells are documents, too; they are linted with their notebook. */
export const CELL = "vscode-notebook-cell";

/** The Python cells of a notebook, in their order. */
export function pythonCells(notebook: NotebookDocument): TextDocument[] {
  return notebook.getCells().flatMap(({ kind, document }) => (kind === NotebookCellKind.Code && document.languageId === "python" ? [document] : []));
}

/** Whether it belongs to a library, or is left out by one of the user's patterns. */
export function isLeftOut(document: TextDocument, uri: Uri, patterns: readonly string[]): boolean {
  const folder = workspace.getWorkspaceFolder(uri);
  const inside = folder === undefined ? null : uri.path.slice(folder.uri.path.length);
  if (isLibrary(uri.path, inside)) return true;
  return patterns.some((pattern) => {
    // A name alone means it anywhere, the folder or the file.
    const globs = pattern.includes("/") ? [pattern] : [`**/${pattern}`, `**/${pattern}/**`];
    return globs.some((glob) => languages.match({ pattern: folder === undefined || glob.startsWith("/") ? glob : new RelativePattern(folder, glob) }, document) > 0);
  });
}

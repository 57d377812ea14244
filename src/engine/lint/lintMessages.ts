/** What the editor's side and the lint worker say to each other. */
import type { Change } from "../../lint/edits";
import type { RunFacts } from "../../lint/facts";
import type { CellText, Checked, CheckedCell } from "../../lint/session";

export interface LintStart {
  /** Folders below which imported modules are read. */
  readonly folders: readonly string[];
}

/** What is not answered. */
export type LintNews =
  | { readonly what: "open"; readonly key: string; readonly text: string }
  | { readonly what: "edit"; readonly key: string; readonly changes: readonly Change[] }
  | { readonly what: "openNotebook"; readonly key: string; readonly cells: readonly CellText[] }
  | { readonly what: "editCell"; readonly key: string; readonly cell: string; readonly changes: readonly Change[] }
  | { readonly what: "close"; readonly key: string }
  | { readonly what: "changed"; readonly path: string }
  | { readonly what: "folders"; readonly folders: readonly string[] };

/** What is answered, one at a time. */
export type LintQuestion =
  | { readonly what: "check"; readonly key: string; readonly facts: RunFacts | null }
  | { readonly what: "checkNotebook"; readonly key: string; readonly facts: RunFacts | null }
  | { readonly what: "dependents"; readonly path: string };

export type ToLint = LintNews | (LintQuestion & { readonly id: number });

export type FromLint =
  | { readonly id: number; readonly kind: "done"; readonly value: Checked | readonly CheckedCell[] | readonly string[] }
  | { readonly id: number; readonly kind: "failed"; readonly message: string };

/** One row of the tree, before VS Code sees it. */
import type { Place, SymptomId } from "../../run";

export type RowKind = "run" | "finding" | "doubt" | "group" | "class" | "checkpoint" | "file" | "assumption" | "ignored";

/** A theme icon by name, and the name of its theme colour. */
export interface RowIcon {
  readonly name: string;
  readonly colour: string | null;
}

/** What a click does. */
export type RowAction = { readonly does: "openRun" } | { readonly does: "openPlace"; readonly place: Place } | { readonly does: "openFile"; readonly path: string };

export interface Row {
  /** Stays the same while its run lives, so that the tree keeps what is open and selected. */
  readonly id: string;
  readonly kind: RowKind;
  /** The run's folder. */
  readonly folder: string;
  readonly label: string;
  readonly description: string;
  /** Whole sentences: this is what a screen reader says. */
  readonly tooltip: string;
  /** Null: the file's own icon. */
  readonly icon: RowIcon | null;
  readonly open: boolean;
  readonly children: readonly Row[];
  readonly action: RowAction | null;
  /** For `when` clauses of menus. */
  readonly context: string;
  readonly symptom?: SymptomId;
  /** Absolute path of the file that the row stands for. */
  readonly resource?: string;
}

export const ERROR_ICON: RowIcon = { name: "error", colour: "list.errorForeground" };
export const WARNING_ICON: RowIcon = { name: "warning", colour: "list.warningForeground" };
export const INFO_ICON: RowIcon = { name: "info", colour: "charts.blue" };
export const GOOD_ICON: RowIcon = { name: "pass", colour: "charts.green" };
export const DOUBT_ICON: RowIcon = { name: "question", colour: "descriptionForeground" };

export function severityIcon(severity: "error" | "warning" | "info"): RowIcon {
  return severity === "error" ? ERROR_ICON : severity === "warning" ? WARNING_ICON : INFO_ICON;
}

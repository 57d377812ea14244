/** What is known of one open document (or notebook cell) after it was linted. */
import type { Checked } from "../../lint/session";

/** Findings without those of rules that the settings leave out. */
export interface CheckedDocument extends Checked {
  /** Of the document that was linted: offsets are those of its text. */
  readonly version: number;
}

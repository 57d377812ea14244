/** What the table test of the rules is made of. */

/** A snippet in which the rule must find something. */
export interface Bad {
  readonly what: string;
  readonly code: string;
  /** The text that the finding points at begins with this. */
  readonly begins: string;
  /** Path of the file; loss.py when not given. */
  readonly path?: string;
}

/** A snippet that is near a bad one and right: no rule warns of it. */
export interface Good {
  readonly what: string;
  readonly code: string;
  /** Rules that may leave a note (severity info). The rule of the list that it stands in never does. */
  readonly notes?: readonly string[];
}

export interface Snippets {
  readonly bad: readonly Bad[];
  readonly good: readonly Good[];
}

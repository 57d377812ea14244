/** Which texts are worth a look, by their path and by a few words. */

/** Folders of installed code, wherever they lie. */
const PACKAGES = /(^|\/)(site-packages|dist-packages)\//;
/** Folders in a workspace that hold installed code. */
const ENVIRONMENTS = /(^|\/)(node_modules|\.?venv|\.?env|virtualenv|__pypackages__|\.tox|\.nox|\.eggs|\.conda)\//;
/** The words without which no rule finds anything; src/lint/model/worth.ts looks closer. */
const WORDS = /loss|dice|tversky|jaccard|criterion|cross_?entropy|y_true|y_pred|lovasz/i;

/** `inside`: the path from the workspace folder that holds it; null where none does. A folder that was opened is looked at, whatever its name. */
export function isLibrary(path: string, inside: string | null): boolean {
  return inside === null ? PACKAGES.test(path) : PACKAGES.test(inside) || ENVIRONMENTS.test(inside);
}

/** A cheap test: texts without such words never start the linter. */
export function mayHoldLosses(text: string): boolean {
  return WORDS.test(text);
}

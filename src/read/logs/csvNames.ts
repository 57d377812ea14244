/** What the name of a table says of its columns: tools that write one file a metric name it there. */

/** TensorBoard's download of one curve: "run-train-tag-epoch_loss.csv", also with an underscore before "tag". */
const EXPORT = /(?:^|[/_-])tag[-_]([^/]+)\.(?:csv|json)$/i;
/** DVCLive: dvclive/plots/metrics/train/loss.tsv. */
const DVCLIVE = /(?:^|\/)plots\/metrics\/(.+)\.tsv$/;

/** The tag of TensorBoard's export in its file's name; null for other names. */
export function exportedTag(name: string): string | null {
  return EXPORT.exec(name)?.[1] ?? null;
}

/** `tags` with those in their place that the file's name gives more fully. */
export function tagsInName(tags: readonly (string | null)[], name: string): readonly (string | null)[] {
  const stem = name.slice(name.lastIndexOf("/") + 1).replace(/\.[^.]*$/, "");
  if (tags.includes("Value")) {
    const tag = exportedTag(name) ?? stem;
    return tags.map((t) => (t === "Value" && tag !== "" ? tag : t));
  }
  const path = DVCLIVE.exec(name)?.[1];
  if (path !== undefined) return tags.map((tag) => (tag !== null && path.endsWith(`/${tag}`) ? path : tag));
  return withoutRun(tags);
}

/** W&B's export of a chart: "run - val_loss", "run - val_loss__MIN", "run - val_loss__MAX". */
function withoutRun(tags: readonly (string | null)[]): readonly (string | null)[] {
  const told = tags.filter((tag): tag is string => tag !== null);
  const bounds = new Set(told.filter((tag) => /__(MIN|MAX)$/.test(tag)));
  if (bounds.size === 0) return tags;
  const runs = new Set(told.map((tag) => tag.slice(0, Math.max(0, tag.indexOf(" - ")))));
  const run = runs.size === 1 ? [...runs][0]! : "";
  return tags.map((tag) => (tag === null || bounds.has(tag) ? null : run === "" ? tag : tag.slice(run.length + 3)));
}

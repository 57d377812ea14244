/** Which log files of a run tell one history together. */

export interface Kin {
  /** The same for files that belong together. */
  readonly key: string;
  /**
   * "continues": each goes on where the one before, by path, ended or was given up. "copies": each holds the history until it was
   * written, the longest all of it. "siblings": each holds tags of its own.
   */
  readonly kind: "continues" | "copies" | "siblings";
  /** Event files, whose tags may tell what their steps count. */
  readonly events: boolean;
}

/** Kin of the log at `path` (relative to the run's folder) by its format. */
export function kinOf(path: string, format: string): Kin {
  const folder = path.slice(0, path.lastIndexOf("/") + 1);
  if (format === "tfevents") return { key: `${folder}*tfevents`, kind: "continues", events: true };
  // Hugging Face saves the whole history beside each checkpoint.
  if (format === "trainer-state") return { key: `${folder.replace(/(^|\/)checkpoint-\d+\/$/, "$1")}*trainer-state`, kind: "copies", events: false };
  if (format === "mlflow-metric") {
    const metrics = path.indexOf("/metrics/");
    if (metrics >= 0) return { key: `${path.slice(0, metrics)}*mlflow`, kind: "siblings", events: false };
  }
  if (format === "json-lines") {
    // mmengine: a folder named by its time for each start; mmcv: a file.
    const start = /^(.*?)\d{8}_\d{6}\/vis_data\/[^/]+\.json$/.exec(path) ?? /^(.*?)\d{8}_\d{6}\.log\.json$/.exec(path);
    if (start !== null) return { key: `${start[1]!}*starts`, kind: "continues", events: false };
  }
  if (format === "nnunet-log") {
    // A file for each start, resumed or anew: it names the epoch that it goes on from.
    const start = /^(?:.*\/)?training_log(?=(?:_\d+){6}\.txt$)/.exec(path);
    if (start !== null) return { key: `${start[0]}*starts`, kind: "continues", events: false };
  }
  return { key: path, kind: "continues", events: false };
}

/** Earlier files first: numbers in names count as numbers, since not all writers pad them (training_log_2023_9_2 before _2023_10_1). */
export function inOrder(a: string, b: string): number {
  const [left, right] = [a.split(DIGITS), b.split(DIGITS)];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const [x, y] = [left[i]!, right[i]!];
    const number = i % 2 === 1 ? Number(x) - Number(y) : 0;
    if (number !== 0) return number;
    if (i % 2 === 0 && x !== y) break;
  }
  return a < b ? -1 : a > b ? 1 : 0;
}

const DIGITS = /(\d+)/;

/** mmengine writes its scalars twice: vis_data/scalars.json and, beside it, a file named by the time. */
export function isTwin(path: string, others: ReadonlySet<string>): boolean {
  const twin = /^(.*\/vis_data\/)\d{8}_\d{6}\.json$/.exec(path);
  return twin !== null && others.has(`${twin[1]!}scalars.json`);
}

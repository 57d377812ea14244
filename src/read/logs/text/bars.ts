/** Progress bars caught in a file: tqdm (also Lightning's and segmentation_models.pytorch's) and Keras' Progbar. */

export interface Bar {
  readonly kind: "tqdm" | "keras";
  /** What stands before the bar. */
  readonly title: string;
  readonly at: number;
  readonly of: number;
  /** What stands behind it: names and numbers. */
  readonly values: string;
  /** Whether a message stands behind it: it is not drawn again then. */
  readonly over: boolean;
  /** Whether this may be the bar's last state. */
  readonly done: boolean;
}

/** tqdm/std.py, format_meter: "desc:  45%|████▌     | 28/63 [00:01<00:01, 25.3it/s, loss=0.5]". */
const TQDM = /^(.*?)[:\s]*\b(\d{1,3})%\|[^|]*\|\s*(\d+(?:\.\d+)?)([kMG]?)\/(\d+(?:\.\d+)?)([kMG]?)\s*(?:\[([^\]]*(?:\[[^\]]*\][^\]]*)*)\]?)?(.*)$/;
/** Timing in the brackets: "00:01<00:01, 25.3it/s". */
const TIMING = /^\s*[\d:?]+(?:<[\d:?]+)?(?:,\s*[\d.?]+\s?[kMG]?\s?(?:[A-Za-z]+\/s|s\/[A-Za-z]+))?\s*,?/;
/** keras/src/utils/progbar.py: "63/63 [=====>....] - ETA: 0s - loss: 0.5", "63/63 ━━━━━ 3s 45ms/step - loss: 0.5", verbose 2: "63/63 - 3s - 45ms/step - loss: 0.5". */
const KERAS = /^\s*(\d+)\/(\d+|Unknown)\s+(?:\[[=>.]*\]|[━╸╺\s]+(?=\d))?\s*(?:-\s*)?((?:ETA:\s*)?(?:\d+:)?(?:\d+:)?\d+(?:\.\d+)?(?:s|ms|us)?(?:\s+(?:\d+(?:\.\d+)?)(?:s|ms|us)\/(?:step|epoch|sample))?)\s*(?:-\s*\d+(?:\.\d+)?(?:s|ms|us)\/(?:step|epoch|sample)\s*)?((?:-\s.*)?)$/;
/** Keras 1.x and tf.keras 1.x with verbose 2 print no counter: " - 3s - loss: 0.5", and so do some newer ones. */
const KERAS_BARE = /^\s*-\s+\d+s(?:\s+\d+(?:s|ms|us)\/(?:step|epoch|sample))?\s+-\s+(.*)$/;
const SCALE: Readonly<Record<string, number>> = { "": 1, k: 1e3, M: 1e6, G: 1e9 };

/** What a line says as a bar; null where it is none. */
export function barOf(text: string): Bar | null {
  if (text.includes("%|")) {
    const tqdm = TQDM.exec(text);
    if (tqdm === null) return null;
    const at = Number(tqdm[3]) * SCALE[tqdm[4]!]!;
    const of = Number(tqdm[5]) * SCALE[tqdm[6]!]!;
    return { kind: "tqdm", title: tqdm[1]!.trim(), at, of, values: `${(tqdm[7] ?? "").replace(TIMING, "")} ${tqdm[8] ?? ""}`, over: /[A-Za-z]{3}/.test(tqdm[8] ?? ""), done: at >= of };
  }
  const bare = KERAS_BARE.exec(text);
  if (bare !== null) return { kind: "keras", title: "", at: 1, of: 1, values: bare[1]!, over: false, done: true };
  if (!/^\s*\d+\/(?:\d|U)/.test(text)) return null;
  const keras = KERAS.exec(text);
  if (keras === null || !(/[[━]/.test(text) || /^\s*\d+\/\d+ - /.test(text))) return null;
  const at = Number(keras[1]);
  const of = keras[2] === "Unknown" ? 0 : Number(keras[2]);
  return { kind: "keras", title: "", at, of, values: keras[4]!, over: false, done: !keras[3]!.includes("ETA") && (of === 0 || at >= of) };
}

/** Which names before numbers are quantities of a training, and which are times, sizes and the like. */

/** Words that measure: a name with one of them is believed without a colon before its number. */
const MEASURES = new Set([
  "loss", "losses", "acc", "accuracy", "dice", "dsc", "iou", "miou", "jaccard", "jac", "f1", "fscore", "f", "score", "lr", "precision", "recall", "sensitivity", "specificity", "error", "err", "auc", "auroc", "roc", "map", "ap", "kappa", "psnr", "ssim",
  "mae", "mse", "rmse", "ce", "bce", "nll", "kl", "kld", "ppl", "perplexity", "hd", "hd95", "asd", "assd", "nsd", "hausdorff", "metric", "metrics", "reward", "elbo", "mcc", "tpr", "fpr", "tnr", "ppv", "npv", "aji", "pq", "dq", "sq", "wer", "cer", "bleu",
  "loss_ce", "focal", "tversky", "acc1", "acc5", "macc", "aacc", "mdice", "mfscore", "fwiou", "pixacc", "objective", "cost", "norm",
]);
const MEASURE_ENDS = /(?:loss|dice|iou|acc|accuracy|score|jaccard|error|entropy|coef|coeff)$/;
/** Times, sizes, settings and bests: no series. */
const SKIPPED = new Set([
  "time", "times", "eta", "elapsed", "duration", "sec", "secs", "seconds", "minutes", "hours", "runtime", "speed", "throughput", "fps", "ips", "mem", "memory", "gpu", "gpus", "cpu", "ram", "vram", "cuda", "device", "patience", "counter", "count", "seed",
  "size", "shape", "batchsize", "workers", "version", "pid", "rank", "port", "world", "params", "parameters", "param", "flops", "macs", "samples", "images", "image", "cases", "files", "best", "num", "number", "epochs", "total", "max_mem", "remaining", "took",
  "saved", "saving", "save", "improved", "from", "than", "with", "loaded", "loading", "load", "checkpoint", "using", "target", "threshold", "previous", "prev", "old", "since", "after", "split", "fold", "line", "python", "port", "job", "node", "host",
  "tolerance", "momentum", "decay", "gamma", "interval", "every", "min", "seen", "length", "len", "classes", "channels", "instances", "v_num", "second", "id", "exit", "code", "created", "data", "load", "step", "iteration", "epoch",
]);
const PHASE = /^(?:train|training|trn|val|valid|validation|validating|test|testing|eval|evaluation|evaluating|dev)$/i;
const PHASE_HEAD = /^(?:final|epoch|average|avg|start|starting|running|begin) /i;
const PHASE_TAIL = /[\s_-]*(?:set|phase|results?|metrics?|stats?|statistics|summary|losses|epoch|mode|averages?)?$/i;
const ONLY_FILLER = /^(?:and|with|the|a|an|got|current|cur|now|then|mean of|avg of|=>|->|new)\s+/i;

/** Lower-case words of a name, at punctuation and at humps. */
function namedWords(name: string): string[] {
  return name
    .replace(/IoU/g, "Iou")
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "");
}

interface Verdict {
  readonly measure: boolean;
  readonly skipped: boolean;
}

/** The same few names come again with every line. */
const KNOWN = new Map<string, Verdict>();
const MOST_KNOWN = 2048;

function verdictOn(name: string): Verdict {
  let verdict = KNOWN.get(name);
  if (verdict === undefined) {
    verdict = { measure: measures(name), skipped: skips(name) };
    if (KNOWN.size >= MOST_KNOWN) KNOWN.clear();
    KNOWN.set(name, verdict);
  }
  return verdict;
}

/** Whether a name says that it measures something. */
export function isMeasure(name: string): boolean {
  return verdictOn(name).measure;
}

/** Whether a name is a time, a size, a setting, a best so far, or a sentence. */
export function isSkipped(name: string): boolean {
  return verdictOn(name).skipped;
}

function measures(name: string): boolean {
  const words = namedWords(name);
  return words.some((word) => MEASURES.has(word) || MEASURE_ENDS.test(word)) || (words.includes("learning") && words.includes("rate"));
}

function skips(name: string): boolean {
  const words = namedWords(name);
  if (words.length === 0 || words.length > 7 || name.length > 64 || !/[A-Za-z]/.test(name)) return true;
  if (words.some((word, i) => SKIPPED.has(word) && !isLossWord(words, i))) return true;
  return /[a-z]{25,}/i.test(name);
}

/** "batch loss", "loss per sample", "step_loss", "epoch loss": a counting word beside a loss is no counter. */
function isLossWord(words: readonly string[], i: number): boolean {
  return ["step", "iteration", "epoch", "total", "data", "image", "samples", "sample", "classes", "decay"].includes(words[i]!) && words.some((word) => MEASURES.has(word) || MEASURE_ENDS.test(word));
}

/** A word or short phrase that names a phase and nothing else ("Train", "Validation results"); its word, else null. */
export function phaseOf(text: string): string | null {
  const bare = text.replace(/[^A-Za-z]+/g, " ").trim();
  if (bare === "" || bare.length > 32) return null;
  const headless = bare.replace(PHASE_HEAD, "");
  const word = headless.replace(PHASE_TAIL, "").trim();
  const own = word === "" ? headless : word;
  return PHASE.test(own) ? own.toLowerCase() : null;
}

/** Whether a name says its phase itself. */
export function saysPhase(name: string): boolean {
  return namedWords(name).some((word) => PHASE.test(word));
}

/** The phase that a name of several words starts with ("train Loss"); null otherwise. */
export function leadingPhase(name: string): string | null {
  const first = /^([A-Za-z]+)\.? +\S/.exec(name)?.[1];
  return first !== undefined && PHASE.test(first) ? first.toLowerCase() : null;
}

/** The name as written, without quotes, rules and fillers around it. */
export function cleanName(text: string): string {
  let name = text.replace(/["'`*#~]+/g, " ").replace(/\s+/g, " ").replace(/^[\s.\-_>/\\=:&!]+|[\s.\-_></\\=:&(@!]+$/g, "");
  while (ONLY_FILLER.test(name)) name = name.replace(ONLY_FILLER, "");
  return name;
}

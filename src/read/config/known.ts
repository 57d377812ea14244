/** What a run's settings say of batch size, loss, optimizer and the like, out of whatever files hold them. */
import type { RunConfig, Told } from "../../run";
import type { ConfigRead, ConfigValue } from "../format";

/** Settings from one file, the most trusted first. */
export interface SettingsOf {
  /** Relative to the run's folder. */
  readonly path: string;
  readonly facts: ReadonlyMap<string, ConfigValue>;
  readonly classNames?: ConfigRead["classNames"];
  readonly colours?: ConfigRead["colours"];
  readonly ignoreLabel?: number | null;
  readonly regions?: ConfigRead["regions"];
}

/** Facts shown of one run, and how long each may be. */
const MOST_SHOWN = 300;
const LONGEST_TEXT = 200;
const LONGEST_LIST = 64;

/** Last names of keys, plain, the surest first. */
const KEYS = {
  batchSize: ["batch_size", "train_batch_size", "per_device_train_batch_size", "batchsize", "batch", "bs", "samples_per_gpu", "train_batch", "n_batch", "mini_batch_size"],
  learningRate: ["learning_rate", "initial_lr", "lr", "base_lr", "lr0", "init_lr", "max_lr"],
  lossName: ["loss", "loss_name", "loss_function", "loss_fn", "criterion", "loss_type", "loss_func"],
  optimizer: ["optimizer", "optim", "optimizer_name", "optimizer_type", "opt"],
  plannedEpochs: ["num_epochs", "max_epochs", "epochs", "n_epochs", "num_train_epochs", "nb_epochs", "total_epochs", "max_epoch", "max_num_epochs", "n_epoch"],
} as const;
/** Where a map stands for what it names: {"optimizer": {"name": "Adam"}}, Hydra's and mmengine's instances. */
const NAME_PARTS: ReadonlySet<string> = new Set(["name", "type", "_target_", "__class__", "class_name", "class_path", "target"]);
/** Settings of something else than the training. */
const ASIDE = /(?:^|[._])(?:val|valid|validation|eval|test|inference|predict|infer|sweep|default|defaults)(?:[._]|$)/;

/** Derives what is known; `sources` in order of trust. */
export function knownOf(sources: readonly SettingsOf[]): RunConfig {
  return {
    facts: shown(sources),
    batchSize: first(sources, KEYS.batchSize, (value) => (typeof value === "number" && Number.isInteger(value) && value > 0 ? value : null)),
    learningRate: first(sources, KEYS.learningRate, (value) => (typeof value === "number" && value > 0 && value < 1e3 ? value : null)),
    lossName: first(sources, KEYS.lossName, nameOf),
    optimizer: first(sources, KEYS.optimizer, nameOf),
    plannedEpochs: first(sources, KEYS.plannedEpochs, (value) => (typeof value === "number" && Number.isFinite(value) && value > 0 ? value : null)),
    classNames: told(sources, (source) => source.classNames ?? null),
    ignoreLabel: told(sources, (source) => source.ignoreLabel ?? null),
    regions: told(sources, (source) => source.regions ?? null),
    colours: told(sources, (source) => source.colours ?? null),
  };
}

function told<T>(sources: readonly SettingsOf[], of: (source: SettingsOf) => T | null): Told<T> | null {
  for (const source of sources) {
    const value = of(source);
    if (value !== null) return { value, by: source.path };
  }
  return null;
}

/** The first file that tells; in it the surest key, then the one nearest to the root. */
function first<T>(sources: readonly SettingsOf[], keys: readonly string[], of: (value: ConfigValue) => T | null): Told<T> | null {
  return told(sources, ({ facts }) => {
    let best: { value: T; rank: number } | null = null;
    for (const [key, raw] of facts) {
      const parts = key.toLowerCase().replaceAll("-", "_").split(/[./]/);
      let last = parts.length - 1;
      if (last > 0 && NAME_PARTS.has(parts[last]!)) last--;
      const place = keys.indexOf(parts[last]!);
      if (place < 0 || ASIDE.test(parts.slice(0, last + 1).join("."))) continue;
      const value = of(raw);
      const rank = last * 100 + place;
      if (value !== null && (best === null || rank < best.rank)) best = { value, rank };
    }
    return best?.value ?? null;
  });
}

/** A name in a text: its last dotted part, without arguments. */
function nameOf(value: ConfigValue): string | null {
  if (typeof value !== "string") return null;
  const match = /^<?(?:class '|function )?([\w.-]{1,120})(?:['(> ]|$)/.exec(value.trim());
  const name = match?.[1]?.split(".").findLast((part) => part !== "") ?? "";
  return /^[A-Za-z_]/.test(name) ? name : null;
}

function shown(sources: readonly SettingsOf[]): RunConfig["facts"] {
  const out: [string, Record<string, ConfigValue>][] = [];
  let left = MOST_SHOWN;
  for (const { path, facts } of sources) {
    const own: [string, ConfigValue][] = [];
    for (const [key, value] of facts) {
      if (left <= 0) break;
      if (typeof value === "string" ? value.length > LONGEST_TEXT : Array.isArray(value) && (value.length > LONGEST_LIST || value.some((item) => Array.isArray(item) || (typeof item === "string" && item.length > LONGEST_TEXT)))) continue;
      own.push([key, value]);
      left--;
    }
    if (own.length > 0) out.push([path, Object.fromEntries(own)]);
  }
  return Object.fromEntries(out);
}

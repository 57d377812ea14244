/** Where a dataset of a Keras 3 weights file belongs: the layer as its author named it, the variable, and its place in the model. */
import { LibraryNeeded } from "../bytes/hdf5";
import type { Hdf5File } from "../bytes/source";
import { FormatError } from "../bytes/source";
import type { TensorEntry } from "../format";
import { attributeLayer, type KerasLayer, snakeCase } from "./kerasConfig";
import { isAutomaticName, withoutCounter } from "./kerasVariables";

/** A group that holds variables, resolved. */
export interface Placed {
  /** Layer names from the outermost model inwards, joined by "/"; empty for the model itself. */
  readonly layer: string;
  /** In snake case; null when the file does not tell. */
  readonly className: string | null;
  readonly config: Readonly<Record<string, unknown>> | null;
  readonly kind: TensorEntry["kind"];
  /** Whether it belongs to a metric or to the loss's own tracking, not to a layer. */
  readonly isMetric: boolean;
  /** Orders layers: ranks where the configuration has them, else names. */
  readonly key: readonly (number | string)[];
}

/** Attributes under which models list their layers (the second: TensorFlow 2.13 and before). */
const CONTAINERS = new Set(["layers", "_layers", "_layer_checkpoint_dependencies", "layer_with_weights"]);
const OPTIMIZERS = /^_?(base_|inner_|loss_scale_)?optimizer$/;
const METRICS = /^_?(compile_|unweighted_|weighted_)?metrics$|^_?loss_tracker$|^_?compile_loss$/;

/** Resolves the groups of one file. */
export class KerasNames {
  private readonly known = new Map<string, Placed>();
  private readonly names = new Map<string, string | null>();
  private readonly children = new Map<KerasLayer, Map<string, { layer: KerasLayer; rank: number }>>();

  /** `model`: the configuration beside the weights, null without one. */
  constructor(
    private readonly file: Hdf5File,
    private readonly model: KerasLayer | null,
  ) {}

  /** `group`: path of the layer's group, without "/vars"; "" for the model itself. */
  place(group: string): Placed {
    let placed = this.known.get(group);
    if (placed === undefined) {
      placed = this.resolve(group);
      this.known.set(group, placed);
    }
    return placed;
  }

  private resolve(group: string): Placed {
    const parts = splitPath(group);
    const first = parts[0]?.name ?? "";
    const isMetric = METRICS.test(first);
    const kind = OPTIMIZERS.test(first) ? "optimizer" : isMetric ? "running" : null;
    const chain: string[] = [];
    const key: (number | string)[] = [];
    let config: KerasLayer | null = kind === null ? this.model : null;
    let className: string | null = parts.length === 0 && config !== null ? snakeCase(config.className) : null;
    let listed = false;
    for (const { name: part, path } of parts) {
      if (CONTAINERS.has(part) && !listed) {
        listed = true;
        className = null;
        continue;
      }
      const named = kind === null ? this.nameOf(path) : null;
      const child: { layer: KerasLayer; rank: number | null } | null = listed ? this.listedChild(config, part, named) : attribute(config, part);
      // An automatic name says less than the attribute that the author keeps the layer under.
      const given = named ?? (listed || part === "layer" ? (child?.layer.name ?? null) : null);
      const name = given !== null && (listed || !isAutomaticName(given) || isAutomaticName(part)) ? given : part;
      chain.push(name);
      key.push(child?.rank ?? part);
      className = child !== null ? snakeCase(child.layer.className) : classOf(listed, part, named);
      config = child?.layer ?? null;
      listed = false;
    }
    const seeds = className === "seed_generator" || withoutCounter(parts.at(-1)?.name ?? "") === "seed_generator";
    return { layer: chain.join("/"), className: seeds ? "seed_generator" : className, config: config?.config ?? null, kind: kind ?? (seeds ? "running" : null), isMetric, key };
  }

  /** The layer that a model lists as `part`: its class in snake case and a counter per class, or the name that the group carries. */
  private listedChild(model: KerasLayer | null, part: string, named: string | null): { layer: KerasLayer; rank: number } | null {
    if (model?.layers == null) return null;
    let children = this.children.get(model);
    if (children === undefined) {
      children = new Map();
      const counters = new Map<string, number>();
      for (const [rank, layer] of model.layers.entries()) {
        const base = snakeCase(layer.className);
        const seen = counters.get(base) ?? 0;
        counters.set(base, seen + 1);
        children.set(seen === 0 ? base : `${base}_${seen}`, { layer, rank });
      }
      this.children.set(model, children);
    }
    if (named !== null) for (const child of children.values()) if (child.layer.name === named) return child;
    return children.get(part) ?? null;
  }

  /** The name attribute that newer versions write on a layer's vars group. */
  private nameOf(group: string): string | null {
    const known = this.names.get(group);
    if (known !== undefined) return known;
    let name: string | null = null;
    try {
      if (this.file.children(group).includes("vars")) {
        const value = this.file.attributes(`${group}/vars`)["name"];
        if (typeof value === "string" && value !== "") name = value;
      }
    } catch (error) {
      // A damaged attribute costs the name alone; the path still tells the layer.
      if (!(error instanceof FormatError) || error instanceof LibraryNeeded) throw error;
    }
    this.names.set(group, name);
    return name;
  }
}

function attribute(model: KerasLayer | null, part: string): { layer: KerasLayer; rank: null } | null {
  const layer = model === null ? null : attributeLayer(model, part);
  return layer === null ? null : { layer, rank: null };
}

function classOf(listed: boolean, part: string, named: string | null): string | null {
  if (listed) return withoutCounter(part);
  if (named !== null && isAutomaticName(named)) return withoutCounter(named);
  return isAutomaticName(part) ? withoutCounter(part) : null;
}

/** Components with the path up to and including each. Keras on Windows wrote backslashes inside names. */
function splitPath(path: string): { name: string; path: string }[] {
  const out: { name: string; path: string }[] = [];
  for (let at = 0; at < path.length; ) {
    const next = path.slice(at).search(/[/\\]/);
    const end = next < 0 ? path.length : at + next;
    if (end > at) out.push({ name: path.slice(at, end), path: path.slice(0, end) });
    at = end + 1;
  }
  return out;
}

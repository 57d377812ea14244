/** The model's architecture and the loss, as Keras writes them into config.json (Keras 3) or the attributes of an .h5 file. */

/** A layer or model in a configuration. */
export interface KerasLayer {
  /** As Python calls it, e.g. Conv2D. */
  readonly className: string;
  readonly name: string | null;
  readonly config: Readonly<Record<string, unknown>>;
  /** The layers of a Functional or Sequential model, in order; null for anything else. */
  readonly layers: readonly KerasLayer[] | null;
}

/** Models nested deeper than this are not followed. */
const DEEPEST = 32;

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Reads a serialized layer ({class_name, config, name}); null for anything else. */
export function layerOf(value: unknown, depth = 0): KerasLayer | null {
  if (!isRecord(value) || typeof value["class_name"] !== "string" || depth > DEEPEST) return null;
  const raw = value["config"];
  const config = isRecord(raw) ? raw : {};
  const name = typeof value["name"] === "string" ? value["name"] : typeof config["name"] === "string" ? config["name"] : null;
  // Keras 2 before 2.2.3 wrote the configuration of a Sequential model as the bare list of its layers.
  const list = Array.isArray(raw) ? raw : config["layers"];
  const layers = Array.isArray(list) ? list.map((item: unknown) => layerOf(item, depth + 1)).filter((item) => item !== null) : null;
  return { className: value["class_name"], name, config, layers };
}

/**
 * The layer that another one keeps as its attribute `attribute`, as far as the configuration tells: what a wrapper wraps, the
 * two directions of Bidirectional, the cell of a recurrent layer.
 */
export function attributeLayer(layer: KerasLayer, attribute: string): KerasLayer | null {
  const own = layerOf(layer.config[attribute]);
  if (own !== null) return own;
  if (attribute === "forward_layer" || attribute === "backward_layer") return layerOf(layer.config["layer"]);
  if (attribute === "cell") return { className: `${layer.className}Cell`, name: null, config: layer.config, layers: null };
  return null;
}

/** Name of a class in paths and automatic layer names (keras/src/utils/naming.py, to_snake_case): Conv2DTranspose is conv2d_transpose. */
export function snakeCase(className: string): string {
  return className
    .slice(className.lastIndexOf(">") + 1)
    .replace(/\W+/g, "")
    .replace(/(.)([A-Z][a-z]+)/g, "$1_$2")
    .replace(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase();
}

/**
 * Name of the loss in a compile or training configuration's `loss`: a string; a function of the author's
 * ({class_name: "function", config: "gdl"}); a loss object, named after its class where that is the author's; of several
 * outputs the first. Null without one.
 */
export function lossName(value: unknown, depth = 0): string | null {
  if (typeof value === "string") return value === "" ? null : value.slice(value.lastIndexOf(">") + 1);
  if (depth > DEEPEST) return null;
  if (Array.isArray(value)) return firstLoss(value, depth);
  if (!isRecord(value)) return null;
  const className = value["class_name"];
  if (typeof className !== "string") return firstLoss(Object.values(value), depth);
  const config = value["config"];
  if (className === "__list__" || className === "__tuple__") return lossName(config, depth + 1);
  if (typeof config === "string") return lossName(config, depth + 1);
  if (!isRecord(config)) return lossName(className, depth + 1);
  const wrapped = lossName(config["fn"], depth + 1);
  if (wrapped !== null) return wrapped;
  const module = value["module"];
  const builtIn = module === undefined ? !className.includes(">") : typeof module === "string" && module.startsWith("keras");
  const name = config["name"];
  return builtIn && typeof name === "string" && name !== "" ? name : lossName(className, depth + 1);
}

function firstLoss(values: readonly unknown[], depth: number): string | null {
  for (const value of values) {
    const name = lossName(value, depth + 1);
    if (name !== null) return name;
  }
  return null;
}

/** A JSON object, or null. */
export function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** The loss of a whole configuration: `compile_config` of config.json, or `training_config` itself. */
export function lossOf(compileConfig: unknown): string | null {
  return isRecord(compileConfig) ? lossName(compileConfig["loss"]) : null;
}

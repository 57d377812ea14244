/** Names of libraries: one canonical path for each function however it was imported. */

export type Family = "numpy" | "torch" | "tensorflow" | "keras" | "jax" | "monai" | "smp" | "kornia" | "torchmetrics" | "python";

/** What a name means where the file imports nothing under it: snippets, cells of notebooks. */
export const WELL_KNOWN: ReadonlyMap<string, string> = new Map([
  ["K", "keras.backend"],
  ["tf", "tensorflow"],
  ["keras", "keras"],
  ["np", "numpy"],
  ["numpy", "numpy"],
  ["torch", "torch"],
  ["F", "torch.nn.functional"],
  ["nn", "torch.nn"],
  ["jnp", "jax.numpy"],
  ["jax", "jax"],
  ["smp", "segmentation_models_pytorch"],
  ["monai", "monai"],
]);

const PREFIXES: readonly (readonly [RegExp, string])[] = [
  [/^tensorflow\.(compat\.v[12]|_api\.v2\.compat\.v[12]|python)\.keras\b/, "keras"],
  [/^tensorflow\.compat\.v[12]\b/, "tensorflow"],
  [/^tensorflow\.(keras|python\.keras|contrib\.keras)\b/, "keras"],
  [/^tensorflow\.experimental\.numpy\b/, "tensorflow"],
  [/^tf_keras\b/, "keras"],
  [/^keras\.src\b/, "keras"],
  [/^torch\.functional\b/, "torch"],
];

export function canonical(path: string): string {
  for (const [pattern, name] of PREFIXES) if (pattern.test(path)) return path.replace(pattern, name);
  return path;
}

const FAMILIES: ReadonlyMap<string, Family> = new Map([
  ["numpy", "numpy"],
  ["torch", "torch"],
  ["tensorflow", "tensorflow"],
  ["keras", "keras"],
  ["jax", "jax"],
  ["flax", "jax"],
  ["optax", "jax"],
  ["monai", "monai"],
  ["segmentation_models_pytorch", "smp"],
  ["kornia", "kornia"],
  ["torchmetrics", "torchmetrics"],
  ["builtins", "python"],
]);

export function familyOf(path: string): Family | null {
  const dot = path.indexOf(".");
  return FAMILIES.get(dot < 0 ? path : path.slice(0, dot)) ?? null;
}

export function lastName(path: string): string {
  return path.slice(path.lastIndexOf(".") + 1);
}

export const BUILTINS = new Set(["len", "range", "tuple", "list", "float", "int", "bool", "sum", "max", "min", "abs", "enumerate", "zip", "isinstance", "print", "str", "pow", "round", "sorted", "reversed", "super", "getattr", "hasattr", "callable", "set", "dict", "any", "all", "map"]);

/** What the copied code says of itself: its name, where it comes from, what it takes, its rule for absent classes and what to beware of. */
import { wrap } from "../../run";
import type { Variant } from "../loss";
import type { CodeOptions, Framework } from "./writer";

const WIDTH = 100;

/** No names of a function: Python's own words, and what the code uses. */
const TAKEN = new Set("False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield F ops torch tuple range len".split(" "));

/** "MONAI Dice, per image" → monai_dice_loss */
export function nameOf(variant: Variant): string {
  const [main = ""] = variant.name.split(",");
  if (variant.id === "own" && /^[A-Za-z_]\w{0,60}$/.test(main) && !TAKEN.has(main)) return main; // as the run's script has it
  const words = main
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/\+/g, " ")
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, "_")
    .replace(/_+/g, "_")
    .slice(0, 60)
    .replace(/^_|_$/g, "");
  const name = words === "" ? "loss" : /^\d/.test(words) ? `loss_${words}` : words;
  return /loss$|^loss_/.test(name) ? name : `${name}_loss`;
}

/** Comment above the imports. */
export function heading(variant: Variant, framework: Framework, { classes, names = [] }: CodeOptions): string[] {
  const from = variant.id === "own" ? "The loss of this run" : variant.id;
  const known = names.slice(0, classes).flatMap((name, c) => (name === null ? [] : [`${c} ${safe(name)}`]));
  return [...wrap(`${safe(from)}, as Run Doctor compares it. ${framework === "keras" ? "Keras 3, any backend." : "PyTorch."}`, WIDTH, "# ", "# "), ...(known.length === 0 ? [] : wrap(`Classes: ${known.join(", ")}.`, WIDTH, "# ", "#   "))];
}

/** Lines of the docstring, indented. */
export function docstring(variant: Variant, framework: Framework, options: CodeOptions): string[] {
  const lines = [`    """${safe(variant.name)}.`, ""];
  const say = (text: string): void => void lines.push(...wrap(safe(text), WIDTH, "    ", "    "));
  say(`${variant.formula}.`);
  if (/\b[IPV](_c)?\b|[IPV]²/.test(variant.formula)) say("p: softmax of the logits, t: one-hot labels; I = Σ p t, P = Σ p, V = Σ t.".replace("softmax", variant.activation === "sigmoid" ? "sigmoid" : "softmax"));
  lines.push("");
  say(`Source: ${variant.source}.`);
  say(`Absent classes: ${variant.absent}.`);
  if (variant.smoothing !== "none") say(`Smoothing: ${variant.smoothing}.`);
  for (const trap of variant.traps ?? []) say(`Beware: ${trap}`);
  if (options.background !== 0 && leavesOutFirst(variant)) say(`Beware: class 0 is left out or weighed as background; the background here is class ${options.background}.`);
  lines.push("");
  const { classes } = options;
  const space = options.dims === 2 ? "height, width" : options.dims === 3 ? "depth, height, width" : "…";
  if (framework === "keras") {
    say(`y_true: one-hot labels, (batch, ${space}, ${classes}). Class indices: ops.one_hot(y, ${classes}) first.`);
    say(`y_pred: logits of the same shape: ${activationNote(variant)}`);
  } else {
    say(`logits: (batch, ${classes}, ${space}): ${activationNote(variant)}`);
    say(`labels: class indices 0 to ${classes - 1}, (batch, ${space}).`);
  }
  lines.push('    """');
  return lines;
}

function activationNote(variant: Variant): string {
  return `the network's last layer has no ${variant.activation === "sigmoid" ? "sigmoid" : "softmax"}.`;
}

/** Whether some part treats class 0 by itself. */
function leavesOutFirst(variant: Variant): boolean {
  return variant.terms.some((t) => {
    if (t.kind === "overlap") return t.form.background === false || t.form.ignored === 0;
    if (t.kind === "pointwise") return t.form.form === "softmax focal" && (t.form.background === false || t.form.alpha !== undefined);
    return t.kind === "spatial" && (t.form.form === "clDice" || (t.form.form === "wasserstein" && t.form.mode === "default"));
  });
}

/** Text that ends no string and no line. */
function safe(text: string): string {
  return text
    .replace(/\\/g, "/")
    .replace(/"{3,}/g, "''")
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, " ")
    .trim();
}

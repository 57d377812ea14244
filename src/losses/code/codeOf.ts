/** "Copy as Keras" and "Copy as PyTorch": a loss variant as Python to paste into a project, made of the forms that it is evaluated from. */
import { misfit, type Term, type Variant } from "../loss";
import { docstring, heading, nameOf } from "./docstring";
import { overlapCode } from "./overlapCode";
import { lovaszCode, pointwiseCode } from "./pointwiseCode";
import { spatialCode, spatialReason } from "./spatialCode";
import { Writer, type CodeOptions, type Framework } from "./writer";

export type { CodeOptions, Framework } from "./writer";

/** Why a variant has no code, in one sentence; null where it has. */
export function noCodeReason(variant: Variant, { classes }: Pick<CodeOptions, "classes">): string | null {
  if (classes < 2) return "Its labels are one-hot: two classes are needed at least.";
  const wrong = misfit(variant, classes);
  if (wrong !== null) return wrong;
  for (const term of variant.terms) {
    const reason = term.kind === "spatial" ? spatialReason(term.form) : null;
    if (reason !== null) return reason;
  }
  return null;
}

/**
 * A Python module with one function that computes the variant: for Keras (y_true one-hot, y_pred logits; channels last),
 * for PyTorch (logits (B, C, …), labels (B, …) of class indices). Null where there is none: `noCodeReason` says why.
 */
export function codeOf(variant: Variant, framework: Framework, options: CodeOptions): string | null {
  if (noCodeReason(variant, options) !== null) return null;
  const w = new Writer(framework, options);
  const values = variant.terms.map((term) => {
    const value = valueCode(w, term);
    if (variant.terms.length === 1) return scaled(w, term, value, "");
    const name = nameOfTerm(term);
    w.line(`${name} = ${value}`);
    return scaled(w, term, name, `${name.replace(/_loss$/, "").toUpperCase()}_`);
  });
  w.line(`return ${values.join(" + ")}`);
  const constants = [...w.constants].map(([name, text]) => `${name} = ${text}`);
  const name = nameOf(variant);
  const uses = (text: string): boolean => [...w.body, ...w.helpers].some((line) => line.includes(text));
  const imports = framework === "keras" ? ["from keras import ops"] : ["import torch", ...(uses("F.") ? ["import torch.nn.functional as F"] : [])];
  const lines = [
    ...heading(variant, framework, options),
    ...imports.filter((line) => line !== "import torch" || uses("torch.")),
    ...(constants.length === 0 ? [] : ["", ...constants]),
    "",
    "",
    ...(w.helpers.length === 0 ? [] : [...w.helpers, "", ""]),
    `def ${name}(${framework === "keras" ? "y_true, y_pred" : "logits, labels"}):`,
    ...docstring(variant, framework, options),
    ...w.body.map((line) => `    ${line}`),
  ];
  return `${lines.join("\n")}\n`;
}

function valueCode(w: Writer, term: Term): string {
  switch (term.kind) {
    case "overlap":
      return overlapCode(w, term.form);
    case "pointwise":
      return pointwiseCode(w, term.form);
    case "lovasz":
      return lovaszCode(w, term.options);
    case "spatial":
      if (term.form.form === "hausdorff") throw new RangeError("losses: no code of a distance transform");
      return spatialCode(w, term.form);
  }
}

function nameOfTerm(term: Term): string {
  switch (term.kind) {
    case "overlap":
      return "dice_loss";
    case "pointwise":
      return term.form.form === "cross-entropy" || term.form.form === "rare power cross-entropy" ? "cross_entropy" : "focal_loss";
    case "lovasz":
      return "lovasz_loss";
    case "spatial":
      return term.form.form === "clDice" ? "cl_dice_loss" : "neighbour_loss";
  }
}

function scaled(w: Writer, term: Term, value: string, prefix: string): string {
  const scale = term.scale ?? 1;
  if (scale === 1) return value;
  return `${w.constant({ name: `${prefix}WEIGHT`, value: scale })} * ${/^\w+$/.test(value) ? value : `(${value})`}`;
}

/** Overlap losses of libraries, by the options that they are made with: what rules on smoothing and absent classes say of them. */
import { hidesArguments } from "../catalogue/options";
import type { Model } from "../model/model";
import type { CallMet } from "../model/trace";
import type { Value } from "../model/values";
import { children, textOf, type Node } from "../python";
import { tracesOf } from "./known";
import { isHere, type Finding } from "./rule";

/** A library's overlap, as far as its options tell. */
interface Overlap {
  readonly call: CallMet;
  readonly library: "monai" | "smp" | "keras" | "kornia" | "nnunet";
  /** Inverse volumes weigh its classes. */
  readonly weighted: boolean;
  /** A cross-entropy or focal loss stands beside it. */
  readonly beside: boolean;
  /** What is added above the fraction bar; null: not known. */
  readonly smooth: number | null;
  /** Whether that was written there. */
  readonly said: boolean;
  /** Sums run over the batch; null: not known. */
  readonly batch: boolean | null;
}

type Said = readonly [severity: "info", message: string];

const RULES: Readonly<Record<string, (overlap: Overlap) => Said | null>> = {
  L16: ({ call, smooth, batch, weighted, beside, said, library }) =>
    smooth !== null && smooth > 0 && batch === false && !weighted && (said || (!beside && isMulticlass(call))) && library !== "smp" && library !== "keras"
      ? ["info", `Per image and class, with ${smooth} above the fraction bar: where a class is absent the score is 0 until almost nothing of it is predicted, then jumps to 1. Training may spend itself on suppressing absent classes.`]
      : null,
  L17: ({ smooth, said, weighted }) => (said && smooth !== null && smooth >= 0.5 && !weighted ? ["info", `${smooth} is added above the fraction bar: objects of a few pixels score near 1 whatever is predicted. Use 1e-5, or sum over the batch.`] : null),
  L18: ({ smooth, weighted }) =>
    weighted && smooth !== null && smooth >= 1e-7 ? ["info", `${smooth} is added to sums that weights of 1/V² made as small as 1/V: in large images the constant outweighs them, and the loss nears 0 whatever is predicted. Use smooth_nr and smooth_dr of 1e-12 or less.`] : null,
  L19: ({ smooth, weighted, library }) =>
    smooth === 0 && !weighted && library !== "smp" && library !== "nnunet" ? ["info", "Nothing is added above the fraction bar: a class that is absent scores 0 whatever is predicted and has no gradient, and the loss cannot fall below the share of absent classes."] : null,
  L20: ({ library }) => (library === "smp" ? ["info", "The loss of classes that are absent from the batch is multiplied by 0: what is predicted of them there is never punished. With mode=\"binary\", batches without the object teach nothing."] : null),
  L21: ({ batch, said, library, weighted }) =>
    batch === true && weighted ? ["info", "Volumes and weights are those of the whole batch: a class has one weight for all images, which changes with the batch size and with what else is drawn."] : batch === true && (library === "smp" || said) ? ["info", "Summed over the batch: one score a class for all images together. Large objects count most, and the value depends on the batch size; it is not the mean of the images' scores."] : null,
};

/** What the rule says of the library losses that are made in the file. */
export function libraryNotes(model: Model, rule: "L16" | "L17" | "L18" | "L19" | "L20" | "L21"): Finding[] {
  return tracesOf(model).flatMap((trace) =>
    trace.calls.flatMap((call) => {
      const overlap = isHere(model, call) && call.instance === null && call.path !== null && !hidesArguments(call.node) ? overlapOf(call) : null;
      const said = overlap === null ? null : (RULES[rule]?.(overlap) ?? null);
      return said === null ? [] : [{ rule, severity: said[0], message: said[1], range: { from: call.node.from, to: call.node.to }, related: [] }];
    }),
  );
}

/** Classes that exclude one another: most images lack some of them. */
function isMulticlass({ named }: CallMet): boolean {
  return ["softmax", "to_onehot_y"].some((name) => flagOf(named.get(name)) === true);
}

/** A number written in the call; undefined: the default holds; null: something that is not known. */
function numberOf(call: CallMet, name: string): number | undefined | null {
  const value = call.named.get(name);
  return value === undefined ? undefined : value.kind === "number" && value.param === null ? value.value : null;
}

function flagOf(value: Value | undefined): boolean | null {
  return value === undefined || value.kind === "none" ? false : value.kind === "boolean" ? value.value : null;
}

function overlapOf(call: CallMet): Overlap | null {
  const path = call.path ?? "";
  const name = call.method;
  const fixed = { call, weighted: false, beside: false, said: false } as const;
  if (/^monai\.losses\./.test(path) && /^(Masked)?(Dice|GeneralizedDice|Tversky)(CE|Focal)?Loss$/.test(name)) {
    const given = numberOf(call, "smooth_nr");
    const batch = flagOf(call.named.get("batch"));
    return { ...fixed, library: "monai", weighted: name.startsWith("Generalized"), beside: /(CE|Focal)Loss$/.test(name), smooth: given === undefined ? 1e-5 : given, said: given !== undefined || batch === true, batch };
  }
  if (/^segmentation_models_pytorch\.losses\./.test(path) && /^(Dice|Jaccard|Tversky)Loss$/.test(name)) {
    const given = numberOf(call, "smooth");
    return { ...fixed, library: "smp", smooth: given === undefined ? 0 : given, said: given !== undefined, batch: true };
  }
  if (/^keras\.losses\.(Dice|Tversky)$/.test(path)) {
    const axis = call.named.get("axis");
    return axis === undefined || axis.kind === "none" ? null : { ...fixed, library: "keras", smooth: 0, batch: null };
  }
  if (/^kornia\.losses\.(\w+\.)?DiceLoss$/.test(path)) {
    const average = call.named.get("average") ?? call.args[0];
    return average?.kind === "string" && average.value === "macro" ? { ...fixed, library: "kornia", smooth: 0, batch: false } : null;
  }
  if (!/^nnunetv2\.training\.loss\./.test(path)) return null;
  if (/^(MemoryEfficient)?SoftDiceLoss$/.test(name)) {
    const given = numberOf(call, "smooth");
    return { ...fixed, library: "nnunet", smooth: given === undefined ? 1 : given, said: true, batch: flagOf(call.named.get("batch_dice")) };
  }
  const options = /^DC_and_\w+_loss$/.test(name) ? (call.namedNodes.get("soft_dice_kwargs") ?? call.argNodes[0]) : undefined;
  return options === undefined ? null : { ...fixed, library: "nnunet", beside: true, said: true, ...softDice(call, options) };
}

/** {'batch_dice': False, 'smooth': 1} */
function softDice({ file }: CallMet, node: Node): Pick<Overlap, "smooth" | "batch"> {
  const found: { smooth: number | null; batch: boolean | null } = { smooth: null, batch: null };
  if (node.name !== "DictionaryExpression") return found;
  const parts = children(node);
  parts.forEach((part, i) => {
    const value = parts[i + 1]?.name === ":" ? parts[i + 2] : undefined;
    if (part.name !== "String" || value === undefined) return;
    const key = textOf(file, part).slice(1, -1);
    if (key === "smooth" && value.name === "Number") found.smooth = Number(textOf(file, value));
    if (key === "batch_dice" && value.name === "Boolean") found.batch = textOf(file, value) === "True";
  });
  return found;
}

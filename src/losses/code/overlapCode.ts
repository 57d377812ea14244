/** Python of a formula over sums: the tree that is evaluated, printed. */
import type { Activation } from "../activation";
import { Formula, V as VOLUME, type Node, type SumName } from "../formula";
import type { OverlapForm } from "../terms";
import { python, type Writer } from "./writer";

/** How tightly an expression binds: sums, products, signs, powers, names and calls. */
type Binding = 1 | 2 | 3 | 4 | 5;
interface Expression {
  readonly text: string;
  readonly binding: Binding;
  /** Axes that are left: images, classes. */
  readonly images: boolean;
  readonly classes: boolean;
}

/** Names of the sums, and what is summed: of p and t, the variables that hold probabilities and labels. */
const SUMS: Readonly<Record<SumName, readonly [name: string, of: (p: string, t: string) => string]>> = {
  overlap: ["intersection", (p, t) => `${t} * ${p}`],
  predicted: ["predicted", (p) => p],
  volume: ["volume", (_, t) => t],
  squared: ["predicted_squared", (p) => `${p}**2`],
  squaredVolume: ["volume_squared", (_, t) => `${t}**2`],
  rest: ["rest", (_, t) => `1 - ${t}`],
  missed: ["missed", (p, t) => `${t} * (${t} - ${p}) ** 2`],
  wrong: ["wrong", (p, t) => `(1 - ${t}) * (${t} - ${p}) ** 2`],
};
const SUM_NAMES = ["overlap", "predicted", "volume", "squared", "squaredVolume", "rest", "missed", "wrong"] as const;

/** Writes what the term needs and returns its value. */
export function overlapCode(w: Writer, form: OverlapForm): string {
  const over = form.over ?? "image";
  probabilities(w, form.activation ?? "softmax");
  w.truth();
  if (form.shift !== undefined) w.line(`t = t + ${w.constant({ name: "SHIFT", value: form.shift, note: "added to one-hot labels" })}`);
  if (form.ignored !== undefined) {
    const ignored = w.declare("IGNORED", `${form.ignored}  # voxels with this label count for nothing`);
    w.line(`kept = 1 - ${w.pick(`t[..., ${ignored} : ${ignored} + 1]`, `t[:, ${ignored} : ${ignored} + 1]`)}`);
    w.line("p, t = p * kept, t * kept");
  }
  if (form.background === false) foreground(w);
  if (over === "image") w.line(w.pick("axes = tuple(range(1, len(p.shape) - 1))", "axes = tuple(range(2, p.ndim))") + "  # space: sums of each image and class");
  if (over === "batch") w.line(w.pick("axes = tuple(range(len(p.shape) - 1))", "axes = (0, *range(2, p.ndim))") + "  # batch and space: sums of each class");
  if (over === "image, all classes") w.line(w.pick("axes = tuple(range(1, len(p.shape)))", "axes = tuple(range(1, p.ndim))") + "  # space and classes: sums of each image");
  const printer = new Printer(w, over, form.background === false ? FOREGROUND : ["p", "t"]);
  const used = sumsOf(form.loss, new Set());
  for (const name of SUM_NAMES) if (used.has(name)) printer.sum(name);
  return printer.print(form.loss).text;
}

const FOREGROUND = ["foreground", "truth"] as const;

/** Probabilities and labels without the first class, under names of their own: other parts of a loss take all classes. */
export function foreground(w: Writer): void {
  w.once("foreground", `${FOREGROUND.join(", ")} = ${w.pick("p[..., 1:], t[..., 1:]", "p[:, 1:], t[:, 1:]")}  # class 0 is left out`);
}

/** Sums that a formula uses. */
function sumsOf({ node }: Formula, into: Set<SumName>): Set<SumName> {
  if (node.op === "sum") into.add(node.of);
  if (node.op === "present") into.add("volume");
  for (const part of Object.values(node) as unknown[]) if (part instanceof Formula) sumsOf(part, into);
  return into;
}

/** Probabilities p of the logits. */
export function probabilities(w: Writer, activation: Activation): void {
  const z = w.logits();
  const softmax = (of: string): string => `${w.lib}.softmax(${of}, ${w.axis})`;
  const text: Readonly<Record<Activation, string>> = { softmax: softmax(z), sigmoid: `${w.lib}.sigmoid(${z})`, none: z, twice: softmax(softmax(z)), log: `${w.lib}.sigmoid(${w.lib}.log(${softmax(z)}))` };
  w.once("p", `p = ${text[activation]}`);
}

class Printer {
  /** Steps that have a name by now. */
  private readonly named = new Map<Node, Expression>();

  constructor(
    private readonly w: Writer,
    private readonly over: NonNullable<OverlapForm["over"]>,
    /** Variables that hold probabilities and labels. */
    private readonly of: readonly [p: string, t: string],
  ) {}

  print(of: Formula): Expression {
    const { node } = of;
    const known = this.named.get(node);
    return known ?? this.made(node);
  }

  sum(which: SumName): Expression {
    const { w, over } = this;
    const [name, of] = SUMS[which];
    w.once(name, `${name} = ${w.lib}.sum(${of(...this.of)}${over === "batch, all classes" ? "" : `, ${w.pick("axis", "dim")}=axes`})`);
    return { text: name, binding: 5, images: over.startsWith("image"), classes: !over.endsWith("all classes") };
  }

  private made(node: Node): Expression {
    const { w } = this;
    const { lib } = w;
    const call = (text: string, from: Expression): Expression => ({ ...from, text, binding: 5 });
    switch (node.op) {
      case "sum":
        return this.sum(node.of);
      case "number":
        return { text: Number.isInteger(node.value) ? String(node.value) : python(node.value), binding: 5, images: false, classes: false };
      case "constant": {
        const { value } = node.constant;
        const name = w.constant(node.constant);
        if (typeof value === "number") return { text: name, binding: 5, images: false, classes: false };
        w.once(name, `${name.toLowerCase()} = ${w.pick(`ops.convert_to_tensor(${name}, "float32")`, `torch.tensor(${name}, device=p.device)`)}`);
        return { text: name.toLowerCase(), binding: 5, images: false, classes: true };
      }
      case "plus":
      case "minus":
        return this.infix(node.op === "plus" ? "+" : "-", 1, node.left, node.right);
      case "times":
        return this.infix("*", 2, node.left, node.right);
      case "over":
        return this.infix("/", 2, node.left, node.right);
      case "power": {
        const base = this.print(node.of);
        const exponent = this.print(node.exponent);
        const simple = /^\w+$/.test(base.text);
        return { ...base, text: `${bound(base, 5)}${simple ? "**" : " ** "}${exponent.text}`, binding: 4 };
      }
      case "negative": {
        const from = this.print(node.of);
        return { ...from, text: `-${bound(from, 3)}`, binding: 3 };
      }
      case "log":
      case "exp": {
        const from = this.print(node.of);
        return call(`${lib}.${node.op}(${from.text})`, from);
      }
      case "logCosh": {
        const from = this.print(node.of);
        // cosh(x) - 1 = 2 sinh(x/2)²: does not round to 0 where x is small
        return call(`${lib}.log1p(2 * ${lib}.sinh(${bound(from, 2)} / 2) ** 2)`, from);
      }
      case "atLeast": {
        const from = this.print(node.of);
        const least = this.print(node.least).text;
        return call(w.pick(`ops.maximum(${from.text}, ${least})`, `torch.clamp(${from.text}, min=${least})`), from);
      }
      case "present": {
        const volume = this.print(VOLUME);
        const [yes, no] = [this.print(node.then), this.print(node.otherwise)];
        return call(`${lib}.where(${volume.text} > 0, ${yes.text}, ${no.text === "0" ? "0.0" : no.text})`, volume);
      }
      case "largest": {
        const from = this.print(node.of);
        return call(w.pick(`ops.max(${from.text}, axis=-1, keepdims=True)`, `torch.amax(${from.text}, dim=-1, keepdim=True)`), from);
      }
      case "total": {
        const from = this.print(node.of);
        if (!from.classes) return from;
        return { ...call(`${lib}.sum(${from.text}, ${w.pick("axis", "dim")}=-1)`, from), classes: false };
      }
      case "mean": {
        const from = this.print(node.of);
        if (!from.images && !from.classes) return from;
        return { text: `${lib}.mean(${from.text})`, binding: 5, images: false, classes: false };
      }
      case "classes":
        return { text: w.pick("p.shape[-1]", "p.shape[1]"), binding: 5, images: false, classes: false };
      case "named": {
        const from = this.print(node.of);
        w.line(`${node.name} = ${from.text}`);
        const kept = call(node.name, from);
        this.named.set(node, kept);
        return kept;
      }
    }
  }

  private infix(sign: "+" | "-" | "*" | "/", binding: 1 | 2, leftOf: Formula, rightOf: Formula): Expression {
    const [left, right] = [this.print(leftOf), this.print(rightOf)];
    const tight = sign === "-" || sign === "/" ? ((binding + 1) as Binding) : binding;
    return { text: `${bound(left, binding)} ${sign} ${bound(right, tight)}`, binding, images: left.images || right.images, classes: left.classes || right.classes };
  }
}

const bound = (of: Expression, least: Binding): string => (of.binding < least ? `(${of.text})` : of.text);

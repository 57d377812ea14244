/** L33: an overlap loss alone, with a learning rate far above what is usual. */
import type { Node } from "../python";
import type { Model } from "../model/model";
import type { CallMet, Trace } from "../model/trace";
import type { Value } from "../model/values";
import { isHere, onePerPlace, type Finding, type Rule } from "./rule";

export const L33: Rule = { id: "L33", name: "learning rate too high for an overlap loss", check: (model) => onePerPlace([...compiled(model), ...beside(model)]) };

/** Steps of these are as long as the learning rate, however small the gradient. */
const ADAPTIVE = /^(Adam|AdamW|NAdam|Nadam|RAdam|Adamax|AMSGrad|RMSprop|RMSProp|LegacyAdam|adam|adamw|nadam|rmsprop)$/;
const ADAPTIVE_LIMIT = 0.01;
/** Plain gradient descent: nnU-Net trains Dice with cross-entropy at 0.01. */
const PLAIN = /^(SGD|sgd)$/;
const PLAIN_LIMIT = 1;
const OPTIMIZERS = /^(torch\.optim\.|keras\.optimizers\.|tensorflow\.(train|optimizers)\.|optax\.|tensorflow_addons\.optimizers\.)/;

interface Rate {
  readonly call: CallMet;
  readonly value: number;
  readonly node: Node;
  readonly name: string;
}

/** A literal learning rate that is too high; null where it is not known or usual. */
function rateOf(call: CallMet): Rate | null {
  const path = call.path ?? "";
  const plain = PLAIN.test(call.method);
  if (call.instance !== null || !OPTIMIZERS.test(path) || (!plain && !ADAPTIVE.test(call.method))) return null;
  const at = path.startsWith("torch.") ? 1 : 0;
  const name = ["learning_rate", "lr"].find((n) => call.named.has(n));
  const value = name === undefined ? call.args[at] : call.named.get(name);
  const node = name === undefined ? call.argNodes[at] : call.namedNodes.get(name);
  // A parameter's default may be anything in a run.
  if (value?.kind !== "number" || value.param !== null || node === undefined || (plain ? reach(call, value.value) < PLAIN_LIMIT : value.value < ADAPTIVE_LIMIT)) return null;
  return { call, value: value.value, node, name: call.method };
}

/** What momentum makes of a step that goes on in one direction. */
function reach(call: CallMet, rate: number): number {
  const momentum = call.named.get("momentum") ?? (call.path?.startsWith("torch.") === true ? call.args[2] : undefined);
  // 1 - 0.99 is a little more than 0.01.
  return momentum?.kind === "number" && momentum.value > 0 && momentum.value < 1 ? (rate / (1 - momentum.value)) * 1.001 : rate;
}

function finding({ value, node, name }: Rate, loss: string): Finding {
  return {
    rule: "L33",
    severity: "info",
    message: `${name} with a learning rate of ${value} on ${loss} alone, about ${PLAIN.test(name) ? "a hundred times what is usual or more, its momentum counted" : "ten times what is usual or more"}: the first steps often end in a prediction of background everywhere, where an overlap has almost no gradient. Try 1e-4 to 1e-3.`,
    range: { from: node.from, to: node.to },
    related: [],
  };
}

/** model.compile(optimizer=Adam(0.1), loss=dice_loss) */
function compiled(model: Model): Finding[] {
  return model.flows.flatMap(({ trace }) =>
    trace.calls.flatMap((call) => {
      if (call.method !== "compile" || !isHere(model, call)) return [];
      const optimizer = call.named.get("optimizer") ?? call.args[1];
      const loss = call.named.get("loss") ?? call.args[2];
      const made = optimizer?.kind === "instance" ? trace.calls.find((c) => c.instance === null && c.node === optimizer.node && c.file === optimizer.file) : undefined;
      const rate = made === undefined || !isHere(model, made) ? null : rateOf(made);
      const overlap = overlapOf(model, loss);
      return rate === null || overlap === null ? [] : [finding(rate, overlap)];
    }),
  );
}

const OVERLAPS = /^(monai\.losses\.(\w+\.)?(DiceLoss|GeneralizedDiceLoss|TverskyLoss)|segmentation_models_pytorch\.losses\.(\w+\.)?(DiceLoss|JaccardLoss|TverskyLoss)|keras\.losses\.(Dice|Tversky)|kornia\.losses\.(\w+\.)?(DiceLoss|TverskyLoss))$/;
const LOSSES = /(Loss|Crossentropy|BCE\w*|_loss|cross_?entropy\w*|crossentropy)$/;
/** Schedules that begin with smaller steps, or set the rate themselves. */
const WARMED = /OneCycle|CyclicLR|LinearLR|warm_?up|get_\w*schedule|LambdaLR|SequentialLR/i;

/** The name of a loss that is an overlap and nothing else; null for all others. */
function overlapOf(model: Model, value: Value | undefined): string | null {
  if (value?.kind === "instance") return OVERLAPS.test(value.path) ? value.path.slice(value.path.lastIndexOf(".") + 1) : null;
  const entry = value?.kind === "function" ? value.fn : null;
  const loss = model.losses.find((l) => (entry !== null ? l.fn === entry || l.fn.within.at(-1) === entry : value?.kind === "object" && l.fn.owner === value.info));
  return loss !== undefined && isPure(loss.trace, loss.returned) ? loss.name : null;
}

function isPure(trace: Trace, returned: Value): boolean {
  return returned.kind === "tensor" && returned.ratio !== null && trace.ratios.length > 0 && !trace.calls.some((c) => c.result.kind === "tensor" && c.result.state === "loss");
}

/** PyTorch and JAX: the only loss of the file, and its optimizer. */
function beside(model: Model): Finding[] {
  const calls = model.flows.flatMap(({ trace }) => trace.calls.filter((call) => isHere(model, call)));
  const rates = calls.flatMap((c) => (c.path?.startsWith("torch.optim.") === true || c.path?.startsWith("optax.") === true ? [rateOf(c)] : [])).filter((r) => r !== null);
  if (rates.length === 0 || calls.some((c) => WARMED.test(c.method)) || WARMED.test(model.file.text)) return [];
  const libraries = calls.filter((c) => c.instance === null && c.path !== null && LOSSES.test(c.method));
  const own = new Set(model.losses.map((l) => l.name));
  const names = new Set([...libraries.map((c) => c.method), ...own]);
  // Several losses: they may be added up.
  if (names.size !== 1) return [];
  const [only] = names;
  const pure = libraries.length > 0 ? libraries.every((c) => OVERLAPS.test(c.path ?? "")) : model.losses.every((l) => isPure(l.trace, l.returned));
  return pure && only !== undefined ? rates.map((rate) => finding(rate, only)) : [];
}

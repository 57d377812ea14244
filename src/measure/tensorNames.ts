/** What a tensor is, from its name, and what the last layer gives. */
import type { TensorEntry } from "../read/format";
import type { TensorRole, TensorStats } from "../run";

/** "norm" but not "normal", and the usual two letters. */
const NORM_LAYER = /norm(?!al([^i]|$))|(^|[/._\d])(bn|gn|ln)\d*([/._]|$)/;
const OPTIMIZER = /^optimizer([/._]|$)|(^|\/)(exp_avg(_sq)?|momentum_buffer)$|\/\.optimizer_slot\/|\/(kernel|bias|weight|gamma|beta|embeddings)\/(m|v|vhat|momentum|velocity|rms|accumulator)$/;
const RUNNING = /^(moving_|running_|num_batches_tracked|seed_generator|iterations?$|ema_|renorm_|vector_u|sn_u)/;
const SCALE = /^(gamma|beta|scale|offset)$/;
/** Slopes of PReLU, and scales of quantized kernels: trained or kept, but no weights of a sum. */
const OTHER = /^(alpha|slope|temperature|logit_scale)$|_(scale|zero|scale_zero_point)$/;
const KERNEL = /(^|_)(kernel|weights?|embeddings?|filters?|w)(_|$)|^(query|key|value|in_proj)/;
const BIAS = /(^|_)(biases|bias|b)(_|$)/;

/** Components of a name, lower case, without TensorFlow's ":0". */
function parts(name: string): string[] {
  const clean = name.toLowerCase().replace(/:\d+$/, "").replace(/\/\.attributes\/variable_value$/, "");
  return clean.split(clean.includes("/") ? "/" : ".").filter((part) => part !== "");
}

/** The layer's part of a tensor's name: all but the variable's own name. The name itself when it has one part. */
export function layerOfName(name: string): string {
  const clean = name.replace(/:\d+$/, "");
  const by = clean.includes("/") ? "/" : ".";
  const components = clean.split(by).filter((part) => part !== "");
  components.pop();
  if (components.at(-1) === "vars") components.pop();
  return components.length === 0 ? name : components.join(by);
}

/**
 * What gradients do with a tensor. Knows Keras' names (kernel, gamma, moving_mean, …) and those of PyTorch and
 * TensorFlow (weight, running_mean, num_batches_tracked, …); where the name says nothing the shape decides: two axes or
 * more are a kernel. `kind`: what the file itself tells, which goes before any name.
 */
export function roleOfTensor(name: string, kind: TensorEntry["kind"], shape: readonly number[]): TensorRole {
  if (kind !== null) return kind;
  const components = parts(name);
  const own = (components.at(-1) ?? "").replace(/^_+/, "").replace(/_\d+$/, "");
  const layer = components.slice(0, -1).join("/");
  if (OPTIMIZER.test(components.join("/"))) return "optimizer";
  if (RUNNING.test(own) || /(^|\/)seed_generator(_\d+)?$/.test(layer)) return "running";
  if (/^(mean|variance|count)$/.test(own) && NORM_LAYER.test(layer)) return "running";
  if (SCALE.test(own)) return "norm";
  if (OTHER.test(own)) return "other";
  const inNorm = shape.length <= 1 && NORM_LAYER.test(layer);
  if (BIAS.test(own)) return inNorm ? "norm" : "bias";
  if (inNorm) return "norm";
  if (KERNEL.test(own)) return shape.length >= 2 ? "kernel" : shape.length === 1 ? "norm" : "other";
  return shape.length >= 2 ? "kernel" : "other";
}

/** Kernels that mix no channels into outputs, or feed a layer back into itself. */
const NOT_AN_OUTPUT = /depthwise|recurrent|embedding|weight_hh/;
const TRANSPOSED = /transpose|deconv/;

/**
 * Output channels of the network's last layer. Readers give tensors in the order of the layers, as far as the file tells;
 * so the last kernel with two axes or more is taken. Keras keeps (…, in, out), transposed convolutions (…, out, in),
 * PyTorch (out, in, …) and transposed (in, out, …); the length of the layer's bias says which axis it is. Null when there is
 * no kernel, or when bias and kernel disagree.
 */
export function outputChannels(tensors: readonly TensorStats[]): number | null {
  const last = tensors.filter((t) => t.role === "kernel" && t.shape.length >= 2 && !NOT_AN_OUTPUT.test(t.name.toLowerCase())).at(-1);
  if (last === undefined) return null;
  const torch = /(^|\.)weight$/.test(last.name) && !last.name.includes("/");
  const [inputs, outputs] = torch ? [last.shape[1]!, last.shape[0]!] : [last.shape.at(-2)!, last.shape.at(-1)!];
  const bias = tensors.find((t) => t.role === "bias" && t.layer === last.layer && t.shape.length === 1);
  if (bias === undefined) return TRANSPOSED.test(last.name.toLowerCase()) ? inputs : outputs;
  const length = bias.shape[0]!;
  return length === outputs || length === inputs ? length : null;
}

/** Objects of libraries that are called: layers, models, losses. */
import { CHANNELS_FIRST } from "./axes";
import type { Given } from "./calls";
import type { Frame, Interpreter } from "./interpret";
import { activated, lossOf, reducedLoss } from "./library";
import { familyOf, lastName } from "./names";
import { withChannels } from "./outputs";
import { collected } from "./scores";
import { flattenFrom } from "./shapes";
import { derived, PREDICTIONS, TENSOR, type Instance, type Tensor, type Value } from "./values";
import type { Node } from "../python";

export const LOSS_CLASS = /(Loss|Crossentropy|CrossEntropy|Dice|Tversky|Entropy)$/;

export function instanceCall(interpreter: Interpreter, instance: Instance, given: Given, node: Node, frame: Frame): Value {
  const result = collected(instance, null) ?? withChannels(instance, given.positional[0], resultOf(instance, given.positional));
  interpreter.trace.calls.push({ file: frame.file, node, path: instance.path, family: familyOf(instance.path), method: lastName(instance.path), args: given.positional, named: given.named, argNodes: given.argNodes, namedNodes: given.namedNodes, instance, result });
  return result;
}

function resultOf(instance: Instance, args: readonly Value[]): Value {
  const name = lastName(instance.path);
  const [x] = args;
  if (LOSS_CLASS.test(name)) {
    const loss = reducedLoss(lossOf(args), instance.path, instance.named);
    // Of a library that is not known nothing is known of how low its losses go.
    return loss.kind === "tensor" && familyOf(instance.path) === null ? { ...loss, level: null } : loss;
  }
  if (x?.kind === "tensor") {
    const applied = outputOf(instance, x);
    if (applied !== null) return applied;
  }
  return outputOf(instance, { ...TENSOR, origin: PREDICTIONS, gradient: "flows", added: null }) ?? derived(args);
}

const MONAI_NETS = /^(UNet|Unet|BasicUNet|DynUNet|SegResNet|SegResNetVAE|UNETR|SwinUNETR|AttentionUnet|FlexibleUNet|BasicUNetPlusPlus|BasicUnetPlusPlus)$/;
const SMP_NETS = /^(Unet|UnetPlusPlus|FPN|PSPNet|DeepLabV3|DeepLabV3Plus|Linknet|MAnet|PAN|UPerNet|Segformer)$/;
const LAYER = /^(Dense|Conv\d?D?|Conv[123]D|Conv[123]d|Linear|Conv[123]DTranspose|ConvTranspose[123]d|LazyLinear|LazyConv[123]d)$/;

/** What a layer or model returns, when that is known: its activation. */
export function outputOf(instance: Instance, input: Tensor): Tensor | null {
  const name = lastName(instance.path);
  const family = familyOf(instance.path);
  const base: Tensor = { ...TENSOR, origin: PREDICTIONS, gradient: "flows", axes: input.axes, added: null, half: input.half };
  if (name === "Softmax" || name === "Softmax2d") return activated({ ...input, origin: input.origin === 0 ? PREDICTIONS : input.origin }, "softmax");
  if (name === "Sigmoid") return activated({ ...input, origin: input.origin === 0 ? PREDICTIONS : input.origin }, "sigmoid");
  if (name === "LogSoftmax" || name === "LogSigmoid") return { ...input, state: "logs", activation: name === "LogSoftmax" ? "softmax" : "sigmoid" };
  if (name === "Identity") return input;
  // Each image on its own.
  if (name === "Flatten" && input.origin !== 0 && instance.args.length === 0 && instance.named.size === 0) return { ...input, axes: flattenFrom(input.axes, 1), param: null };
  const activation = instance.named.get("activation") ?? (name === "Activation" || name === "Dense" ? instance.args[name === "Dense" ? 1 : 0] : undefined);
  if (name === "Activation" || (family === "keras" && LAYER.test(name))) {
    const kind = activation?.kind === "string" ? activation.value : activation?.kind === "library" ? lastName(activation.path) : activation === undefined || activation.kind === "none" ? "linear" : null;
    if (kind === "softmax" || kind === "sigmoid") return activated(base, kind);
    return kind === "linear" && name !== "Activation" && family === "keras" && activation === undefined ? { ...base, state: "logits" } : base;
  }
  if (family === "torch" && LAYER.test(name)) return { ...base, state: "logits" };
  if (name === "Sequential") {
    const items = instance.args.length === 1 && instance.args[0]?.kind === "sequence" ? instance.args[0] : ({ kind: "sequence", items: instance.args, span: null, complete: true } as const);
    const last = items.complete ? items.items.at(-1) : undefined;
    if (last?.kind !== "instance") return base;
    // nn.Sequential(conv, nn.Softmax(dim=1)): the last layer decides.
    return outputOf(last, { ...base, state: "unknown" });
  }
  if (name === "Model" && family === "keras") {
    const out = instance.named.get("outputs") ?? instance.args[1];
    return out?.kind === "tensor" ? out : null;
  }
  // Networks of MONAI and segmentation_models.pytorch return logits unless told otherwise.
  if (family === "monai" && MONAI_NETS.test(name) && !instance.named.has("act_final")) return { ...base, axes: CHANNELS_FIRST, state: "logits" };
  if (family === "smp" && SMP_NETS.test(name)) {
    const kind = instance.named.get("activation");
    if (kind === undefined || kind.kind === "none") return { ...base, axes: CHANNELS_FIRST, state: "logits" };
    return kind.kind === "string" && /^softmax/.test(kind.value) ? activated({ ...base, axes: CHANNELS_FIRST }, "softmax") : kind.kind === "string" && kind.value === "sigmoid" ? activated({ ...base, axes: CHANNELS_FIRST }, "sigmoid") : base;
  }
  return null;
}


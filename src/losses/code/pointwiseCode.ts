/** Python of losses that add up what each voxel contributes, and of the Lovász extension. */
import type { LovaszOptions } from "../lovasz";
import type { PointwiseForm } from "../terms";
import { probabilities } from "./overlapCode";
import type { Writer } from "./writer";

/** Writes what the term needs and returns its value. */
export function pointwiseCode(w: Writer, form: PointwiseForm): string {
  switch (form.form) {
    case "cross-entropy":
      if (w.keras) w.truth();
      else w.logits();
      return w.pick("ops.mean(ops.categorical_crossentropy(t, logits, from_logits=True))", "F.cross_entropy(logits, labels.long())");
    case "softmax focal":
      return softmaxFocal(w, form);
    case "rare power cross-entropy":
      return rarePower(w, form.gamma);
    case "sigmoid focal":
      return sigmoidFocal(w, form);
    case "voxel Jaccard":
      return voxelJaccard(w, form.smooth);
  }
}

function softmaxFocal(w: Writer, { gamma, alpha, background = true, shift }: PointwiseForm & { form: "softmax focal" }): string {
  const power = w.constant({ name: "GAMMA", value: gamma, note: "focus on voxels that are wrong" });
  w.truth();
  if (shift !== undefined) w.line(`t = t + ${w.constant({ name: "SHIFT", value: shift, note: "added to one-hot labels" })}`);
  if (!background) w.line(`logits, t = ${w.pick("logits[..., 1:], t[..., 1:]", "logits[:, 1:], t[:, 1:]")}  # class 0 is cut off before the softmax`);
  w.line(`log_p = ${w.pick("ops.log_softmax(logits, axis=-1)", "F.log_softmax(logits, dim=1)")}`);
  w.line(`focal = -t * (1 - ${w.lib}.exp(log_p)) ** ${power} * log_p`);
  if (alpha === undefined) return `${w.lib}.mean(focal)`;
  const a = w.constant({ name: "ALPHA", value: alpha, note: "of all classes but the first, which weighs 1 - ALPHA" });
  w.line(`alpha = ${w.lib}.where(${w.pick("ops.arange(t.shape[-1])", "torch.arange(t.shape[1], device=t.device)")} == 0, 1 - ${a}, ${a})`);
  return w.pick("ops.mean(alpha * focal)", "torch.mean(alpha * focal.movedim(1, -1))");
}

function rarePower(w: Writer, gamma: number): string {
  const power = w.constant({ name: "GAMMA", value: gamma });
  w.truth();
  const { lib } = w;
  w.line(`frequency = ${w.pick("ops.mean(t, axis=tuple(range(len(t.shape) - 1)))", "torch.mean(t, dim=(0, *range(2, t.ndim)))")}  # of each class in the batch`);
  w.line(`rareness = ${lib}.where(frequency > 0, 1 / ${lib}.sqrt(frequency), 0.0)`);
  w.line(`surprise = ${w.pick("ops.categorical_crossentropy(t, logits, from_logits=True)", 'F.cross_entropy(logits, labels.long(), reduction="none")')}`);
  return w.pick(`ops.mean(ops.sum(rareness * t, axis=-1) * surprise**${power})`, `torch.mean(rareness[labels.long()] * surprise**${power})`);
}

function sigmoidFocal(w: Writer, { gamma, input }: PointwiseForm & { form: "sigmoid focal" }): string {
  const power = w.constant({ name: "GAMMA", value: gamma, note: "focus on voxels that are wrong" });
  w.truth();
  const { lib } = w;
  let x = w.logits();
  if (input === "log softmax") {
    const least = w.constant({ name: "CLIP", value: 1e-7, note: "of probabilities, at both ends" });
    w.line(`log_p = ${lib}.log(${w.pick("ops.clip", "torch.clamp")}(${lib}.softmax(logits, ${w.axis}), ${least}, 1 - ${least}))`);
    x = "log_p";
  }
  w.line(`q = ${lib}.sigmoid(${x})  # of each class by itself`);
  w.line("p_true = t * q + (1 - t) * (1 - q)");
  w.line(`surprise = ${w.pick(`ops.binary_crossentropy(t, ${x}, from_logits=True)`, `F.binary_cross_entropy_with_logits(${x}, t, reduction="none")`)}`);
  return `${lib}.mean((1 - p_true) ** ${power} * surprise)`;
}

function voxelJaccard(w: Writer, smooth: number): string {
  const s = w.constant({ name: "SMOOTH", value: smooth });
  probabilities(w, "softmax");
  w.truth();
  w.line(`intersection = ${w.lib}.sum(t * p, ${w.axis})  # over the classes of each voxel`);
  w.line(`union = ${w.lib}.sum(t + p, ${w.axis}) - intersection`);
  return `${s} * ${w.lib}.mean(1 - (intersection + ${s}) / (union + ${s}))`;
}

/** Errors of each class in falling order, weighed by the steps of the Jaccard index. */
export function lovaszCode(w: Writer, { activation, perImage, classes, rawLabels = false }: LovaszOptions): string {
  probabilities(w, activation);
  w.truth();
  const note = perImage ? "  # (images, classes, voxels)" : "  # (1, classes, voxels): the batch as one image";
  const flat = (x: string): string =>
    w.pick(perImage ? `ops.swapaxes(ops.reshape(${x}, (ops.shape(${x})[0], -1, ${x}.shape[-1])), 1, 2)` : `ops.transpose(ops.reshape(${x}, (-1, ${x}.shape[-1])))[None]`, perImage ? `${x}.flatten(2)` : `${x}.movedim(1, 0).flatten(1)[None]`);
  w.line(`p = ${flat("p")}${note}`);
  w.line(`t = ${flat("t")}`);
  w.line(`errors = ${w.lib}.abs(t - p)`);
  if (rawLabels) {
    w.line(`number = ${w.pick("ops.sum(t * ops.arange(t.shape[1], dtype=t.dtype)[:, None], axis=1, keepdims=True)", "torch.argmax(t, dim=1, keepdim=True)")}`);
    w.line(`t = ${w.lib}.zeros_like(t) + number  # class numbers are sorted here, not "is this class"`);
  }
  if (w.keras) w.line("order = ops.argsort(-errors, axis=-1)");
  else w.line("order = torch.argsort(errors, dim=-1, descending=True)");
  const sorted = (x: string): string => w.pick(`ops.take_along_axis(${x}, order, axis=-1)`, `torch.gather(${x}, -1, order)`);
  w.line(`errors = ${sorted("errors")}`);
  w.line(`truth = ${sorted("t")}`);
  const { lib } = w;
  const along = w.pick("axis=-1", "dim=-1");
  w.line(`total = ${lib}.sum(truth, ${along}, ${w.pick("keepdims", "keepdim")}=True)`);
  w.line(`jaccard = 1 - (total - ${lib}.cumsum(truth, ${along})) / (total + ${lib}.cumsum(1 - truth, ${along}))`);
  w.line(`steps = ${w.pick("ops.concatenate", "torch.cat")}([jaccard[..., :1], jaccard[..., 1:] - jaccard[..., :-1]], ${along})`);
  w.line(`losses = ${lib}.sum(errors * steps, ${along})  # of each ${perImage ? "image and " : ""}class`);
  if (classes === "all") return `${lib}.mean(losses)`;
  w.line(`present = ${w.pick('ops.cast(ops.max(t, axis=-1) > 0, "float32")', "(torch.amax(t, dim=-1) > 0).float()")}`);
  return `${lib}.mean(${lib}.sum(present * losses, ${along}) / ${lib}.sum(present, ${along}))`;
}

/** How many channels layers and networks of libraries put out, and where the axis of the channels is. */
import { familyOf, lastName, type Family } from "../model/names";
import type { PythonFile } from "../python";
import type { Channels } from "../model/values";
import { hidesArguments, option, type Made, type Signature } from "./options";

interface Outputs extends Signature {
  readonly counts: string;
  /** Index of the channels in what it returns. */
  readonly axis: 1 | -1;
  /** With one of these options it returns something else, several tensors as a rule. */
  readonly unless?: readonly string[];
}

const outputs = (params: readonly string[], counts: string, axis: 1 | -1, more: { readonly fallback?: number; readonly unless?: readonly string[] } = {}): Outputs => ({
  params, counts, axis, defaults: more.fallback === undefined ? {} : { [counts]: more.fallback }, ...(more.unless === undefined ? {} : { unless: more.unless }),
});

/** torch/nn/modules */
const TORCH: readonly (readonly [RegExp, Outputs])[] = [
  [/^Conv(Transpose)?[123]d$/, outputs(["in_channels", "out_channels"], "out_channels", 1)],
  [/^LazyConv(Transpose)?[123]d$/, outputs(["out_channels"], "out_channels", 1)],
  [/^Linear$/, outputs(["in_features", "out_features"], "out_features", -1)],
  [/^LazyLinear$/, outputs(["out_features"], "out_features", -1)],
];

/** Keras: channels last unless data_format says otherwise. */
const KERAS: readonly (readonly [RegExp, Outputs])[] = [
  [/^Dense$/, outputs(["units"], "units", -1)],
  [/^(Separable)?Conv([123]D|olution[123]D)(Transpose)?$/, outputs(["filters"], "filters", -1, { unless: ["data_format"] })],
];

const FLAX: readonly (readonly [RegExp, Outputs])[] = [[/^(Dense|Conv|ConvTranspose)$/, outputs(["features"], "features", -1)]];

/** monai/networks/nets of 1.6.1; SwinUNETR lost its first parameter with 1.5, so that its names alone tell. */
const MONAI: readonly (readonly [RegExp, Outputs])[] = [
  [/^(UNet|Unet|AttentionUnet)$/, outputs(["spatial_dims", "in_channels", "out_channels"], "out_channels", 1)],
  [/^(BasicUNet|BasicUnet|Basicunet)$/, outputs(["spatial_dims", "in_channels", "out_channels"], "out_channels", 1, { fallback: 2 })],
  [/^VNet$/, outputs(["spatial_dims", "in_channels", "out_channels"], "out_channels", 1, { fallback: 1 })],
  // In training, deep supervision adds an axis.
  [/^(DynUNet|DynUnet|Dynunet)$/, outputs(["spatial_dims", "in_channels", "out_channels"], "out_channels", 1, { unless: ["deep_supervision"] })],
  [/^SegResNet$/, outputs(["spatial_dims", "init_filters", "in_channels", "out_channels"], "out_channels", 1, { fallback: 2 })],
  [/^(UNETR|FlexibleUNet|FlexUNet)$/, outputs(["in_channels", "out_channels"], "out_channels", 1)],
  [/^SwinUNETR$/, outputs([], "out_channels", 1)],
];

/** segmentation_models_pytorch/decoders of 0.6.0: classes=1 in all versions, in another place for each network. */
const SMP: readonly (readonly [RegExp, Outputs])[] = [
  [/^(Unet|UnetPlusPlus|FPN|PSPNet|DeepLabV3|DeepLabV3Plus|Linknet|MAnet|PAN|UPerNet|Segformer|DPT)$/, outputs(["encoder_name", "encoder_depth", "encoder_weights"], "classes", 1, { fallback: 1, unless: ["aux_params"] })],
];

/** pytorch3dunet/unet3d/model.py of 1.9 */
const UNET3D: readonly (readonly [RegExp, Outputs])[] = [[/^(UNet3D|ResidualUNet3D|ResidualUNetSE3D|UNet2D|ResidualUNet2D)$/, outputs(["in_channels", "out_channels"], "out_channels", 1)]];

const BY_FAMILY: Readonly<Partial<Record<Family, readonly (readonly [RegExp, Outputs])[]>>> = { torch: TORCH, keras: KERAS, monai: MONAI, smp: SMP };

function entriesOf(path: string): readonly (readonly [RegExp, Outputs])[] {
  const family = familyOf(path);
  if (family !== null && BY_FAMILY[family] !== undefined) return BY_FAMILY[family];
  return path.startsWith("flax.") ? FLAX : path.startsWith("pytorch3dunet.") ? UNET3D : [];
}

const firsts = new WeakMap<PythonFile, boolean>();

/** Whether a file speaks of channels first: a Keras layer without data_format may be meant so too. */
function mayBeFirst(file: PythonFile): boolean {
  let may = firsts.get(file);
  if (may === undefined) {
    may = file.text.includes("channels_first");
    firsts.set(file, may);
  }
  return may;
}

/** The channels of what a layer or network returns; null when they are not known. */
export function channelsOf(path: string, made: Made): Channels | null {
  const name = lastName(path);
  const known = entriesOf(path).find(([pattern]) => pattern.test(name))?.[1];
  if (known === undefined || hidesArguments(made.node) || known.unless?.some((other) => made.named.has(other)) === true) return null;
  if (known.unless?.includes("data_format") === true && mayBeFirst(made.file)) return null;
  const said = option(made, known, known.counts);
  // The default of a parameter: callers may say another number.
  if (said?.given?.kind === "number" && said.given.param !== null) return null;
  const count = said?.value;
  return typeof count === "number" && Number.isInteger(count) && count > 0 ? { count, axis: known.axis, rank: rankOf(name) } : null;
}

/** Conv2d returns [B, C, H, W]. */
function rankOf(name: string): number | null {
  const dims = /^(?:Lazy)?Conv(?:Transpose)?([123])d$/.exec(name)?.[1];
  return dims === undefined ? null : Number(dims) + 2;
}

/** Layers that leave the number of channels as it is. */
export const KEEPS_CHANNELS = /^((Alpha|Feature)?Dropout[123]?d?|Spatial(Dropout)[123]D|(Sync|Lazy)?BatchNorm[123]?d?|BatchNormalization|(Lazy)?InstanceNorm[123]d|GroupNorm|LayerNorm|LayerNormalization|(Leaky|P)?ReLU|ReLU6|GELU|SiLU|ELU|Hardtanh|Upsample|UpSampling[123]D|Softmax|Softmax2d|LogSoftmax|Sigmoid|Activation|Identity)$/;

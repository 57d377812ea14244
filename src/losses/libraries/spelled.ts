/** A loss by its spelled name on arrays of the caller's own: class numbers are made into what the library takes. */
import { kerasLoss, type KerasVersion } from "./keras";
import { monaiLoss } from "./monai";
import type { Version } from "./monaiInputs";
import { NdArray, type Numbers } from "./ndarray";
import { same } from "./shapes";
import { niftynetLoss } from "./niftynet";
import { oneHot, type LossFunction, type Options, type OptionValue } from "./options";
import { smpLoss } from "./smp";
import { parseSpelling, type Spelled } from "./spelling";

interface Library {
  /** What a word without a value stands for; undefined: an option that is True. */
  readonly word: (loss: string, word: string) => readonly [string, OptionValue] | undefined;
  readonly make: (loss: string, options: Options, version: OptionValue | undefined) => LossFunction | string;
  readonly versions: readonly string[];
  /** Class numbers (without the axis of classes, or with 1 there) as its losses take them. */
  readonly labels: (loss: string, options: Options, prediction: Numbers, numbers: Numbers) => { readonly target: Numbers; readonly options: Options };
  /** The axis of classes of predictions. */
  readonly axis: 1 | -1;
}

const direct = (target: Numbers, options: Options): { target: Numbers; options: Options } => ({ target, options });
const channels = (prediction: Numbers, numbers: Numbers, axis: number): NdArray => oneHot(NdArray.of(numbers), prediction.shape.at(axis)!, axis === 1 ? 1 : numbers.shape.length);

const BY_NUMBER = ["NACLLoss", "GeneralizedWassersteinDiceLoss"];
const NO_CHANNELS = ["SoftclDiceLoss", "SoftDiceclDiceLoss"];

const LIBRARIES: Readonly<Record<string, Library>> = {
  monai: {
    axis: 1,
    versions: ["1.5", "1.6"],
    word: (loss, word) => {
      if (loss === "FocalLoss" && (word === "softmax" || word === "sigmoid")) return ["use_softmax", word === "softmax"];
      return loss === "GeneralizedWassersteinDiceLoss" ? ["weighting_mode", word] : undefined;
    },
    make: (loss, options, version) => monaiLoss(loss, options, version as Version | undefined),
    labels: (loss, options, prediction, numbers) => {
      if (BY_NUMBER.includes(loss)) return direct(numbers, options);
      if (NO_CHANNELS.includes(loss)) return direct(channels(prediction, numbers, 1), options);
      const [images = 0, ...space] = numbers.shape;
      return direct({ shape: [images, 1, ...space], values: numbers.values }, prediction.shape[1] === 1 ? options : { to_onehot_y: true, ...options });
    },
  },
  smp: {
    axis: 1,
    versions: [],
    word: (_, word) => (["binary", "multiclass", "multilabel"].includes(word) ? ["mode", word] : undefined),
    make: (loss, options) => smpLoss(loss, options),
    labels: (_, options, prediction, numbers) => direct(options.mode === "multilabel" ? channels(prediction, numbers, 1) : numbers, options),
  },
  keras: {
    axis: -1,
    versions: ["3.15.1", "head"],
    word: () => undefined,
    make: (loss, options, version) => kerasLoss(loss, options, version as KerasVersion | undefined),
    labels: (loss, options, prediction, numbers) => direct(loss.startsWith("Sparse") || prediction.shape.at(-1) === 1 ? numbers : channels(prediction, numbers, -1), options),
  },
  niftynet: {
    axis: -1,
    versions: [],
    word: () => undefined,
    make: (loss, options) => niftynetLoss(loss, options),
    labels: (loss, options, prediction, numbers) => direct(loss.includes("dense") || loss.includes("Dense") ? channels(prediction, numbers, -1) : numbers, options),
  },
};

/** A sentence for options that cannot be; null for names of no library. */
export function spelledLoss(name: string): LossFunction | string | null {
  const spelled = parseSpelling(name);
  if (spelled === null) return null;
  if (typeof spelled === "string") return Object.hasOwn(LIBRARIES, spelled.split(".")[0] ?? "") ? spelled : null;
  const library = Object.hasOwn(LIBRARIES, spelled.library) ? LIBRARIES[spelled.library] : undefined;
  if (library === undefined) return null;
  const given = optionsOf(library, spelled);
  if (typeof given === "string") return given;
  const { options, version } = given;
  const checked = library.make(spelled.loss, options, version);
  if (typeof checked === "string") return checked;
  return (prediction, target, extra) => {
    const numbers = classNumbers(library, prediction, target);
    if (numbers === null) return checked(prediction, target, extra);
    const made = library.labels(spelled.loss, options, prediction, numbers);
    const loss = library.make(spelled.loss, made.options, version);
    // The axis of classes decides whether labels are spread; a loss without that option takes them as channels.
    return typeof loss === "string" ? checked(prediction, channels(prediction, numbers, library.axis), extra) : loss(prediction, made.target, extra);
  };
}

function optionsOf(library: Library, { library: name, loss, options: given, words }: Spelled): { options: Options; version: OptionValue | undefined } | string {
  const { version, ...options } = given;
  if (version !== undefined && !library.versions.includes(String(version))) return `${name}.${loss}: version is ${JSON.stringify(version)}; it can be ${library.versions.join(", ") || "left out only"}`;
  const all: Record<string, OptionValue> = { ...options };
  for (const word of words) {
    const [option, value] = library.word(loss, word) ?? [word, true];
    if (Object.hasOwn(all, option)) return `${name}.${loss}: ${option} is given twice`;
    all[option] = value;
  }
  return { options: all, version: version === undefined ? undefined : String(version) };
}

/** Labels without the axis of classes; null where they have it. */
function classNumbers(library: Library, prediction: Numbers, target: Numbers): Numbers | null {
  const rank = prediction.shape.length;
  const at = library.axis === 1 ? 1 : rank - 1;
  const space = prediction.shape.filter((_, i) => i !== at);
  if (same(target.shape, space)) return target;
  if (target.shape.length === rank && target.shape[at] === 1 && prediction.shape[at] !== 1) return { shape: target.shape.filter((_, i) => i !== at), values: target.values };
  return null;
}

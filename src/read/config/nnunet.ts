/**
 * nnU-Net's JSON: dataset.json of version 2 ({"labels": {"background": 0, "tumour": [1, 2], "ignore": 3}}) and of version 1 and the
 * Medical Segmentation Decathlon ({"labels": {"0": "background"}}), plans.json, debug.json
 * (nnunetv2/utilities/label_handling/label_handling.py, documentation/dataset_format.md).
 */
import type { LabelRegion } from "../../run";
import type { ConfigFormat, ConfigRead } from "../format";
import { at, isDict, type JsonDict, type JsonNode } from "../logs/jsonTree";
import { classNamesOf, filled, MOST_CLASSES } from "./classNames";
import { flatten, valueOf, type Facts } from "./flatten";
import { configRead, foldersOf, jsonOf, leafOf } from "./result";
import { settingOf } from "./scalars";

/** Lists of cases make a dataset.json large. */
const LARGEST = 1 << 24;
/** Longer texts of debug.json are printed objects. */
const LONGEST_SETTING = 300;

export const datasetJson: ConfigFormat = {
  name: "dataset-json",
  probe(name, head) {
    if (!/(?:^|\/)dataset[^/]*\.json$/i.test(name)) return false;
    return head.length === 0 || /"(?:labels|channel_names|modality|numTraining|file_ending|training)"/.test(new TextDecoder().decode(head));
  },
  read(source): ConfigRead {
    const root = jsonOf(this.name, source, LARGEST);
    const facts: Facts = new Map();
    if (isDict(root)) {
      for (const [i, key] of root.keys.entries()) if (!/^(?:training|test|validation|labels|regions_class_order)$/.test(key)) flatten(key, root.values[i]!, facts);
    }
    const labels = at(root, "labels");
    return configRead({ facts, ...(isDict(labels) ? labelsOf(labels, at(root, "regions_class_order")) : { classNames: classNamesOf(labels) }) });
  },
};

/** Names by label value. A region is named at the value that predictions have for it (`regions_class_order`). */
function labelsOf(labels: JsonDict, order: JsonNode | undefined): Pick<ConfigRead, "classNames" | "ignoreLabel" | "regions"> {
  if (labels.values.every((value) => typeof value === "string")) return { classNames: classNamesOf(labels), ignoreLabel: null, regions: null };
  let ignoreLabel: number | null = null;
  const pairs: [number, string][] = [];
  const regions: LabelRegion[] = [];
  for (const [i, name] of labels.keys.entries()) {
    const value: JsonNode = labels.values[i] ?? null;
    const own = membersOf(value);
    if (name === "ignore" && typeof value === "number") ignoreLabel = value;
    else if (own !== null) {
      if (own.length === 1) pairs.push([own[0]!, name]);
      if (own.some((member) => member !== 0)) regions.push({ name, labels: own });
    }
  }
  const values = order === undefined ? null : valueOf(order);
  if (Array.isArray(values) && values.length === regions.length && values.every((value) => typeof value === "number" && Number.isInteger(value) && value >= 0)) {
    for (const [i, value] of (values as readonly number[]).entries()) pairs.push([value, regions[i]!.name]);
  }
  // Without a region of several values these are plain classes.
  return { classNames: filled(pairs), ignoreLabel, regions: regions.some((region) => region.labels.length > 1) ? regions : null };
}

/** Distinct label values of a class (one) or region (a list of them); null for anything else. */
function membersOf(node: JsonNode): readonly number[] | null {
  const value = valueOf(node);
  const all: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (all.length === 0 || !all.every((one) => typeof one === "number" && Number.isInteger(one) && one >= 0 && one < MOST_CLASSES)) return null;
  return [...new Set(all as readonly number[])];
}

export const nnunetPlans: ConfigFormat = {
  name: "nnunet-plans",
  probe(name, head) {
    if (!/(?:^|\/)[^/]*plans[^/]*\.json$/i.test(name)) return false;
    return head.length === 0 || /"(?:dataset_name|plans_name|configurations|original_median_spacing_after_transp)"/.test(new TextDecoder().decode(head));
  },
  read(source): ConfigRead {
    const root = jsonOf(this.name, source, LARGEST);
    const facts: Facts = new Map();
    for (const key of ["dataset_name", "plans_name", "image_reader_writer"]) {
      const value = at(root, key);
      if (value !== undefined) flatten(key, value, facts);
    }
    const configurations = at(root, "configurations");
    if (isDict(configurations)) {
      // The folder says which of them was trained: nnUNetTrainer__nnUNetPlans__3d_fullres.
      const used = foldersOf(source.name).findLast((folder) => folder.split("__").length === 3)?.split("__")[2];
      for (const [i, name] of configurations.keys.entries()) {
        const settings = configurations.values[i]!;
        for (const key of ["batch_size", "patch_size", "spacing", "batch_dice", "inherits_from", "normalization_schemes"]) {
          const value = at(settings, key);
          if (value === undefined) continue;
          flatten(`configurations.${name}.${key}`, value, facts);
          if (name === used || configurations.keys.length === 1) flatten(key, value, facts);
        }
      }
    }
    return configRead({ facts });
  },
};

/** Everything that a trainer is made of, printed: numbers, names and whole objects as texts. */
export const nnunetDebug: ConfigFormat = {
  name: "nnunet-debug",
  probe(name, head) {
    if (leafOf(name) !== "debug.json") return false;
    return head.length === 0 || /^\s*\{/.test(new TextDecoder().decode(head.subarray(0, 64)));
  },
  read(source): ConfigRead {
    const root = jsonOf(this.name, source, LARGEST);
    const facts: Facts = new Map();
    if (isDict(root)) {
      for (const [i, key] of root.keys.entries()) {
        const value = root.values[i]!;
        if (typeof value === "string" && (value.length > LONGEST_SETTING || /^[<{]|object at 0x/.test(value))) continue;
        if (typeof value === "string") facts.set(key, settingOf(value));
        else if (typeof value !== "object") facts.set(key, value);
      }
      const manager = at(root, "configuration_manager");
      const patch = typeof manager === "string" ? /'patch_size': (\[[\d, ]{1,100}\])/.exec(manager)?.[1] : undefined;
      if (patch !== undefined && !facts.has("patch_size")) facts.set("patch_size", settingOf(patch));
      const loss = at(root, "loss");
      if (typeof loss === "string") facts.set("loss", lossIn(loss));
    }
    return configRead({ facts });
  },
};

/** A module as PyTorch prints it, "DeepSupervisionWrapper(\n  (loss): DC_and_CE_loss(": the first class that is no wrapper. */
function lossIn(text: string): string {
  const names = [...text.slice(0, 10_000).matchAll(/(\w+)\(/g)].map((match) => match[1]!);
  return names.find((name) => !/wrapper/i.test(name)) ?? names[0] ?? text.slice(0, LONGEST_SETTING);
}

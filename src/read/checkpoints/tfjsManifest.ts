/**
 * What a TF.js `model.json` says of its weights (tfjs-core/src/io/types.ts, ModelJSON and WeightsManifestEntry). The model's
 * topology before it may be long and is stepped over.
 */
import { JsonPull } from "../bytes/jsonPull";
import { type ByteSource, FormatError } from "../bytes/source";
import type { ConfigValue } from "../format";
import { lossName } from "./kerasConfig";
import { countOf, shown } from "./rawTensor";

export const NAME = "tfjs";

const MOST_TENSORS = 1 << 19;
const MOST_PATHS = 1 << 16;
const MOST_RANK = 64;

export interface Quantization {
  readonly dtype: string;
  readonly scale: number;
  readonly min: number;
}

export interface ManifestTensor {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly count: number;
  readonly quantization: Quantization | null;
}

/** Tensors one after the other in files that are one after the other. */
export interface ManifestGroup {
  readonly paths: readonly string[];
  readonly tensors: readonly ManifestTensor[];
}

export interface Manifest {
  readonly groups: readonly ManifestGroup[];
  readonly facts: ReadonlyMap<string, ConfigValue>;
  readonly loss: string | null;
}

/** Whether the object has a manifest of weights. Throws FormatError where it is no JSON, or ends before one. */
export function hasManifest(source: ByteSource): boolean {
  const json = new JsonPull(NAME, source);
  let found = false;
  try {
    json.object((key) => {
      if (key !== "weightsManifest") return;
      found = json.kind() === "array";
      if (found) throw new Found();
    });
  } catch (error) {
    if (!(error instanceof Found)) throw error;
  }
  return found;
}

/** Ends the search. */
class Found extends Error {}

/** Reads it whole. Throws FormatError where it is damaged. */
export function readManifest(source: ByteSource): Manifest {
  const json = new JsonPull(NAME, source);
  const groups: ManifestGroup[] = [];
  const facts = new Map<string, ConfigValue>();
  let loss: string | null = null;
  let tensors = 0;
  let paths = 0;
  json.object((key) => {
    if (key === "format" || key === "generatedBy" || key === "convertedBy") {
      const value = json.string();
      if (value !== null) facts.set(key, value);
    } else if (key === "trainingConfig") {
      json.object((name) => {
        if (name === "loss") loss = json.kind() === "string" ? lossName(json.string()) : null;
      });
    } else if (key === "weightsManifest") {
      json.array(() => {
        const group: { paths: string[]; tensors: ManifestTensor[] } = { paths: [], tensors: [] };
        json.object((part) => {
          if (part === "paths")
            json.array(() => {
              if (++paths > MOST_PATHS) throw new FormatError(NAME, `more than ${MOST_PATHS} files of weights`);
              group.paths.push(json.string() ?? "");
            });
          else if (part === "weights")
            json.array(() => {
              if (++tensors > MOST_TENSORS) throw new FormatError(NAME, `more than ${MOST_TENSORS} tensors`);
              group.tensors.push(readTensor(json));
            });
        });
        groups.push(group);
      });
    }
  });
  return { groups, facts, loss };
}

function readTensor(json: JsonPull): ManifestTensor {
  const row: { name: string | null; dtype: string | null; shape: number[] | null; quantization: Quantization | null } = { name: null, dtype: null, shape: null, quantization: null };
  json.object((key) => {
    if (key === "name") row.name = json.string();
    else if (key === "dtype") row.dtype = json.string();
    else if (key === "shape") row.shape = json.numbers(MOST_RANK);
    else if (key === "quantization") row.quantization = readQuantization(json);
  });
  const { name, dtype, shape, quantization } = row;
  const count = shape === null ? null : countOf(shape);
  // Where one tensor lies depends on the lengths of those before it.
  if (name === null || dtype === null || shape === null || count === null) throw new FormatError(NAME, `weight ${shown(name ?? "")} has no name, dtype and possible shape`);
  return { name, dtype, shape, count, quantization };
}

function readQuantization(json: JsonPull): Quantization | null {
  const row = { dtype: "", scale: 1, min: 0 };
  const is = json.object((key) => {
    if (key === "dtype") row.dtype = json.string() ?? "";
    else if (key === "scale") row.scale = json.number();
    else if (key === "min") row.min = json.number();
  });
  return is ? row : null;
}

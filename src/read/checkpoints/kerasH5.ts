/** What the readers of Keras' HDF5 files share. */
import { LibraryNeeded } from "../bytes/hdf5";
import type { ByteSource, Hdf5File, ReadTools } from "../bytes/source";
import { FormatError } from "../bytes/source";
import { detailOf } from "./kerasTensors";

/**
 * Opens HDF5 and reads it with `use`; the file stays open when that succeeds. Errors are named after `format`, but for the one
 * that asks for the library.
 */
export function openH5<T>(format: string, source: ByteSource, tools: ReadTools, use: (file: Hdf5File) => T, what = ""): T {
  try {
    const file = tools.hdf5.open(source);
    try {
      return use(file);
    } catch (error) {
      file.close();
      throw error;
    }
  } catch (error) {
    if (!(error instanceof FormatError) || error instanceof LibraryNeeded || error.format === format) throw error;
    throw new FormatError(format, what + detailOf(error), error.torn);
  }
}

/** Looks into an HDF5 file that may be something else; `otherwise` when it cannot be opened or read. */
export function lookInto(source: ByteSource, tools: ReadTools, otherwise: boolean, look: (file: Hdf5File) => boolean): boolean {
  try {
    const file = tools.hdf5.open(source);
    try {
      return look(file);
    } finally {
      file.close();
    }
  } catch (error) {
    if (!(error instanceof FormatError) || error instanceof LibraryNeeded) throw error;
    return otherwise;
  }
}

/** Attributes of a group; none where it is missing or damaged. */
export function attributesOf(file: Hdf5File, group: string): Record<string, unknown> {
  try {
    return file.attributes(group);
  } catch (error) {
    if (!(error instanceof FormatError) || error instanceof LibraryNeeded) throw error;
    return {};
  }
}

/** A list of strings that Keras splits over name0, name1, … when it is too long for one attribute; null without it. */
export function stringList(attributes: Readonly<Record<string, unknown>>, name: string): string[] | null {
  const whole = strings(attributes[name]);
  if (whole !== null) return whole;
  const parts: string[] = [];
  for (let i = 0; ; i++) {
    const part = strings(attributes[name + String(i)]);
    if (part === null) return i === 0 ? null : parts;
    parts.push(...part);
  }
}

function strings(value: unknown): string[] | null {
  if (typeof value === "string") return [value];
  // h5py writes an empty list as numbers.
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : null;
}

/** The group that holds the layers of a file of Keras 1 or 2, or of Keras 3's legacy writer; null for other files. */
export function legacyGroup(file: Hdf5File): { group: string; attributes: Record<string, unknown> } | null {
  const root = attributesOf(file, "/");
  if (stringList(root, "layer_names") !== null) return { group: "", attributes: root };
  if (!file.children("/").includes("model_weights")) return null;
  const attributes = attributesOf(file, "model_weights");
  return stringList(attributes, "layer_names") !== null || "model_config" in root || "keras_version" in root ? { group: "model_weights", attributes } : null;
}

export function hasLegacyLayout(file: Hdf5File): boolean {
  return legacyGroup(file) !== null;
}

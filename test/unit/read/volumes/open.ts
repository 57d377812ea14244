/** Opens a volume the way a run does: by name and header. */
import { inflate } from "../../../../src/engine/inflate";
import { loadHdf5 } from "../../../../src/read/bytes/hdf5";
import type { ByteSource, NumericArray, ReadTools } from "../../../../src/read/bytes/source";
import type { VolumeEntry, VolumeFile, VolumeFormat } from "../../../../src/read/format";
import { hdf5Volume } from "../../../../src/read/volumes/hdf5Volume";
import { nifti } from "../../../../src/read/volumes/nifti";
import { npy } from "../../../../src/read/volumes/npy";
import { npz } from "../../../../src/read/volumes/npz";
import { memorySource } from "../bytes/memory";

const FORMATS = [nifti, npy, npz, hdf5Volume];

export async function loadTools(): Promise<ReadTools> {
  return { inflate, hdf5: await loadHdf5(), sibling: () => null };
}

/** The format that takes the file; null when none does. */
export function formatOf(name: string, bytes: Uint8Array): VolumeFormat | null {
  return FORMATS.find((format) => format.probe(name, bytes.subarray(0, 4096))) ?? null;
}

export function openVolume(name: string, bytes: Uint8Array, tools: ReadTools, source: ByteSource = memorySource(name, bytes)): VolumeFile {
  const format = formatOf(name, bytes);
  if (format === null) throw new Error(`${name}: no format takes it`);
  return format.open(source, tools);
}

export function count(entry: VolumeEntry): number {
  return entry.shape.reduce((a, b) => a * b, 1);
}

/** All values, read `step` elements at a time. */
export function values(entry: VolumeEntry, step = Infinity): (number | string)[] {
  const out: (number | string)[] = [];
  const total = count(entry);
  for (let at = 0; at < total; at += step) out.push(...plain(entry.read(at, Math.min(step, total - at))));
  return out;
}

/** As golden.json has them: what JSON cannot hold, as Python prints it. */
export function plain(array: NumericArray): (number | string)[] {
  return Array.from(array as ArrayLike<number | bigint>, (v) => {
    if (typeof v === "bigint") return v > -(2n ** 53n) && v < 2n ** 53n ? Number(v) : v.toString();
    return Number.isFinite(v) ? v : Number.isNaN(v) ? "nan" : v > 0 ? "inf" : "-inf";
  });
}

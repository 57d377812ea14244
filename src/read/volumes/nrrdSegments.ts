/**
 * Segmentations of 3D Slicer in NRRD (.seg.nrrd): `SegmentN_Name`, `SegmentN_LabelValue` and `SegmentN_Layer` beside one label
 * map, or several (layers, along the first axis) where segments overlap (slicer.readthedocs.io, segmentation file format).
 */
import type { VolumeEntry } from "../format";
import type { NumericArray } from "../bytes/source";
import type { NrrdHeader } from "./nrrdHeader";

interface Segment {
  readonly name: string | null;
  readonly label: number;
  readonly layer: number;
}

const MOST_SEGMENTS = 1024;

/**
 * `entry` with the names of its classes where the header has segments. Overlapping ones (two layers or more) become one channel
 * of 0 and 1 each, along the first axis, in the order of the header.
 */
export function segmentsOf(header: NrrdHeader, entry: VolumeEntry): VolumeEntry {
  const segments = readSegments(header);
  if (segments.length === 0) return entry;
  const layers = header.kinds[0] === "list" || header.kinds[0] === "vector" ? header.shape[0]! : 1;
  const layered = layers > 1 || segments.some((s) => s.layer > 0);
  if (!layered) {
    const names: (string | null)[] = [];
    for (const { name, label } of segments) {
      while (names.length <= label && label < MOST_SEGMENTS) names.push(null);
      if (label < MOST_SEGMENTS) names[label] = name;
    }
    return { ...entry, classNames: names };
  }
  if (segments.some((s) => s.layer >= layers)) return entry;
  const channels = segments.length;
  const rest = header.shape.slice(1);
  const read = (start: number, count: number): NumericArray => {
    const first = Math.floor(start / channels);
    const last = Math.ceil((start + count) / channels);
    const values = entry.read(first * layers, (last - first) * layers);
    const out = new Uint8Array((last - first) * channels);
    for (let v = 0, k = 0; v < last - first; v++) {
      for (const { label, layer } of segments) out[k++] = Number(values[v * layers + layer]) === label ? 1 : 0;
    }
    return out.subarray(start - first * channels, start - first * channels + count);
  };
  return { ...entry, dtype: "uint8", shape: [channels, ...rest], read, classNames: segments.map((s) => s.name), channelsAre: "regions" };
}

function readSegments({ keys, kinds }: NrrdHeader): Segment[] {
  const out: Segment[] = [];
  for (let i = 0; i < MOST_SEGMENTS; i++) {
    const get = (what: string): string | undefined => keys.get(`Segment${i}_${what}`) ?? keys.get(`Segment ${i} ${what}`);
    const name = get("Name") ?? null;
    const label = get("LabelValue");
    if (name === null && label === undefined && get("ID") === undefined) break;
    // Without label values (Slicer before 4.11) each segment is a layer of 0 and 1.
    const own = kinds[0] === "list" || kinds[0] === "vector" ? i : 0;
    const segment = { name, label: label === undefined ? 1 : Number(label), layer: Number(get("Layer") ?? (label === undefined ? own : 0)) };
    if (!Number.isSafeInteger(segment.label) || segment.label < 0 || !Number.isSafeInteger(segment.layer) || segment.layer < 0) return [];
    out.push(segment);
  }
  return out;
}

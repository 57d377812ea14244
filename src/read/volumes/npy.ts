/** NumPy arrays: .npy. */
import type { VolumeEntry, VolumeFormat } from "../format";
import type { ByteSource } from "../bytes/source";
import type { NpyHeader } from "./npyHeader";
import { isNpy, readNpyHeader } from "./npyHeader";
import { readElements } from "./arrayReader";

const FORMAT = "npy";

export const npy: VolumeFormat = {
  name: FORMAT,
  probe: (name, head) => isNpy(head) || name.toLowerCase().endsWith(".npy"),
  open(source) {
    const header = readNpyHeader(FORMAT, (bytes) => source.read(0, bytes));
    const entry = npyEntry(FORMAT, source, header, null, true);
    // The only array of its source: nobody else reads over what is lent.
    return { entries: [{ ...entry, read: (start, count, lend) => readElements({ ...header, format: FORMAT, source }, start, count, lend) }], problems: [], close: () => undefined };
  },
};

/** The array that `header` describes, in a source that begins with that header. */
export function npyEntry(format: string, source: ByteSource, header: NpyHeader, entry: string | null, seekable: boolean): VolumeEntry {
  const { element, shape, order } = header;
  const place = { ...header, format, source };
  return { entry, dtype: element, shape, order, scaled: false, seekable, read: (start, count) => readElements(place, start, count) };
}

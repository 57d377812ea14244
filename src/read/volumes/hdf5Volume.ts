/** Arrays in HDF5 files: every numeric dataset with at least one axis. MATLAB's .mat of version 7.3 is HDF5 behind a block of its own. */
import { isHdf5 } from "../bytes/hdf5";
import type { VolumeEntry, VolumeFormat } from "../format";

/** Where the signature may stand within the first 4 KiB, behind a block for others (HDF5 File Format Specification 3.0, section II.A). */
const STARTS = [0, 512, 1024, 2048];
const MATLAB = /^MATLAB 7\.3 MAT-file/;
/** What MATLAB keeps for itself: contents of cells, and objects. */
const INNER = /^#(?:refs|subsystem)#\//;

export const hdf5Volume: VolumeFormat = {
  name: "hdf5",
  probe: (_name, head) => startOf(head) !== null,
  open(source, tools) {
    const head = source.read(0, 4096, true);
    const start = startOf(head) ?? 0;
    const matlab = start > 0 && MATLAB.test(String.fromCharCode(...head.subarray(0, 32)));
    const file = tools.hdf5.open(source, start, source.size - start);
    const entries = file
      .datasets()
      .filter((dataset) => dataset.numeric && dataset.shape.length > 0 && !(matlab && INNER.test(dataset.path)))
      .map(
        (dataset): VolumeEntry => ({
          entry: dataset.path,
          dtype: dataset.dtype,
          // MATLAB stores the first axis fastest, and HDF5 names the axes the other way round.
          shape: matlab ? [...dataset.shape].reverse() : dataset.shape,
          order: matlab ? "F" : "C",
          scaled: false,
          seekable: true,
          read: (at, count) => dataset.read(at, count),
        }),
      );
    return { entries, problems: file.problems(), close: () => file.close() };
  },
};

function startOf(head: Uint8Array): number | null {
  return STARTS.find((start) => isHdf5(head.subarray(start, start + 8))) ?? null;
}

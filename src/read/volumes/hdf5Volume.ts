/** Arrays in HDF5 files: every numeric dataset with at least one axis. */
import { isHdf5 } from "../bytes/hdf5";
import type { VolumeEntry, VolumeFormat } from "../format";

export const hdf5Volume: VolumeFormat = {
  name: "hdf5",
  probe: (_name, head) => isHdf5(head),
  open(source, tools) {
    const file = tools.hdf5.open(source);
    const entries = file
      .datasets()
      .filter((dataset) => dataset.numeric && dataset.shape.length > 0)
      .map(
        (dataset): VolumeEntry => ({
          entry: dataset.path,
          dtype: dataset.dtype,
          shape: dataset.shape,
          order: "C",
          scaled: false,
          seekable: true,
          read: (start, count) => dataset.read(start, count),
        }),
      );
    return { entries, problems: file.problems(), close: () => file.close() };
  },
};

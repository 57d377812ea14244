/** Keras 3 weights: `.weights.h5`, as `model.save_weights` writes it (keras/src/saving/saving_lib.py). */
import { isHdf5 } from "../bytes/hdf5";
import type { ByteSource, Hdf5File } from "../bytes/source";
import { FormatError } from "../bytes/source";
import type { CheckpointFile, CheckpointFormat } from "../format";
import { hasLegacyLayout, openH5 } from "./kerasH5";
import { splitVariable, weightsFile } from "./kerasTensors";

const NAME = "keras-weights-h5";
const SUFFIX = /\.weights\.h(df)?5$/i;

export const kerasWeightsH5: CheckpointFormat = {
  name: NAME,
  needsHdf5: true,
  probe: (name, head) => SUFFIX.test(name) || isHdf5(head),
  accepts(source: ByteSource, tools): boolean {
    let file: Hdf5File;
    try {
      file = tools.hdf5.open(source);
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      // What calls itself weights and cannot be opened is to say so when it is opened; other files are another reader's.
      return SUFFIX.test(source.name);
    }
    try {
      return !hasLegacyLayout(file) && (SUFFIX.test(source.name) || file.datasets().some(({ path }) => splitVariable(path) !== null));
    } finally {
      file.close();
    }
  },
  open(source, tools): CheckpointFile {
    const file = openH5(NAME, source, tools);
    try {
      const checkpoint = weightsFile(file, null, null, []);
      if (checkpoint.tensors.length === 0) throw new FormatError(NAME, checkpoint.problems[0] ?? `no tensor in ${source.size} bytes`);
      return checkpoint;
    } catch (error) {
      file.close();
      throw error;
    }
  },
};

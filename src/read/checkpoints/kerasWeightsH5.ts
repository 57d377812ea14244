/** Keras 3 weights: `.weights.h5`, as `model.save_weights` writes it (keras/src/saving/saving_lib.py). */
import { isHdf5 } from "../bytes/hdf5";
import type { CheckpointFormat } from "../format";
import { hasLegacyLayout, lookInto, openH5 } from "./kerasH5";
import { splitVariable, weightsFile } from "./kerasTensors";

const NAME = "keras-weights-h5";
const SUFFIX = /\.weights\.h(df)?5$/i;

export const kerasWeightsH5: CheckpointFormat = {
  name: NAME,
  probe: (name, head) => SUFFIX.test(name) || isHdf5(head),
  // What calls itself weights and cannot be read is to say so when it is opened; other files are another reader's.
  accepts: (source, tools) =>
    lookInto(source, tools, SUFFIX.test(source.name), (file) => !hasLegacyLayout(file) && (SUFFIX.test(source.name) || file.datasets().some(({ path }) => splitVariable(path) !== null))),
  open: (source, tools) => openH5(NAME, source, tools, (file) => weightsFile(NAME, file, null, null, [])),
};

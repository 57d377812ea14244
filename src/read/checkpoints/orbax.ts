/** Orbax checkpoints (JAX): folders whose arrays lie in an OCDBT store. They are told from others, and not read. */
import { FormatError } from "../bytes/source";
import type { CheckpointFormat } from "../format";

const NAME = "orbax";

export const orbax: CheckpointFormat = {
  name: NAME,
  probe: (name, head) => /(^|\/)_METADATA$/.test(name) && /^\s*\{\s*"(tree_metadata|use_ocdbt|use_zarr3)"/.test(new TextDecoder("latin1").decode(head.subarray(0, 256))),
  accepts: () => true,
  open() {
    throw new FormatError(NAME, "the arrays of an Orbax checkpoint are not read; weights saved as safetensors or with flax.serialization.to_bytes are");
  },
};

/** What a file is by its name alone, as the formats say: no list of endings beside theirs. */
import { candidates } from "../formats";

export interface Named {
  readonly log: boolean;
  readonly checkpoint: boolean;
  readonly volume: boolean;
}

const NOTHING = new Uint8Array(0);
const ENDING = /(?:\.[A-Za-z][A-Za-z0-9]{0,11})?\.[A-Za-z0-9]+$/;
const byEnding = new Map<string, Named>();

/** What any file of this ending is, whatever its name ("weights.h5", "nii.gz"): the formats are asked once an ending. */
export function endingTells(name: string): Named {
  const ending = (ENDING.exec(name)?.[0] ?? "").toLowerCase();
  let known = byEnding.get(ending);
  if (known === undefined) {
    const { log, checkpoints, volumes } = candidates(`x${ending}`, NOTHING);
    known = { log: log !== null, checkpoint: checkpoints.length > 0, volume: volumes.length > 0 };
    if (byEnding.size < 10_000) byEnding.set(ending, known);
  }
  return known;
}

/** Pictures are volumes where they pair with others, and else plots, inputs and media. */
export const isPicture = (name: string): boolean => /\.(?:png|tiff?)$/i.test(name);

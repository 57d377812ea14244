/** Goes through an array stored as [outer][channels][inner], inner above 1, a slab at a time, whatever the sizes. */
import type { NumericArray } from "../read/bytes/source";
import { SLAB, type PrefixReader } from "./prefixReader";

/** Voxels of channel-first data that are held while a compressed stream goes through their channels: 10 bytes each at most. */
const MAX_HELD = 1 << 24;

export interface ChannelFold<T, V extends NumericArray> {
  /** Elements [start, start + count). */
  readonly get: (start: number, count: number) => V;
  /** What `n` voxels are folded into. */
  readonly begin: (n: number) => T;
  /** The values of one channel at the voxels from `at` on. */
  readonly see: (into: T, channel: number, values: V, at: number) => void;
}

/** What `fold` made of each stretch of voxels, in storage order. */
export function* overChannels<T, V extends NumericArray>(reader: PrefixReader, outer: number, channels: number, inner: number, { get, begin, see }: ChannelFold<T, V>): Iterable<T> {
  const block = channels * inner;
  if (block <= SLAB) {
    const blocks = Math.floor(SLAB / block);
    for (let at = 0; at < outer; at += blocks) {
      const n = Math.min(blocks, outer - at);
      const values = get(at * block, n * block);
      const into = begin(n * inner);
      for (let o = 0; o < n; o++) for (let c = 0; c < channels; c++) see(into, c, values.subarray(o * block + c * inner, o * block + (c + 1) * inner) as V, o * inner);
      yield into;
    }
    return;
  }
  // A big volume, channels first: side by side where the file can be read anywhere. A compressed stream is gone through
  // once for every MAX_HELD voxels.
  const piece = reader.entry.seekable ? Math.max(1, Math.floor(SLAB / channels)) : MAX_HELD;
  for (let o = 0; o < outer; o++) {
    for (let at = 0; at < inner; at += piece) {
      const n = Math.min(piece, inner - at);
      const into = begin(n);
      for (let c = 0; c < channels; c++) for (let i = 0; i < n; i += SLAB) see(into, c, get(o * block + c * inner + at + i, Math.min(SLAB, n - i)), i);
      yield into;
    }
  }
}

/** Classes of voxels from one value a class. */
import type { NumericArray } from "../read/bytes/source";
import { overChannels } from "./channels";
import { PLAIN, type Codes } from "./codes";
import { SLAB, type PrefixReader } from "./prefixReader";

type Numbers = Exclude<NumericArray, BigInt64Array | BigUint64Array>;

/** Told what the class axis held. */
export interface ArgmaxNotes {
  /** Voxels with a NaN or an infinity. */
  nonFinite: number;
}

/**
 * Class codes in storage order of an array stored as [outer][channels][inner]: the first of the largest finite values
 * (numpy's argmax where all are finite); class 0 where none is finite. `check` sees all values as they are read.
 */
export function* argmaxCodes(reader: PrefixReader, outer: number, channels: number, inner: number, notes: ArgmaxNotes, check: (values: Numbers) => void): Iterable<Codes> {
  const give = (best: Best): Codes => {
    for (let i = 0; i < best.length; i++) if (best.odd[i]! !== 0) notes.nonFinite++;
    return { data: best.classes, decode: PLAIN };
  };
  const get = (start: number, count: number): Numbers => {
    const values = numbers(reader.readAll(start, count));
    check(values);
    return values;
  };
  if (inner === 1) {
    const slab = Math.max(1, Math.floor(SLAB / channels));
    for (let at = 0; at < outer; at += slab) {
      const n = Math.min(slab, outer - at);
      yield { data: interleaved(get(at * channels, n * channels), n, channels, notes), decode: PLAIN };
    }
    return;
  }
  const fold = { get, begin: (n: number) => new Best(n, channels), see: (best: Best, c: number, values: Numbers, at: number) => best.see(c, values, at) };
  for (const best of overChannels(reader, outer, channels, inner, fold)) yield give(best);
}

function numbers(values: NumericArray): Numbers {
  return values instanceof BigInt64Array || values instanceof BigUint64Array ? Float64Array.from(values as BigInt64Array, Number) : values;
}

function interleaved(values: Numbers, n: number, channels: number, notes: ArgmaxNotes): Uint8Array | Uint16Array {
  const out = channels <= 256 ? new Uint8Array(n) : new Uint16Array(n);
  let k = 0;
  for (let i = 0; i < n; i++) {
    let best = -Infinity;
    let arg = 0;
    let spoilt = 0;
    for (let c = 0; c < channels; c++) {
      const v = values[k++]!;
      spoilt += v - v; // NaN once a value is not finite
      if (v > best && v !== Infinity) {
        best = v;
        arg = c;
      }
    }
    if (spoilt !== 0) notes.nonFinite++;
    out[i] = arg;
  }
  return out;
}

/** Best class so far of many voxels, while their channels go by one after the other. */
class Best {
  readonly classes: Uint8Array | Uint16Array;
  /** 1 where a value was not finite. */
  readonly odd: Uint8Array;
  private values: Float32Array | Float64Array = new Float32Array(0);

  constructor(
    readonly length: number,
    channels: number,
  ) {
    this.classes = channels <= 256 ? new Uint8Array(length) : new Uint16Array(length);
    this.odd = new Uint8Array(length);
  }

  see(channel: number, values: Numbers, at: number): void {
    if (this.values.length === 0) this.values = (values instanceof Float32Array ? new Float32Array(this.length) : new Float64Array(this.length)).fill(-Infinity);
    const { classes, odd, values: best } = this;
    for (let i = 0; i < values.length; i++) {
      const v = values[i]!;
      if (v - v !== 0) odd[at + i] = 1;
      else if (v > best[at + i]!) {
        best[at + i] = v;
        classes[at + i] = channel;
      }
    }
  }
}

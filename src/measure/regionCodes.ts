/** Regions of voxels as codes of one bit each. */
import type { NumericArray } from "../read/bytes/source";
import { overChannels } from "./channels";
import { MAX_CLASS, PLAIN, type Codes } from "./codes";
import { MeasureError } from "./measureError";
import { SLAB, type PrefixReader } from "./prefixReader";

/** So many bits fit into a code beside the one that says "left out". */
export const MAX_REGIONS = 9;
/** The code of a voxel whose label is left out. */
export const LEFT_OUT = MAX_CLASS;
const IGNORED = 255;

/** Codes in storage order of an array stored as [outer][channels][inner]: bit c is set where channel c is above `above`. */
export function* maskCodes(reader: PrefixReader, outer: number, channels: number, inner: number, above: number, notes: { nonFinite: number }): Iterable<Codes> {
  const make = (n: number): Uint8Array | Uint16Array => (channels <= 8 ? new Uint8Array(n) : new Uint16Array(n));
  if (inner === 1) {
    const slab = Math.max(1, Math.floor(SLAB / channels));
    for (let at = 0; at < outer; at += slab) {
      const n = Math.min(slab, outer - at);
      const values = reader.readAll(at * channels, n * channels);
      const out = make(n);
      for (let c = 0; c < channels; c++) see(values, c, channels, out, 0, c, n, above, notes);
      yield { data: out, decode: PLAIN };
    }
    return;
  }
  const fold = {
    get: (start: number, count: number) => reader.readAll(start, count),
    begin: make,
    see: (out: Uint8Array | Uint16Array, c: number, values: NumericArray, at: number) => see(values, 0, 1, out, at, c, values.length, above, notes),
  };
  for (const data of overChannels(reader, outer, channels, inner, fold)) yield { data, decode: PLAIN };
}

function see(values: NumericArray, from: number, step: number, out: Uint8Array | Uint16Array, to: number, bit: number, n: number, above: number, notes: { nonFinite: number }): void {
  const mask = 1 << bit;
  if (values instanceof BigInt64Array || values instanceof BigUint64Array) {
    for (let i = 0, k = from; i < n; i++, k += step) if (Number(values[k]!) > above) out[to + i]! |= mask;
    return;
  }
  let spoilt = 0;
  for (let i = 0, k = from; i < n; i++, k += step) {
    const v = values[k]!;
    if (v - v !== 0) spoilt++;
    else if (v > above) out[to + i]! |= mask;
  }
  notes.nonFinite += spoilt;
}

/** Class indices as the regions that they are members of. Labels of 255, below 0 or `ignore` are left out, unless a region has them. */
export function* memberCodes(codes: Iterable<Codes>, regions: readonly (readonly number[])[], ignore: number | null, what: "labels" | "predictions", notes: { nonFinite: number }): Iterable<Codes> {
  const tables = new Map<Int16Array, Uint16Array>();
  const maskOf = (value: number): number => {
    const mask = regions.reduce((bits, members, r) => (members.includes(value) ? bits | (1 << r) : bits), 0);
    return mask === 0 && what === "labels" && (value < 0 || value === IGNORED || value === ignore) ? LEFT_OUT : mask;
  };
  for (const { data, decode } of codes) {
    let table = tables.get(decode);
    if (table === undefined) tables.set(decode, (table = Uint16Array.from(decode, maskOf)));
    const out = new Uint16Array(data.length);
    for (let i = 0; i < out.length; i++) {
      const code = data[i]!;
      out[i] = table[code]!;
      if (what === "predictions" && decode[code]! < 0) notes.nonFinite++;
    }
    yield { data: out, decode: PLAIN };
  }
  if (regions.length > MAX_REGIONS) throw new MeasureError(`${regions.length} regions are more than ${MAX_REGIONS}`);
}

/** Tensors of PyTorch as entries: bounds held against the storage, shared views found, elements read from where they lie. */
import type { ByteSource, NumericArray } from "../bytes/source";
import { sizeOf } from "../bytes/typed";
import type { TensorEntry } from "../format";
import { countOf, rawChunks, shown } from "./rawTensor";
import { stridedChunks } from "./torchStrided";
import { isContiguous, isQuantised, reachOf, storageBytes, type TorchStorage, TorchTensor } from "./torchValues";

/** Elements that a view may have beyond those of its storage (zero strides): small files would claim to be endless. */
const MOST_REPEATED = 1 << 24;

/** Channels with a scale of their own. */
const MOST_CHANNELS = 1 << 20;

/** Where the bytes of a storage lie. */
export interface StorageData {
  readonly source: ByteSource;
  /** In bytes. */
  readonly offset: number;
  readonly length: number;
  readonly littleEndian: boolean;
}

/** Finds storages in a file; a text says why one cannot be had. Throws FormatError where the file may not be written out yet. */
export type Storages = (storage: TorchStorage) => StorageData | string;

/** Gives a tensor its entry; a line where it cannot be read. */
export interface Entries {
  entry(name: string, tensor: TorchTensor, kind: TensorEntry["kind"]): TensorEntry | string;
}

/**
 * Gives tensors of one file their entries. Two that lie in the same bytes with the same shape, strides and dtype are the same:
 * the second names the first.
 */
export class TorchEntries implements Entries {
  private readonly seen = new Map<string, string>();
  private readonly numbers = new Map<ByteSource, number>();

  constructor(
    private readonly format: string,
    private readonly storages: Storages,
  ) {}

  entry(name: string, tensor: TorchTensor, kind: TensorEntry["kind"]): TensorEntry | string {
    const { shape, typeName } = tensor;
    const found = this.elements(shown(name), tensor);
    if (typeof found === "string") return `${shown(name)}: ${found}`;
    const same = found.place === null ? undefined : this.seen.get(found.place);
    if (found.place !== null && same === undefined) this.seen.set(found.place, name);
    return { name, layer: null, dtype: typeName, shape, kind, ...(same === undefined ? {} : { sameAs: same }), chunks: found.chunks };
  }

  /** What a tensor holds, and a text that is the same for those that lie in the same place; a text alone says what is wrong with it. */
  private elements(called: string, tensor: TorchTensor): { readonly place: string | null; readonly chunks: () => Iterable<NumericArray> } | string {
    const { storage, type, shape, strides, offset, typeName } = tensor;
    if (storage === null) return "on the meta device, without values";
    const count = countOf(shape);
    const reach = reachOf(tensor);
    if (count === null || reach === null || offset < 0) return `shape ${listed(shape)}, strides ${listed(strides)} and offset ${offset} fit no storage`;
    if (type === null) return `dtype ${typeName} is not read`;
    if (count === 0) return { place: null, chunks: () => [] };
    const found = this.storages(storage);
    if (typeof found === "string") return found;
    const size = sizeOf(type);
    const start = storage.start * (storage.type === null ? 1 : sizeOf(storage.type));
    const claimed = storageBytes(storage) ?? Infinity;
    const length = Math.min(claimed, found.length - start);
    if (!((offset + reach) * size <= length)) return `reaches to byte ${(offset + reach) * size} of a storage of ${Math.max(0, length)} bytes`;
    if (count > reach && count > MOST_REPEATED) return `${count} elements from ${reach} that the file holds`;
    const key = [this.numberOf(found.source), found.offset + start + offset * size, typeName, shape.join(","), strides.map((s, axis) => (shape[axis] === 1 ? 0 : s)).join(",")].join(" ");
    const place = { source: found.source, littleEndian: found.littleEndian, type };
    const base = found.offset + start;
    const raw = isContiguous(tensor)
      ? (): Iterable<NumericArray> => rawChunks(this.format, called, { ...place, offset: base + offset * size, count })
      : (): Iterable<NumericArray> => stridedChunks(this.format, called, { ...place, base, offset, shape, strides });
    if (!isQuantised(typeName)) return { place: key, chunks: raw };
    const chunks = this.dequantised(called, tensor, raw);
    return typeof chunks === "string" ? chunks : { place: key, chunks };
  }

  /** (raw - zero point) × scale, as `Tensor.dequantize` gives it, in float32. */
  private dequantised(called: string, { quantised, shape }: TorchTensor, raw: () => Iterable<NumericArray>): (() => Iterable<NumericArray>) | string {
    if (quantised === null) return "quantised by a scheme that is not read";
    const { axis } = quantised;
    const channels = axis === null ? 1 : (shape[axis] ?? -1);
    if (channels < 0 || channels > MOST_CHANNELS) return `quantised along axis ${axis ?? 0} of shape ${listed(shape)}`;
    const lists = [quantised.scales, quantised.zeroPoints].map((given) => (given instanceof TorchTensor ? this.listOf(called, given, channels) : given.length === channels ? () => given : null));
    const [scales, zeroPoints] = lists;
    if (!scales || !zeroPoints) return `without a scale and a zero point for each of its ${channels} channels`;
    const inner = axis === null ? Infinity : shape.slice(axis + 1).reduce((n, m) => n * m, 1);
    return () => dequantisedChunks(raw(), inner, scales(), zeroPoints());
  }

  /** The `count` elements of a tensor of one axis, read when they are asked for; null where it is none. */
  private listOf(called: string, tensor: TorchTensor, count: number): (() => readonly number[]) | null {
    const found = tensor.shape.length === 1 && tensor.shape[0] === count && !isQuantised(tensor.typeName) ? this.elements(called, tensor) : "";
    if (typeof found === "string") return null;
    return () => {
      const out: number[] = [];
      for (const chunk of found.chunks()) for (const value of chunk) out.push(Number(value));
      return out;
    };
  }

  private numberOf(source: ByteSource): number {
    let number = this.numbers.get(source);
    if (number === undefined) this.numbers.set(source, (number = this.numbers.size));
    return number;
  }
}

/** Each run of `inner` elements has the scale and the zero point of its channel. */
function* dequantisedChunks(chunks: Iterable<NumericArray>, inner: number, scales: readonly number[], zeroPoints: readonly number[]): Iterable<NumericArray> {
  let channel = 0;
  let left = inner;
  for (const chunk of chunks) {
    // Bytes become four times as many.
    for (let at = 0; at < chunk.length; at += 1 << 18) {
      const raw = chunk.subarray(at, at + (1 << 18));
      const out = new Float32Array(raw.length);
      for (let i = 0; i < out.length; ) {
        const scale = Math.fround(scales[channel]!);
        const zero = zeroPoints[channel]!;
        const end = Math.min(out.length, i + left);
        left -= end - i;
        for (; i < end; i++) out[i] = (Number(raw[i]) - zero) * scale;
        if (left > 0) continue;
        left = inner;
        channel = (channel + 1) % scales.length;
      }
      yield out;
    }
  }
}

function listed(numbers: readonly number[]): string {
  return `(${numbers.slice(0, 8).join(", ")}${numbers.length > 8 ? ", …" : ""})`;
}

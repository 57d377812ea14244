/** Tensors of PyTorch as entries: bounds held against the storage, shared views found, elements read from where they lie. */
import type { ByteSource, NumericArray } from "../bytes/source";
import { sizeOf } from "../bytes/typed";
import type { TensorEntry } from "../format";
import { countOf, rawChunks, shown } from "./rawTensor";
import { stridedChunks } from "./torchStrided";
import { isContiguous, type Quantised, reachOf, storageBytes, type TorchStorage, type TorchTensor } from "./torchValues";

/** Elements that a view may have beyond those of its storage (zero strides): small files would claim to be endless. */
const MOST_REPEATED = 1 << 24;

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
    const { storage, type, shape, strides, offset, typeName, quantised } = tensor;
    const called = shown(name);
    if (storage === null) return `${called}: on the meta device, without values`;
    const count = countOf(shape);
    const reach = reachOf(tensor);
    if (count === null || reach === null || offset < 0) return `${called}: shape ${listed(shape)}, strides ${listed(strides)} and offset ${offset} fit no storage`;
    if (type === null) return `${called}: dtype ${typeName} is not read`;
    if (count === 0) return { name, layer: null, dtype: typeName, shape, kind, chunks: () => [] };
    const found = this.storages(storage);
    if (typeof found === "string") return `${called}: ${found}`;
    const size = sizeOf(type);
    const start = storage.start * (storage.type === null ? 1 : sizeOf(storage.type));
    const claimed = storageBytes(storage) ?? Infinity;
    const length = Math.min(claimed, found.length - start);
    if (!((offset + reach) * size <= length)) return `${called}: reaches to byte ${(offset + reach) * size} of a storage of ${Math.max(0, length)} bytes`;
    if (count > reach && count > MOST_REPEATED) return `${called}: ${count} elements from ${reach} that the file holds`;
    const key = [this.numberOf(found.source), found.offset + start + offset * size, typeName, shape.join(","), strides.map((s, axis) => (shape[axis] === 1 ? 0 : s)).join(",")].join(" ");
    const same = this.seen.get(key);
    if (same === undefined) this.seen.set(key, name);
    const place = { source: found.source, littleEndian: found.littleEndian, type };
    const base = found.offset + start;
    const raw = isContiguous(tensor)
      ? (): Iterable<NumericArray> => rawChunks(this.format, called, { ...place, offset: base + offset * size, count })
      : (): Iterable<NumericArray> => stridedChunks(this.format, called, { ...place, base, offset, shape, strides });
    const chunks = quantised === null ? raw : (): Iterable<NumericArray> => dequantised(raw(), quantised);
    return { name, layer: null, dtype: typeName, shape, kind, ...(same === undefined ? {} : { sameAs: same }), chunks };
  }

  private numberOf(source: ByteSource): number {
    let number = this.numbers.get(source);
    if (number === undefined) this.numbers.set(source, (number = this.numbers.size));
    return number;
  }
}

/** (raw - zero point) × scale, as `Tensor.dequantize` gives it, in float32. */
function* dequantised(chunks: Iterable<NumericArray>, { scale, zeroPoint }: Quantised): Iterable<NumericArray> {
  for (const chunk of chunks) {
    // Bytes become four times as many.
    for (let at = 0; at < chunk.length; at += 1 << 18) {
      const raw = chunk.subarray(at, at + (1 << 18));
      const out = new Float32Array(raw.length);
      for (let i = 0; i < raw.length; i++) out[i] = (Number(raw[i]) - zeroPoint) * scale;
      yield out;
    }
  }
}

function listed(numbers: readonly number[]): string {
  return `(${numbers.slice(0, 8).join(", ")}${numbers.length > 8 ? ", …" : ""})`;
}

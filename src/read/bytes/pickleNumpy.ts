/** numpy's scalars, arrays and dtypes in pickles. States: numpy/_core/src/multiarray/descriptor.c and methods.c (`__reduce__`). */
import type { NumericArray } from "./source";
import { type ElementType, isElementType, sizeOf, toNumbers } from "./typed";
import { bytesOf, itemsOf, PickleList, PickleName, PickleStateful, type PickleValue, wholeNumber } from "./pickleValues";

const TYPES: Readonly<Record<string, ElementType>> = {
  b1: "bool", i1: "int8", u1: "uint8", i2: "int16", u2: "uint16", i4: "int32", u4: "uint32", i8: "int64", u8: "uint64",
  f2: "float16", f4: "float32", f8: "float64", c8: "complex64", c16: "complex128",
};

/** A dtype; `type` is null for text, objects, dates and structures. */
export class NumpyDtype extends PickleStateful {
  readonly leaf = "numpy.dtype";
  readonly type: ElementType | null;
  littleEndian = true;

  constructor(readonly code: string) {
    super();
    const plain = code.replace(/^[<>=|]/, "");
    if (code.startsWith(">")) this.littleEndian = false;
    this.type = (Object.hasOwn(TYPES, plain) ? TYPES[plain] : undefined) ?? (isElementType(plain) ? plain : null);
  }

  build(state: PickleValue): void {
    const order = itemsOf(state)?.[1];
    if (order === ">") this.littleEndian = false;
    else if (order === "<") this.littleEndian = true;
  }
}

/** An array, once its state has been handed to it. */
export class NumpyArray extends PickleStateful {
  readonly leaf = "numpy.ndarray";
  dtype: NumpyDtype | null = null;
  shape: readonly number[] = [];
  fortran = false;
  /** Null where the elements are objects. */
  data: Uint8Array | null = null;

  build(state: PickleValue): void {
    // (version, shape, dtype, is_fortran, data)
    const [, shape, dtype, fortran, data] = itemsOf(state) ?? [];
    this.set(shape, dtype, fortran === true || fortran === 1, data);
  }

  set(shape: PickleValue | undefined, dtype: PickleValue | undefined, fortran: boolean, data: PickleValue | undefined): void {
    const axes = itemsOf(shape)?.map((n) => wholeNumber(n) ?? -1) ?? (wholeNumber(shape) !== null ? [wholeNumber(shape)!] : null);
    if (axes === null || axes.some((n) => n < 0) || !(dtype instanceof NumpyDtype)) return;
    this.shape = axes;
    this.dtype = dtype;
    this.fortran = fortran;
    this.data = bytesOf(data);
  }

  /** The elements in storage order; null where they are no numbers or not as many as the shape says. */
  numbers(): NumericArray | null {
    const type = this.dtype?.type ?? null;
    if (type === null || this.data === null) return null;
    const count = this.shape.reduce((n, m) => n * m, 1);
    return this.data.length === count * sizeOf(type) ? toNumbers(type, this.data.slice(), this.dtype!.littleEndian) : null;
  }
}

/** A 0-D value: a number, where it is one. */
function scalar([dtype, data]: readonly PickleValue[]): PickleValue | undefined {
  const raw = bytesOf(data);
  if (!(dtype instanceof NumpyDtype) || dtype.type === null || raw === null || raw.length !== sizeOf(dtype.type)) return undefined;
  const values = toNumbers(dtype.type, raw.slice(), dtype.littleEndian);
  if (dtype.type === "bool") return values[0] !== 0;
  if (values.length !== 1) return new PickleList([...values], "tuple");
  const value = values[0]!;
  return typeof value === "bigint" && value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
}

function fromBuffer([data, dtype, shape, order]: readonly PickleValue[]): PickleValue | undefined {
  if (!(dtype instanceof NumpyDtype)) return undefined;
  const array = new NumpyArray();
  array.set(shape, dtype, order === "F", data);
  return array;
}

function dtypeOf([code]: readonly PickleValue[]): PickleValue | undefined {
  // Where a scalar type stands for its dtype ("numpy.float32"), its name serves.
  return typeof code === "string" ? new NumpyDtype(code) : code instanceof PickleName ? new NumpyDtype(code.name) : undefined;
}

type Builder = (args: readonly PickleValue[]) => PickleValue | undefined;

export const numpyNames: ReadonlyMap<string, Builder> = new Map<string, Builder>([
  ["numpy.dtype", dtypeOf],
  // Dtypes that are classes of their own since numpy 1.25.
  ...Object.entries({ Bool: "b1", Int8: "i1", UInt8: "u1", Int16: "i2", UInt16: "u2", Int32: "i4", UInt32: "u4", Int64: "i8", UInt64: "u8", Float16: "f2", Float32: "f4", Float64: "f8", Complex64: "c8", Complex128: "c16" }).map(
    ([name, code]): [string, Builder] => [`numpy.dtypes.${name}DType`, () => new NumpyDtype(code)],
  ),
  ...["core", "_core"].flatMap((core): [string, Builder][] => [
    [`numpy.${core}.multiarray._reconstruct`, () => new NumpyArray()],
    [`numpy.${core}.multiarray.scalar`, scalar],
    [`numpy.${core}.numeric._frombuffer`, fromBuffer],
  ]),
  ["numpy.ndarray", () => new NumpyArray()],
]);

/**
 * Tensors and storages as a pickle of PyTorch's names them. Sources: torch/_utils.py (`_rebuild_…`), torch/serialization.py
 * (`persistent_id`), torch/_weights_only_unpickler.py.
 */
import { type PickleBuilder } from "../bytes/pickleNames";
import { NumpyArray } from "../bytes/pickleNumpy";
import { itemsOf, PickleLeaf, PickleList, PickleMap, PickleName, type PickleValue, wholeNumber } from "../bytes/pickleValues";
import { type ElementType, isElementType, sizeOf } from "../bytes/typed";

/** Of a tensor whose elements are whole numbers: value = (raw - zero point) × scale. */
export interface Quantised {
  /** The axis along which each index has its own scale and zero point; null where the whole tensor has one. */
  readonly axis: number | null;
  readonly scales: TorchTensor | readonly number[];
  readonly zeroPoints: TorchTensor | readonly number[];
}

/** Elements that several tensors may share. */
export class TorchStorage extends PickleLeaf {
  readonly leaf = "torch.Storage";

  constructor(
    /** Names its bytes in the file. */
    readonly key: string,
    /** Null where it is untyped (a run of bytes) or of a type that is not read; `typeName` says which. */
    readonly type: ElementType | null,
    readonly typeName: string,
    /** Elements; bytes where it is untyped. */
    readonly count: number,
    /** Where it begins in the storage that the file holds under `key`, in elements (views of the older formats). */
    readonly start = 0,
  ) {
    super();
  }

  get untyped(): boolean {
    return this.typeName === "uint8 (untyped)";
  }
}

export class TorchTensor extends PickleLeaf {
  readonly leaf = "torch.Tensor";

  constructor(
    /** Null on the meta device: shape alone. */
    readonly storage: TorchStorage | null,
    /** In elements, as the strides. */
    readonly offset: number,
    readonly shape: readonly number[],
    readonly strides: readonly number[],
    readonly type: ElementType | null,
    /** As PyTorch calls the type: also of types that are not read. */
    readonly typeName: string,
    readonly quantised: Quantised | null = null,
  ) {
    super();
  }
}

/** Storage classes of torch, torch.cuda and such; quantised ones by the integers that they hold. */
const STORAGES: Readonly<Record<string, string>> = {
  Float: "float32", Double: "float64", Half: "float16", BFloat16: "bfloat16", Long: "int64", Int: "int32", Short: "int16", Char: "int8", Byte: "uint8", Bool: "bool",
  ComplexFloat: "complex64", ComplexDouble: "complex128", QInt8: "qint8", QUInt8: "quint8", QInt32: "qint32", QUInt4x2: "quint4x2", QUInt2x4: "quint2x4",
  Float8_e4m3fn: "float8_e4m3fn", Float8_e5m2: "float8_e5m2", UInt16: "uint16", UInt32: "uint32", UInt64: "uint64",
};
const SHORT_NAMES: Readonly<Record<string, string>> = { float: "float32", double: "float64", half: "float16", long: "int64", int: "int32", short: "int16", cfloat: "complex64", cdouble: "complex128" };
const QUANTISED: ReadonlyMap<string, ElementType> = new Map([["qint8", "int8"], ["quint8", "uint8"], ["qint32", "int32"]]);

/** Whether elements of a dtype stand for others, which only scale and zero point tell. */
export function isQuantised(typeName: string): boolean {
  return QUANTISED.has(typeName);
}

/** How elements of a dtype lie in the file; null for what is not read. */
export function elementOf(typeName: string): ElementType | null {
  return isElementType(typeName) ? typeName : (QUANTISED.get(typeName) ?? null);
}

/** Dtype of a storage class ("torch.FloatStorage", also "torch.cuda.FloatStorage" or a tensor's class); null for other names. */
export function storageType(value: PickleValue | undefined): string | null {
  if (!(value instanceof PickleName)) return null;
  const match = /^torch(?:\.(?:storage|cuda|sparse|_C|npu|xpu))*\.(\w+?)(?:Storage|Tensor|StorageBase)$/.exec(value.full);
  if (match === null) return null;
  const name = match[1]!;
  if (name === "Untyped" || name === "_Untyped") return "uint8 (untyped)";
  return (Object.hasOwn(STORAGES, name) ? STORAGES[name] : undefined) ?? name.toLowerCase();
}

/** The name of a dtype ("torch.float32"); null for anything else. */
function dtypeName(value: PickleValue | undefined): string | null {
  if (!(value instanceof PickleName) || value.module !== "torch") return null;
  return (Object.hasOwn(SHORT_NAMES, value.name) ? SHORT_NAMES[value.name] : undefined) ?? value.name;
}

/** `persistent_id` of the zip and the older format: ("storage", class, key, device, elements[, (key of the view, start, elements)]). */
function storageOf(id: PickleValue): TorchStorage | null {
  const [what, type, key, , count, view] = itemsOf(id) ?? [];
  const typeName = storageType(type);
  const elements = wholeNumber(count);
  if (what !== "storage" || typeName === null || elements === null || elements < 0) return null;
  const name = typeof key === "string" || typeof key === "number" ? String(key) : null;
  if (name === null) return null;
  const [, start, length] = itemsOf(view) ?? [];
  const from = wholeNumber(start) ?? 0;
  return new TorchStorage(name, elementOf(typeName), typeName, wholeNumber(length) ?? elements, from);
}

/** `persistent_id`s in general: classes that were saved with their source are what their id names. */
export function persistent(id: PickleValue): PickleValue {
  const items = itemsOf(id);
  return items?.[0] === "module" ? (items[1] ?? null) : storageOf(id);
}

function wholes(value: PickleValue | undefined): number[] | null {
  const out: number[] = [];
  for (const item of itemsOf(value) ?? [NaN]) {
    const n = wholeNumber(item);
    if (n === null) return null;
    out.push(n);
  }
  return out;
}

function tensor(storage: PickleValue | undefined, offset: PickleValue | undefined, size: PickleValue | undefined, stride: PickleValue | undefined, dtype: string | null = null, quantised: Quantised | null = null): TorchTensor | undefined {
  const shape = wholes(size);
  const strides = wholes(stride);
  const at = wholeNumber(offset);
  if (!(storage instanceof TorchStorage) || shape === null || strides === null || at === null || shape.length !== strides.length) return undefined;
  const typeName = dtype ?? (storage.untyped ? "uint8" : storage.typeName);
  return new TorchTensor(storage, at, shape, strides, elementOf(typeName), typeName, quantised);
}

/** A view that conjugates or negates (its last argument tells) is named, and not read: its bytes are those of another. */
const plainTensor: PickleBuilder = ([storage, offset, size, stride, , , bits]) => {
  const marks = ["conj", "neg"].filter((bit) => bits instanceof PickleMap && bits.get(bit) === true);
  return tensor(storage, offset, size, stride, marks.length > 0 && storage instanceof TorchStorage ? `${storage.typeName} (${marks.join(", ")})` : null);
};

/** Without `quantised` where the scheme is none that is known. */
const quantisedTensor: PickleBuilder = ([storage, offset, size, stride, parameters]) => {
  const [scheme, scale, zeroPoint, axis] = itemsOf(parameters) ?? [];
  return tensor(storage, offset, size, stride, null, quantisation(scheme instanceof PickleName ? scheme.name : "", scale, zeroPoint, wholeNumber(axis)));
};

function quantisation(scheme: string, scale: PickleValue | undefined, zeroPoint: PickleValue | undefined, axis: number | null): Quantised | null {
  if (scheme === "per_tensor_affine") return typeof scale === "number" && typeof zeroPoint === "number" ? { axis: null, scales: [scale], zeroPoints: [zeroPoint] } : null;
  const scales = parametersOf(scale);
  const zeroPoints = parametersOf(zeroPoint);
  const known = scheme === "per_channel_affine" || scheme === "per_channel_affine_float_qparams";
  return known && axis !== null && scales !== null && zeroPoints !== null ? { axis, scales, zeroPoints } : null;
}

/** A tensor, or the list that it was written as. */
function parametersOf(value: PickleValue | undefined): TorchTensor | readonly number[] | null {
  if (value instanceof TorchTensor) return value;
  const numbers = itemsOf(value)?.filter((item) => typeof item === "number") ?? null;
  return numbers?.length === itemsOf(value)?.length ? numbers : null;
}

/** No elements: the meta device, and tensors of which only shape and type were saved. */
const metaTensor: PickleBuilder = ([dtype, size, stride]) => {
  const shape = wholes(size);
  const name = dtypeName(dtype);
  return shape === null || name === null ? undefined : new TorchTensor(null, 0, shape, wholes(stride) ?? [], elementOf(name), name);
};

/** A tensor of some library's device that was saved as an array. */
const fromArray: PickleBuilder = ([array]) => (array instanceof NumpyArray || array instanceof TorchTensor ? array : undefined);

const first: PickleBuilder = ([value]) => (value instanceof TorchTensor || value instanceof NumpyArray || value instanceof PickleMap ? value : undefined);

/** (layout, (indices, values, size, …)), and compressed rows: the parts as tensors of their own. */
const sparse: PickleBuilder = ([layout, data]) => {
  const parts = itemsOf(data) ?? [];
  const compressed = layout instanceof PickleName ? /cs[rc]|bs[rc]/.test(layout.name) : false;
  const names = compressed ? ["compressed_indices", "plain_indices", "values"] : ["indices", "values"];
  if (parts.length < names.length) return undefined;
  const out = new PickleMap();
  names.forEach((name, i) => out.set(name, parts[i]!));
  return out;
};

/** Only passes its list on: how TorchScript marks the types of lists and dicts. */
const passed: PickleBuilder = ([value]) => value;

/** A list of text that a name or constant becomes ("cpu", "cuda:0", "torch.strided"). */
const words: PickleBuilder = (args) => args.filter((part) => part !== null).map(String).join(":");

const size: PickleBuilder = ([items]) => (items === undefined ? new PickleList([], "tuple") : items instanceof PickleList ? new PickleList([...items.items], "tuple") : undefined);

const REBUILD = new Map<string, PickleBuilder>([
  ["torch._utils._rebuild_tensor", plainTensor],
  ["torch._utils._rebuild_tensor_v2", plainTensor],
  ["torch._utils._rebuild_tensor_v3", ([storage, offset, size, stride, , , dtype]) => tensor(storage, offset, size, stride, dtypeName(dtype))],
  ["torch._utils._rebuild_parameter", first],
  ["torch._utils._rebuild_parameter_with_state", first],
  ["torch._utils._rebuild_qtensor", quantisedTensor],
  ["torch._utils._rebuild_meta_tensor_no_storage", metaTensor],
  ["torch._utils._rebuild_sparse_tensor", sparse],
  ["torch._utils._rebuild_sparse_csr_tensor", sparse],
  ["torch._utils._rebuild_nested_tensor", first],
  ["torch._utils._rebuild_device_tensor_from_numpy", fromArray],
  ["torch._utils._rebuild_device_tensor_from_cpu_tensor", fromArray],
  ["torch._utils._rebuild_xla_tensor", fromArray],
  ["torch.nn.parameter.Parameter", first],
  ["torch.nn.parameter.Buffer", first],
]);

/** Subclasses of Tensor: (function, class, its arguments, state). */
const fromType: PickleBuilder = ([rebuild, , args]) => {
  const items = itemsOf(args);
  return rebuild instanceof PickleName && items !== null ? REBUILD.get(rebuild.full)?.(items, null) : undefined;
};

/** Names that checkpoints of PyTorch are made of. */
export const torchNames: ReadonlyMap<string, PickleBuilder> = new Map<string, PickleBuilder>([
  ...REBUILD,
  ["torch._tensor._rebuild_from_type_v2", fromType],
  ["torch._tensor._rebuild_from_type", fromType],
  ["torch.tensor._rebuild_from_type", fromType],
  ["torch.Size", size],
  ["torch.device", words],
  ["torch.serialization._get_layout", words],
  ["torch.jit._pickle.build_intlist", passed],
  ["torch.jit._pickle.build_doublelist", passed],
  ["torch.jit._pickle.build_boollist", passed],
  ["torch.jit._pickle.build_tensorlist", passed],
  ["torch.jit._pickle.restore_type_tag", passed],
]);

/** Elements that reach from the first to the last that a view touches; null where an axis or stride is no count. */
export function reachOf({ shape, strides }: TorchTensor): number | null {
  if (shape.some((n) => n < 0) || strides.some((n) => n < 0)) return null;
  if (shape.includes(0)) return 0;
  return shape.reduce((last, n, axis) => last + (n - 1) * strides[axis]!, 0) + 1;
}

/** Whether the elements lie in C order without gaps; axes of length 1 have no say. */
export function isContiguous({ shape, strides }: TorchTensor): boolean {
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && strides[axis] !== step) return false;
    step *= shape[axis]!;
  }
  return true;
}

/** Bytes of the storage, as its pickle claims. */
export function storageBytes(storage: TorchStorage): number | null {
  return storage.untyped ? storage.count : storage.type === null ? null : storage.count * sizeOf(storage.type);
}

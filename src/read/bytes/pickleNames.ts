/** What pickles build of Python's own names: containers, numbers, text and paths. Anything else stays an object with a name. */
import { numpyNames } from "./pickleNumpy";
import { bytesOf, itemsOf, latin1Bytes, PickleList, PickleMap, PickleName, PickleNamespace, PickleObject, type PickleValue, wholeNumber } from "./pickleValues";

/** Gives what `name(*args, **keywords)` would, where that is data; undefined where the arguments are none that it takes. */
export type PickleBuilder = (args: readonly PickleValue[], keywords: PickleValue) => PickleValue | undefined;

/** The value of a class or function of the list; undefined for a name that is not on it, or arguments that do not fit. */
export function newNamed(name: PickleName, args: readonly PickleValue[], keywords: PickleValue, more: ReadonlyMap<string, PickleBuilder>): PickleValue | undefined {
  const { full } = name;
  if (full === "copyreg._reconstructor") return reconstructed(args, more);
  if (full === "copyreg.__newobj__" || full === "copyreg.__newobj_ex__") {
    const [type, ...rest] = args;
    if (!(type instanceof PickleName) || type.module === "copyreg") return undefined;
    const own = full === "copyreg.__newobj__" ? rest : (itemsOf(rest[0]) ?? []);
    return newNamed(type, own, full === "copyreg.__newobj__" ? null : (rest[1] ?? null), more) ?? named(type.full, own);
  }
  return (PYTHON.get(full) ?? numpyNames.get(full) ?? more.get(full))?.(args, keywords);
}

function named(type: string, args: readonly PickleValue[]): PickleObject {
  const object = new PickleObject(type);
  object.args = args;
  return object;
}

/** Objects of protocols 0 and 1: class, the built-in that it derives from, and that one's value. */
function reconstructed([type, base, value]: readonly PickleValue[], more: ReadonlyMap<string, PickleBuilder>): PickleValue | undefined {
  if (!(type instanceof PickleName) || type.module === "copyreg") return undefined;
  const plain = base instanceof PickleName && base.full !== "builtins.object" ? [value ?? null] : [];
  const built = newNamed(type, plain, null, more);
  if (built !== undefined) return built;
  const object = named(type.full, plain);
  if (value instanceof PickleMap) for (const [key, item] of value.entries) object.set(key, item);
  if (value instanceof PickleList) for (const item of value.items) object.push(item);
  return object;
}

function dict(source: PickleValue | undefined): PickleMap | undefined {
  const map = new PickleMap();
  if (source === undefined || source === null) return map;
  if (source instanceof PickleMap) {
    for (const [key, value] of source.entries) map.set(key, value);
    return map;
  }
  const pairs = itemsOf(source);
  if (pairs === null) return undefined;
  for (const pair of pairs) {
    const items = itemsOf(pair);
    if (items?.length !== 2) return undefined;
    map.set(items[0]!, items[1]!);
  }
  return map;
}

function sequence(kind: PickleList["kind"]): PickleBuilder {
  return ([source]) => {
    if (source === undefined) return new PickleList([], kind);
    const items = itemsOf(source);
    return items === null ? undefined : new PickleList([...items], kind);
  };
}

const namespace: PickleBuilder = (args, keywords) => {
  if (args.length > 0 && !(args[0] instanceof PickleMap)) return undefined;
  const out = new PickleNamespace();
  out.build(args[0] ?? null);
  out.build(keywords);
  return out;
};

/** Joined as they are written: a root ("/") first, then the parts. */
const path: PickleBuilder = (args) => {
  if (!args.every((part) => typeof part === "string")) return undefined;
  const [first = ".", ...rest] = args;
  return rest.length === 0 ? first : [first.replace(/[\\/]$/, ""), ...rest].join("/");
};

/** Bytes that Python 3 writes for protocol 2 as text of one character a byte. */
const encode: PickleBuilder = ([text, encoding]) => {
  if (typeof text !== "string") return undefined;
  return typeof encoding === "string" && /^(latin-?1|iso-?8859-?1)$/i.test(encoding) ? (latin1Bytes(text) ?? undefined) : new TextEncoder().encode(text);
};

const number: PickleBuilder = ([value = 0]) => (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean" ? value : typeof value === "string" && value.trim() !== "" && value.length < 400 ? Number(value) : undefined);

const complex: PickleBuilder = ([real = 0, imaginary = 0]) => (typeof real === "number" && typeof imaginary === "number" ? new PickleList([real, imaginary], "tuple") : undefined);

const range: PickleBuilder = (args) => (args.every((part) => part === null || wholeNumber(part) !== null) ? new PickleList([...args], "tuple") : undefined);

const PYTHON: ReadonlyMap<string, PickleBuilder> = new Map<string, PickleBuilder>([
  ["collections.OrderedDict", ([source]) => dict(source)],
  ["collections.Counter", ([source]) => dict(source)],
  // Its first argument is the factory of values that are missing.
  ["collections.defaultdict", ([, source]) => dict(source)],
  ["collections.deque", sequence("list")],
  ["builtins.dict", ([source]) => dict(source)],
  ["builtins.list", sequence("list")],
  ["builtins.tuple", sequence("tuple")],
  ["builtins.set", sequence("set")],
  ["builtins.frozenset", sequence("set")],
  ["builtins.bytearray", ([source, encoding]) => (source === undefined ? new Uint8Array(0) : source instanceof Uint8Array ? source : encode([source, encoding ?? null], null))],
  ["builtins.bytes", ([source]) => (source === undefined ? new Uint8Array(0) : (bytesOf(source) ?? undefined))],
  ["builtins.complex", complex],
  ["builtins.slice", range],
  ["builtins.range", range],
  ["builtins.int", number],
  ["builtins.float", number],
  ["builtins.bool", number],
  ["builtins.str", ([text = ""]) => (typeof text === "string" ? text : undefined)],
  ["_codecs.encode", encode],
  ["argparse.Namespace", namespace],
  ["types.SimpleNamespace", namespace],
  ...["PosixPath", "WindowsPath", "PurePosixPath", "PureWindowsPath", "Path", "PurePath"].flatMap((name): [string, PickleBuilder][] => [
    [`pathlib.${name}`, path],
    [`pathlib._local.${name}`, path],
  ]),
]);

/** Names of Python's and of libraries' whose objects are kept as data and hold nothing to be told of. */
const QUIET = /^(datetime\.|decimal\.|fractions\.|uuid\.|enum\.|collections\.|numpy\.random\.|builtins\.(object|getattr|type|NoneType)$|functools\.partial$|torch\.Generator$|torch\.(nn|optim|utils\.data|torch_version|amp|cuda\.amp|distributed)\.|omegaconf\.)/;

export function isQuiet(name: string): boolean {
  return QUIET.test(name);
}

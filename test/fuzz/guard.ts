/** Keeps count of what a reader allocates and decompresses, and notices code that is run. */
import { inflate } from "../../src/engine/inflate";
import type { Inflate } from "../../src/read/bytes/source";

/** Bytes in one piece that no reader may ask for. */
const LARGEST_ARRAY = 256 << 20;
/** Decompressed bytes that one reading of one input may ask for; streams are long, memory is not. */
const MOST_INFLATED = 1 << 30;

/** Not a FormatError: a reader that is stopped by it has failed. */
export class Overdone extends Error {}

let largest = 0;
let inflated = 0;
let ran = 0;

type Names = "ArrayBuffer" | "Int8Array" | "Uint8Array" | "Uint8ClampedArray" | "Int16Array" | "Uint16Array" | "Int32Array" | "Uint32Array" | "Float32Array" | "Float64Array" | "BigInt64Array" | "BigUint64Array";
const NAMES: readonly Names[] = ["ArrayBuffer", "Int8Array", "Uint8Array", "Uint8ClampedArray", "Int16Array", "Uint16Array", "Int32Array", "Uint32Array", "Float32Array", "Float64Array", "BigInt64Array", "BigUint64Array"];

/** Puts a gauge before each constructor of arrays and a trap where text becomes code; gives what takes them away again. */
export function guard(): () => void {
  const before = new Map<string, unknown>();
  const world = globalThis as unknown as Record<string, unknown>;
  const put = (name: string, value: unknown): void => {
    before.set(name, world[name]);
    world[name] = value;
  };
  for (const name of NAMES) {
    const size = name === "ArrayBuffer" ? 1 : globalThis[name].BYTES_PER_ELEMENT;
    put(
      name,
      new Proxy(globalThis[name], {
        construct(target, args: unknown[], newTarget) {
          const asked = args[0];
          const count = typeof asked === "number" ? asked : Array.isArray(asked) || ArrayBuffer.isView(asked) ? ((asked as { length?: number }).length ?? 0) : 0;
          const bytes = count * size;
          if (bytes > largest) largest = bytes;
          if (bytes > LARGEST_ARRAY) throw new Overdone(`an array of ${bytes} bytes was asked for`);
          return Reflect.construct(target, args, newTarget) as object;
        },
      }),
    );
  }
  const trap = (name: string): void => {
    put(
      name,
      new Proxy(world[name] as () => void, {
        apply: caught,
        construct: caught,
      }),
    );
  };
  trap("eval");
  trap("Function");
  return () => {
    for (const [name, value] of before) world[name] = value;
  };
}

function caught(): never {
  ran++;
  throw new Overdone("text was run as code");
}

export interface Spent {
  /** Of the arrays that were asked for in one piece, in bytes. */
  readonly largest: number;
  /** Bytes that decompression handed out. */
  readonly inflated: number;
  /** How often text was to be run as code. */
  readonly ran: number;
}

/** What was spent since the last call. */
export function spent(): Spent {
  const out = { largest, inflated, ran };
  largest = inflated = ran = 0;
  return out;
}

function* counted(pieces: Iterable<Uint8Array>): Iterable<Uint8Array> {
  for (const piece of pieces) {
    inflated += piece.length;
    if (inflated > MOST_INFLATED) throw new Overdone(`${inflated} bytes were decompressed`);
    yield piece;
  }
}

/** The engine's decompression, counted. */
export const gauged: Inflate = {
  raw: (input, size) => counted(inflate.raw(input, size)),
  gzip: (input, onTorn) => counted(inflate.gzip(input, onTorn)),
};

/** What a pickle builds here: plain data, and objects that are kept as the data that they were written from. */

export type PickleValue = null | boolean | number | bigint | string | Uint8Array | PickleList | PickleMap | PickleName | PickleObject | PickleLeaf;

/** A list, tuple or set. */
export class PickleList {
  constructor(
    readonly items: PickleValue[],
    readonly kind: "list" | "tuple" | "set" = "list",
  ) {}

  push(value: PickleValue): void {
    this.items.push(value);
  }
}

/** Most dicts and objects of a checkpoint have no entries; they share this. */
const NONE: ReadonlyMap<PickleValue, PickleValue> = new Map();
const NOTHING: readonly PickleValue[] = [];

/** A dict or what is used as one. Numbers, text and booleans are keys by value, everything else by identity. */
export class PickleMap {
  private own: Map<PickleValue, PickleValue> | null = null;

  get entries(): ReadonlyMap<PickleValue, PickleValue> {
    return this.own ?? NONE;
  }

  set(key: PickleValue, value: PickleValue): void {
    (this.own ??= new Map()).set(key, value);
  }

  get(key: string): PickleValue | undefined {
    return this.entries.get(key);
  }
}

/** An object that is nothing but its attributes (argparse.Namespace). */
export class PickleNamespace extends PickleMap {
  build(state: PickleValue): void {
    if (state instanceof PickleMap) for (const [key, value] of state.entries) this.set(key, value);
  }
}

/** A class or function that the pickle names. Nothing is imported or called. */
export class PickleName {
  constructor(
    readonly module: string,
    readonly name: string,
  ) {}

  get full(): string {
    return this.module === "" ? this.name : `${this.module}.${this.name}`;
  }
}

/** An object of a class that is not built: its name, and all that was to be handed to it. */
export class PickleObject {
  args: readonly PickleValue[] = NOTHING;
  /** Keyword arguments, or null. */
  keywords: PickleValue = null;
  /** What was to become its `__dict__`, or was handed to `__setstate__`. */
  state: PickleValue = null;
  private list: PickleValue[] | null = null;
  private own: Map<PickleValue, PickleValue> | null = null;

  constructor(readonly type: string) {}

  /** Of subclasses of list and set. */
  get items(): readonly PickleValue[] {
    return this.list ?? NOTHING;
  }

  /** Of subclasses of dict. */
  get entries(): ReadonlyMap<PickleValue, PickleValue> {
    return this.own ?? NONE;
  }

  push(value: PickleValue): void {
    (this.list ??= []).push(value);
  }

  set(key: PickleValue, value: PickleValue): void {
    (this.own ??= new Map()).set(key, value);
  }

  /** An attribute, where the state is a dict, alone or with slots beside it. */
  attribute(name: string): PickleValue | undefined {
    const { state } = this;
    if (state instanceof PickleMap) return state.get(name);
    if (!(state instanceof PickleList)) return undefined;
    for (const part of state.items) {
      const value = part instanceof PickleMap ? part.get(name) : undefined;
      if (value !== undefined) return value;
    }
    return undefined;
  }
}

/** A value of a library that readers know: a tensor, an array, a dtype. */
export abstract class PickleLeaf {
  /** What it is, for those who look at it in a debugger; keeps other classes from passing as one. */
  abstract readonly leaf: string;
}

/** One that takes the state which the pickle hands to the object after it was made. */
export abstract class PickleStateful extends PickleLeaf {
  abstract build(state: PickleValue): void;
}

/** A whole number as a JavaScript number; null for anything else, and beyond 2^53. */
export function wholeNumber(value: PickleValue | undefined): number | null {
  const number = typeof value === "bigint" ? Number(value) : value;
  return typeof number === "number" && Number.isSafeInteger(number) ? number : null;
}

/** Items of a list, tuple or set; null for anything else. */
export function itemsOf(value: PickleValue | undefined): readonly PickleValue[] | null {
  return value instanceof PickleList ? value.items : null;
}

/** Bytes, also where Python 2 wrote them as text of one character a byte; null for anything else. */
export function bytesOf(value: PickleValue | undefined): Uint8Array | null {
  if (value instanceof Uint8Array) return value;
  return typeof value === "string" ? latin1Bytes(value) : null;
}

/** Text of characters below 256 as bytes; null where one lies above. */
export function latin1Bytes(text: string): Uint8Array | null {
  const out = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 255) return null;
    out[i] = code;
  }
  return out;
}

/**
 * Pickles, protocols 0 to 5, as data: a machine that builds lists, dicts and values of a list of known names, and calls nothing.
 * An object of any other name is kept as the data that it was written from. Opcodes: Lib/pickletools.py of CPython.
 */
import type { PickleInput } from "./pickleInput";
import { isDangerous, type PickleNotes } from "./pickleNotes";
import { newNamed, type PickleBuilder } from "./pickleNames";
import { itemsOf, PickleList, PickleMap, PickleName, PickleNamespace, PickleObject, PickleStateful, type PickleValue } from "./pickleValues";
import { floatOf, placeIn, unescaped, unquoted } from "./pickleText";

const MOST_STEPS = 16_000_000;
const MOST_STACK = 1_000_000;
const MOST_MEMO = 2_000_000;
const MOST_STRAY = 500_000;
/** Lists, dicts and objects in one pickle; those with entries count `FILLED` times. A tensor takes about eight. */
const MOST_OBJECTS = 1_500_000;
const FILLED = 4;
const HIGHEST_PROTOCOL = 5;

export interface PickleTools {
  /** Builders of a library, by full name; asked after Python's own. */
  readonly names: ReadonlyMap<string, PickleBuilder>;
  /** Names whose objects are kept as data, as others are, and not counted: the reader knows how they look inside. */
  readonly expected: (name: string) => boolean;
  /** What a persistent id stands for; null where nothing is known of it. */
  readonly persistent: (id: PickleValue, input: PickleInput) => PickleValue;
}

/** Reads one pickle from where `input` stands to its end. Throws FormatError; torn where the bytes end before. */
export function readPickle(input: PickleInput, tools: PickleTools, notes: PickleNotes): PickleValue {
  return new Machine(input, tools, notes).run();
}

class Machine {
  private stack: PickleValue[] = [];
  private readonly marks: number[] = [];
  /** By place; those out of order (which no pickler writes) apart. */
  private readonly memo: PickleValue[] = [];
  private readonly strayMemo = new Map<number, PickleValue>();
  private objects = 0;

  constructor(
    private readonly input: PickleInput,
    private readonly tools: PickleTools,
    private readonly notes: PickleNotes,
  ) {}

  run(): PickleValue {
    const { input } = this;
    for (let step = 0; step < MOST_STEPS; step++) {
      const code = input.byte();
      if (code === 0x2e) return this.pop();
      this.step(code);
      if (this.stack.length > MOST_STACK) input.fail(`more than ${MOST_STACK} values on its stack`);
    }
    return input.fail(`more than ${MOST_STEPS} steps`);
  }

  private step(code: number): void {
    const value = this.value(code);
    if (value !== undefined) this.stack.push(value);
    else if (!this.act(code)) this.input.fail(`no opcode ${code} (at byte ${this.input.position - 1})`);
  }

  /** What an opcode puts on the stack; undefined for those that put nothing there. */
  private value(code: number): PickleValue | undefined {
    const { input } = this;
    switch (code) {
      case 0x32: return this.top(); // DUP
      case 0x4e: return null; // NONE
      case 0x88: return true; // NEWTRUE
      case 0x89: return false; // NEWFALSE
      case 0x49: // INT
      case 0x4c: return input.decimal(); // LONG
      case 0x4a: return input.i32(); // BININT
      case 0x4b: return input.byte(); // BININT1
      case 0x4d: return input.u16(); // BININT2
      case 0x8a: return input.integer(input.byte()); // LONG1
      case 0x8b: return input.integer(this.positive(input.i32())); // LONG4
      case 0x46: return floatOf(input.line()); // FLOAT
      case 0x47: return input.f64(); // BINFLOAT
      case 0x53: return unquoted(input.line()); // STRING
      case 0x54: return input.latin1(this.positive(input.i32())); // BINSTRING
      case 0x55: return input.latin1(input.byte()); // SHORT_BINSTRING
      case 0x56: return unescaped(input.line()); // UNICODE
      case 0x58: return input.text(input.u32()); // BINUNICODE
      case 0x8c: return input.text(input.byte()); // SHORT_BINUNICODE
      case 0x8d: return input.text(input.u64()); // BINUNICODE8
      case 0x42: return input.bytes(input.u32()); // BINBYTES
      case 0x43: return input.bytes(input.byte()); // SHORT_BINBYTES
      case 0x8e: // BINBYTES8
      case 0x96: return input.bytes(input.u64()); // BYTEARRAY8
      case 0x97: return this.opaque("buffer outside the pickle", []); // NEXT_BUFFER
      case 0x5d: return this.list([], "list"); // EMPTY_LIST
      case 0x29: return this.list([], "tuple"); // EMPTY_TUPLE
      case 0x8f: return this.list([], "set"); // EMPTY_SET
      case 0x7d: return this.map([]); // EMPTY_DICT
      case 0x6c: return this.list(this.toMark(), "list"); // LIST
      case 0x74: return this.list(this.toMark(), "tuple"); // TUPLE
      case 0x91: return this.list(this.toMark(), "set"); // FROZENSET
      case 0x64: return this.map(this.toMark()); // DICT
      case 0x85: return this.list(this.take(1), "tuple"); // TUPLE1
      case 0x86: return this.list(this.take(2), "tuple"); // TUPLE2
      case 0x87: return this.list(this.take(3), "tuple"); // TUPLE3
      case 0x67: return this.recall(placeIn(input.line())); // GET
      case 0x68: return this.recall(input.byte()); // BINGET
      case 0x6a: return this.recall(input.u32()); // LONG_BINGET
      case 0x50: return this.tools.persistent(input.line(), input); // PERSID
      case 0x51: return this.tools.persistent(this.pop(), input); // BINPERSID
      case 0x63: return this.name(input.line(), input.line()); // GLOBAL
      case 0x93: return this.stackName(this.take(2)); // STACK_GLOBAL
      case 0x52: // REDUCE
      case 0x81: return this.construct(this.take(2)); // NEWOBJ
      case 0x92: return this.construct(this.take(3)); // NEWOBJ_EX
      case 0x69: return this.opaqueOf(this.name(input.line(), input.line()), this.toMark()); // INST
      case 0x6f: { // OBJ
        const [type, ...args] = this.toMark();
        return this.opaqueOf(type ?? null, args);
      }
      case 0x82: return this.extension(input.byte()); // EXT1
      case 0x83: return this.extension(input.u16()); // EXT2
      case 0x84: return this.extension(input.i32()); // EXT4
      default: return undefined;
    }
  }

  /** What other opcodes do; false for bytes that are none. */
  private act(code: number): boolean {
    const { input } = this;
    switch (code) {
      case 0x80: { // PROTO
        const protocol = input.byte();
        if (protocol > HIGHEST_PROTOCOL) input.fail(`pickle protocol ${protocol} is not known`);
        break;
      }
      case 0x95: input.u64(); break; // FRAME: only says how much may be read ahead
      case 0x28: this.marks.push(this.stack.length); break; // MARK
      case 0x30: this.popOrMark(); break; // POP
      case 0x31: this.toMark(); break; // POP_MARK
      case 0x61: this.append(this.take(1)); break; // APPEND
      case 0x65: // APPENDS
      case 0x90: this.append(this.toMark()); break; // ADDITEMS
      case 0x73: this.setItems(this.take(2)); break; // SETITEM
      case 0x75: this.setItems(this.toMark()); break; // SETITEMS
      case 0x70: this.remember(placeIn(input.line())); break; // PUT
      case 0x71: this.remember(input.byte()); break; // BINPUT
      case 0x72: this.remember(input.u32()); break; // LONG_BINPUT
      case 0x94: this.remember(this.memo.length + this.strayMemo.size); break; // MEMOIZE
      case 0x62: this.build(this.pop()); break; // BUILD
      case 0x98: break; // READONLY_BUFFER
      default: return false;
    }
    return true;
  }

  private top(): PickleValue {
    if (this.stack.length <= (this.marks.at(-1) ?? 0)) this.input.fail(`its stack is empty at byte ${this.input.position}`);
    return this.stack.at(-1)!;
  }

  private pop(): PickleValue {
    const value = this.top();
    this.stack.pop();
    return value;
  }

  private popOrMark(): void {
    if (this.marks.length > 0 && this.stack.length === this.marks.at(-1)) this.marks.pop();
    else this.pop();
  }

  private take(count: number): PickleValue[] {
    if (this.stack.length - count < (this.marks.at(-1) ?? 0)) this.input.fail(`its stack is empty at byte ${this.input.position}`);
    return this.stack.splice(this.stack.length - count, count);
  }

  private toMark(): PickleValue[] {
    const mark = this.marks.pop();
    if (mark === undefined) return this.input.fail(`no mark on its stack at byte ${this.input.position}`);
    return this.stack.splice(mark);
  }

  private remember(at: number): void {
    if (!(at >= 0)) this.input.fail(`no place in the memo before byte ${this.input.position}`);
    if (at <= this.memo.length) this.memo[at] = this.top();
    else this.strayMemo.set(at, this.top());
    if (this.memo.length > MOST_MEMO || this.strayMemo.size > MOST_STRAY) this.input.fail(`more than ${MOST_MEMO} values in its memo`);
  }

  private recall(at: number): PickleValue {
    const value = at < this.memo.length ? this.memo[at] : this.strayMemo.get(at);
    if (value === undefined) return this.input.fail(`nothing at place ${at} of its memo (byte ${this.input.position})`);
    return value;
  }

  private count(units = 1): void {
    this.objects += units;
    if (this.objects > MOST_OBJECTS) this.input.fail(`more than ${MOST_OBJECTS} lists, dicts and objects`);
  }

  private list(items: PickleValue[], kind: PickleList["kind"]): PickleList {
    this.count();
    return new PickleList(items, kind);
  }

  private map(pairs: readonly PickleValue[]): PickleMap {
    this.count();
    const map = new PickleMap();
    if (pairs.length > 0) this.count(FILLED);
    for (let i = 0; i + 1 < pairs.length; i += 2) map.set(pairs[i]!, pairs[i + 1]!);
    return map;
  }

  private append(values: readonly PickleValue[]): void {
    const target = this.top();
    if (target instanceof PickleList || target instanceof PickleObject) for (const value of values) target.push(value);
    else this.input.fail(`items for what is no list before byte ${this.input.position}`);
  }

  private setItems(pairs: readonly PickleValue[]): void {
    const target = this.top();
    if (!(target instanceof PickleMap || target instanceof PickleObject)) return this.input.fail(`entries for what is no dict before byte ${this.input.position}`);
    if (target.entries.size === 0) this.count(FILLED);
    for (let i = 0; i + 1 < pairs.length; i += 2) target.set(pairs[i]!, pairs[i + 1]!);
  }

  private name(module: string, name: string): PickleName {
    this.count();
    const found = new PickleName(PYTHON_2.get(module) ?? module, name);
    if (isDangerous(found.full)) this.notes.dangerous.add(found.full);
    return found;
  }

  private stackName([module, name]: readonly PickleValue[]): PickleName {
    if (typeof module !== "string" || typeof name !== "string") return this.input.fail(`a name that is no text before byte ${this.input.position}`);
    return this.name(module, name);
  }

  /** What `callable(*args, **keywords)` would have given, where that is data; else an object that keeps all three. */
  private construct([callable = null, given = null, keywords = null]: readonly PickleValue[]): PickleValue {
    this.count();
    const args = itemsOf(given) ?? [given];
    if (callable instanceof PickleName) {
      const built = newNamed(callable, args, keywords, this.tools.names);
      if (built instanceof PickleObject) this.note(built.type);
      if (built !== undefined) return built;
    }
    const object = this.opaqueOf(callable, args);
    object.keywords = keywords;
    return object;
  }

  private opaqueOf(type: PickleValue, args: readonly PickleValue[]): PickleObject {
    return this.opaque(type instanceof PickleName ? type.full : type instanceof PickleObject ? `a result of ${type.type}` : "a value", args);
  }

  private opaque(type: string, args: readonly PickleValue[]): PickleObject {
    this.count();
    const object = new PickleObject(type);
    object.args = args;
    this.note(type);
    return object;
  }

  private note(type: string): void {
    if (!this.tools.expected(type)) this.notes.unknown.set(type, (this.notes.unknown.get(type) ?? 0) + 1);
  }

  private build(state: PickleValue): void {
    const target = this.top();
    if (target instanceof PickleObject) target.state = state;
    else if (target instanceof PickleStateful || target instanceof PickleNamespace) target.build(state);
  }

  /** A class that the writing program numbered; only it knows which. */
  private extension(code: number): PickleObject {
    return this.opaque(`extension ${code} of copyreg`, []);
  }

  private positive(length: number): number {
    if (length < 0) this.input.fail(`a length of ${length} before byte ${this.input.position}`);
    return length;
  }
}

/** Modules that Python 3 calls otherwise. */
const PYTHON_2: ReadonlyMap<string, string> = new Map(Object.entries({ __builtin__: "builtins", copy_reg: "copyreg", cPickle: "pickle", UserDict: "collections", Queue: "queue" }));

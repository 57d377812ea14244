/**
 * A fast reader for plain HDF5 files, as Keras and h5py write them by default: first-version superblock and headers, symbol-table
 * groups, contiguous data. It takes a file only when it understands all of it, so that whatever is rare, newer or damaged goes to
 * the library, which costs 100 ms to load.
 */
import { FormatError, type ByteSource, type Hdf5Dataset, type Hdf5File, type NumericArray } from "../source";
import { allocate, sizeOf, toNumbers, type ElementType } from "../typed";
import { ATTRIBUTE, DATASPACE, DATATYPE, LAYOUT, linksOf, messagesAt, SYMBOL_TABLE, type Link, type Message } from "./objects";
import { elementOf, readNativeAttribute, readSpace, readType } from "./types";
import { Fields, NotSimple, UNDEFINED, Window } from "./window";

const DEEPEST = 100;
const COMPACT = 0;
const CONTIGUOUS = 1;

interface Group {
  readonly children: readonly string[];
  readonly attributes: readonly Message[];
}

/** The file in [offset, offset + length) of `source`; null when the library is to read it. */
export function openSimple(source: ByteSource, offset: number, length: number): Hdf5File | null {
  try {
    return new SimpleFile(new Window(source, offset, length));
  } catch (error) {
    if (error instanceof NotSimple) return null;
    throw error;
  }
}

class SimpleFile implements Hdf5File {
  private readonly groups = new Map<string, Group>();
  private readonly leaves = new Map<string, Message[]>();
  private readonly listed: Hdf5Dataset[] = [];

  constructor(private readonly window: Window) {
    this.visit("/", rootOf(window), 0, new Set());
    // Attributes that the fast reader cannot read are found now, not when somebody asks.
    for (const [path, group] of this.groups) if (group.attributes.length > 0) this.attributes(path);
    for (const path of this.leaves.keys()) this.attributes(path);
  }

  datasets(): Hdf5Dataset[] {
    return this.listed;
  }

  problems(): string[] {
    return [];
  }

  attributes(path: string): Record<string, unknown> {
    const at = normal(path);
    const messages = this.groups.get(at)?.attributes ?? this.leaves.get(at);
    if (messages === undefined) throw new FormatError("HDF5", `attributes of ${path}: no such object`);
    const found: [string, unknown][] = [];
    for (const message of messages) {
      if (message.type !== ATTRIBUTE) continue;
      const { name, value } = readNativeAttribute(this.window, message.data);
      if (value !== undefined) found.push([name, value]);
    }
    return Object.fromEntries(found.sort(([a], [b]) => (a < b ? -1 : 1))); // by name, as the library gives them
  }

  children(path: string): string[] {
    const group = this.groups.get(normal(path));
    if (group === undefined) throw new FormatError("HDF5", `group ${path}: no such group`);
    return [...group.children];
  }

  close(): void {
    // the source is the caller's; pages go with this object
  }

  private visit(path: string, address: number, depth: number, seen: Set<number>): void {
    if (depth > DEEPEST || seen.has(address)) throw new NotSimple(); // hard links in circles or twice: rare enough
    seen.add(address);
    const messages = messagesAt(this.window, address);
    const table = messages.find((m) => m.type === SYMBOL_TABLE);
    if (table === undefined) {
      this.leaves.set(path, messages);
      this.listed.push(this.dataset(path.slice(1), messages));
      return;
    }
    const links: readonly Link[] = linksOf(this.window, table.data);
    this.groups.set(path, { children: links.map((link) => link.name), attributes: messages.filter((m) => m.type === ATTRIBUTE) });
    for (const link of links) this.visit(path === "/" ? `/${link.name}` : `${path}/${link.name}`, link.address, depth + 1, seen);
  }

  private dataset(path: string, messages: readonly Message[]): Hdf5Dataset {
    const type = readType(new Fields(one(messages, DATATYPE)));
    const shape = readSpace(new Fields(one(messages, DATASPACE)));
    const bfloat16 = messages.some((m) => {
      if (m.type !== ATTRIBUTE) return false;
      const { name, value } = readNativeAttribute(this.window, m.data);
      return name === "dtype" && value === "bfloat16";
    });
    const { dtype, element } = elementOf(type, shape, bfloat16);
    const total = shape === null ? 0 : shape.reduce((a, b) => a * b, 1);
    const data = this.place(new Fields(one(messages, LAYOUT)), total * type.meta.size);
    const read = (start: number, count: number, lend = false): NumericArray => {
      if (element === null) throw new FormatError("HDF5", `dataset ${path}: ${dtype} holds no numbers`);
      if (start < 0 || count < 0 || start + count > total) throw new FormatError("HDF5", `dataset ${path}: elements ${start} to ${start + count} asked of ${total}`);
      return count === 0 ? allocate(element, 0) : this.numbers(path, element, data, start, count, type.littleEndian, lend);
    };
    return { path, dtype, numeric: element !== null && shape !== null, shape: shape ?? [0], read };
  }

  private numbers(path: string, element: ElementType, data: number | Uint8Array, start: number, count: number, littleEndian: boolean, lend: boolean): NumericArray {
    const size = sizeOf(element);
    try {
      const bytes = typeof data === "number" ? this.window.fresh(data + start * size, count * size, lend) : data.slice(start * size, (start + count) * size);
      return toNumbers(element, bytes, littleEndian);
    } catch (error) {
      if (error instanceof NotSimple) throw new FormatError("HDF5", `dataset ${path}: the file became shorter while it was read`, true);
      throw error;
    }
  }

  /** Where the data lie: an address, or the bytes themselves. */
  private place(fields: Fields, bytes: number): number | Uint8Array {
    const version = fields.u8();
    if (version !== 3 && version !== 4) throw new NotSimple();
    const kind = fields.u8();
    if (kind === COMPACT) {
      const held = fields.part(fields.u16());
      if (held.length < bytes) throw new NotSimple();
      return held;
    }
    if (kind !== CONTIGUOUS) throw new NotSimple();
    const address = fields.u64();
    const size = fields.u64();
    if (bytes === 0) return new Uint8Array(0);
    // Never written: the library knows the fill value. Beyond the end: it knows what to say.
    if (address === UNDEFINED || size < bytes || address + bytes > this.window.length) throw new NotSimple();
    return address;
  }
}

/** Address of the root group's header, from the superblock (section II.A). */
function rootOf(window: Window): number {
  const fields = new Fields(window.bytes(0, 96));
  fields.skip(8);
  const version = fields.u8();
  if (version > 1) throw new NotSimple();
  const sizes = fields.skip(4);
  if (sizes.u8() !== 8 || sizes.u8() !== 8) throw new NotSimple();
  fields.skip(1 + 4 + 4 + (version === 1 ? 4 : 0));
  const base = fields.u64();
  const end = fields.skip(8).u64();
  if (base !== 0 || end === UNDEFINED || end > window.length) throw new NotSimple();
  return fields.skip(8 + 8).u64();
}

function one(messages: readonly Message[], type: number): Uint8Array {
  const found = messages.find((m) => m.type === type);
  if (found === undefined) throw new NotSimple();
  return found.data;
}

function normal(path: string): string {
  return path === "" || path === "/" ? "/" : path.startsWith("/") ? path : `/${path}`;
}

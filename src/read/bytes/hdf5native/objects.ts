/**
 * Objects of an HDF5 file as its oldest, still most usual form has them: version-1 object headers and symbol-table groups.
 * Layout: HDF5 File Format Specification 3.0, sections III.A (B-trees), III.C (symbol table nodes), III.D (local heaps), IV.A (headers).
 */
import { Fields, NotSimple, textOf, UNDEFINED, type Window } from "./window";

export interface Message {
  readonly type: number;
  readonly data: Uint8Array;
}

export const DATASPACE = 0x01;
export const DATATYPE = 0x03;
export const FILL_VALUE = 0x05;
export const LAYOUT = 0x08;
export const FILTERS = 0x0b;
export const ATTRIBUTE = 0x0c;
export const SYMBOL_TABLE = 0x11;
const CONTINUATION = 0x10;
/** Messages that say nothing about where data or attributes lie: nil, fill values, comments, times, driver and tree constants. */
const HARMLESS = new Set([0x00, 0x04, FILL_VALUE, 0x0a, 0x0d, 0x0e, 0x12, 0x13, 0x14, 0x16]);
const KNOWN = new Set([DATASPACE, DATATYPE, LAYOUT, FILTERS, ATTRIBUTE, SYMBOL_TABLE]);
const SHARED = 0x02;
const MOST_MESSAGES = 100_000;
const MOST_BLOCKS = 10_000;

/** The messages of the object at `address`. Throws NotSimple for headers or messages of another kind. */
export function messagesAt(window: Window, address: number): Message[] {
  const prefix = new Fields(window.bytes(address, 16));
  if (prefix.u8() !== 1) throw new NotSimple();
  const count = prefix.skip(1).u16();
  const size = prefix.skip(4).u32();
  const messages: Message[] = [];
  const blocks = [{ at: address + 16, size }];
  const seen = new Set<number>();
  for (let block = blocks.pop(); block !== undefined && messages.length < count; block = blocks.pop()) {
    if (seen.has(block.at) || seen.size > MOST_BLOCKS) throw new NotSimple();
    seen.add(block.at);
    const fields = new Fields(window.bytes(block.at, block.size));
    while (fields.left >= 8 && messages.length < count) {
      const type = fields.u16();
      const length = fields.u16();
      const flags = fields.u8();
      const data = fields.skip(3).part(length);
      messages.push({ type, data });
      if (messages.length > MOST_MESSAGES) throw new NotSimple();
      if (type === CONTINUATION) {
        const more = new Fields(data);
        blocks.push({ at: more.u64(), size: more.u64() });
      } else if (KNOWN.has(type)) {
        if ((flags & SHARED) !== 0) throw new NotSimple();
      } else if (!HARMLESS.has(type)) throw new NotSimple();
    }
  }
  return messages;
}

export interface Link {
  readonly name: string;
  /** Address of the object's header. */
  readonly address: number;
}

const SOFT_LINK = 2;
const MOST_LINKS = 1_000_000;

/** The members of a group, by name, from its symbol-table message. */
export function linksOf(window: Window, message: Uint8Array): Link[] {
  const fields = new Fields(message);
  const tree = fields.u64();
  const names = heapAt(window, fields.u64());
  const links: Link[] = [];
  const seen = new Set<number>();
  const visit = (address: number, level: number | null): void => {
    if (address === UNDEFINED || seen.has(address)) throw new NotSimple();
    seen.add(address);
    const head = new Fields(window.bytes(address, 24));
    if (!head.isTag("TREE") || head.u8() !== 0) throw new NotSimple();
    const own = head.u8();
    const used = head.u16();
    if (level !== null && own !== level) throw new NotSimple();
    const children = new Fields(window.bytes(address + 24, used * 16 + 8));
    for (let i = 0; i < used; i++) {
      const child = children.skip(8).u64();
      if (own > 0) visit(child, own - 1);
      else symbols(child);
    }
  };
  const symbols = (address: number): void => {
    const head = new Fields(window.bytes(address, 8));
    if (!head.isTag("SNOD") || head.u8() !== 1) throw new NotSimple();
    const count = head.skip(1).u16();
    const entries = new Fields(window.bytes(address + 8, count * 40));
    for (let i = 0; i < count; i++) {
      const name = entries.u64();
      const object = entries.u64();
      if (entries.u32() === SOFT_LINK) throw new NotSimple();
      entries.skip(20);
      links.push({ name: names(name), address: object });
      if (links.length > MOST_LINKS) throw new NotSimple();
    }
  };
  visit(tree, null);
  return links;
}

function heapAt(window: Window, address: number): (offset: number) => string {
  const head = new Fields(window.bytes(address, 32));
  if (!head.isTag("HEAP") || head.u8() !== 0) throw new NotSimple();
  const size = head.skip(3).u64();
  const data = window.bytes(head.skip(8).u64(), size);
  return (offset) => {
    const end = data.indexOf(0, offset);
    if (offset < 0 || offset >= size || end < 0) throw new NotSimple();
    return textOf(data.subarray(offset, end));
  };
}

/** The object `index` of the global heap collection at `address` (section III.E). */
export function globalHeapObject(window: Window, address: number, index: number): Uint8Array {
  const head = new Fields(window.bytes(address, 16));
  if (!head.isTag("GCOL") || head.u8() !== 1) throw new NotSimple();
  const size = head.skip(3).u64();
  const objects = new Fields(window.bytes(address + 16, size - 16));
  while (objects.left >= 16) {
    const own = objects.u16();
    const length = objects.skip(6).u64();
    if (own === 0) break; // free space, always the last
    if (own === index) return objects.part(length);
    objects.skip(Math.min(objects.left, Math.ceil(length / 8) * 8));
  }
  throw new NotSimple();
}

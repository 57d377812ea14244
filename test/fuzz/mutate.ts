/** Damage to bytes, as chance and malice do it. The same seed does the same damage. */
import type { Random } from "./random";

/** Where pieces of other files come from. */
export type Others = (random: Random) => Uint8Array;

/** No mutation makes a file longer than this (bytes), so that one input stays cheap. */
const LONGEST = 4 << 20;
const BYTES = [0, 1, 2, 0x7f, 0x80, 0xfe, 0xff, 0x0a, 0x22, 0x2c, 0x5b, 0x7b] as const;
/** Around the boundaries of the usual types, and sizes that no file of the fixtures has. */
const CLAIMS = [0n, 1n, -1n, 0x7fn, 0x80n, 0xffn, 0x7fffn, 0x8000n, 0xffffn, 0x10000n, 1n << 24n, 0x7fffffffn, 0x80000000n, 0xfffffffen, 0xffffffffn, 1n << 32n, 1n << 40n, 1n << 48n, (1n << 53n) - 1n, 1n << 53n, (1n << 63n) - 1n, 1n << 63n] as const;
const NUMBERS = ["0", "-1", "1", "2147483647", "2147483648", "4294967295", "4294967296", "9007199254740993", "18446744073709551616", "1e308", "1e309", "-1e999", "1e-400", "NaN", "nan", "Infinity", "-inf", "0x7f", "1_000", "00", "-0", "0.1.2", "1e", "9".repeat(400), `0.${"3".repeat(400)}`, "1000000000", "99999999"] as const;
const TOKENS = ["\0", "\ufeff", "\r\n", "\r", "\n\n", "\n", '"', "'", ",", ";", "\t", "|", "{", "}", "[", "]", ":", "//", "#", "null", "true", "&a ", "*a", "<<: *a\n", "!!python/object/apply:os.system ['touch canary']", "__proto__", "constructor", "../", "..\\", "/etc/passwd", "\u001b[2K", "\b\b\b", "\u2028", "%s", "e9", "- ", "? ", "|\n", "epoch", "step", "loss"] as const;
const NESTS = ["[", '{"a":', "(", "[[[", '{"a":[', "- ", "? ", "\x91", "\x81\xa1a", "(l", "]", "\x0a\x80", "&a [*a,", "<a>", "{", '"', "\\"] as const;

const encode = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0));

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return together(parts);
}

function together(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(Math.min(LONGEST, parts.reduce((sum, part) => sum + part.length, 0)));
  let at = 0;
  for (const part of parts) {
    const piece = part.subarray(0, out.length - at);
    out.set(piece, at);
    at += piece.length;
  }
  return out;
}

const replaced = (bytes: Uint8Array, from: number, to: number, by: Uint8Array): Uint8Array => joined(bytes.subarray(0, from), by, bytes.subarray(to));

/** `part`, again and again, `times` times or up to `most` bytes. */
export function repeated(part: Uint8Array, times: number, most = LONGEST): Uint8Array {
  const out = new Uint8Array(Math.min(most, part.length * times));
  for (let at = 0; at < out.length; at += part.length) out.set(part.subarray(0, out.length - at), at);
  return out;
}

/** Mostly in the head, where lengths and offsets stand, and at the end, where directories do. */
function place(random: Random, length: number): number {
  const where = random.below(10);
  if (where < 4) return random.below(Math.min(length, 256));
  if (where < 6) return Math.max(0, length - 1 - random.below(Math.min(length, 128)));
  return random.below(length);
}

/** A length that is often small. */
function extent(random: Random, most: number): number {
  return Math.min(most, 1 + random.below(2 ** random.below(13)));
}

type Mutation = (bytes: Uint8Array, random: Random, others: Others) => Uint8Array;

const flip: Mutation = (bytes, random) => {
  for (let n = 1 + random.below(4); n > 0; n--) bytes[place(random, bytes.length)]! ^= 1 << random.below(8);
  return bytes;
};

const setByte: Mutation = (bytes, random) => {
  for (let n = 1 + random.below(3); n > 0; n--) bytes[place(random, bytes.length)] = random.pick(BYTES);
  return bytes;
};

/** Puts a boundary value where an integer of 16, 32 or 64 bits stands: one that may be a length or an offset, if one is found. */
const claim: Mutation = (bytes, random) => {
  const size = random.pick([2, 4, 4, 8] as const);
  if (bytes.length < size) return bytes;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const little = random.chance(0.7);
  let at = 0;
  for (let tries = 0; tries < 8; tries++) {
    at = Math.min(bytes.length - size, place(random, bytes.length));
    const here = size === 2 ? view.getUint16(at, little) : size === 4 ? view.getUint32(at, little) : Number(view.getBigUint64(at, little));
    if (here > 0 && here <= bytes.length) break;
  }
  const old = size === 2 ? BigInt(view.getUint16(at, little)) : size === 4 ? BigInt(view.getUint32(at, little)) : view.getBigUint64(at, little);
  const value = random.pick([random.pick(CLAIMS), random.pick(CLAIMS), old + 1n, old - 1n, old * 2n, BigInt(bytes.length), BigInt(bytes.length - at), BigInt(at), -old]);
  if (size === 2) view.setUint16(at, Number(BigInt.asUintN(16, value)), little);
  else if (size === 4) view.setUint32(at, Number(BigInt.asUintN(32, value)), little);
  else view.setBigUint64(at, BigInt.asUintN(64, value), little);
  return bytes;
};

const cut: Mutation = (bytes, random) => bytes.slice(0, random.below(bytes.length + 1));
const behead: Mutation = (bytes, random) => bytes.slice(extent(random, bytes.length));

const remove: Mutation = (bytes, random) => {
  const at = place(random, bytes.length);
  return replaced(bytes, at, Math.min(bytes.length, at + extent(random, bytes.length)), new Uint8Array(0));
};

const insert: Mutation = (bytes, random) => {
  const n = extent(random, 4096);
  const fill = new Uint8Array(n);
  if (random.chance(0.5)) fill.fill(random.pick(BYTES));
  else for (let i = 0; i < n; i++) fill[i] = random.next();
  const at = place(random, bytes.length);
  return replaced(bytes, at, at, fill);
};

const duplicate: Mutation = (bytes, random) => {
  const from = place(random, bytes.length);
  const block = bytes.slice(from, from + extent(random, bytes.length));
  const at = random.chance(0.5) ? from : place(random, bytes.length);
  return replaced(bytes, at, at, repeated(block, 1 + random.below(random.chance(0.2) ? 200 : 3), 1 << 18));
};

const overwrite: Mutation = (bytes, random, others) => {
  const from = random.chance(0.5) ? bytes : others(random);
  const begin = place(random, from.length);
  const block = from.slice(begin, begin + extent(random, from.length));
  const at = place(random, bytes.length);
  return replaced(bytes, at, Math.min(bytes.length, at + block.length), block);
};

const splice: Mutation = (bytes, random, others) => {
  const other = others(random);
  return random.chance(0.5)
    ? joined(bytes.subarray(0, random.below(bytes.length + 1)), other.subarray(random.below(other.length)))
    : joined(other.subarray(0, random.below(other.length)), bytes.subarray(random.below(bytes.length + 1)));
};

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 48 && byte <= 57;

/** Another number where one stands as text. */
const number: Mutation = (bytes, random) => {
  let from = place(random, bytes.length);
  const last = Math.min(bytes.length, from + 4096);
  while (from < last && !isDigit(bytes[from])) from++;
  if (from >= last) return setByte(bytes, random, () => bytes);
  let to = from;
  while (to < bytes.length && (isDigit(bytes[to]) || bytes[to] === 46)) to++;
  return replaced(bytes, from, to, encode(random.pick(NUMBERS)));
};

const token: Mutation = (bytes, random) => {
  const at = random.chance(0.1) ? 0 : place(random, bytes.length);
  return replaced(bytes, at, random.chance(0.5) ? at : Math.min(bytes.length, at + 1), new TextEncoder().encode(random.pick(TOKENS)));
};

/** Other ends of lines, or none. */
const lines: Mutation = (bytes, random) => {
  const by = encode(random.pick(["\r\n", "\r", "\n\n", "", "\0\n", "\n\r\n", " \n"]));
  const parts: Uint8Array[] = [];
  let from = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, from)) {
    parts.push(bytes.subarray(from, at), by);
    from = at + 1;
  }
  parts.push(bytes.subarray(from));
  return together(parts);
};

/** One token a hundred thousand times: nesting, long lines, runs. */
const bomb: Mutation = (bytes, random) => {
  const unit = encode(random.chance(0.7) ? random.pick(NESTS) : random.pick([" ", "0", "a", ",", "a,", "\n", "1 ", "-", "a=1 ", "0.5|", "\r", "\b", "\x1b[A", "e", "\0", "\xff", "=", "a:", "1e"]));
  const at = place(random, bytes.length);
  const many = repeated(unit, random.pick([1000, 20_000, 100_000]), 1 << 19);
  return random.chance(0.2) ? joined(bytes.subarray(0, at), many) : replaced(bytes, at, at, many);
};

/** By how often each is taken. */
const MUTATIONS: readonly (readonly [Mutation, number])[] = [
  [flip, 20], [setByte, 14], [claim, 24], [cut, 6], [behead, 1], [remove, 8], [insert, 7], [duplicate, 6], [overwrite, 8], [splice, 4], [number, 10], [token, 10], [lines, 2], [bomb, 1.2],
];
const WEIGHT = MUTATIONS.reduce((sum, [, weight]) => sum + weight, 0);

function mutation(random: Random): Mutation {
  let left = (random.next() / 2 ** 32) * WEIGHT;
  for (const [mutate, weight] of MUTATIONS) {
    left -= weight;
    if (left < 0) return mutate;
  }
  return flip;
}

/** Bytes of `whole` with one to a few mutations; `whole` itself stays as it is. */
export function mutated(whole: Uint8Array, random: Random, others: Others): Uint8Array {
  let bytes: Uint8Array = whole.slice();
  let times = 1;
  while (times < 12 && random.chance(0.4)) times++;
  for (; times > 0; times--) {
    if (bytes.length === 0) bytes = others(random).slice(0, 64);
    if (bytes.length > 0) bytes = mutation(random)(bytes, random, others);
  }
  return bytes;
}

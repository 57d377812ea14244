/** Strings by their bytes: a tag is decoded once, however often it is logged. */

/** Texts of the same hash that are kept: more are no accident. */
const MOST_ALIKE = 16;

interface Known {
  readonly bytes: Uint8Array;
  readonly tag: string;
  /** What came after it the last time: logs write the same tags in the same order. */
  next: Known | null;
}

export class TagTable {
  private readonly decoder = new TextDecoder();
  private readonly slots = new Map<number, Known[]>();
  private last: Known | null = null;

  /** The UTF-8 text in [start, end) of `bytes`. */
  at(bytes: Uint8Array, start: number, end: number): string {
    const { last } = this;
    const guess = last?.next ?? null;
    if (guess !== null && same(guess.bytes, bytes, start, end)) {
      this.last = guess;
      return guess.tag;
    }
    const found = this.find(bytes, start, end);
    if (last !== null) last.next = found;
    this.last = found;
    return found.tag;
  }

  private find(bytes: Uint8Array, start: number, end: number): Known {
    let h = end - start;
    for (let i = start; i < end; i++) h = (Math.imul(h, 31) + bytes[i]!) | 0;
    const slot = this.slots.get(h);
    if (slot !== undefined) {
      for (const known of slot) if (same(known.bytes, bytes, start, end)) return known;
    }
    const own = bytes.slice(start, end);
    const made: Known = { bytes: own, tag: this.decoder.decode(own), next: null };
    if (slot === undefined) this.slots.set(h, [made]);
    else if (slot.length < MOST_ALIKE) slot.push(made);
    return made;
  }
}

function same(known: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (known.length !== end - start) return false;
  for (let i = 0; i < known.length; i++) if (known[i] !== bytes[start + i]) return false;
  return true;
}

/** Files that are one sequence of bytes. */
import type { ByteSource } from "./source";

/** `parts` one after the other as one source. */
export function joinedSource(name: string, parts: readonly ByteSource[]): ByteSource {
  if (parts.length === 1) return parts[0]!;
  const starts: number[] = [];
  let size = 0;
  for (const part of parts) {
    starts.push(size);
    size += part.size;
  }
  return {
    name,
    size,
    read(offset, length, keep) {
      const end = Math.min(size, offset + length);
      let i = partAt(starts, offset);
      if (i < 0 || end <= offset) return new Uint8Array(0);
      if (end <= starts[i]! + parts[i]!.size) return parts[i]!.read(offset - starts[i]!, end - offset, keep);
      const out = new Uint8Array(end - offset);
      let at = 0;
      for (; i < parts.length && offset + at < end; i++) {
        const want = Math.min(end, starts[i]! + parts[i]!.size) - offset - at;
        const bytes = parts[i]!.read(offset + at - starts[i]!, want);
        out.set(bytes, at);
        at += bytes.length;
        if (bytes.length < want) break; // it was cut off since
      }
      return out.subarray(0, at);
    },
  };
}

/** The last part that begins at or before `offset`; -1 without one. */
function partAt(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (starts[middle]! <= offset) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

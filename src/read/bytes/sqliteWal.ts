/** SQLite's write-ahead log (https://www.sqlite.org/fileformat2.html#the_write_ahead_log): where the newest committed page stands. */
import type { ByteSource } from "./source";

const HEADER = 32;
const FRAME_HEADER = 24;
/** 0x377f0682, or …83 where checksums read big-endian words. */
const MAGIC = 0x377f0682;
const VERSION = 3007000;

export interface Wal {
  /** Page number → offset of its bytes in the log, of the last commit. */
  readonly frames: ReadonlyMap<number, number>;
  /** Pages of the database after the last commit; 0 when the log holds none. */
  readonly pages: number;
}

/** Frames count while their salts and their running checksum are right, and only up to the last that ends a commit. */
export function readWal(source: ByteSource, pageSize: number): Wal {
  const frames = new Map<number, number>();
  let pages = 0;
  const head = source.read(0, HEADER, true);
  if (head.length < HEADER) return { frames, pages };
  const view = viewOf(head);
  const magic = view.getUint32(0);
  if ((magic & ~1) >>> 0 !== MAGIC || view.getUint32(4) !== VERSION || view.getUint32(8) !== pageSize) return { frames, pages };
  const little = (magic & 1) === 0;
  let sum: [number, number] = checksum(view, 0, 24, little, [0, 0]);
  if (sum[0] !== view.getUint32(24) || sum[1] !== view.getUint32(28)) return { frames, pages };
  const salts = [view.getUint32(16), view.getUint32(20)];
  let open: [number, number][] = [];
  for (let at = HEADER; at + FRAME_HEADER + pageSize <= source.size; at += FRAME_HEADER + pageSize) {
    const frame = source.read(at, FRAME_HEADER + pageSize);
    if (frame.length < FRAME_HEADER + pageSize) break;
    const v = viewOf(frame);
    if (v.getUint32(8) !== salts[0] || v.getUint32(12) !== salts[1]) break;
    sum = checksum(v, 0, 8, little, sum);
    sum = checksum(v, FRAME_HEADER, FRAME_HEADER + pageSize, little, sum);
    if (sum[0] !== v.getUint32(16) || sum[1] !== v.getUint32(20)) break;
    open.push([v.getUint32(0), at + FRAME_HEADER]);
    const commit = v.getUint32(4);
    if (commit === 0) continue;
    for (const [page, offset] of open) frames.set(page, offset);
    open = [];
    pages = commit;
  }
  return { frames, pages };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Fibonacci-weighted sums over pairs of 32-bit words. */
function checksum(view: DataView, start: number, end: number, little: boolean, from: readonly [number, number]): [number, number] {
  let [a, b] = from;
  for (let i = start; i < end; i += 8) {
    a = (a + view.getUint32(i, little) + b) >>> 0;
    b = (b + view.getUint32(i + 4, little) + a) >>> 0;
  }
  return [a, b];
}

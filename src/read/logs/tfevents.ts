/**
 * TensorBoard event files: TFRecord frames (u64 length, its masked CRC-32C, data, the data's) around Event messages
 * (tensorflow/core/util/event.proto, framework/summary.proto). Scalars are taken, everything else is stepped over by its length.
 *
 * Restarts: points of a tag at or after a repeated step give way (the collector sees to it); SessionLog.START gives up all tags
 * from its step on. A file with a bad length checksum ends there ("corrupt"); a record with a bad data checksum is left out.
 */
import { crc32c, masked, maskedCrc32c } from "../bytes/crc32c";
import type { ByteSource } from "../bytes/source";
import type { LogFormat, LogRead, LogSink } from "../format";
import { continues, fingerprint, type Fingerprint } from "./fingerprint";
import { EventDecoder } from "./tfeventsDecoder";

export interface TfeventsState extends Fingerprint {
  /** Records left out, and where the first of them starts. */
  readonly bad: number;
  readonly firstBad: number;
}

const NAME = "tfevents";
/** Bytes read at once, at first and after a large record; twice as many each time that all of them were needed. */
const FIRST_WINDOW = 1 << 14;
const LAST_WINDOW = 1 << 18;
/** A longer record is stepped through before its bytes are looked at: most hold pictures and histograms. Windows are larger. */
const LARGE = 1 << 12;
/** Masked checksums of lengths, 0 where not computed yet: nearly all records have one of a few. */
const SHORT = 1 << 12;
const LENGTH_CHECKS = new Uint32Array(SHORT);
/** Bytes around a record's data: length, its checksum, the data's checksum. */
const FRAME = 16;
const EMPTY = new Uint8Array(0);

export const tfevents: LogFormat<TfeventsState> = {
  name: NAME,
  /** By name as TensorBoard does; an empty or torn head counts, a head that is no TFRecord does not. */
  probe(name, head) {
    const file = name.slice(name.lastIndexOf("/") + 1);
    if (!file.includes("tfevents") || file.endsWith(".profile-empty")) return false;
    if (head.length < 12) return true;
    return maskedCrc32c(head, 0, 8) === uint32(head, 8);
  },
  read(source, state, sink) {
    const from = state !== null && continues(source, state) ? state : null;
    if (from === null) sink.reset();
    return readRecords(source, from ?? { offset: 0, size: 0, head: 0, tail: 0, bad: 0, firstBad: 0 }, sink);
  },
};

function readRecords(source: ByteSource, from: TfeventsState, sink: LogSink): LogRead<TfeventsState> {
  const decoder = new EventDecoder(sink);
  const { size } = source;
  let { bad, firstBad } = from;
  let offset = from.offset;
  let end: LogRead<TfeventsState>["end"] = "complete";
  let problem: string | null = null;
  const leaveOut = (at: number): void => {
    if (bad++ === 0) firstBad = at;
  };

  let window: Uint8Array = EMPTY;
  let base = 0;
  let ahead = FIRST_WINDOW;
  while (offset < size) {
    end = "torn";
    if (size - offset < FRAME) break;
    let pos = offset - base;
    if (pos + 12 > window.length) {
      window = source.read((base = offset), ahead);
      decoder.over(window);
      ahead = Math.min(LAST_WINDOW, ahead * 2);
      pos = 0;
      if (window.length < 12) break; // shrank while it was read: the next read sees it
    }
    const low = uint32(window, pos);
    const high = uint32(window, pos + 4);
    const check = uint32(window, pos + 8);
    if (high !== 0 || low >= SHORT || check === 0 || LENGTH_CHECKS[low] !== check) {
      if (maskedCrc32c(window, pos, pos + 8) !== check) {
        end = "corrupt";
        problem = `${NAME}: bad checksum of a record's length at offset ${offset} of ${size}; what comes before was kept`;
        break;
      }
      if (high === 0 && low < SHORT) LENGTH_CHECKS[low] = check;
    }
    const length = low + high * 2 ** 32;
    if (length > size - offset - FRAME) break;
    const next = pos + FRAME + length;
    if (next <= window.length) {
      // A large record is mostly what is not looked at: only where it gives something must its checksum be right.
      const gives = length <= LARGE || decoder.gives(() => decoder.event(pos + 12, next - 4));
      if (gives && (maskedCrc32c(window, pos + 12, next - 4) !== uint32(window, next - 4) || !decoder.event(pos + 12, next - 4))) leaveOut(offset);
    } else if (length <= LARGE) {
      if (pos === 0) break; // as above
      window = EMPTY; // once more, with the record at the window's start
      end = "complete";
      continue;
    } else {
      const data = offset + 12;
      const read = (): boolean => decoder.largeEvent(source, data, data + length);
      if (decoder.gives(read) && (!isWhole(source, data, length) || !read())) leaveOut(offset);
      window = EMPTY;
      ahead = FIRST_WINDOW;
    }
    offset += FRAME + length;
    end = "complete";
  }

  if (problem === null && bad > 0) problem = `${NAME}: ${bad} damaged ${bad === 1 ? "record" : "records"} left out, the first at offset ${firstBad} of ${size}`;
  return { state: { ...fingerprint(source, offset), bad, firstBad }, end, problem, unit: "step" };
}

/** Whether the data at `start` has its checksum. */
function isWhole(source: ByteSource, start: number, length: number): boolean {
  let crc = 0;
  for (let at = 0; at < length; ) {
    const bytes = source.read(start + at, Math.min(LAST_WINDOW, length - at));
    if (bytes.length === 0) return false;
    crc = crc32c(bytes, 0, bytes.length, crc);
    at += bytes.length;
  }
  return masked(crc) === uint32(source.read(start + length, 4), 0);
}

function uint32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
}

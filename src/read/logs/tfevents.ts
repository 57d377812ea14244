/**
 * TensorBoard event files: TFRecord frames (u64 length, its masked CRC-32C, data, the data's) around Event messages
 * (tensorflow/core/util/event.proto, framework/summary.proto). Scalars are taken, everything else is stepped over by its length.
 *
 * Restarts: points of a tag at or after a repeated step give way (the collector sees to it); SessionLog.START gives up all tags
 * from its step on. A file with a bad length checksum ends there ("corrupt"); a record with a bad data checksum is left out.
 */
import { maskedCrc32c } from "../bytes/crc32c";
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
const WINDOW = 1 << 20;
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
  while (offset < size) {
    end = "torn";
    if (size - offset < FRAME) break;
    let pos = offset - base;
    if (pos + 12 > window.length) {
      window = source.read((base = offset), WINDOW);
      decoder.over(window);
      pos = 0;
      if (window.length < 12) break; // shrank while it was read: the next read sees it
    }
    if (maskedCrc32c(window, pos, pos + 8) !== uint32(window, pos + 8)) {
      end = "corrupt";
      problem = `${NAME}: bad checksum of a record's length at offset ${offset} of ${size}; what comes before was kept`;
      break;
    }
    const length = uint32(window, pos) + uint32(window, pos + 4) * 2 ** 32;
    if (length > size - offset - FRAME) break;
    const next = pos + FRAME + length;
    if (next <= window.length) {
      if (maskedCrc32c(window, pos + 12, next - 4) !== uint32(window, next - 4) || !decoder.event(pos + 12, next - 4)) leaveOut(offset);
    } else if (FRAME + length <= WINDOW) {
      if (pos === 0) break; // as above
      window = EMPTY; // once more, with the record at the window's start
      end = "complete";
      continue;
    } else {
      if (!decoder.largeEvent(source, offset + 12, offset + 12 + length)) leaveOut(offset);
      window = EMPTY;
    }
    offset += FRAME + length;
    end = "complete";
  }

  if (problem === null && bad > 0) problem = `${NAME}: ${bad} damaged ${bad === 1 ? "record" : "records"} left out, the first at offset ${firstBad} of ${size}`;
  return { state: { ...fingerprint(source, offset), bad, firstBad }, end, problem, unit: "step" };
}

function uint32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
}

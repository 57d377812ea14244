/** NumPy archives: .npz, a ZIP of .npy, stored (np.savez) or deflated (np.savez_compressed). */
import type { VolumeEntry, VolumeFormat } from "../format";
import type { ByteSource, Inflate } from "../bytes/source";
import { FormatError } from "../bytes/source";
import { firstBytes, KEPT_STREAM, SMALL_STREAM, streamSource } from "../bytes/stream";
import type { ZipEntry, ZipFile } from "../bytes/zip";
import { isZip, openZip, STORED } from "../bytes/zip";
import { npyEntry } from "./npy";
import type { NpyHeader } from "./npyHeader";
import { NotNumeric, readNpyHeader } from "./npyHeader";

const FORMAT = "npz";
const SUFFIX = ".npy";
/** Bytes that hold the header of almost any array. */
const HEAD = 1 << 10;

export const npz: VolumeFormat = {
  name: FORMAT,
  probe: (name, head) => name.toLowerCase().endsWith(".npz") || (isZip(head) && firstName(head).endsWith(SUFFIX)),
  open(source, tools) {
    const zip = openZip(source, FORMAT);
    const entries: VolumeEntry[] = [];
    const problems: string[] = [];
    for (const member of zip.entries) {
      if (!member.name.endsWith(SUFFIX)) continue;
      try {
        entries.push(entryOf(source, zip, member, tools.inflate));
      } catch (error) {
        // Text beside the arrays (class names, say) is no fault of the file.
        if (error instanceof NotNumeric) continue;
        if (!(error instanceof FormatError)) throw error;
        problems.push(error.message);
      }
    }
    return { entries, problems, close: () => undefined };
  },
};

/** Name of the first member, from the local header at the start of the archive. */
function firstName(head: Uint8Array): string {
  const length = (head[26] ?? 0) | ((head[27] ?? 0) << 8);
  return new TextDecoder().decode(head.subarray(30, 30 + length));
}

function entryOf(source: ByteSource, zip: ZipFile, member: ZipEntry, inflate: Inflate): VolumeEntry {
  const name = member.name.slice(0, -SUFFIX.length);
  const format = `${FORMAT}: ${name}`;
  if (member.method === STORED) {
    const window = zip.window(member);
    return npyEntry(format, window, readNpyHeader(format, (bytes) => window.read(0, bytes)), name, true);
  }
  const stream = streamSource(`${source.name}#${name}`, member.size, () => zip.pieces(member, inflate));
  const header = member.compressedSize > SMALL_STREAM || member.size > KEPT_STREAM ? deflatedHeader(format, zip, member, inflate) : readNpyHeader(format, (bytes) => stream.read(0, bytes));
  return npyEntry(format, stream, header, name, member.size <= KEPT_STREAM);
}

/** Reads the header from as little of the compressed data as gives it: opening an archive shall not decompress it. */
function deflatedHeader(format: string, zip: ZipFile, member: ZipEntry, inflate: Inflate): NpyHeader {
  for (let take = 1 << 10; ; take *= 8) {
    try {
      const head = firstBytes(zip.pieces(member, inflate, take), HEAD);
      return readNpyHeader(format, (bytes) => (bytes <= HEAD ? head.subarray(0, bytes) : firstBytes(zip.pieces(member, inflate, take), bytes)));
    } catch (error) {
      if (take >= member.compressedSize || !(error instanceof FormatError) || !error.torn) throw error;
    }
  }
}

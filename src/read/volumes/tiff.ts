/** TIFF and BigTIFF images and stacks (TIFF 6.0 with Adobe's technical notes): strips, tiles, planes, one array a file. */
import type { VolumeEntry, VolumeFormat } from "../format";
import type { ByteSource, NumericArray, ReadTools } from "../bytes/source";
import { FormatError } from "../bytes/source";
import { KEPT_STREAM } from "../bytes/stream";
import { allocate, sizeOf, toNumbers } from "../bytes/typed";
import { countOf } from "./arrayReader";
import { Directory, isTiff, readTiffHead } from "./tiffDirectory";
import { alikePages, isSideImage, readPage, type Page } from "./tiffPage";
import { bytesOf, readBand } from "./tiffSegments";
import { everySecond } from "./samples";
import { hiddenPage, hiddenPages, stackAxes } from "./tiffSeries";

const FORMAT = "tiff";
const MOST_PAGES = 1 << 17;
const MOST_DESCRIPTION = 1 << 16;

/**
 * Entry of shape (pages, H, W), the pages' axis split where the description tells how and left out for a single one; with
 * several samples (…, H, W, S), or (…, S, H, W) where each has a plane of its own (no colours then: tifffile writes any stack
 * of three or four images so). Values as stored:
 * those of an image whose 0 is white are not turned round. Smaller copies and masks of transparency are passed over.
 */
export const tiff: VolumeFormat = {
  name: FORMAT,
  probe: (name, head) => isTiff(head) || /\.tiff?$/i.test(name),
  open(source, tools) {
    const { pages, description, problems } = readPages(source);
    const first = pages[0]!;
    const { width, height, samples, colour, alpha, planar } = first;
    const hidden = pages.length === 1 ? hiddenPages(FORMAT, description, first, source.size) : 1;
    const count = pages.length * hidden;
    const axes = stackAxes(description, count, samples);
    const shape = [...axes, ...(samples === 1 || alpha ? [height, width] : planar ? [samples, height, width] : [height, width, samples])];
    countOf(FORMAT, shape);
    const palette = first.palette();
    const entry: VolumeEntry = {
      entry: null,
      dtype: first.element,
      shape,
      order: "C",
      scaled: false,
      seekable: true,
      read: pageReader(source, tools, first, count, (i) => (hidden > 1 ? hiddenPage(first, i) : pages[i]!)),
      ...(colour === null ? {} : { colour }),
      ...(palette === null ? {} : { palette }),
    };
    return { entries: [entry], problems, close: () => undefined };
  },
};

interface Pages {
  readonly pages: readonly Page[];
  readonly description: string | null;
  readonly problems: readonly string[];
}

/** The pages that agree with the first in size and kind. Throws FormatError: torn where a directory lies beyond the end. */
function readPages(source: ByteSource): Pages {
  const head = readTiffHead(FORMAT, source);
  const pages: Page[] = [];
  const problems: string[] = [];
  const seen = new Set<number>();
  let description: string | null = null;
  let others = 0;
  let refused: FormatError | null = null;
  if (head.first === 0) throw new FormatError(FORMAT, "no directory yet: still being written?", true);
  for (let at = head.first; at !== 0; ) {
    if (seen.has(at)) {
      problems.push(`${FORMAT}: the directories run in a circle: the one at byte ${at} comes twice`);
      break;
    }
    seen.add(at);
    if (seen.size > MOST_PAGES) throw new FormatError(FORMAT, `more than ${MOST_PAGES} pages`);
    const directory = new Directory(FORMAT, source, head, at);
    at = directory.next;
    if (isSideImage(directory)) continue;
    try {
      const page = readPage(FORMAT, directory, head.littleEndian);
      if (pages.length === 0) description = directory.text(270, MOST_DESCRIPTION);
      if (pages.length === 0 || alikePages(pages[0]!, page)) pages.push(page);
      else others++;
    } catch (error) {
      if (!(error instanceof FormatError) || error.torn) throw error;
      refused ??= error;
    }
  }
  if (pages.length === 0) throw refused ?? new FormatError(FORMAT, "holds no image but smaller copies");
  if (refused !== null) problems.push(refused.message);
  if (others > 0) problems.push(`${FORMAT}: ${others} of ${others + pages.length} pages differ from the first (${pages[0]!.width} × ${pages[0]!.height}, ${pages[0]!.element}) and are left out`);
  return { pages, description, problems };
}

/** Reads elements of `count` pages like `first`. */
function pageReader(source: ByteSource, tools: ReadTools, first: Page, count: number, pageAt: (index: number) => Page): VolumeEntry["read"] {
  const { width, height, samples, alpha, planar } = first;
  /** Planes that follow each other, and values of a pixel in each. */
  const planes = planar && !alpha ? samples : 1;
  const each = alpha || planar ? 1 : samples;
  const rowLength = width * each;
  const planeLength = rowLength * height;
  const total = planeLength * planes * count;
  const kept = new Map<string, NumericArray>();
  let keptBytes = 0;
  let current: { readonly index: number; readonly page: Page } | null = null;
  const pageOf = (index: number): Page => {
    if (current?.index !== index) current = { index, page: withPlaces(pageAt(index)) };
    return current.page;
  };

  const band = (index: number, plane: number, at: number): NumericArray => {
    const key = `${index} ${plane} ${at}`;
    const known = kept.get(key);
    if (known !== undefined) return known;
    const page = pageOf(index);
    const stored = readBand(FORMAT, source, tools, page, plane, at);
    const values = alpha && !planar ? everySecond(stored) : stored;
    if (keptBytes + values.byteLength > KEPT_STREAM) {
      kept.clear();
      keptBytes = 0;
    }
    kept.set(key, values);
    keptBytes += values.byteLength;
    return values;
  };

  return (start, wanted) => {
    if (start < 0 || wanted < 0 || start + wanted > total) throw new FormatError(FORMAT, `values ${start} to ${start + wanted} asked of ${total}`);
    const runs = new Runs(source, first, wanted);
    for (let done = 0; done < wanted; ) {
      const at = start + done;
      const nth = Math.floor(at / planeLength);
      const inPlane = at - nth * planeLength;
      const index = Math.floor(nth / planes);
      const plane = nth % planes;
      const page = pageOf(index);
      const bandLength = page.segment.height * rowLength;
      const which = Math.floor(inPlane / bandLength);
      const from = inPlane - which * bandLength;
      const n = Math.min(wanted - done, Math.min(bandLength, planeLength - which * bandLength) - from);
      const offset = page.places().offsets[plane * page.down + which]!;
      // At byte 0 lies the header: such a strip was left out.
      if (isPlain(page) && offset !== 0) runs.add(offset + from * sizeOf(first.element), n);
      else runs.put(band(index, plane, which).subarray(from, from + n));
      done += n;
    }
    return runs.result();
  };
}

/** Whether the bytes of a strip are its numbers. */
function isPlain(page: Page): boolean {
  return page.compression === "none" && !page.tiled && page.predictor === 1 && !page.reversed && page.bits >= 8 && (!page.alpha || page.planar);
}

/** With the places of its strips read once. */
function withPlaces(page: Page): Page {
  const places = page.places();
  return { ...page, places: () => places };
}

/** Gathers values from strips that follow each other in the file, in as few reads as they allow, and from decoded ones. */
class Runs {
  private out: NumericArray | null = null;
  private done = 0;
  private from = 0;
  private pending = 0;

  constructor(
    private readonly source: ByteSource,
    private readonly page: Page,
    private readonly wanted: number,
  ) {}

  /** The next `n` elements lie at byte `offset`. */
  add(offset: number, n: number): void {
    if (this.pending > 0 && offset !== this.from + this.pending * sizeOf(this.page.element)) this.flush();
    if (this.pending === 0) this.from = offset;
    this.pending += n;
  }

  put(values: NumericArray): void {
    this.flush();
    this.copy(values);
  }

  result(): NumericArray {
    // One run is given as it was read.
    if (this.out === null && this.pending === this.wanted && this.wanted > 0) return this.take();
    this.flush();
    return this.out ?? allocate(this.page.element, 0);
  }

  private copy(values: NumericArray): void {
    this.out ??= allocate(this.page.element, this.wanted);
    bytesOf(this.out).set(bytesOf(values), this.done * this.out.BYTES_PER_ELEMENT);
    this.done += values.length;
  }

  private flush(): void {
    if (this.pending > 0) this.copy(this.take());
  }

  private take(): NumericArray {
    const { element, littleEndian } = this.page;
    const length = this.pending * sizeOf(element);
    const bytes = Number.isSafeInteger(this.from) && this.from >= 0 && this.from + length <= this.source.size ? this.source.read(this.from, length, true) : new Uint8Array(0);
    if (bytes.length < length) throw new FormatError(FORMAT, `a strip ends at byte ${this.from + length} of a file of ${this.source.size}`, true);
    this.pending = 0;
    return toNumbers(element, bytes, littleEndian);
  }
}

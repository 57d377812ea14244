/** Stacks in TIFF files: what the description of the first page says of the others (ImageJ, tifffile, OME). */
import { FormatError } from "../bytes/source";
import { sizeOf } from "../bytes/typed";
import type { Page } from "./tiffPage";

/** Axes that the pages are counted along, slowest first, where the description tells them; their product is the number of pages. */
export function stackAxes(description: string | null, pages: number, samples: number): readonly number[] {
  const told = description === null ? null : (imageJ(description)?.axes ?? shaped(description)?.shape.slice(0, -2) ?? ome(description, samples));
  const axes = (told ?? []).filter((n) => n > 1);
  for (const list of [axes, axes.slice(0, -1)]) if (list.reduce((a, b) => a * b, 1) === pages) return list;
  return pages > 1 ? [pages] : [];
}

/**
 * Pages without directories of their own, which lie behind the first one's data (ImageJ beyond 4 GiB, tifffile on request).
 * 1 where there are none. Throws FormatError, torn, where the file ends before.
 */
export function hiddenPages(format: string, description: string | null, page: Page, fileSize: number): number {
  if (description === null || page.compression !== "none" || page.tiled || page.bits % 8 !== 0 || page.predictor !== 1 || page.reversed) return 1;
  const told = shaped(description);
  const frame = frameBytes(page);
  const images = imageJ(description)?.images ?? (told?.truncated === true ? Math.round((told.shape.reduce((a, b) => a * b, 1) * sizeOf(page.element)) / frame) : 1);
  if (!Number.isSafeInteger(images) || images <= 1) return 1;
  const { offsets } = page.places();
  const strip = page.segment.height * (frame / page.height);
  if (!page.planar && offsets.slice(0, page.down).some((at, i) => at !== offsets[0]! + i * strip)) return 1;
  const end = offsets[0]! + images * frame;
  if (!(end <= fileSize)) throw new FormatError(format, `${images} images end at byte ${end} of a file of ${fileSize}`, true);
  return images;
}

/** Bytes of an uncompressed page. */
function frameBytes(page: Page): number {
  return page.width * page.height * page.samples * sizeOf(page.element);
}

/** Page `index` of those behind `page`. */
export function hiddenPage(page: Page, index: number): Page {
  if (index === 0) return page;
  return {
    ...page,
    places: () => {
      const { offsets, counts } = page.places();
      return { offsets: offsets.map((at) => at + index * frameBytes(page)), counts };
    },
  };
}

function imageJ(description: string): { readonly images: number; readonly axes: readonly number[] } | null {
  if (!description.startsWith("ImageJ=")) return null;
  const value = (key: string): number => Number(new RegExp(`^${key}=(\\d+)`, "m").exec(description)?.[1] ?? 1);
  return { images: value("images"), axes: [value("frames"), value("slices"), value("channels")] };
}

function shaped(description: string): { readonly shape: readonly number[]; readonly truncated: boolean } | null {
  const list = /^\{.*"shape":\s*\[([\d,\s]+)\]/.exec(description)?.[1];
  if (list === undefined) return null;
  return { shape: list.split(",").map(Number), truncated: /"truncated":\s*true/.test(description) };
}

function ome(description: string, samples: number): number[] | null {
  const pixels = /<(?:OME:)?Pixels\b[^>]*>/.exec(description)?.[0];
  const order = pixels === undefined ? undefined : /\bDimensionOrder="XY([ZCT]{3})"/.exec(pixels)?.[1];
  if (pixels === undefined || order === undefined) return null;
  const size = (axis: string): number => Number(new RegExp(`\\bSize${axis}="(\\d+)"`).exec(pixels)?.[1] ?? 1) / (axis === "C" ? samples : 1);
  return order.split("").reverse().map(size);
}

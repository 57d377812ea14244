/** Masks whose colours stand for classes. */
import type { NumericArray } from "../read/bytes/source";
import type { VolumeEntry } from "../read/format";
import { MOST_COLOURS } from "../read/volumes/colourEntry";
import { MeasureError } from "./measureError";

/** What colours, as 0xRRGGBB, stand for. */
export interface ColourClasses {
  /** Colour of each class, null where it has none. Null as a whole: grey pixels alone, whose grey value is what they mean. */
  readonly colours: readonly (number | null)[] | null;
  /** Whether something tells the order of the classes; else it is that of the sorted colours. */
  readonly told: boolean;
  /** A sentence for the user; null where nothing was assumed. */
  readonly assumption: string | null;
}

/** Pixels of one grey value in red, green and blue. */
export const GREYS: ColourClasses = { colours: null, told: true, assumption: null };
/** Borders, and what cannot be told, in the masks of Pascal VOC: left out of every score. */
const VOC_BORDER = 0xe0e0c0;
/** Colours that are named in a sentence. */
const NAMED = 12;

/**
 * Classes of all the colours that the label files of a run hold. A colour table decides where it has at least half of them; else
 * the grey values, where all are grey; else their order by red, green, blue (black first), as numpy.unique has it. Throws
 * MeasureError where there are too many.
 */
export function colourClasses(labels: ReadonlySet<number>, table: readonly (number | null)[] | null): ColourClasses {
  if (labels.size > MOST_COLOURS) throw new MeasureError(`labels hold more than ${MOST_COLOURS} colours: pictures, no masks of classes`);
  const all = [...labels].sort((a, b) => a - b);
  if (table !== null) {
    const left = all.filter((code) => !table.includes(code) && code !== VOC_BORDER);
    if (left.length * 2 <= all.length) return { colours: table, told: true, assumption: left.length === 0 ? null : `Colours of the labels that the colour table lacks (${namesOf(left)}) are left out.` };
  }
  if (all.every(isGrey)) return GREYS;
  const colours = all.length > 2 ? all.filter((code) => code !== VOC_BORDER) : all;
  const border = colours.length < all.length ? `; ${nameOf(VOC_BORDER)} is left out` : "";
  return { colours, told: false, assumption: `No colour table was found: the labels' colours ${namesOf(colours)} are taken for classes 0 to ${colours.length - 1} in this order${border}.` };
}

/** Labels or predictions as class indices: -1 where a label's colour stands for no class, one beyond the last class where a prediction's does. */
export function classEntry(entry: VolumeEntry, classes: ColourClasses, what: "labels" | "predictions", labelsAreColours: boolean): VolumeEntry {
  if (entry.colour !== undefined) return mapped(entry, classOf(classes, what), (code) => code);
  if (what === "labels" || !labelsAreColours || classes.told || classes.colours === null) return entry;
  const { palette } = entry;
  if (palette?.every(isGrey) === false) return mapped(entry, classOf(classes, what), (index) => palette[index] ?? -1);
  if (classes.colours.length <= 2) return entry;
  throw new MeasureError("labels are colours, predictions class indices, and no colour table tells which colour is which class");
}

/** `codeOf`: from a value of the entry to a colour. */
function mapped(entry: VolumeEntry, toClass: (code: number) => number, codeOf: (value: number) => number): VolumeEntry {
  const known = new Map<number, number>();
  const { shape, order, seekable } = entry;
  return { entry: entry.entry, dtype: "int16", shape, order, scaled: false, seekable, read: (start, count) => classesOf(entry.read(start, count), known, (value) => toClass(codeOf(value))) };
}

function classesOf(values: NumericArray, known: Map<number, number>, toClass: (value: number) => number): Int16Array {
  const out = new Int16Array(values.length);
  let before = -1;
  let index = -1;
  for (let i = 0; i < out.length; i++) {
    const value = Number(values[i]!);
    // Neighbours are mostly alike.
    if (value !== before || i === 0) {
      before = value;
      let found = known.get(value);
      if (found === undefined) {
        found = toClass(value);
        if (known.size < MOST_COLOURS * MOST_COLOURS) known.set(value, found);
      }
      index = found;
    }
    out[i] = index;
  }
  return out;
}

function classOf(classes: ColourClasses, what: "labels" | "predictions"): (code: number) => number {
  const { colours } = classes;
  if (colours === null) {
    return (code) => {
      if (!isGrey(code)) throw new MeasureError(`${what} hold the colour ${nameOf(code)}, labels class indices or grey values, and no colour table tells which class it is`);
      return code & 255;
    };
  }
  const index = new Map<number, number>();
  colours.forEach((code, i) => {
    if (code !== null && !index.has(code)) index.set(code, i);
  });
  return (code) => index.get(code) ?? (what === "labels" ? -1 : colours.length);
}

function isGrey(code: number): boolean {
  return code === (code & 255) * 0x010101;
}

function nameOf(code: number): string {
  return `#${code.toString(16).padStart(6, "0")}`;
}

function namesOf(codes: readonly number[]): string {
  return codes.slice(0, NAMED).map(nameOf).join(", ") + (codes.length > NAMED ? ` and ${codes.length - NAMED} more` : "");
}

/** What the colours of a run's masks stand for, decided once for all its epochs. */
import { LibraryNeeded } from "../read/bytes/hdf5";
import type { VolumeEntry } from "../read/format";
import type { RunPlan, VolumeHeader, VolumeRef } from "../read/layout/plan";
import { MOST_COLOURS } from "../read/volumes/colourEntry";
import { classEntry, colourClasses, GREYS, type ColourClasses } from "../measure/colours";
import { MeasureError } from "../measure/measureError";
import { codeOf, isOfContent } from "./errors";

const PIECE = 1 << 20;

/** What label files hold: their distinct colours, and the palette of one whose pixels are indices. */
export interface Seen {
  readonly colours: readonly number[];
  readonly palette: readonly number[] | null;
}

export class RunColours {
  private constructor(
    /** Or why they stand for nothing. */
    private readonly classes: ColourClasses | MeasureError,
    private readonly labelsAreColours: boolean,
  ) {}

  /**
   * Null where no labels or predictions are colours. `table`: colour of each class, as the run's settings name them. `open` and
   * `remembered` as the shelf and the cache have them.
   */
  static of(plan: RunPlan, headers: readonly VolumeHeader[], table: readonly (number | null)[] | null, open: (ref: VolumeRef) => VolumeEntry, remembered: (refs: readonly VolumeRef[], look: () => Seen) => Seen): RunColours | null {
    const coloured = new Set(headers.filter((header) => header.colour !== undefined).map((header) => header.path));
    if (coloured.size === 0) return null;
    const labels = [...plan.pairs.flatMap((pair) => pair.cases.map((c) => c.labels)), ...plan.labels.flatMap((set) => set.cases.map((c) => c.ref))];
    const refs = [...new Map(labels.map((ref) => [`${ref.path}#${ref.entry ?? ""}`, ref])).values()];
    const ofLabels = refs.some((ref) => coloured.has(ref.path));
    if (!ofLabels && !plan.pairs.some((pair) => pair.cases.some((c) => coloured.has(c.predictions.path)))) return null;
    const seen = remembered(refs, () => look(refs, open));
    if (ofLabels) return new RunColours(decided(new Set(seen.colours), table ?? seen.palette), true);
    const colours = table ?? seen.palette;
    return new RunColours(colours === null ? GREYS : { colours, told: true, assumption: null }, false);
  }

  /** For what is measured with it: results of one table are not those of another. */
  get key(): unknown {
    return this.classes instanceof MeasureError ? this.classes.message : [this.classes.colours, this.classes.told, this.labelsAreColours];
  }

  get assumption(): string | null {
    return this.classes instanceof MeasureError ? null : this.classes.assumption;
  }

  /** Class indices in place of colours. Throws MeasureError where they stand for no classes. */
  apply(entry: VolumeEntry, what: "labels" | "predictions"): VolumeEntry {
    if (this.classes instanceof MeasureError) throw this.classes;
    return classEntry(entry, this.classes, what, this.labelsAreColours);
  }
}

function decided(colours: ReadonlySet<number>, table: readonly (number | null)[] | null): ColourClasses | MeasureError {
  try {
    return colourClasses(colours, table);
  } catch (error) {
    if (error instanceof MeasureError) return error;
    throw error;
  }
}

/** Goes through all label files; those that cannot be read say so when they are measured. */
function look(refs: readonly VolumeRef[], open: (ref: VolumeRef) => VolumeEntry): Seen {
  const colours = new Set<number>();
  let palette: readonly number[] | null = null;
  for (const ref of refs) {
    if (colours.size > MOST_COLOURS) break;
    try {
      const entry = open(ref);
      palette ??= entry.palette ?? null;
      if (entry.colour !== undefined) gather(entry, colours);
    } catch (error) {
      if (error instanceof LibraryNeeded || !(isOfContent(error) || codeOf(error) !== undefined)) throw error;
    }
  }
  return { colours: [...colours], palette };
}

function gather(entry: VolumeEntry, colours: Set<number>): void {
  const total = entry.shape.reduce((a, b) => a * b, 1);
  for (let at = 0; at < total && colours.size <= MOST_COLOURS; at += PIECE) {
    const values = entry.read(at, Math.min(PIECE, total - at));
    let before = -1;
    for (let i = 0; i < values.length && colours.size <= MOST_COLOURS; i++) {
      const value = Number(values[i]!);
      if (value !== before) colours.add((before = value));
    }
  }
}

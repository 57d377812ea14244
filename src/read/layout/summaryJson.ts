/**
 * nnU-Net's own scores of a validation, `validation/summary.json`: version 2 (metric_per_case, mean, foreground_mean;
 * nnunetv2/evaluation/evaluate_predictions.py) and version 1 (results.all, results.mean), and what they are checked against.
 */
import type { EpochMeasure } from "../../run";
import { FormatError } from "../bytes/source";

const FORMAT = "summary.json";
const LARGEST = 64 << 20;
const MOST_LINES = 10;
/** Dice that differ by no more are the same: the file holds float64 of the same counts. */
const SAME = 1e-3;

export interface SummaryScores {
  /** Null where the class is in neither. */
  readonly dice: number | null;
  /** Voxels; null where the file does not tell (version 1). */
  readonly tp: number | null;
  readonly fp: number | null;
  readonly fn: number | null;
}

export interface SummaryCase {
  /** File name of the prediction without folder and ending. */
  readonly name: string;
  /** By class as the file calls it: "2", or "(1, 2)" for a region. */
  readonly classes: ReadonlyMap<string, SummaryScores>;
}

export interface Summary {
  readonly cases: readonly SummaryCase[];
  readonly mean: ReadonlyMap<string, SummaryScores>;
  readonly foregroundMean: number | null;
}

/** Whether `path` is a summary of a validation by its name. */
export function isSummary(path: string): boolean {
  return /(?:^|\/)summary\.json$/i.test(path);
}

/** Reads a summary. Throws FormatError, torn where the text breaks off; null where the JSON is something else. */
export function readSummary(text: string): Summary | null {
  if (text.length > LARGEST) throw new FormatError(FORMAT, `${text.length} characters are too many`);
  let root: unknown;
  try {
    // Python writes what is undefined as NaN, which JSON does not know.
    root = JSON.parse(text.replace(/([:[,]\s*)(?:NaN|-?Infinity)\b/g, "$1null"));
  } catch (error) {
    throw new FormatError(FORMAT, `no JSON: ${error instanceof Error ? error.message.split("\n")[0]! : String(error)}`, true);
  }
  if (!isDict(root)) return null;
  if (Array.isArray(root["metric_per_case"])) {
    const foreground = root["foreground_mean"];
    return {
      cases: (root["metric_per_case"] as unknown[]).flatMap((one) => (isDict(one) && isDict(one["metrics"]) ? [{ name: nameOf(one["prediction_file"] ?? one["reference_file"]), classes: scoresOf(one["metrics"]) }] : [])),
      mean: isDict(root["mean"]) ? scoresOf(root["mean"]) : new Map<string, SummaryScores>(),
      foregroundMean: isDict(foreground) ? numberOf(foreground["Dice"]) : null,
    };
  }
  const results = root["results"];
  if (!isDict(results) || !Array.isArray(results["all"])) return null;
  return {
    cases: (results["all"] as unknown[]).flatMap((one) => (isDict(one) ? [{ name: nameOf(one["test"] ?? one["reference"]), classes: scoresOf(one) }] : [])),
    mean: isDict(results["mean"]) ? scoresOf(results["mean"]) : new Map<string, SummaryScores>(),
    foregroundMean: null,
  };
}

/**
 * One line for each class of a case whose Dice is another than `epoch`'s, at most ten, and how many more there are. Cases are
 * matched by name, classes by index, overlapping regions by their label values (`regions`, in the order of the measure's); where these are
 * not known, by their order in the file.
 */
export function summaryProblems(summary: Summary, epoch: Pick<EpochMeasure, "caseNames" | "caseDice" | "classes" | "regions">, regions: readonly (readonly number[])[] | null = null): string[] {
  const byName = new Map(epoch.caseNames.map((name, i) => [plain(name), i]));
  const lines: string[] = [];
  for (const one of summary.cases) {
    const at = byName.get(plain(one.name));
    if (at === undefined) continue;
    const places = epoch.regions === true ? placesOf([...one.classes.keys()], regions) : null;
    for (const [key, { dice }] of one.classes) {
      const index = places === null ? Number(key) : (places.get(key) ?? -1);
      if (!Number.isInteger(index) || index < 0 || index >= epoch.classes) continue;
      const own = epoch.caseDice[at * epoch.classes + index];
      if (own === undefined || (Number.isNaN(own) && (dice === null || dice === 0))) continue;
      if (dice !== null && Math.abs(dice - own) <= SAME) continue;
      // Version 1 may leave out what is absent; nothing was claimed then.
      if (dice === null && own === 0) continue;
      lines.push(`${FORMAT}: class ${key} of ${one.name} has Dice ${shown(dice)}, recomputed ${shown(Number.isNaN(own) ? null : own)}`);
    }
  }
  return lines.length <= MOST_LINES ? lines : [...lines.slice(0, MOST_LINES), `${FORMAT}: ${lines.length - MOST_LINES} more Dice differ from what is recomputed`];
}

/** Index of each region that the file names: "(1, 2)", or "3" for one of a single label value. */
function placesOf(keys: readonly string[], regions: readonly (readonly number[])[] | null): ReadonlyMap<string, number> {
  const members = (of: readonly number[]): string => [...new Set(of)].sort((a, b) => a - b).join();
  if (regions !== null) {
    const index = new Map(regions.map((region, i) => [members(region), i + 1]));
    return new Map(keys.flatMap((key) => {
      const at = index.get(members((key.match(/\d+/g) ?? []).map(Number)));
      return at === undefined ? [] : [[key, at] as const];
    }));
  }
  // Of keys that are plain numbers the order in the file is lost.
  const named = keys.filter((key) => key !== "0");
  return new Map(named.some((key) => /^\d+$/.test(key)) ? [] : named.map((key, i) => [key, i + 1]));
}

function shown(value: number | null): string {
  return value === null ? "undefined" : value.toFixed(3);
}

type Dict = Readonly<Record<string, unknown>>;

function isDict(value: unknown): value is Dict {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function numberOf(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

function scoresOf(dict: Dict): Map<string, SummaryScores> {
  const out = new Map<string, SummaryScores>();
  for (const [key, value] of Object.entries(dict)) {
    if (!/^(?:\d+|\(\d+(?:, ?\d+)*,?\))$/.test(key) || !isDict(value)) continue;
    out.set(key, { dice: numberOf(value["Dice"]), tp: numberOf(value["TP"]), fp: numberOf(value["FP"]), fn: numberOf(value["FN"]) });
  }
  return out;
}

function nameOf(path: unknown): string {
  const name = typeof path === "string" ? path.replace(/\\/g, "/").split("/").at(-1)! : "";
  return name.replace(/\.(?:nii\.gz|nii|nrrd|mha|mhd|npz|npy|png|tiff?|[a-z0-9]{1,5})$/i, "");
}

/** Names as plans and files write them: case, separators and leading zeros aside. */
function plain(name: string): string {
  return (name.toLowerCase().match(/[a-z]+|\d+/g) ?? []).map((part) => part.replace(/^0+(?=\d)/, "")).join("_");
}

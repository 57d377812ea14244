/** What is mutated: every fixture that some reader claims, the examples, and hand-made bombs, by the format's name. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { CHECKPOINT_FORMATS, CONFIG_FORMATS, LOG_FORMATS, VOLUME_FORMATS } from "../../src/read/formats";
import { BOMBS } from "./bombs";
import { mutatedInside, repaired } from "./containers";
import { mutated } from "./mutate";
import { Random, seedOf } from "./random";

/** Larger files are left out: of what is in them the small ones have all. */
const LARGEST = 300_000;

export interface Fixture {
  /** Name of the folder of fixtures; "bombs" for what is hand-made. */
  readonly format: string;
  /** Path in that folder, with forward slashes. */
  readonly file: string;
  readonly bytes: Uint8Array;
  /** Files of its folder, by path below it. */
  readonly siblings: ReadonlyMap<string, Uint8Array>;
}

export interface Input {
  readonly format: string;
  readonly file: string;
  readonly seed: number;
  readonly bytes: Uint8Array;
  /** The file as it was before. */
  readonly original: Fixture;
  /** Whether it is only shorter than before, siblings as they were. */
  readonly truncated: boolean;
  /** A file below its folder; null when there is none. */
  sibling(name: string): Uint8Array | null;
}

const head = (bytes: Uint8Array): Uint8Array => bytes.subarray(0, 4096);

function claimed(name: string, bytes: Uint8Array): boolean {
  return [LOG_FORMATS, CHECKPOINT_FORMATS, VOLUME_FORMATS, CONFIG_FORMATS].some((formats) => formats.some((format) => format.probe(name, head(bytes))));
}

function folderOf(format: string, folder: string): Fixture[] {
  const files = new Map<string, Uint8Array>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const name = path.slice(folder.length + 1).replaceAll("\\", "/");
    if (/(^|\/)(golden|truth)\.json$|\.(py|pyc)$/.test(name)) continue;
    const bytes = new Uint8Array(readFileSync(path));
    // These are kept compressed in the repository alone.
    if (/\.h5\.gz$/.test(name)) files.set(name.slice(0, -3), new Uint8Array(gunzipSync(bytes)));
    else files.set(name, bytes);
  }
  const out: Fixture[] = [];
  for (const [file, bytes] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (bytes.length > LARGEST || !claimed(file, bytes)) continue;
    const below = file.slice(0, file.lastIndexOf("/") + 1);
    const siblings = new Map([...files].filter(([name]) => name !== file && name.startsWith(below)).map(([name, content]) => [name.slice(below.length), content]));
    out.push({ format, file, bytes, siblings });
  }
  return out;
}

/** Every n-th: the examples hold the same kinds of file many times. */
function some(fixtures: readonly Fixture[], most: number): Fixture[] {
  const every = Math.ceil(fixtures.length / most);
  return fixtures.filter((_, i) => i % every === 0);
}

/** `root`: the project's folder. Formats by name, each with at least one file. */
export function loadCorpus(root: string): ReadonlyMap<string, readonly Fixture[]> {
  const out = new Map<string, readonly Fixture[]>();
  const formats = join(root, "test", "fixtures", "formats");
  for (const format of readdirSync(formats).sort()) out.set(format, folderOf(format, join(formats, format)));
  for (const format of ["checkpoints", "volumes"]) out.set(format, folderOf(format, join(root, "test", "fixtures", format)));
  out.set("examples", some(folderOf("examples", join(root, "examples")), 40));
  out.set("bombs", BOMBS.map(({ file }) => ({ format: "bombs", file, bytes: new Uint8Array(0), siblings: new Map() })));
  for (const [format, fixtures] of out) if (fixtures.length === 0) out.delete(format);
  return out;
}

/** The input that `seed` makes of a fixture. */
export function inputOf(corpus: ReadonlyMap<string, readonly Fixture[]>, original: Fixture, seed: number): Input {
  const random = new Random(seed);
  const all = [...corpus.values()];
  const others = (by: Random): Uint8Array => {
    // Mostly from files of the same kind, whose pieces fit.
    const from = by.chance(0.6) ? (corpus.get(original.format) ?? [original]) : by.pick(all);
    const bytes = by.pick(from).bytes;
    return bytes.length > 0 ? bytes : Uint8Array.of(0);
  };
  const made = BOMBS.find((bomb) => original.format === "bombs" && bomb.file === original.file);
  const whole = made === undefined ? original.bytes : made.make(random);
  const common = { format: original.format, file: original.file, seed, original };
  const damage = (name: string, bytes: Uint8Array, by: Random): Uint8Array => {
    const inside = by.chance(0.5) ? mutatedInside(bytes, (n) => by.below(n), (part) => mutated(part, by, others)) : null;
    const out = inside ?? mutated(bytes, by, others);
    return by.chance(0.75) ? repaired(name, out) : out;
  };
  if (made !== undefined && random.chance(0.6)) return { ...common, bytes: whole, truncated: false, sibling: () => null };
  // Of some only siblings are damaged, of some both.
  const mode = original.siblings.size === 0 ? 0 : random.below(10);
  const truncated = made === undefined && mode < 6 && random.chance(0.05);
  const bytes = truncated ? whole.slice(0, random.below(whole.length)) : mode === 6 || mode === 7 ? whole : damage(original.file, whole, random);
  const known = new Map<string, Uint8Array | null>();
  const sibling = (name: string): Uint8Array | null => {
    const there = original.siblings.get(name) ?? null;
    if (mode < 6 || there === null) return there;
    let found = known.get(name);
    if (found === undefined) {
      // By name, so that it does not matter which is asked for first.
      const by = new Random(seedOf(seed, name));
      const fate = by.below(10);
      known.set(name, (found = fate === 0 ? null : fate < 4 ? there : damage(name, there, by)));
    }
    return found;
  };
  return { ...common, bytes, truncated, sibling };
}

/** Python files in which the loss function of a run is looked for. They are read as text, never run. */
import { readFileSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { findLoss, type Script } from "../lint/lossFunction";
import type { FolderEntry } from "../read/layout/plan";
import type { LossModel } from "../run";
import { pathInside } from "./inside";
import { statOf, walkNames, type WalkLimits } from "./walk";
import { beat } from "./pulse";

/** A script of a person is shorter; longer ones are generated. */
const MAX_BYTES = 1 << 20;
/** Past so many files of a workspace the rest is not looked at. */
const MAX_SCRIPTS = 3000;
const LIMITS: WalkLimits = { maxFiles: 100_000, maxFolders: 20_000, maxDepth: 12 };
/** A folder is listed again no sooner than this (milliseconds), and than this many times what listing it took. */
const LIST_AGAIN = 5_000;
const LIST_SHARE = 50;

interface Listing {
  readonly paths: readonly string[];
  /** Of `performance.now()`. */
  readonly until: number;
}

/** What is known of the Python files of a workspace, for all of its runs: lists of names, and which words a text holds. */
export class ScriptStore {
  private readonly listings = new Map<string, Listing>();
  /** Texts themselves are not kept: a workspace may hold gigabytes. */
  private readonly words = new Map<string, { readonly stamp: string; readonly holds: Map<string, boolean> }>();

  /** Absolute paths of the Python files below `folder`. A new one may take some seconds to be seen. */
  below(folder: string): readonly string[] {
    const begun = performance.now();
    const known = this.listings.get(folder);
    if (known !== undefined && begun < known.until) return known.paths;
    const paths = pythonFiles(folder);
    const now = performance.now();
    this.listings.set(folder, { paths, until: now + Math.max(LIST_AGAIN, LIST_SHARE * (now - begun)) });
    return paths;
  }

  /** Whether the text of a file holds `name`, however it is written (GeneralizedDice, generalized_dice). */
  holds(path: string, name: string): boolean {
    const wanted = squeeze(name.slice(name.lastIndexOf(">") + 1));
    const stamp = stampOf(path);
    if (stamp === null) return false;
    let known = this.words.get(path);
    if (known?.stamp !== stamp) this.words.set(path, (known = { stamp, holds: new Map() }));
    let answer = known.holds.get(wanted);
    if (answer === undefined) {
      const text = textOf(path);
      answer = text !== null && squeeze(text).includes(wanted);
      known.holds.set(wanted, answer);
    }
    return answer;
  }
}

/** Finds the loss of one run; parses again only when a script has changed. */
export class LossFinder {
  private key: string | null = null;
  private found: LossModel | null = null;
  private place: { readonly path: string; readonly stamp: string | null } | null = null;

  constructor(
    private readonly run: string,
    private readonly store: ScriptStore,
  ) {}

  /**
   * `named`: the loss in the compile config and the checkpoint that names it. Own scripts are paths relative to the run's folder;
   * `folders` are searched only for a loss that has a name: parsing a whole workspace would take seconds.
   */
  loss(own: readonly string[], folders: readonly string[], named: { readonly name: string; readonly by: string } | null): LossModel | null {
    const paths = new Map<string, boolean>(own.slice(0, MAX_SCRIPTS).map((path) => [path, true]));
    if (named !== null) {
      for (const folder of folders) {
        for (const path of this.store.below(folder)) {
          const inRun = pathInside(this.run, path);
          if (!paths.has(inRun ?? path) && this.store.holds(path, named.name)) paths.set(inRun ?? path, inRun !== null);
        }
      }
    }
    const stamps = [...paths].map(([path, mine]) => [path, mine, stampOf(this.locate(path))]);
    const key = JSON.stringify([named, stamps]);
    if (key !== this.key) {
      const scripts = [...paths].flatMap(([path, mine]): Script[] => {
        const text = textOf(this.locate(path));
        return text === null ? [] : [{ path, text, own: mine }];
      });
      this.found = findLoss(named?.name ?? null, named?.by ?? null, scripts);
      this.key = key;
      const path = this.found?.path ?? null;
      this.place = path === null ? null : { path: this.locate(path), stamp: stampOf(this.locate(path)) };
    }
    return this.found;
  }

  /** Whether the script that holds the loss was changed since it was found; it may lie outside of the run. */
  changed(): boolean {
    return this.place !== null && stampOf(this.place.path) !== this.place.stamp;
  }

  private locate(path: string): string {
    return isAbsolute(path) ? path : join(this.run, path);
  }
}

/** Null for what is no script that can be read. */
function stampOf(path: string): string | null {
  try {
    const stat = statOf(path);
    return stat?.isFile() === true && stat.size <= MAX_BYTES ? `${stat.size}:${stat.mtimeMs}` : null;
  } catch {
    return null;
  }
}

function textOf(path: string): string | null {
  if (stampOf(path) === null) return null;
  try {
    beat();
    return readFileSync(path, "utf8");
  } catch {
    return null; // forbidden or gone since: the loss is then known by name alone, and the report says so
  }
}

function squeeze(text: string): string {
  return text.replace(/[^a-z0-9]/gi, "").toLowerCase();
}

function pythonFiles(folder: string): string[] {
  const found: string[] = [];
  const visit = (entry: FolderEntry, path: string): void => {
    for (const name of entry.files) if (name.endsWith(".py") && found.length < MAX_SCRIPTS) found.push(join(path, name));
    for (const child of entry.folders) visit(child, join(path, child.name));
  };
  visit(walkNames(folder, [], LIMITS), folder);
  return found;
}

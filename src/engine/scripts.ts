/** Python files in which the loss function of a run is looked for. They are read as text, never run. */
import { readFileSync, statSync } from "node:fs";
import { isAbsolute, join, relative, sep } from "node:path";
import { findLoss, type Script } from "../lint/lossFunction";
import type { LossModel } from "../run";
import { walkNames, type WalkLimits } from "./walk";
import type { FolderEntry } from "../read/layout/plan";

/** A script of a person is shorter; longer ones are generated. */
const MAX_BYTES = 1 << 20;
/** Past so many files of a workspace the rest is not looked at. */
const MAX_SCRIPTS = 3000;
const LIMITS: WalkLimits = { maxFiles: 100_000, maxFolders: 20_000, maxDepth: 12 };

/** Texts by path and state, so that an unchanged workspace is not read again. */
export class ScriptReader {
  private readonly texts = new Map<string, { readonly stamp: string; readonly text: string }>();
  private lossKey = "";
  private lossFound: LossModel | null = null;

  /**
   * `named`: the loss in the compile config and the checkpoint that names it. Own scripts are paths relative to the run's folder;
   * `folders` are searched only for a loss that has a name.
   */
  loss(run: string, own: readonly string[], folders: readonly string[], named: { readonly name: string; readonly by: string } | null): LossModel | null {
    const scripts: Script[] = [];
    const add = (path: string, mine: boolean): void => {
      const absolute = isAbsolute(path) ? path : join(run, path);
      const text = this.text(absolute);
      if (text !== null && !scripts.some((s) => s.path === path)) scripts.push({ path, text, own: mine });
    };
    for (const path of own.slice(0, MAX_SCRIPTS)) add(path, true);
    if (named !== null) {
      const wanted = squeeze(named.name);
      for (const folder of folders) {
        for (const path of pythonFiles(folder)) {
          const text = this.text(path);
          if (text === null || !squeezeAll(text).includes(wanted)) continue; // parsing a whole workspace would take seconds
          const inRun = path.startsWith(run + sep);
          add(inRun ? relative(run, path).split(sep).join("/") : path, inRun);
        }
      }
    }
    const key = JSON.stringify([named, scripts.map((s) => [s.path, s.own, this.stampOf(isAbsolute(s.path) ? s.path : join(run, s.path))])]);
    if (key !== this.lossKey) {
      this.lossFound = findLoss(named?.name ?? null, named?.by ?? null, scripts);
      this.lossKey = key;
    }
    return this.lossFound;
  }

  private stampOf(absolute: string): string {
    return this.texts.get(absolute)?.stamp ?? "";
  }

  private text(absolute: string): string | null {
    const stat = statSync(absolute, { throwIfNoEntry: false });
    if (stat?.isFile() !== true || stat.size > MAX_BYTES) return null;
    const stamp = `${stat.size}:${stat.mtimeMs}`;
    const known = this.texts.get(absolute);
    if (known?.stamp === stamp) return known.text;
    try {
      const text = readFileSync(absolute, "utf8");
      this.texts.set(absolute, { stamp, text });
      return text;
    } catch {
      return null; // forbidden or gone since: the loss is then known by name alone, and the report says so
    }
  }
}

/** Names are written GeneralizedDice in one place and generalized_dice in another. */
function squeeze(text: string): string {
  return squeezeAll(text.slice(text.lastIndexOf(">") + 1));
}

function squeezeAll(text: string): string {
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

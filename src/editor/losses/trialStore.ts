/** Results of trials, kept by run and labels in a folder of the extension's own. */
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { LabelSet } from "../../losses/analysis/labels";
import type { TrialPictures, TrialState } from "../../protocol";

export interface KeptTrial {
  readonly state: TrialState;
  readonly pictures: TrialPictures;
}

const SCHEMA = "run-doctor/trial/1";
/** Results that are kept, the newest. */
const MOST = 60;

/** Tells a run with these labels from all others. */
export function trialKey(folder: string, set: LabelSet): string {
  const hash = createHash("sha256").update(JSON.stringify([folder, set.classes, set.background, set.images.length]));
  for (const volumes of set.images) hash.update(volumes);
  return hash.digest("hex").slice(0, 40);
}

export class TrialStore {
  constructor(private readonly folder: string) {}

  /** Null where nothing was kept, or what was is none of ours. */
  async load(key: string): Promise<KeptTrial | null> {
    let text: string;
    try {
      text = await readFile(this.path(key), "utf8");
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
    return parsed(text);
  }

  /** Whole or not at all. */
  async save(key: string, { state, pictures }: KeptTrial): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    const path = this.path(key);
    const making = `${path}.${process.pid}`;
    await writeFile(making, JSON.stringify({ schema: SCHEMA, state, pictures }, (_, value: unknown) => (value instanceof Uint8Array ? { base64: Buffer.from(value).toString("base64") } : value)));
    await rename(making, path);
    await this.prune();
  }

  private path(key: string): string {
    return join(this.folder, `${key}.json`);
  }

  private async prune(): Promise<void> {
    const names = (await readdir(this.folder)).filter((name) => name.endsWith(".json"));
    if (names.length <= MOST) return;
    const dated = await Promise.all(names.map(async (name) => ({ name, at: (await stat(join(this.folder, name))).mtimeMs })));
    dated.sort((a, b) => b.at - a.at);
    await Promise.all(dated.slice(MOST).map(({ name }) => rm(join(this.folder, name), { force: true })));
  }
}

function parsed(text: string): KeptTrial | null {
  let value: unknown;
  try {
    value = JSON.parse(text, (_, part: unknown) => (typeof part === "object" && part !== null && "base64" in part && typeof part.base64 === "string" ? new Uint8Array(Buffer.from(part.base64, "base64")) : part));
  } catch {
    return null; // torn: as if nothing had been kept
  }
  if (typeof value !== "object" || value === null || !("schema" in value) || value.schema !== SCHEMA || !("state" in value) || !("pictures" in value)) return null;
  return { state: value.state as TrialState, pictures: value.pictures as TrialPictures };
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

/** The file that is linted and those that it imports, each parsed once. */
import { parsePython, type PythonFile } from "../python";
import { definitionsOf, type Definitions } from "./definitions";
import { Env } from "./env";
import type { ImportMemory, Lookup } from "./importMemory";

export interface Found {
  readonly path: string;
  readonly text: string;
}

/** Finds a module of the user's own: `module` as it is written (".losses", "project.losses"), `from` the path of the importing file. Null: not known. */
export type Resolver = (module: string, from: string) => Found | null;

export interface LoadedFile {
  readonly file: PythonFile;
  readonly definitions: Definitions;
  readonly env: Env;
  /** Whether its own statements were followed (or are being followed: imports may go in circles). */
  begun: boolean;
}

/** Past so many imported files the rest stays unknown. */
const MAX_FILES = 24;
/** Imports looked up for one linted file. */
const MAX_LOOKED = 400;

export class Program {
  /** The first is the one that is linted. */
  readonly files = new Map<string, LoadedFile>();
  /** All that was looked for so far. */
  readonly lookups: Lookup[] = [];

  constructor(
    private readonly resolver: Resolver | null,
    /** Of the file that is linted, from the last time. */
    readonly memory: ImportMemory | null = null,
  ) {}

  /** The file that is linted. */
  get main(): LoadedFile | undefined {
    return this.files.values().next().value;
  }

  add(file: PythonFile): LoadedFile {
    const known = this.files.get(file.path);
    if (known !== undefined) return known;
    const loaded: LoadedFile = { file, definitions: definitionsOf(file), env: new Env(null), begun: false };
    this.files.set(file.path, loaded);
    return loaded;
  }

  of(file: PythonFile): LoadedFile {
    return this.add(file);
  }

  loaded(path: string): LoadedFile | undefined {
    return this.files.get(path);
  }

  /** The file that an import names, when the caller can find it. */
  imported(module: string, from: string): LoadedFile | null {
    if (this.resolver === null || this.lookups.length >= MAX_LOOKED) return null;
    const found = this.resolver(module, from);
    this.lookups.push({ module, from, found });
    if (found === null) return null;
    const known = this.files.get(found.path);
    return known !== undefined || this.files.size >= MAX_FILES ? (known ?? null) : this.add(parsePython(found.path, found.text));
  }

  /** Whether looking for a module once more finds the same text. */
  stillFinds({ module, from, found }: Lookup): boolean {
    const now = this.resolver?.(module, from) ?? null;
    return now?.path === found?.path && now?.text === found?.text;
  }
}

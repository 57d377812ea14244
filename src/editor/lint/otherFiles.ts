/** Places in files beside the linted one: findings name them by path and offsets, editors by lines. */
import { Location, Position, Range, Uri, workspace, type TextDocument } from "vscode";
import type { Finding } from "../../lint/rules/rule";
import type { Places } from "./diagnostics";
import { rangeIn } from "./diagnostics";

export class OtherFiles {
  /** Texts of files that are not open; null for those that cannot be read. */
  private readonly texts = new Map<string, string | null>();

  /** `open`: the document that the linter knows by this path. */
  constructor(private readonly open: (path: string) => TextDocument | undefined) {}

  /** Reads what findings relate to and is not open. */
  async load(findings: readonly Finding[]): Promise<void> {
    const paths = new Set(findings.flatMap(({ related }) => related.flatMap(({ path }) => (path === undefined || this.open(path) !== undefined || !isOnDisk(path) ? [] : [path]))));
    await Promise.all([...paths].map(async (path) => this.texts.set(path, await textAt(path))));
  }

  readonly placeOf: Places = (path, range) => {
    const document = this.open(path);
    if (document !== undefined) return new Location(document.uri, rangeIn(document, range));
    const text = this.texts.get(path);
    return typeof text === "string" ? new Location(Uri.file(path), new Range(positionIn(text, range.from), positionIn(text, range.to))) : null;
  };
}

function isOnDisk(path: string): boolean {
  return /^(\/|[A-Za-z]:\/)/.test(path);
}

/** Null when it cannot be read: the finding is then shown without the place. */
async function textAt(path: string): Promise<string | null> {
  try {
    return new TextDecoder().decode(await workspace.fs.readFile(Uri.file(path)));
  } catch {
    return null; // gone since it was linted
  }
}

function positionIn(text: string, offset: number): Position {
  const before = text.slice(0, offset);
  const start = before.lastIndexOf("\n") + 1;
  return new Position(before.split("\n").length - 1, before.length - start);
}

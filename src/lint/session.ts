/** Open documents and notebooks, linted again as they are edited. Nothing is run, nothing is read but through what is handed in. */
import { findingsOf } from "./check";
import { describeLoss } from "./describe";
import { applied, type Change } from "./edits";
import type { RunFacts } from "./facts";
import { ImportMemory } from "./model/importMemory";
import { buildModel, type Loss, type Model, type Resolver } from "./model/model";
import { moduleResolver } from "./modules";
import { cellAt, joinCells, type Cell, type Notebook } from "./notebook";
import { child } from "./python";
import type { Finding, Range } from "./rules/rule";

export interface LossSummary {
  readonly name: string;
  /** Of the function's name; of the class's for a loss written as a class. */
  readonly range: Range;
  /** What it computes, in a few words. */
  readonly text: string;
}

export interface Checked {
  readonly findings: readonly Finding[];
  readonly losses: readonly LossSummary[];
}

/** Offsets are those of the cell; what a finding relates to in another cell has that cell's key as its path. */
export interface CheckedCell extends Checked {
  readonly key: string;
}

/** A code cell of a notebook, a document of its own in the editor. */
export interface CellText {
  readonly key: string;
  readonly text: string;
}

export interface CheckOptions {
  readonly facts?: RunFacts;
}

export interface SessionOptions {
  /** The text of a file that is not open, by its path with "/"; null where there is none. */
  readonly read: (path: string) => string | null;
  /** Folders up to which imported modules are looked for; a file outside of all of them finds those beside it. */
  readonly folders: () => readonly string[];
}

interface Document {
  text: string;
  /** Of a notebook; its text is made of them. */
  cells: CellText[] | null;
  joined: Notebook | null;
  /** Paths that were asked for while its imports were followed the last time. */
  asked: ReadonlySet<string>;
  readonly imports: ImportMemory;
}

export class LintSession {
  private readonly documents = new Map<string, Document>();

  constructor(private readonly options: SessionOptions) {}

  open(key: string, text: string): void {
    this.put(key, text, null);
  }

  openNotebook(key: string, cells: readonly CellText[]): void {
    this.put(key, "", [...cells]);
  }

  edit(key: string, changes: readonly Change[]): void {
    const document = this.known(key);
    document.text = applied(document.text, changes);
  }

  editCell(key: string, cell: string, changes: readonly Change[]): void {
    const document = this.known(key);
    document.cells = (document.cells ?? []).map((one) => (one.key === cell ? { key: cell, text: applied(one.text, changes) } : one));
    document.joined = null;
  }

  close(key: string): void {
    this.documents.delete(key);
  }

  check(key: string, options: CheckOptions = {}): Checked {
    const model = this.model(key, this.known(key), options);
    return { findings: findingsOf(model), losses: model.losses.map((loss) => summaryOf(loss)) };
  }

  /** One entry a cell, in their order. */
  checkNotebook(key: string, options: CheckOptions = {}): readonly CheckedCell[] {
    const document = this.known(key);
    const keys = (document.cells ?? []).map((cell) => cell.key);
    const model = this.model(key, document, options);
    const notebook = this.joined(document);
    const findings = findingsOf(model);
    const losses = model.losses.map((loss) => summaryOf(loss));
    return notebook.cells.map((cell, i) => ({
      key: keys[i]!,
      findings: findings.flatMap((finding) => (cellAt(notebook, finding.range.from) === cell ? [inCell(finding, cell, notebook, keys, key)] : [])),
      losses: losses.flatMap((loss) => (cellAt(notebook, loss.range.from) === cell ? [{ ...loss, range: moved(loss.range, cell) }] : [])),
    }));
  }

  /** Open documents whose findings may be others when the file at `path` is: those that import it, or looked for it. */
  dependents(path: string): string[] {
    return [...this.documents].flatMap(([key, { asked }]) => (key !== path && asked.has(path) ? [key] : []));
  }

  private put(key: string, text: string, cells: CellText[] | null): void {
    this.documents.set(key, { text, cells, joined: null, asked: this.documents.get(key)?.asked ?? new Set(), imports: new ImportMemory() });
  }

  private known(key: string): Document {
    const document = this.documents.get(key);
    if (document === undefined) throw new Error(`${key} is not open`);
    return document;
  }

  private joined(document: Document): Notebook {
    document.joined ??= joinCells((document.cells ?? []).map(({ text }, i) => ({ number: i + 1, text })));
    return document.joined;
  }

  private model(key: string, document: Document, { facts }: CheckOptions): Model {
    const asked = new Set<string>();
    const text = document.cells === null ? document.text : this.joined(document).text;
    const model = buildModel(key, text, this.resolver(key, asked), facts ?? null, document.imports);
    document.asked = asked;
    return model;
  }

  /** Finds modules among the open documents first. */
  private resolver(key: string, asked: Set<string>): Resolver {
    const root = this.options.folders().find((folder) => key.startsWith(`${folder}/`)) ?? key.slice(0, Math.max(0, key.lastIndexOf("/")));
    return moduleResolver(root, (path) => {
      asked.add(path);
      const open = this.documents.get(path);
      return open !== undefined && open.cells === null ? open.text : this.options.read(path);
    });
  }
}

function summaryOf(loss: Loss): LossSummary {
  const { fn } = loss;
  const named = fn.owner !== null && loss.name === fn.owner.name ? fn.owner.node : fn.node.name === "LambdaExpression" ? (fn.node.parent ?? fn.node) : fn.node;
  const { from, to } = child(named, "VariableName") ?? named;
  return { name: loss.name, range: { from, to }, text: describeLoss(loss) };
}

function moved({ from, to }: Range, cell: Cell): Range {
  return { from: Math.max(0, from - cell.from), to: Math.min(to, cell.to) - cell.from };
}

/** With the cell's own offsets. A fix that reaches into another cell is none. */
function inCell(finding: Finding, cell: Cell, notebook: Notebook, keys: readonly string[], key: string): Finding {
  const related = finding.related.map((place) => {
    const at = place.path === undefined || place.path === key ? cellAt(notebook, place.range.from) : null;
    if (at === null) return place;
    const { message } = place;
    const range = moved(place.range, at);
    return at === cell ? { range, message } : { range, message, path: keys[notebook.cells.indexOf(at)]! };
  });
  const fixes = finding.fixes?.flatMap((fix) => (fix.edits.every((e) => cell.from <= e.from && e.to <= cell.to) ? [{ ...fix, edits: fix.edits.map((e) => ({ ...moved(e, cell), text: e.text })) }] : []));
  const here = { ...finding, range: moved(finding.range, cell), related };
  return fixes === undefined ? here : { ...here, fixes };
}

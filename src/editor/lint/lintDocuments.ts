/**
 * What the linter found in the open documents, kept up to date as they are edited.
 * Nothing is linted before a text holds a word that rules look for: a window without losses starts no worker.
 */
import { EventEmitter, workspace, type TextDocument, type Uri } from "vscode";
import type { LintThread } from "../../engine/lint/lintThread";
import type { Disposable } from "../../engine/runs";
import type { Checked } from "../../lint/session";
import type { CheckedDocument } from "./checkedDocument";
import type { Places } from "./diagnostics";
import { lintSettings } from "./lintSettings";
import type { NearRuns } from "./near";
import type { OpenTexts } from "./openTexts";
import { OtherFiles } from "./otherFiles";
import { isLeftOut } from "./which";
import { keyOf, type Watched } from "./watched";

/** Milliseconds for which typing is gathered: a frame. */
const FRAME = 16;

export class LintDocuments implements Disposable {
  private readonly checked = new EventEmitter<TextDocument>();
  /** Another result than before; `of` has it. */
  readonly onDidCheck = this.checked.event;
  private readonly disposables: Disposable[];
  private readonly others: OtherFiles;
  private watcher: Disposable | null = null;
  private scratch = 0;

  constructor(
    private readonly texts: OpenTexts,
    private readonly thread: LintThread,
    private readonly near: NearRuns,
    private readonly failed: (what: string, error: unknown) => void,
  ) {
    this.others = new OtherFiles((key) => texts.named(key));
    this.disposables = [
      this.checked,
      texts.onDidChange((watched) => this.soon(watched, true)),
      texts.onDidClose(({ key }) => this.changedFile(key)),
      near.onDidChange(() => this.nearChanged()),
    ];
  }

  dispose(): void {
    this.watcher?.dispose();
    for (const disposable of this.disposables) disposable.dispose();
  }

  /** What was found in a document as it is now; undefined while that is not known. */
  of(document: TextDocument): CheckedDocument | undefined {
    const known = this.texts.of(document)?.results.get(document.uri.toString());
    return known?.version === document.version ? known : undefined;
  }

  /** The same, waited for. */
  async current(document: TextDocument): Promise<CheckedDocument | undefined> {
    const watched = this.texts.of(document);
    if (watched !== undefined && this.of(document) === undefined) await this.check(watched);
    return this.of(document);
  }

  /** What would be found if the document had another text; null where that is not known. */
  async ifItWere(document: TextDocument, text: string): Promise<Checked | null> {
    const watched = this.texts.of(document);
    if (watched === undefined || !this.isWanted(watched)) return null;
    const key = `${watched.key}~${++this.scratch}`;
    const facts = this.near.factsFor(watched.uri);
    try {
      if (!watched.isNotebook) {
        this.thread.open(key, 1, text);
        return this.kept(watched, await this.thread.check(key, 1, facts));
      }
      const address = document.uri.toString();
      this.thread.openNotebook(key, 1, watched.documents.map((cell) => ({ key: cell.uri.toString(), text: cell === document ? text : cell.getText() })));
      return this.kept(watched, (await this.thread.checkNotebook(key, 1, facts))?.find((cell) => cell.key === address) ?? null);
    } finally {
      this.thread.close(key);
    }
  }

  readonly placeOf: Places = (path, range) => this.others.placeOf(path, range);

  /** Everything again: the settings are others. */
  again(): void {
    for (const watched of this.texts.all) this.soon(watched, false);
  }

  /** `edited`: others may import it. Those are looked at alone: imports may go in circles. */
  private soon(watched: Watched, edited: boolean): void {
    watched.edited ||= edited;
    watched.timer ??= setTimeout(() => {
      watched.timer = null;
      this.check(watched).catch((error: unknown) => this.failed(watched.key, error));
      if (watched.edited) this.changedFile(watched.key);
      watched.edited = false;
    }, FRAME);
  }

  private async check(watched: Watched): Promise<void> {
    const asked = ++watched.asked;
    const { version, documents } = watched;
    const versions = documents.map((document) => document.version);
    const isOld = (): boolean => watched.asked !== asked || watched.version !== version;
    if (!this.isWanted(watched)) {
      this.accept(watched, versions, documents.map(() => null));
      return;
    }
    this.watchFiles();
    const facts = this.near.factsFor(watched.uri);
    watched.facts = JSON.stringify(facts);
    const answers = await this.ask(watched, facts);
    if (isOld()) return;
    const kept = answers.map((answer) => this.kept(watched, answer));
    await this.others.load(kept.flatMap((answer) => answer?.findings ?? []));
    if (!isOld()) this.accept(watched, versions, kept);
  }

  /** An answer for each of its documents; null where the linter had none. */
  private async ask(watched: Watched, facts: ReturnType<NearRuns["factsFor"]>): Promise<(Checked | null)[]> {
    const { key, version, documents } = watched;
    if (!watched.isNotebook) return [await this.thread.check(key, version, facts)];
    const cells = await this.thread.checkNotebook(key, version, facts);
    return documents.map(({ uri }) => cells?.find((cell) => cell.key === uri.toString()) ?? null);
  }

  private accept(watched: Watched, versions: readonly number[], answers: readonly (Checked | null)[]): void {
    watched.documents.forEach((document, i) => {
      const before = watched.results.get(document.uri.toString());
      const { findings, losses } = answers[i] ?? { findings: [], losses: [] };
      watched.results.set(document.uri.toString(), { version: versions[i]!, findings, losses });
      if (findings.length > 0 || before === undefined || before.findings.length > 0) this.checked.fire(document);
    });
  }

  private isWanted(watched: Watched): boolean {
    const { enabled, exclude } = lintSettings(watched.uri);
    const first = watched.documents[0];
    return enabled && first !== undefined && watched.mayHoldLosses() && !isLeftOut(first, watched.uri, exclude);
  }

  /** Less what the user does not want to hear of. */
  private kept(watched: Watched, answer: Checked | null): Checked | null {
    const { ignored } = lintSettings(watched.uri);
    return answer === null || ignored.size === 0 ? answer : { ...answer, findings: answer.findings.filter(({ rule }) => !ignored.has(rule)) };
  }

  /** A file on the disk or in an editor is another: those that import it are looked at again. */
  private changedFile(path: string): void {
    if (this.watcher === null) return; // nothing was linted yet
    this.thread.dependents(path).then(
      (keys) => {
        for (const key of keys) {
          const watched = this.texts.keyed(key);
          if (watched !== undefined) this.soon(watched, false);
        }
      },
      (error: unknown) => this.failed(path, error),
    );
  }

  /** Modules that are imported and not open; watched only once something is linted. */
  private watchFiles(): void {
    if (this.watcher !== null) return;
    const watcher = workspace.createFileSystemWatcher("**/*.py");
    const changed = (uri: Uri): void => {
      const path = keyOf(uri);
      this.thread.changed(path);
      this.changedFile(path);
    };
    watcher.onDidChange(changed);
    watcher.onDidCreate(changed);
    watcher.onDidDelete(changed);
    this.watcher = watcher;
  }

  private nearChanged(): void {
    for (const watched of this.texts.all) {
      if (watched.facts !== "" && JSON.stringify(this.near.factsFor(watched.uri)) !== watched.facts) this.soon(watched, false);
      // The notes may be others.
      else for (const document of watched.documents) if (this.of(document) !== undefined) this.checked.fire(document);
    }
  }
}

/** Warnings in loss code: everything of it that the editor shows. Nothing that a file contains is run, so it works in workspaces that are not trusted. */
import { sep } from "node:path";
import { workspace } from "vscode";
import { LintThread } from "../../engine/lint/lintThread";
import type { Disposable } from "../../engine/runs";
import { SETTING } from "../settingNames";
import type { Settings } from "../settings";
import { LintDocuments } from "./lintDocuments";
import { LintFixes } from "./lintFixes";
import { LintProblems } from "./lintProblems";
import { LossHover } from "./lossHover";
import type { Meetings } from "./meetings";
import type { NearRuns } from "./near";
import { OpenTexts } from "./openTexts";

export interface LintSetup {
  /** dist/lintWorker.js */
  readonly script: string;
  readonly settings: Settings;
  readonly near: NearRuns;
  readonly meetings: Meetings;
  readonly failed: (what: string, error: unknown) => void;
}

export class Lint implements Disposable {
  readonly documents: LintDocuments;
  private readonly thread: LintThread;
  private readonly failed: LintSetup["failed"];
  private readonly disposables: Disposable[];

  constructor({ script, settings, near, meetings, failed }: LintSetup) {
    const folders = (): string[] => settings.roots.map((root) => root.split(sep).join("/"));
    const thread = new LintThread(script, { folders: folders() });
    const texts = new OpenTexts(thread);
    const documents = new LintDocuments(texts, thread, near, failed);
    this.thread = thread;
    this.failed = failed;
    this.documents = documents;
    this.disposables = [
      texts,
      documents,
      new LintProblems(documents, texts, near, meetings),
      new LintFixes(documents),
      new LossHover(documents, near),
      thread.onDidFail(({ key, message }) => failed(key ?? "lint", new Error(message))),
      settings.onDidChange([SETTING.lintEnabled, SETTING.lintIgnore, SETTING.lintExclude], () => documents.again()),
      workspace.onDidChangeWorkspaceFolders(() => {
        thread.setFolders(folders());
        documents.again();
      }),
    ];
    texts.begin();
  }

  dispose(): void {
    for (const disposable of this.disposables) disposable.dispose();
    this.thread.dispose().catch((error: unknown) => this.failed("lint", error));
  }
}

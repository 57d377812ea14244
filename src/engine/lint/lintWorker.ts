/** A worker thread that holds what is open in the editor, and lints it. */
import { parentPort, workerData } from "node:worker_threads";
import { LintSession } from "../../lint/session";
import { messageOf } from "../errors";
import { LintFiles } from "./lintFiles";
import type { FromLint, LintNews, LintQuestion, LintStart, ToLint } from "./lintMessages";

const port = parentPort;
if (port === null) throw new Error("lint: must be started as a worker thread");
const files = new LintFiles((workerData as LintStart).folders);
const session = new LintSession({ read: files.read, folders: () => files.folders });

function heard(news: LintNews): void {
  switch (news.what) {
    case "open":
      session.open(news.key, news.text);
      return;
    case "edit":
      session.edit(news.key, news.changes);
      return;
    case "openNotebook":
      session.openNotebook(news.key, news.cells);
      return;
    case "editCell":
      session.editCell(news.key, news.cell, news.changes);
      return;
    case "close":
      session.close(news.key);
      return;
    case "changed":
      files.changed(news.path);
      return;
    case "folders":
      files.folders = news.folders;
  }
}

function answer(question: LintQuestion): Extract<FromLint, { kind: "done" }>["value"] {
  switch (question.what) {
    case "check":
      return session.check(question.key, question.facts === null ? {} : { facts: question.facts });
    case "checkNotebook":
      return session.checkNotebook(question.key, question.facts === null ? {} : { facts: question.facts });
    case "dependents":
      return session.dependents(question.path);
  }
}

port.on("message", (message: ToLint) => {
  if (!("id" in message)) {
    heard(message);
    return;
  }
  const { id } = message;
  try {
    port.postMessage({ id, kind: "done", value: answer(message) } satisfies FromLint);
  } catch (error) {
    port.postMessage({ id, kind: "failed", message: messageOf(error) } satisfies FromLint);
  }
});

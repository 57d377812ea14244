/** An inspection whose paths do not depend on where its folder lies. */
import { isAbsolute, relative } from "node:path";
import type { Finding, Inspection } from "../run";
import { slashes } from "./inside";

/** With all absolute paths (scripts and labels outside of the run) relative to the run's folder. */
export function portable(run: Inspection): Inspection {
  const turned = (path: string): string => (isAbsolute(path) ? slashes(relative(run.folder, path)) : path);
  const finding = (one: Finding): Finding => ({ ...one, at: one.at.map((place) => ({ ...place, path: turned(place.path) })), explains: one.explains.map(finding) });
  return {
    ...run,
    epochs: run.epochs.map((epoch) => ({ ...epoch, labels: turned(epoch.labels), predictions: turned(epoch.predictions) })),
    trainEpochs: run.trainEpochs.map((epoch) => ({ ...epoch, labels: turned(epoch.labels), predictions: turned(epoch.predictions) })),
    labels: run.labels === null ? null : { ...run.labels, path: turned(run.labels.path) },
    trainLabels: run.trainLabels === null ? null : { ...run.trainLabels, path: turned(run.trainLabels.path) },
    loss: run.loss?.path == null ? run.loss : { ...run.loss, path: turned(run.loss.path) },
    sources: run.sources.map((source) => ({ ...source, path: turned(source.path) })),
    problems: run.problems.map((problem) => ({ ...problem, path: turned(problem.path) })),
    findings: run.findings.map(finding),
  };
}

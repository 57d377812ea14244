/** A run of which nothing is known, for tests to fill in. */
import type { Inspection } from "../../src/run";

/** Class 0 of `classes` is background. */
export function blankInspection(classes: number): Inspection {
  return {
    folder: "/w/run",
    name: "run",
    state: "finished",
    modified: 0,
    sources: [],
    problems: [],
    assumptions: [],
    findings: [],
    cannotJudge: [],
    classes: Array.from({ length: classes }, (_, index) => ({ index, name: null, background: index === 0 })),
    background: 0,
    lastEpoch: null,
    series: [],
    epochs: [],
    trainEpochs: [],
    labels: null,
    trainLabels: null,
    checkpoints: [],
    outputChannels: null,
    loss: null,
    classWeights: null,
  };
}

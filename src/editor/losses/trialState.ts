/** What has been heard of a trial, as its page shows it. Pure. */
import type { FromTrial } from "../../engine/losses/trialMessages";
import type { TrialLine, TrialPictures, TrialSource, TrialState } from "../../protocol";

export const NO_PICTURES: TrialPictures = { images: [], predicted: [] };

export function blankTrial(sources: readonly TrialSource[]): TrialState {
  return { phase: "none", sources, choice: null, backend: null, from: null, instead: null, names: [], classes: 0, background: 0, train: 0, val: 0, variants: [], seeds: [], lines: [], verdict: null, error: null, ended: null, restored: false };
}

/** `runNames`: names of the run's classes. */
export function heardState(state: TrialState, message: FromTrial, runNames: readonly (string | null)[]): TrialState {
  switch (message.kind) {
    case "backend":
      return { ...state, backend: message.words };
    case "begun": {
      const { variants, seeds, from, classes, background, train, val, instead } = message;
      const phase = state.phase === "starting" ? "running" : state.phase;
      const lines = seeds.flatMap((seed) => variants.map(({ id }): TrialLine => ({ id, seed, steps: [], loss: [], foreground: [], dice: [], background: [], seconds: 0, why: null, message: null })));
      return { ...state, phase, variants, seeds, from, classes, background, train, val, instead, lines, names: namesOf(instead === null ? (state.choice?.data ?? "toy") : "toy", classes, background, runNames) };
    }
    case "point":
      return onLine(state, message, (line) => ({
        ...line,
        steps: [...line.steps, message.step],
        loss: [...line.loss, message.loss],
        foreground: [...line.foreground, message.foreground],
        dice: [...line.dice, message.dice],
        background: [...line.background, message.background],
        seconds: line.seconds + message.seconds,
      }));
    case "ended":
      return onLine(state, message, (line) => ({ ...line, why: message.why, message: message.message ?? null }));
    case "failed":
      return { ...state, error: message.message };
    case "pictures":
    case "paused": // shown since it was asked for
    case "done":
      return state;
  }
}

/** Pictures of the first seed alone: a page is no gallery. */
export function heardPictures(pictures: TrialPictures, message: FromTrial): TrialPictures {
  if (message.kind !== "pictures" || pictures.predicted.some((p) => p.id === message.id)) return pictures;
  const images = pictures.images.length > 0 ? pictures.images : message.images.map(({ width, height, image, labels }) => ({ width, height, image, labels }));
  return { images, predicted: [...pictures.predicted, { id: message.id, seed: message.seed, images: message.images.map((i) => i.predicted) }] };
}

/** Trainings that have not ended. */
export function unfinished(state: TrialState): readonly TrialLine[] {
  return state.lines.filter((line) => line.why === null);
}

function onLine(state: TrialState, { id, seed }: { readonly id: string; readonly seed: number }, change: (line: TrialLine) => TrialLine): TrialState {
  return { ...state, lines: state.lines.map((line) => (line.id === id && line.seed === seed ? change(line) : line)) };
}

function namesOf(data: TrialSource, classes: number, background: number, runNames: readonly (string | null)[]): readonly (string | null)[] {
  if (data === "run") return runNames;
  return Array.from({ length: classes }, (_, c) => (c === background ? "background" : data === "toy" ? `digit ${c - 1}` : `object ${c}`));
}

/** What charts of one unit share along x, so that the same epoch lies at the same place in each. */
import type { RunView } from "../../src/protocol";
import type { Unit } from "./chart";

export type Domain = { readonly min: number; readonly max: number };

/** First and last position of each unit over all data of a run; [0, 1] where a unit has none. */
export function domainsOf(run: Pick<RunView, "series" | "epochs" | "trainEpochs" | "weights">): Record<Unit, Domain> {
  const found: Record<Unit, { min: number; max: number }> = { epoch: none(), step: none(), checkpoint: none() };
  const add = (unit: Unit, x: number | null | undefined): void => {
    if (x === null || x === undefined || !Number.isFinite(x)) return;
    found[unit].min = Math.min(found[unit].min, x);
    found[unit].max = Math.max(found[unit].max, x);
  };
  for (const s of run.series) {
    add(s.unit, s.steps[0]);
    add(s.unit, s.steps[s.steps.length - 1]);
  }
  for (const view of [run.epochs, run.trainEpochs]) {
    add("epoch", view?.epochs[0]);
    add("epoch", view?.epochs[view.epochs.length - 1]);
  }
  const checkpoints = run.weights?.checkpoints ?? [];
  const byEpoch = checkpoints.some((c) => c.epoch !== null);
  for (const [i, c] of checkpoints.entries()) {
    if (byEpoch) add("epoch", c.epoch);
    else add("step", c.step);
    add("checkpoint", i + 1);
  }
  return { epoch: closed(found.epoch), step: closed(found.step), checkpoint: closed(found.checkpoint) };
}

function none(): { min: number; max: number } {
  return { min: Infinity, max: -Infinity };
}

function closed(d: { min: number; max: number }): Domain {
  return d.min > d.max ? { min: 0, max: 1 } : d;
}

/** The comparison of loss variants on label maps, as page, terminal and JSON show it. */
import { analyse, casesOf, type Analysis } from "./analysis/analyse";
import type { LabelSet } from "./analysis/labels";
import { verdictOf, type Outlook } from "./analysis/sentence";
import { misfit, type Variant } from "./loss";

export interface Compared {
  readonly id: string;
  readonly name: string;
  readonly formula: string;
  readonly source: string;
  readonly unit: Variant["unit"];
  readonly absentRule: string;
  readonly traps: readonly string[];
  /** Whether it is the loss that the run used. */
  readonly own: boolean;
  readonly outlook: Outlook | "not analysed";
  readonly sentence: string;
  /** Null where counts do not tell (losses that look at neighbouring voxels, or are made for another number of classes). */
  readonly analysis: Analysis | null;
}

/** One variant after another, so that whoever waits can show them as they come. */
export function* compare(set: LabelSet, variants: readonly Variant[], own: Variant | null): Generator<Compared> {
  const cases = casesOf(set);
  for (const variant of variants) {
    const analysis = analyse(variant, set, cases);
    const { outlook, sentence } = analysis === null ? unanalysed(variant, set) : verdictOf(analysis, set.classes);
    const { id, name, formula, source, unit, absent, traps = [] } = variant;
    yield { id, name, formula, source, unit, absentRule: absent, traps, own: variant === own, outlook, sentence, analysis };
  }
}

function unanalysed(variant: Variant, set: LabelSet): { outlook: "not analysed"; sentence: string } {
  return { outlook: "not analysed", sentence: misfit(variant, set.classes) ?? "It looks at neighbouring voxels: counts of voxels do not tell what it does." };
}

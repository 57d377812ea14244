/** Ticks of chart.js, written by our own rules. */
import type { Scale } from "chart.js";
import { tickTexts } from "../model/layout";

export function nameTicks(scale: Scale, log: boolean): void {
  const texts = tickTexts(
    scale.ticks.map((t) => t.value),
    log,
  );
  for (const [i, tick] of scale.ticks.entries()) tick.label = texts[i]!;
}

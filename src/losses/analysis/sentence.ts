/** One sentence for what an analysis shows. It follows from the numbers alone, never from the loss's name. */
import type { Analysis } from "./analyse";

/** - dead: no gradient. - trap: background alone is where it leads, or is hard to leave. - weak: it leaves, slowly. - open: nothing holds it at background. */
export type Outlook = "not finite" | "dead" | "trap" | "weak" | "open";

export interface Verdict {
  readonly outlook: Outlook;
  readonly sentence: string;
}

/** The sum of all gradients below which a float32 training stands still. */
const STILL = 1e-6;
/** A rise this large on the way out of background holds a training there; the loss's own fall from a fresh network to perfect is 1. */
const HELD = 0.002;

export function verdictOf(analysis: Analysis, classes: number): Verdict {
  const { values, fresh, collapsed, weights } = analysis;
  const numbers = [values.background, values.perfect, values.uniform];
  if (!numbers.every(Number.isFinite)) return { outlook: "not finite", sentence: `It is not a finite number: ${named(values.uniform)} for a fresh network, ${named(values.background)} for background alone, ${named(values.perfect)} for the perfect prediction.` };
  const whole = values.uniform - values.perfect;
  const gained = whole > 0 ? (values.uniform - values.background) / whole : 0;
  const still = Math.max(total(fresh.norms), total(collapsed.norms));
  const because = weights !== null && weights.absentShare > 0.5 ? `${few(analysis.absent)} of ${classes} classes are absent from ${analysis.unit === "image" ? "an image" : "a batch"} on average and hold ${percent(weights.absentShare)} of the denominator: ` : "";
  if (still < STILL) return { outlook: "dead", sentence: sentence(`${because}the loss is ${fixed(values.uniform)} for a fresh network, ${fixed(values.background)} for background alone and ${fixed(values.perfect)} for the perfect prediction, and all gradients add up to ${exponent(still)}, so training stands still.`) };
  if (total(collapsed.norms) < STILL) return { outlook: "trap", sentence: sentence(`${because}once background has 99 %, all gradients add up to ${exponent(total(collapsed.norms))}: nothing leads out.`) };
  const rise = whole > 0 ? analysis.barrier / whole : 0;
  const maskRise = whole > 0 && analysis.maskBarrier !== null ? analysis.maskBarrier / whole : 0;
  const already = gained > 0 ? `background alone already gives ${percent(gained)} of what can be gained` : "background alone gives nothing of what can be gained";
  if (rise > HELD) return { outlook: "trap", sentence: sentence(`${because}from background alone the loss rises by ${fixed(analysis.barrier)} on the straight way to the perfect prediction: a local minimum.`) };
  if (collapsed.onBackground < 0) return { outlook: "trap", sentence: sentence(`${because}where background has 99 %, the loss pushes it further onto the objects; ${already}.`) };
  if (maskRise > HELD) return { outlook: "trap", sentence: sentence(`${because}finding the objects before telling them apart raises the loss by ${fixed(analysis.maskBarrier ?? 0)} above background alone.`) };
  // Of the gradient near background, the part that draws objects to their class.
  const drawn = -collapsed.towardsTruth / total(collapsed.norms);
  if (gained > 0.5) return { outlook: "weak", sentence: sentence(`${because}${already}; once background has 99 %, ${percent(drawn)} of the gradient draws objects to their class.`) };
  if (because !== "") return { outlook: "weak", sentence: sentence(`${because}${already}.`) };
  const floor = values.perfect > 0.01 && whole > 0 ? ` It cannot fall below ${fixed(values.perfect)} here.` : "";
  return { outlook: "open", sentence: `${sentence(`background alone gives ${gained <= 0 ? "nothing" : percent(gained)} of what can be gained, and ${percent(drawn)} of the gradient near it draws objects to their class.`)}${floor}` };
}

const total = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function named(value: number): string {
  return Number.isNaN(value) ? "not a number" : Number.isFinite(value) ? fixed(value) : "infinite";
}

function fixed(value: number): string {
  return Math.abs(value) >= 0.0005 || value === 0 ? value.toFixed(Math.abs(value) >= 100 ? 1 : 3) : exponent(value);
}

function exponent(value: number): string {
  return value.toExponential(1).replace("e+", "e");
}

/** 99.99 % stays apart from 100 %. */
function percent(share: number): string {
  const value = 100 * share;
  if (value > 99 && value < 100) {
    const digits = Math.min(8, Math.max(1, Math.ceil(-Math.log10(100 - value))));
    return `${(Math.floor(value * 10 ** digits) / 10 ** digits).toFixed(digits)} %`;
  }
  return `${value.toFixed(Math.abs(value) < 10 ? 1 : 0)} %`;
}

function few(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(1);
}

/**
 * Series that a printed log repeats from a better one: the console output of a training beside its CSV or event files, nnU-Net's
 * captured output beside its training_log. What is printed is often rounded.
 */
import type { Series } from "../../run";
import { wordsOf } from "./role";

/** Decimals, or significant digits, that a printed log has at least before rounding may explain a difference: of fewer, different curves agree by chance. */
const DIGITS = 3;
/** The same of a series under the same tag. */
const DIGITS_OF_SAME_TAG = 2;
/** Points that must agree where steps are counted otherwise (from 1 for from 0, epochs for iterations). */
const ENOUGH = 4;
/** Share of a series' points that the better log must hold: what is being written is behind in one or the other. */
const HELD = 0.9;

/**
 * The same series, those that repeat another one marked (`repeats`), and left out where nothing is lost with them: the same tag
 * with equal values; each is told to `found`. `printed`: how far a source is from the numbers themselves: 0 for files of values, more for text, the more the rawer.
 */
export function withoutRepeats(series: readonly Series[], printed: (source: string) => number, found: (source: string, better: string) => void): readonly Series[] {
  if (!series.some((one) => printed(one.source) > 0)) return series;
  return series.flatMap((one) => {
    const rank = printed(one.source);
    if (rank === 0 || one.steps.length === 0) return [one];
    const better = series.find((other) => other.source !== one.source && isBefore(other, one, printed(other.source), rank) && tells(other, one));
    if (better === undefined) return [one];
    found(one.source, better.source);
    return sameTag(better, one) && equal(better, one) ? [] : [{ ...one, repeats: better.source }];
  });
}

function isBefore(other: Series, one: Series, otherRank: number, rank: number): boolean {
  if (otherRank !== rank) return otherRank < rank;
  return other.steps.length !== one.steps.length ? other.steps.length > one.steps.length : other.source < one.source;
}

function sameTag(a: Series, b: Series): boolean {
  return wordsOf(a.tag).join(" ") === wordsOf(b.tag).join(" ");
}

function equal(a: Series, b: Series): boolean {
  return a.unit === b.unit && a.values.length === b.values.length && a.values.every((v, i) => Object.is(v, b.values[i]) && a.steps[i] === b.steps[i]);
}

/** Whether `better` tells what `one` does. */
function tells(better: Series, one: Series): boolean {
  if (better.quantity !== one.quantity || better.class !== one.class || (better.split !== one.split && better.split !== null && one.split !== null)) return false;
  const tolerance = roundingOf(one.values, sameTag(better, one) ? DIGITS_OF_SAME_TAG : DIGITS);
  if (better.unit === one.unit && agreeAt(better, one, 0, tolerance) && (sameTag(better, one) || varies(one.values))) return true;
  if (!varies(one.values)) return false;
  return (better.unit === one.unit && [-1, 1].some((shift) => agreeAt(better, one, shift, tolerance, ENOUGH))) || agreeInOrder(better, one, tolerance);
}

/** Whether all points that both have agree, `one`'s steps being `shift` higher; and that these are nearly all of `one`. */
function agreeAt(better: Series, one: Series, shift: number, tolerance: Rounding, enough = 1): boolean {
  let shared = 0;
  for (let i = 0, k = 0; i < one.steps.length; i++) {
    const step = one.steps[i]! - shift;
    while (k < better.steps.length && better.steps[k]! < step) k++;
    if (better.steps[k] !== step) continue;
    if (!close(better.values[k]!, one.values[i]!, tolerance)) return false;
    shared++;
    k++;
  }
  return shared >= enough && shared >= HELD * one.steps.length;
}

function agreeInOrder(better: Series, one: Series, tolerance: Rounding): boolean {
  return one.values.length >= ENOUGH && better.values.length === one.values.length && one.values.every((v, i) => close(better.values[i]!, v, tolerance));
}

function varies(values: Float64Array): boolean {
  return values.some((v) => v !== values[0]);
}

/** How a series was rounded: half a unit of its last decimal, and of its last significant digit as a share; 0 where it shows too few to tell. */
interface Rounding {
  readonly decimal: number;
  readonly digits: number;
}

function roundingOf(values: Float64Array, least: number): Rounding {
  let digits = 0;
  let decimals = 0;
  for (const v of values) {
    if (!Number.isFinite(v) || v === 0) continue;
    const [mantissa, exponent] = v.toExponential().split("e");
    const own = mantissa!.replace(/\D/g, "").length;
    digits = Math.max(digits, own);
    decimals = Math.max(decimals, own - 1 - Number(exponent));
    if (digits > 12) break;
  }
  return { decimal: decimals >= least ? 0.5000001 * 10 ** -decimals : 0, digits: digits >= DIGITS ? digits : 0 };
}

/** Equal to single precision, or as far apart as `one` was rounded. */
function close(better: number, one: number, { decimal, digits }: Rounding): boolean {
  if (Object.is(better, one)) return true;
  const size = Math.abs(one);
  const last = digits === 0 || size === 0 ? 0 : 0.5000001 * 10 ** (Math.floor(Math.log10(size)) + 1 - digits);
  return Math.abs(better - one) <= Math.max(1e-6 * size, decimal, last);
}

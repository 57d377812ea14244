/** How low a loss may go: what becomes of it when the prediction is perfect. */

/**
 * - share: labels, probabilities, masks: never below 0
 * - score: a positive multiple of an overlap or of a coefficient, plus `shift`
 * - cost: what falls to 0 (a cross-entropy), plus `shift`
 * - dip: a negative multiple of a coefficient, and costs beside it, plus `shift`: 1 - Dice has 1, -Dice has 0
 */
export interface Level {
  readonly sense: "share" | "score" | "cost" | "dip";
  readonly shift: number;
}

export const SHARE: Level = { sense: "share", shift: 0 };
export const SCORE: Level = { sense: "score", shift: 0 };
export const COST: Level = { sense: "cost", shift: 0 };

const OPPOSITE = { share: null, score: "dip", dip: "score", cost: null } as const;

/** `by` null: a factor that is not known, taken for positive: it is a weight. */
export function scaledLevel(level: Level | null, by: number | null): Level | null {
  if (level === null || by === 0) return null;
  if (by === null) return level.shift === 0 ? level : null;
  const sense = by > 0 ? level.sense : OPPOSITE[level.sense];
  return sense === null ? null : { sense, shift: level.shift === 0 ? 0 : level.shift * by };
}

export function shiftedLevel(level: Level | null, by: number): Level | null {
  if (level?.sense === "share") return by >= 0 ? level : null;
  return level === null ? null : { ...level, shift: level.shift + by };
}

export function levelOfSum(a: Level | null, b: Level | null, sign: 1 | -1): Level | null {
  const c = sign < 0 ? scaledLevel(b, -1) : b;
  if (a === null || c === null) return null;
  const falls = (level: Level): boolean => level.sense === "cost" || level.sense === "dip";
  const sense = a.sense === c.sense ? a.sense : falls(a) && falls(c) ? "dip" : null;
  return sense === null ? null : { sense, shift: a.shift + c.shift };
}

/** Labels times predictions, where they count an agreement. */
export function levelOfProduct(a: Level | null, b: Level | null, overlap: boolean): Level | null {
  if (a?.sense !== "share" || b?.sense !== "share") return null;
  return overlap ? SCORE : SHARE;
}

/** Sums over classes or images make of a shift what is not known. */
export function levelOfAll(level: Level | null, mean: boolean): Level | null {
  return mean || level?.shift === 0 ? level : null;
}

export function sameLevel(a: Level | null, b: Level | null): Level | null {
  return a !== null && b !== null && a.sense === b.sense && a.shift === b.shift ? a : null;
}

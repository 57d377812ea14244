/**
 * Lines of a kind that came before, read from their bytes. A plan is learned from a line that was read in full (message.ts): the
 * line is read again with other digits in place of its own, and where a number of what it says changes with the digits of one
 * place, it stands there. A plan holds for lines of the same bytes but for those digits; whatever is in doubt is read in full.
 */
import { sayingOf, type Saying } from "./message";
import { PlannedMessage, Places, placesInBytes, shapeOfPairs, ZERO, type Reading } from "./plannedMessage";
import type { TableState } from "./table";

/** A plan is made for a kind of lines that came so often. */
const OFTEN = 4;
const MOST_PLANS = 4096;
const MOST_SEEN = 1 << 16;
const LONGEST = 1 << 10;
/** Readings with other digits that must agree, and how many are tried. */
const AGREE = 4;
const TRIES = 24;
/** So many lines are read both ways before a plan is trusted. */
const TRIALS = 2;
/** A digit is another word's where a letter stands before it ("Acc@1", "hd95"), and an "x" behind ("0x1f"); exponents are numbers. */
const PART_OF_WORD = /(?<![\d.][eE][-+]?\d*)(?<=[A-Za-z_@]\d*)\d|\d(?=[xX])/g;

interface Plan {
  /** The line with "0" for every digit that may be another. */
  readonly bytes: Uint8Array;
  /** 1 where a digit must be the same. */
  readonly fixed: Uint8Array;
  readonly table: TableState | null;
  readonly saying: Saying;
  /** Null for lines that say the same whatever their digits. */
  readonly message: PlannedMessage | null;
  /** Lines to be read both ways yet; negative once one was read otherwise. */
  trials: number;
}

export class LinePlans {
  private readonly plans = new Map<number, Plan[]>();
  private readonly seen = new Map<number, number>();
  private made = 0;
  /** Of the line that `find` was asked for last, and the plan that it is to try. */
  private hash = 0;
  private trial: Plan | null = null;

  /**
   * What the line in `bytes` from `start` to `end` says; undefined where no plan tells. `table`: the one whose rows are being read,
   * `phase`: the one in force. Good until the next call.
   */
  find(bytes: Uint8Array, start: number, end: number, table: TableState | null, phase: string | null): Saying | undefined {
    this.trial = null;
    let hash = 0x811c9dc5;
    for (let i = start; i < end; i++) {
      const c = bytes[i]!;
      hash = Math.imul(hash ^ (c >= ZERO && c <= 57 ? ZERO : c), 0x01000193);
    }
    this.hash = hash;
    const plans = this.plans.get(hash);
    if (plans === undefined) return undefined;
    for (const plan of plans) {
      if (plan.trials < 0 || plan.table !== table || !fits(plan, bytes, start, end)) continue;
      if (plan.message !== null && !plan.message.take(bytes, start, phase)) continue;
      if (plan.trials === 0) return plan.saying;
      this.trial = plan;
      return undefined;
    }
    return undefined;
  }

  /** Learns from the line that `find` did not know: `saying` is what it says, read in full with the same table. */
  learn(raw: string, saying: Saying, table: TableState | null, phase: string | null): void {
    const { trial } = this;
    if (trial !== null) {
      trial.trials = says(trial.saying, saying, phase) ? trial.trials - 1 : -1;
      return;
    }
    const count = (this.seen.get(this.hash) ?? 0) + 1;
    if (this.seen.size >= MOST_SEEN) this.seen.clear();
    this.seen.set(this.hash, count);
    if (count % OFTEN !== 0 || count > 8 * OFTEN || this.made >= MOST_PLANS || raw.length > LONGEST) return;
    const plan = planOf(raw, saying, table);
    if (plan === null) return;
    this.made++;
    const known = this.plans.get(this.hash);
    if (known === undefined) this.plans.set(this.hash, [plan]);
    else known.push(plan);
  }
}

function fits({ bytes: as, fixed }: Plan, bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start !== as.length) return false;
  for (let i = 0; i < as.length; i++) {
    const c = bytes[start + i]!;
    if (c !== as[i] && (fixed[i] === 1 || as[i] !== ZERO || c < ZERO || c > 57)) return false;
  }
  return true;
}

/** Whether two readings of a line say the same. */
function says(a: Saying, b: Saying, phase: string | null): boolean {
  if (a?.is !== "message" || b?.is !== "message") return JSON.stringify(a) === JSON.stringify(b);
  const numbers = ({ message }: typeof a): number[] => {
    const { epoch, iteration, bare } = message.counted;
    return [epoch, iteration, bare].flatMap((count) => (count === null ? [-1] : [count.at, count.of])).concat(message.wallTime, ...[null, phase].map((one) => message.pairs(one).map(({ value }) => value)));
  };
  const others = numbers(b);
  return shapeOf(a) === shapeOf(b) && shapeOfPairs(a.message.pairs(phase)) === shapeOfPairs(b.message.pairs(phase)) && numbers(a).every((value, i) => Object.is(value, others[i]));
}

function planOf(raw: string, saying: Saying, table: TableState | null): Plan | null {
  const bytes = new TextEncoder().encode(raw);
  if (saying !== null && saying.is !== "words" && saying.is !== "message") return null;
  if (saying?.is === "message" && saying.message.counted.overrun) return null;
  const kept = new Set([...raw.matchAll(PART_OF_WORD)].map((found) => found.index));
  const digits = [...raw.matchAll(/\d/g)].map((found) => found.index).filter((i) => !kept.has(i));
  const others = sameSaying(raw, saying, table, digits);
  if (others === null) return null;
  const fixed = new Uint8Array(bytes.length);
  const template = bytes.slice();
  const byteAt = placesInBytes(raw);
  for (let i = 0; i < template.length; i++) if (template[i]! >= ZERO && template[i]! <= 57) fixed[i] = 1;
  for (const i of digits) {
    fixed[byteAt[i]!] = 0;
    template[byteAt[i]!] = ZERO;
  }
  const plan = { bytes: template, fixed, table, trials: TRIALS };
  if (saying?.is !== "message") return { ...plan, saying, message: null };
  const readings = [{ raw, message: saying.message }, ...others];
  const places = new Places(readings, byteAt);
  const message = PlannedMessage.of(readings, places);
  return message === null ? null : { ...plan, saying: { ...saying, message }, message };
}

/** Readings of the line with other digits, which say the same but for their numbers; null where too few do. */
function sameSaying(raw: string, saying: Saying, table: TableState | null, digits: readonly number[]): Reading[] | null {
  const out: Reading[] = [];
  let agreed = 0;
  let seed = 1;
  for (let i = 0; i < TRIES && agreed < AGREE; i++) {
    const letters = raw.split("");
    for (const at of digits) {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      letters[at] = String.fromCharCode(ZERO + 1 + (seed >>> 16) % 9);
    }
    const other = letters.join("");
    const said = sayingOf(other, table);
    if (shapeOf(said) !== shapeOf(saying)) continue;
    agreed++;
    if (said?.is === "message") out.push({ raw: other, message: said.message });
  }
  return agreed === AGREE && digits.every((at) => out.length === 0 || out.some((other) => other.raw[at] !== out[0]!.raw[at])) ? out : null;
}

/** All of what a line says but for its numbers. */
function shapeOf(saying: Saying): string {
  if (saying?.is !== "message") return JSON.stringify(saying);
  const { counted, wallTime, wordsAlone, phase, kind } = saying.message;
  return JSON.stringify([saying.takenUp, counted.epoch === null, counted.iteration === null, counted.bare === null, counted.lead, counted.overrun, Number.isNaN(wallTime), wordsAlone, phase, kind.shown, shapeOfPairs(saying.message.pairs(null))]);
}

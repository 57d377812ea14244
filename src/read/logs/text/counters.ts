/** Where a line of a training loop stands: epoch and iteration, in the ways in which people print them. */

export interface Count {
  readonly at: number;
  /** What it counts up to, where the line says so; 0 otherwise. */
  readonly of: number;
}

export interface Counted {
  readonly epoch: Count | null;
  /** Within the epoch or over all of them: the reader of many lines knows. */
  readonly iteration: Count | null;
  /** A bare "3/63" at the line's start, that may be either. */
  readonly bare: Count | null;
  /** What stands before the counter: lines of one kind have it in common. */
  readonly lead: string;
  /** The line with a "§" where its counters were. */
  readonly text: string;
  /** Set where a count lies beyond what it counts up to, and was not taken for one. */
  readonly overrun: boolean;
}

const OF = String.raw`(?:\s*(?:\/|of|out of)\s*\[?(\d{1,9}))?`;
const AFTER = String.raw`(?![\d]*[\w%])(?!\.\d*[\w.])(?!:\d)`;
const EPOCH = new RegExp(String.raw`(?<![A-Za-z0-9_\-/])["']?(?:global[ _])?(epochs?|ep)["']?(?:[ _](?:no\.?|num(?:ber)?|idx|index))?\s*[:=#_-]*\s*[\[('"]?\s*#?(\d{1,9}(?:\.\d+)?)${AFTER}${OF}\s*[\])'"]?`, "i");
const SHORT_EPOCH = /^\[?E(\d{1,7})(?:\/(\d{1,7}))?\]?(?=[\s:|,-]|$)/;
const ROUND = new RegExp(String.raw`(?<![A-Za-z0-9_\-/])(round)\s*[:=#]*\s*[\[(]?\s*#?(\d{1,9})${AFTER}${OF}\s*[\])]?`, "i");
const ITERATION = new RegExp(String.raw`(?<![A-Za-z0-9_\-/])["']?(?:global[ _]?|train(?:ing)?[ _])?(iter(?:ation)?s?|steps?|global_step|mini-?batch|batch(?:[ _]idx)?|update|it(?=[:\[=]))["']?(?:[ _](?:no\.?|num(?:ber)?|idx|index))?\s*[:=#]*\s*[\[(]?\s*#?(\d{1,12})${AFTER}${OF}\s*[\])]?`, "i");
/** Right after an epoch: "[10/63]", "[640/60000 (1%)]", " 10/64", "(10/63)". */
const INNER = /^\s*[,:|-]?\s*(?:[[(]\s*(\d{1,9})\s*(?:\/|of)\s*(\d{1,9})(?:\s*\(\s*\d+(?:\.\d+)?\s*%\s*\))?\s*[\])]|(\d{1,9})\/(\d{1,9})(?=\s|$|[,:|]))/;
const PAIR = /^\[\s*(\d{1,7})\s*\/\s*(\d{1,9})\s*\]\s*[,|-]?\s*\[\s*(\d{1,9})\s*\/\s*(\d{1,9})\s*\]/;
const COMMA_PAIR = /^\[\s*(\d{1,7})\s*,\s*(\d{1,9})\s*\](?=\s*[A-Za-z])/;
const BARE = /^((?:(?:final|train(?:ing)?|val(?:id(?:ation)?)?|test(?:ing)?)\s*:?\s+){0,3})[[(]?(\d{1,9})\s?\/\s?(\d{1,9})[\])]?(?=$|[\s,:|;-])\s*(?:(\d{1,9})\/(\d{1,9})(?=[\s,:|]))?/i;
/** Behind a bare counter, a word with a number that names a case or file ("[3/20] case_3: dice 0.9") and no device: cases are counted. */
const CASE = /^[\s:|,-]*(?:(?:process|evaluat|predict|infer|segment|load|test)[a-z]*:?\s+)?(?!(?:gpu|cuda|rank|node|worker|fold|epoch|ep|iter|step|stage|phase|e|f)[_:-]?\d)(?=[A-Za-z/][^\s:=,|]*\d)[^\s:=,|]+[:|,]?\s[\s:|,.>=-]*(?=[A-Za-z])/i;
/** Before a number of epochs, these say that it is not the one that is trained now. */
const NOT_NOW = /\b(?:best|sav(?:e|ed|ing)|load(?:ed|ing)?|restor(?:e|ed|ing)|resum(?:e|ed|ing)|checkpoints?|at|from|until|since|for|per|each|every|next|last|previous|total|max|min|num|number of|patience|early|stopp(?:ed|ing)|warm-?up|reached|than|within|in|set|by|to|best_)\s*[:=(]?\s*["']?$/i;

/** Finds the counters of a message (without its stamp). */
export function countersOf(message: string): Counted {
  let text = message;
  let epoch: Count | null = null;
  let iteration: Count | null = null;
  let lead = "";
  const pair = PAIR.exec(text);
  const comma = COMMA_PAIR.exec(text);
  const short = SHORT_EPOCH.exec(text);
  if (pair !== null) {
    epoch = count(pair[1], pair[2]);
    iteration = count(pair[3], pair[4]);
    return { epoch, iteration, bare: null, lead: "[][]", text: `§${text.slice(pair[0].length)}`, overrun: false };
  }
  if (comma !== null) return { epoch: count(comma[1], undefined), iteration: count(comma[2], undefined), bare: null, lead: "[,]", text: `§${text.slice(comma[0].length)}`, overrun: false };
  const named = EPOCH.exec(text) ?? ROUND.exec(text);
  if (short !== null && named === null) {
    epoch = count(short[1], short[2]);
    text = `§${text.slice(short[0].length)}`;
    lead = "E";
  } else if (named !== null && isNow(text.slice(0, named.index)) && !(/s$/i.test(named[1]!) && named[3] === undefined)) {
    epoch = count(named[2], named[3]);
    lead = text.slice(0, named.index);
    let rest = text.slice(named.index + named[0].length);
    const inner = INNER.exec(rest);
    if (inner !== null) {
      iteration = count(inner[1] ?? inner[3], inner[2] ?? inner[4]);
      rest = rest.slice(inner[0].length);
    }
    text = `${lead}§${rest}`;
  }
  if (iteration === null) {
    const step = ITERATION.exec(text);
    if (step !== null && isNow(text.slice(0, step.index)) && !(/s$/i.test(step[1]!) && step[3] === undefined)) {
      iteration = count(step[2], step[3]);
      if (epoch === null) lead = text.slice(0, step.index);
      text = `${text.slice(0, step.index)}§${text.slice(step.index + step[0].length)}`;
    }
  }
  let bare: Count | null = null;
  let overrun = false;
  if (epoch === null && iteration === null) {
    const found = BARE.exec(text);
    const alone = found !== null && CASE.test(text.slice(found[0].length)) ? null : found;
    overrun = alone !== null && Number(alone[2]) > Number(alone[3]);
    if (alone !== null && !overrun) {
      lead = alone[1]!;
      text = `${lead}§${text.slice(alone[0].length)}`;
      const first = count(alone[2], alone[3]);
      if (alone[4] !== undefined) {
        epoch = first;
        iteration = count(alone[4], alone[5]);
      } else if (/final/i.test(lead)) epoch = first;
      else bare = first;
    }
  }
  if (epoch !== null && epoch.of > 0 && epoch.at > epoch.of) {
    epoch = null;
    overrun = true;
  }
  return { epoch, iteration, bare, lead: lead.replace(/\d+/g, "#").trim().slice(0, 60), text, overrun };
}

function count(at: string | undefined, of: string | undefined): Count {
  return { at: Number(at), of: of === undefined ? 0 : Number(of) };
}

function isNow(before: string): boolean {
  return !NOT_NOW.test(before) && !/\b(?:best|resum|restor|load(?:ed|ing)|checkpoint|saved?|saving|earl(?:y|ier))/i.test(before);
}

/** What one line says by itself, whatever came before it: the learner (learner.ts) gives it its place. */
import { barOf, type Bar } from "./bars";
import { countersOf, type Counted } from "./counters";
import { factsOf } from "./facts";
import { hashText } from "./hash";
import { phaseOf } from "./names";
import { pairsOf, skeleton, type Pair } from "./pairs";
import { unstamp } from "./stamp";
import { headerOf, rowOf, type TableState } from "./table";

/** A kind of lines: the line in which numbers are "#", and its hash. */
export interface LineKind {
  readonly shown: string;
  readonly hash: number;
}

/** A line with numbers. */
export interface Message {
  readonly counted: Counted;
  readonly wallTime: number;
  /** Whether it counts, and says no more than words: "Epoch[1] Complete". */
  readonly wordsAlone: boolean;
  /** The phase that it names, where it holds no pairs. */
  readonly phase: string | null;
  readonly kind: LineKind;
  /** Names and numbers; `phase`: the one in force. */
  pairs(phase: string | null): readonly Pair[];
}

export type Saying =
  | { readonly is: "bar"; readonly bar: Bar }
  | { readonly is: "facts"; readonly facts: ReturnType<typeof factsOf> }
  | { readonly is: "table"; readonly text: string; readonly wallTime: number; readonly takenUp: boolean }
  /** Words without a number: null where they name no phase. */
  | { readonly is: "words"; readonly phase: string | null; readonly takenUp: boolean }
  | { readonly is: "message"; readonly message: Message; readonly takenUp: boolean }
  | null;

/** A training that is taken up again, or a Python program that ended with an error. */
const TAKEN_UP = /\bresum|\brestart|\bcontinu(?:e|ing)\b.*\b(?:from|train)|^Traceback \(most recent/i;

/** `table`: the one whose rows are being read, if any. Null for a line that says nothing. */
export function sayingOf(raw: string, table: TableState | null): Saying {
  const bar = barOf(raw);
  if (bar !== null) return { is: "bar", bar };
  const { text, wallTime } = unstamp(raw);
  if (text === "" || !/[A-Za-z0-9]/.test(text)) return null;
  const stampedBar = text === raw.trim() ? null : barOf(text);
  if (stampedBar !== null) return { is: "bar", bar: stampedBar };
  const facts = factsOf(text);
  if (facts.length > 0) return { is: "facts", facts };
  const takenUp = TAKEN_UP.test(text);
  if (headerOf(text) !== null || (table !== null && rowOf(table, text) !== null)) return { is: "table", text, wallTime, takenUp };
  if (!/\d|nan|inf/i.test(text)) return { is: "words", phase: phaseOf(text), takenUp };
  return { is: "message", message: new ReadMessage(text, wallTime), takenUp };
}

class ReadMessage implements Message {
  readonly counted: Counted;

  constructor(
    private readonly text: string,
    readonly wallTime: number,
  ) {
    this.counted = countersOf(text);
  }

  get wordsAlone(): boolean {
    const { text } = this.counted;
    return /[A-Za-z]{3}/.test(text.slice(text.indexOf("§"))) && pairsOf(text, null).length === 0;
  }

  get phase(): string | null {
    return phaseOf(this.counted.text.replace(/§/g, " "));
  }

  get kind(): LineKind {
    return kindOf(skeleton(this.text));
  }

  pairs(phase: string | null): Pair[] {
    return pairsOf(this.counted.text, phase);
  }
}

/** The same few kinds come again and again. */
const KINDS = new Map<string, LineKind>();
const MOST_KINDS = 1024;

export function kindOf(shown: string): LineKind {
  let kind = KINDS.get(shown);
  if (kind === undefined) {
    if (KINDS.size >= MOST_KINDS) KINDS.clear();
    KINDS.set(shown, (kind = { shown, hash: hashText(shown) }));
  }
  return kind;
}

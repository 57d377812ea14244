/** Joins the trial to its page: what charts need, and what is kept of both. */
import type { TrialHostMethods } from "../../src/protocol";
import { Cursor } from "../cursor";
import { readTheme, watchTheme } from "../theme";
import { emptyState } from "../viewState";
import { choiceOf } from "./trialModel";
import { NOTHING_KEPT, TrialSection, type TrialKept } from "./trialSection";

/** What is kept over hiding and reloading. */
export interface TrialPageKept extends TrialKept {
  /** What was opened or closed by hand, by key. */
  readonly open: Readonly<Record<string, boolean>>;
}

export const NO_TRIAL_KEPT: TrialPageKept = { ...NOTHING_KEPT, open: {} };

/** What was kept, field by field where it is well-formed. */
export function trialKeptOf(raw: unknown): TrialPageKept {
  if (typeof raw !== "object" || raw === null) return NO_TRIAL_KEPT;
  const get = (name: string): unknown => (name in raw ? (raw as Readonly<Record<string, unknown>>)[name] : undefined);
  const [variant, open] = [get("variant"), get("open")];
  return {
    choice: choiceOf(get("choice")),
    variant: typeof variant === "string" ? variant : null,
    listOpen: get("listOpen") === true,
    ran: get("ran") === true,
    open: typeof open === "object" && open !== null ? Object.fromEntries(Object.entries(open).filter((e): e is [string, boolean] => typeof e[1] === "boolean")) : {},
  };
}

export interface TrialPageDoors {
  readonly kept: () => TrialPageKept;
  /** Keeps it and nothing else. */
  readonly keep: (next: TrialPageKept) => void;
  readonly announce: (text: string) => void;
  readonly complain: (text: string) => void;
  readonly ask: <K extends keyof TrialHostMethods>(method: K, params: Parameters<TrialHostMethods[K]>[0]) => void;
  /** Steps of the trial that is shown. */
  readonly steps: () => number;
}

export function trialSection({ kept, keep, announce, complain, ask, steps }: TrialPageDoors): TrialSection {
  let theme = readTheme();
  const cursor = new Cursor();
  const none = { min: 0, max: 1 };
  const section: TrialSection = new TrialSection({
    page: {
      cursor,
      theme: () => theme,
      domains: () => ({ epoch: none, step: { min: 0, max: steps() }, checkpoint: none }),
      kept: () => ({ ...emptyState(""), open: kept().open }),
      keep: ({ open }) => {
        if (open !== undefined) keep({ ...kept(), open });
      },
      announce,
      complain,
      refresh: () => section.show(),
    },
    kept,
    keep: (change) => {
      keep({ ...kept(), ...change });
      section.show();
    },
    ask,
  });
  watchTheme((next) => {
    theme = next;
    section.show();
  });
  return section;
}

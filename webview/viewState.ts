/** What the page keeps of its own over hiding and reloading: where the user looked, never data of the run. */
import { STATE_SCHEMA } from "../src/protocol";
import type { Position } from "./cursor";

export interface Kept {
  readonly schema: number;
  readonly folder: string;
  readonly pin: Position | null;
  /** Finding that was clicked last, by key. */
  readonly finding: string | null;
  /** Chosen scale by chart. */
  readonly scales: Readonly<Record<string, string>>;
  /** What was opened or closed by hand, by key. */
  readonly open: Readonly<Record<string, boolean>>;
  readonly confusion: boolean;
  /** Pixels from the top. */
  readonly scroll: number;
}

export function emptyState(folder: string): Kept {
  return { schema: STATE_SCHEMA, folder, pin: null, finding: null, scales: {}, open: {}, confusion: false, scroll: 0 };
}

/** What was kept, field by field where it is well-formed; empty for another folder or version. */
export function readState(raw: unknown, folder: string): Kept {
  const empty = emptyState(folder);
  if (!isRecord(raw) || raw["schema"] !== STATE_SCHEMA || raw["folder"] !== folder) return empty;
  const pin = raw["pin"];
  const { scroll, finding } = raw;
  return {
    ...empty,
    pin: isRecord(pin) && (pin["unit"] === "epoch" || pin["unit"] === "step" || pin["unit"] === "checkpoint") && typeof pin["x"] === "number" ? { unit: pin["unit"], x: pin["x"] } : null,
    finding: typeof finding === "string" ? finding : null,
    scales: entries(raw["scales"], (v) => typeof v === "string"),
    open: entries(raw["open"], (v) => typeof v === "boolean"),
    confusion: raw["confusion"] === true,
    scroll: typeof scroll === "number" && scroll >= 0 ? scroll : 0,
  };
}

function entries<T>(raw: unknown, fits: (value: unknown) => value is T): Record<string, T> {
  if (!isRecord(raw)) return {};
  return Object.fromEntries(Object.entries(raw).filter((e): e is [string, T] => fits(e[1])));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

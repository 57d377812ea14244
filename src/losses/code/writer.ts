/** Lines of a Python function as they are written: constants, imports and helpers above it, its body, and what both frameworks call a thing. */
import type { Constant } from "../formula";

export type Framework = "keras" | "pytorch";

export interface CodeOptions {
  readonly classes: number;
  /** Names of the classes, for a comment. */
  readonly names?: readonly (string | null)[];
  /** The class that is background. */
  readonly background: number;
  /** Axes of space; any number when not given. */
  readonly dims?: 2 | 3;
}

export class Writer {
  readonly constants = new Map<string, string>();
  readonly helpers: string[] = [];
  readonly body: string[] = [];
  private readonly done = new Set<string>();

  constructor(
    readonly framework: Framework,
    readonly options: CodeOptions,
  ) {}

  get keras(): boolean {
    return this.framework === "keras";
  }

  /** What differs between the two. */
  pick(keras: string, torch: string): string {
    return this.keras ? keras : torch;
  }

  line(text: string): void {
    this.body.push(text);
  }

  /** Lines that several parts need, once. */
  once(key: string, ...lines: string[]): void {
    if (this.done.has(key)) return;
    this.done.add(key);
    this.body.push(...lines);
  }

  helper(...lines: string[]): void {
    this.helpers.push(...lines);
  }

  /** Name of a constant; the same name with another value gets a number. */
  constant({ name, value, note }: Constant): string {
    const text = `${typeof value === "number" ? python(value) : `[${value.map(python).join(", ")}]`}${note === undefined ? "" : `  # ${note}`}`;
    return this.declare(name, text);
  }

  declare(name: string, text: string): string {
    for (let i = 1; ; i++) {
      const own = i === 1 ? name : `${name}_${i}`;
      const there = this.constants.get(own);
      // A note that differs does not make another constant.
      if (there !== undefined && there.replace(/ {2}#.*/, "") !== text.replace(/ {2}#.*/, "")) continue;
      if (there === undefined) this.constants.set(own, text);
      return own;
    }
  }

  /** Logits as float32. */
  logits(): string {
    this.once("logits", this.pick('logits = ops.cast(y_pred, "float32")', "logits = logits.float()"));
    return "logits";
  }

  /** One-hot labels t, laid out as the logits. */
  truth(): string {
    this.logits();
    this.once("truth", this.pick('t = ops.cast(y_true, "float32")', "t = F.one_hot(labels.long(), logits.shape[1]).movedim(-1, 1).float()"));
    return "t";
  }

  /** Axis of the classes. */
  get axis(): string {
    return this.pick("axis=-1", "dim=1");
  }

  /** "ops" or "torch": what holds the functions that both name alike. */
  get lib(): string {
    return this.pick("ops", "torch");
  }
}

/** A number as Python has it. */
export function python(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'float("nan")' : `float("${value < 0 ? "-" : ""}inf")`;
  if (value !== 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e6)) return value.toExponential().replace("e+", "e");
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

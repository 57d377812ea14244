/**
 * What following the imports of a file came to, kept from one edit to the next. Imports are followed in their order, each seeing what
 * those before it made; so one is taken from the memory as long as it and all before it are the same: the same modules were looked for
 * and have the same texts, and nothing that they made was changed since.
 */
import type { Frame, Interpreter, Made } from "./interpret";
import { MAX_STEPS } from "./interpret";
import type { Found, LoadedFile } from "./program";
import type { Trace } from "./trace";
import type { Value } from "./values";

type Attributes = Extract<Value, { kind: "object" }>["attributes"];

/** A lookup of a module, and what was found. */
export interface Lookup {
  readonly module: string;
  readonly from: string;
  readonly found: Found | null;
}

interface Step {
  readonly module: string;
  /** Where it stood: statements around it, weights and files known by then, lookups made. */
  readonly state: string;
  readonly lookups: readonly Lookup[];
  readonly loaded: LoadedFile | null;
  readonly added: readonly LoadedFile[];
  readonly trace: Trace;
  readonly made: readonly Made[];
  /** Statements and expressions that were looked at. */
  readonly steps: number;
}

export class ImportMemory {
  private steps: Step[] = [];
  /** Of those, the ones that hold so far in the text that is followed now. */
  private held = 0;
  /** Something else was imported, or something changed: what follows may be another. */
  private broken = false;
  /** What the steps made was changed: none of them holds any more. */
  private changed = false;
  /** Objects made by the import that is being followed; null while none is. */
  private making: Attributes[] | null = null;
  private kept = new WeakSet<Attributes>();

  /** A text of the file is to be followed. */
  begin(): void {
    if (this.changed || this.steps.some((step) => step.added.some(({ env }) => env.written))) {
      this.steps = [];
      this.kept = new WeakSet();
    }
    this.held = 0;
    this.broken = false;
    this.changed = false;
    this.making = null;
  }

  /** An object was made. */
  made(attributes: Attributes): void {
    this.making?.push(attributes);
  }

  /** An attribute of an object is set. */
  wrote(attributes: Attributes): void {
    if (!this.kept.has(attributes)) return;
    this.changed = true;
    this.broken = true;
  }

  /** The module that an import in the file's own statements names, followed or remembered. `follow` follows it. */
  follow(interpreter: Interpreter, module: string, frame: Frame, follow: () => LoadedFile | null): LoadedFile | null {
    if (this.making !== null) return follow();
    if (this.broken || !interpreter.isAtTop(frame)) {
      this.broken = true;
      return follow();
    }
    const known = this.steps[this.held];
    if (known !== undefined && known.module === module && known.state === stateOf(interpreter) && interpreter.steps + known.steps <= MAX_STEPS && known.lookups.every((lookup) => interpreter.program.stillFinds(lookup))) {
      this.held++;
      return taken(known, interpreter);
    }
    return this.recorded(interpreter, module, follow);
  }

  private recorded(interpreter: Interpreter, module: string, follow: () => LoadedFile | null): LoadedFile | null {
    const { program, trace, made, steps } = interpreter;
    const state = stateOf(interpreter);
    const before = { trace: trace.marks(), made: made.length, files: program.files.size, lookups: program.lookups.length, weights: interpreter.weightPlaces.length };
    const making: Attributes[] = [];
    this.making = making;
    const loaded = follow();
    this.making = null;
    const lookups = program.lookups.slice(before.lookups);
    const added = [...program.files.values()].slice(before.files);
    this.steps.length = this.held;
    // What saw the file itself is another with each of its texts; weights are known by their numbers.
    const own = lookups.some(({ found }) => found?.path === program.main?.file.path) || interpreter.weightPlaces.length !== before.weights;
    if (own || interpreter.steps > MAX_STEPS) this.broken = true;
    if (this.broken) return loaded;
    for (const attributes of making) this.kept.add(attributes);
    for (const { env } of added) env.written = false;
    this.steps.push({ module, state, lookups, loaded, added, trace: trace.since(before.trace), made: made.slice(before.made), steps: interpreter.steps - steps });
    this.held++;
    return loaded;
  }
}

function stateOf({ nesting, weightPlaces, program }: Interpreter): string {
  return `${nesting} ${weightPlaces.length} ${program.files.size} ${program.lookups.length}`;
}

function taken(step: Step, interpreter: Interpreter): LoadedFile | null {
  const { program } = interpreter;
  for (const lookup of step.lookups) program.lookups.push(lookup);
  for (const loaded of step.added) program.files.set(loaded.file.path, loaded);
  for (const made of step.made) interpreter.made.push(made);
  interpreter.trace.add(step.trace);
  interpreter.steps += step.steps;
  return step.loaded;
}

/** Where losses are handed to a training: compile(loss=…), criterion = …, registries, partial(…). Names only: what they hold, the model knows. */
import { perPiece, type Piece } from "../pieces";

export interface Usage {
  /** In compile(loss=…), by name or by the name under which they were put together. */
  readonly compiled: ReadonlySet<string>;
  /** As criterion, loss_fn or the like, or in a registry of losses. */
  readonly used: ReadonlySet<string>;
  /** In compile(metrics=…). */
  readonly metrics: ReadonlySet<string>;
  /** Called with values by tf.py_function or tf.numpy_function. */
  readonly values: ReadonlySet<string>;
  /** compile(run_eagerly=True) or tf.config.run_functions_eagerly(True); null: it is told by what is not known. */
  readonly eager: boolean | null;
}

/** Past so many calls and assignments the rest is not looked at: code that no hand wrote. */
const MAX_FOUND = 200;
const MAX_EXPRESSION = 4000;
const KEYWORDS = new Set(["lambda", "if", "else", "for", "in", "not", "and", "or", "is", "None", "True", "False", "self", "partial", "functools", "dict", "list", "str"]);

export function usageOf(pieces: readonly Piece[]): Usage {
  const compiled = new Set<string>();
  const metrics = new Set<string>();
  const used = new Set<string>();
  const each = pieces.map(saidIn);
  for (const { loss, measured } of each.flatMap((said) => said.compiles).slice(0, MAX_FOUND)) {
    if (loss !== undefined) gather(pieces, loss, compiled, used, 3);
    for (const name of measured) metrics.add(name);
  }
  for (const name of usedNames(pieces)) used.add(name);
  const values = new Set(each.flatMap((said) => said.values).slice(0, MAX_FOUND).flat());
  const eager = each.some((said) => said.eager === true) ? true : each.some((said) => said.eager === null) ? null : false;
  return { compiled, used, metrics, values, eager };
}

/** Names that are used as losses outside of compile. */
export function usedNames(pieces: readonly Piece[]): ReadonlySet<string> {
  const used = new Set<string>();
  const each = pieces.map(saidIn);
  let left = MAX_FOUND;
  const next = (found: readonly string[]): readonly string[] => {
    const taken = found.slice(0, Math.max(0, left));
    left -= found.length;
    return taken;
  };
  for (const expression of next(each.flatMap((said) => said.assigned))) gather(pieces, expression, used, used, 2);
  for (const names of each.flatMap((said) => said.added).slice(0, MAX_FOUND)) for (const name of names) used.add(name);
  if (each.some((said) => said.trains)) for (const list of [each.flatMap((said) => said.losses), each.flatMap((said) => said.derived)]) for (const name of next(list)) used.add(name);
  return used;
}

/** What a piece of a file says of losses. */
interface Said {
  /** compile(…): its loss, the names of its metrics. */
  readonly compiles: readonly { readonly loss: string | undefined; readonly measured: readonly string[] }[];
  /** What is assigned to a name for losses. */
  readonly assigned: readonly string[];
  /** Names in each add_loss(…), and of what each tf.py_function(…) calls. */
  readonly added: readonly (readonly string[])[];
  readonly values: readonly (readonly string[])[];
  readonly trains: boolean;
  /** f of loss = f(…), and of grad(f); they count where the file trains. */
  readonly losses: readonly string[];
  readonly derived: readonly string[];
  readonly eager: boolean | null;
}

const saidIn = perPiece((text): Said => {
  const code = withoutComments(text);
  const compiles = callsOf(code, /\.compile\s*\(/g).map((inside) => {
    const { named, positional } = argumentsOf(inside);
    return { loss: named.get("loss") ?? positional[1], measured: [named.get("metrics") ?? positional[2] ?? "", named.get("weighted_metrics") ?? ""].flatMap(namesIn) };
  });
  const values = callsOf(code, /\b(?:py_function|numpy_function|py_func)\s*\(/g).map((inside) => namesIn(argumentsOf(inside).named.get("func") ?? argumentsOf(inside).positional[0] ?? ""));
  const first = (pattern: RegExp): string[] => some(code, pattern).map((match) => match[1]!);
  return {
    compiles,
    assigned: some(code, ASSIGNED).map((match) => expressionAt(code, match.index + match[0].length)),
    added: callsOf(code, /\badd_loss\s*\(/g).map(namesIn),
    values,
    trains: TRAINED.test(code),
    losses: first(/\bloss\w*\s*\+?=\s*(?:self\.)?([A-Za-z_]\w*)\s*\(/g),
    derived: first(/\b(?:jax\.)?(?:value_and_grad|grad)\s*\(\s*([A-Za-z_]\w*)/g),
    eager: eagerOf(code),
  };
});

function some(code: string, pattern: RegExp): RegExpExecArray[] {
  const found: RegExpExecArray[] = [];
  for (const match of code.matchAll(pattern)) {
    if (found.push(match) > MAX_FOUND) break;
  }
  return found;
}

function eagerOf(code: string): boolean | null {
  if (/run_eagerly\s*=\s*True\b|run_functions_eagerly\(\s*True|enable_eager_execution\(\)/.test(code)) return true;
  return /run_eagerly\s*=\s*(?!False\b|None\b|=)\S|run_functions_eagerly\(\s*[^F)\s]/.test(code) ? null : false;
}

/** criterion = …, self.loss_fn = …, LOSSES = {…}, add_loss(…), and loss = f(…) where something is trained. */
const ASSIGNED = /\b(?:self\.)?(?:\w*criterion|\w*loss_(?:fn|func|function|fcn|object|obj)|objective)\s*(?::[^=\n]{0,60})?=(?!=)|\bself\.(?:\w+_)?loss\s*=(?!=)|\b\w*(?:LOSS|LOSSES|losses|loss_map|loss_dict|CRITERIA|criteria|criterions|loss_fns|loss_functions|loss_funcs)\w{0,12}\s*(?::[^=\n]{0,80})?=(?=\s*[{[(d])/g;
const TRAINED = /\.backward\s*\(|GradientTape\s*\(|value_and_grad\s*\(|\.minimize\s*\(/;

/** The names of an expression, and of what those names were assigned: `into` where all of them are meant, `perhaps` for the entries of a registry. */
function gather(pieces: readonly Piece[], expression: string, into: Set<string>, perhaps: Set<string>, depth: number): void {
  // LOSSES[name]: any one of them.
  const entry = /^\s*([A-Za-z_]\w*)\s*\[\s*(?:(["'])(\w+)\2)?/.exec(expression);
  if (entry !== null && depth > 0) {
    const held = assignedTo(pieces, entry[1]!);
    const own = entry[3] === undefined || held === null ? undefined : new RegExp(`["']${entry[3]}["']\\s*:([^,}]{1,300})`).exec(held)?.[1];
    if (own !== undefined) gather(pieces, own, into, perhaps, depth - 1);
    else if (held !== null) for (const name of namesIn(held)) perhaps.add(name);
    return;
  }
  // lambda t, p: 1 - dice(t, p): what it calls is not what is handed over, unless that is all it does.
  const body = /^[\s(]{0,20}lambda\b[^:\n]{0,300}:([^]*)$/.exec(expression)?.[1]?.trim();
  if (body !== undefined && !/^[\w.]+\([\w\s,.=*]*\)\)?$/.test(body)) {
    for (const name of namesIn(body)) perhaps.add(name);
    return;
  }
  for (const name of namesIn(expression)) {
    if (into.has(name)) continue;
    into.add(name);
    const held = depth > 0 ? assignedTo(pieces, name) : null;
    if (held !== null) gather(pieces, held, into, perhaps, depth - 1);
  }
}

/** What a name is assigned at the beginning of a line, the last time of the first 20; null when it is not. */
function assignedTo(pieces: readonly Piece[], name: string): string | null {
  let held: string | null = null;
  let left = 20;
  for (const piece of pieces) {
    const { code, ends } = assignmentsIn(piece);
    const own = ends.get(name)?.slice(0, left) ?? [];
    if (own.length > 0) held = expressionAt(code, own.at(-1)!);
    left -= own.length;
    if (left === 0) break;
  }
  return held;
}

/** Where the assignments of each name end before what is assigned. */
const assignmentsIn = perPiece((text): { readonly code: string; readonly ends: ReadonlyMap<string, readonly number[]> } => {
  const code = withoutComments(text);
  const ends = new Map<string, number[]>();
  for (const match of code.matchAll(/^[ \t]*([A-Za-z_]\w*)\s*(?::[^=\n]{0,60})?=(?!=)/gm)) {
    const own = ends.get(match[1]!);
    const end = match.index + match[0].length;
    if (own === undefined) ends.set(match[1]!, [end]);
    else own.push(end);
  }
  return { code, ends };
});

/** Identifiers, and words in strings, without attributes, names of arguments and keywords. */
function namesIn(expression: string): string[] {
  const names: string[] = [];
  for (const match of expression.matchAll(/(\.\s*)?\b([A-Za-z_]\w*)\b(\s*=(?!=))?/g)) {
    const [, dotted, name = "", given] = match;
    // losses.dice_loss and self.dice: the last name.
    if (dotted !== undefined) names.pop();
    if (given === undefined && !KEYWORDS.has(name)) names.push(name);
    if (names.length > MAX_FOUND) break;
  }
  return names;
}

/** What stands in the parentheses of each call. */
function callsOf(code: string, pattern: RegExp): string[] {
  const found: string[] = [];
  for (const match of code.matchAll(pattern)) {
    if (found.length >= MAX_FOUND) break;
    const from = match.index + match[0].length;
    found.push(code.slice(from, endOf(code, from, false)));
  }
  return found;
}

/** An expression up to the end of its line, or of the brackets that it opens. */
function expressionAt(code: string, from: number): string {
  return code.slice(from, endOf(code, from, true));
}

/** What no bracket can go on into: it was not closed yet. */
const NEXT = /\n[ \t]*(?:async\s+)?(?:def|class)\s|\n[ \t]*@[A-Za-z_]/y;

/** The closing bracket that nothing opened, or with `line` the line's end outside of brackets. */
function endOf(code: string, from: number, line: boolean): number {
  let depth = 0;
  const end = Math.min(code.length, from + MAX_EXPRESSION);
  for (let i = from; i < end; i++) {
    const c = code[i]!;
    if ("([{".includes(c)) depth++;
    else if (")]}".includes(c) && --depth < 0) return i;
    else if (line && depth === 0 && (c === "\n" || c === ";")) return i;
    else if (c === "\n") {
      NEXT.lastIndex = i;
      if (NEXT.test(code)) return i;
    }
  }
  return end;
}

function argumentsOf(inside: string): { positional: string[]; named: Map<string, string> } {
  const positional: string[] = [];
  const named = new Map<string, string>();
  let depth = 0;
  let from = 0;
  const take = (to: number): void => {
    const part = inside.slice(from, to).trim();
    const name = /^([A-Za-z_]\w*)\s*=(?!=)/.exec(part);
    if (name !== null) named.set(name[1]!, part.slice(name[0].length));
    else if (part !== "") positional.push(part);
    from = to + 1;
  };
  for (let i = 0; i < inside.length; i++) {
    const c = inside[i]!;
    if ("([{".includes(c)) depth++;
    else if (")]}".includes(c)) depth--;
    else if (c === "," && depth === 0) take(i);
  }
  take(inside.length);
  return { positional, named };
}

function withoutComments(text: string): string {
  return text.replace(/#[^\n"']*$/gm, "");
}

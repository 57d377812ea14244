/** Statements with bodies: any one of their ways may be the one that is taken. */
import { children, type Node } from "../python";
import { bindNames } from "./assign";
import type { Frame, Interpreter } from "./interpret";
import { derived, join, UNKNOWN, type Value } from "./values";

/** The first body, or one of the handlers; what follows in any case. */
export function tried(interpreter: Interpreter, node: Node, frame: Frame): void {
  const parts = children(node);
  const bodies = parts.flatMap((c, i) => (c.name === "Body" ? [{ body: c, before: keywordBefore(parts, i) }] : []));
  const [first, ...rest] = bodies;
  if (first === undefined) return;
  const before = frame.env.save();
  interpreter.block(first.body, frame);
  const after = frame.env.save();
  const handlers = rest.filter((b) => b.before === "except");
  const ways = [after];
  for (const { body } of handlers) {
    frame.env.restore(before);
    interpreter.block(body, frame);
    if (!leaves(body)) ways.push(frame.env.save());
  }
  frame.env.joinWays(ways);
  for (const { body, before: word } of rest) if (word !== "except") interpreter.block(body, frame);
}

export function loop(interpreter: Interpreter, node: Node, frame: Frame): void {
  const parts = children(node);
  const inAt = parts.findIndex((p) => p.name === "in");
  const bodyAt = parts.findIndex((p) => p.name === "Body");
  if (inAt < 0) return;
  const sources = parts.slice(inAt + 1, bodyAt < 0 ? undefined : bodyAt);
  const over = sources[0] === undefined ? UNKNOWN : interpreter.expression(sources[0], frame);
  bindNames(interpreter, parts.slice(1, inAt).filter((p) => p.name !== ","), elementOf(over), frame);
  const before = frame.env.save();
  // The body is taken to run: what it fills is filled.
  for (const c of parts) if (c.name === "Body") interpreter.block(c, frame);
  // num += w * …: what multiplies each of the parts multiplies their sum no more.
  for (const [name, value] of frame.env.save()) {
    const had = before.get(name);
    if (had !== undefined && had !== value && value.kind === "tensor" && value.state !== "weights" && (value.factors.length > 0 || value.by.length > 0)) frame.env.set(name, { ...value, factors: [], by: [] });
  }
}

export function branches(interpreter: Interpreter, node: Node, frame: Frame): void {
  const parts = children(node);
  const bodies: Node[] = [];
  let complete = false;
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i]!;
    if (part.name !== "Body") continue;
    const before = parts[i - 1];
    if (before?.name === "else") {
      bodies.push(part);
      complete = true;
      continue;
    }
    const test = before === undefined ? UNKNOWN : interpreter.expression(before, frame);
    if (test.kind === "boolean" && !test.value) continue;
    bodies.push(part);
    if (test.kind === "boolean") {
      complete = true;
      break;
    }
  }
  ways(interpreter, bodies, frame, !complete);
}

/** Any one of the bodies may be the one that runs; `none`: perhaps none of them. A body that leaves the function does not lead on. */
export function ways(interpreter: Interpreter, bodies: readonly (Node | null)[], frame: Frame, none: boolean): void {
  const before = frame.env.save();
  const ends: ReadonlyMap<string, Value>[] = none ? [before] : [];
  for (const body of bodies) {
    if (body === null) continue;
    frame.env.restore(before);
    interpreter.block(body, frame);
    if (!leaves(body)) ends.push(frame.env.save());
  }
  if (ends.length === 0) frame.env.restore(before);
  else frame.env.joinWays(ends);
}

function keywordBefore(parts: readonly Node[], at: number): string {
  for (let i = at - 1; i >= 0; i--) if (["try", "except", "else", "finally"].includes(parts[i]!.name)) return parts[i]!.name;
  return "";
}

function leaves(body: Node): boolean {
  return children(body).some((c) => c.name === "ReturnStatement" || c.name === "RaiseStatement" || c.name === "ContinueStatement" || c.name === "BreakStatement");
}

/** What a loop's variable holds. */
export function elementOf(over: Value): Value {
  if (over.kind === "sequence") {
    const [first] = over.items;
    if (first?.kind === "number") return UNKNOWN; // any one of the indices
    return over.items.length === 0 ? UNKNOWN : over.items.reduce((a, b) => join(a, b));
  }
  return over.kind === "tensor" ? { ...derived([over]), ...(over.gradient === "none" ? { gradient: "none" as const } : {}) } : UNKNOWN;
}

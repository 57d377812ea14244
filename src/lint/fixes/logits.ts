/** Handing over logits where probabilities were made of them first. */
import { textOf, type Node } from "../python";
import type { Flow, Loss } from "../model/model";
import type { CallMet, Met } from "../model/trace";
import type { Tensor } from "../model/values";
import type { Edit } from "../rules/rule";
import { boundName, inPlaceOf, isBound, lineBefore, replaced, standsIn, statementOf, usesOf, withoutStatement } from "./code";
import { freshName } from "./source";

const ACTIVATION = /^(softmax|sigmoid|Softmax|Sigmoid|Softmax2d|expit)$/;

/** The call of an activation that made these probabilities, in the same function; null where it is not known or elsewhere. */
export function madeBy(owner: Loss | Flow, tensor: Tensor): CallMet | null {
  const found = owner.trace.calls.filter((c) => c.result === tensor && ACTIVATION.test(c.method));
  const [only] = found;
  return only !== undefined && found.length === 1 && standsIn(owner.fn, only.node) ? only : null;
}

/** What the activation was applied to. */
export function activatedNode(call: CallMet): Node | null {
  return call.argNodes[0] ?? call.namedNodes.get("input") ?? call.namedNodes.get("logits") ?? call.namedNodes.get("x") ?? null;
}

/** Edits after which `taken`, an argument that holds the result of an activation, holds what it was applied to. */
export function handLogits(owner: Loss | Flow, call: Met, taken: Node, tensor: Tensor): readonly (Edit | null)[] | null {
  const source = madeBy(owner, tensor);
  const inner = source === null ? null : activatedNode(source);
  if (source === null || inner === null || !standsIn(owner.fn, call.node)) return null;
  const { file } = call;
  if (source.node.from >= taken.from && source.node.to <= taken.to) return [replaced(file, source.node, inner)];
  const statement = statementOf(source.node);
  const name = statement === null ? null : boundName(file, statement);
  if (statement === null || name === null || textOf(file, taken) !== name || statement.to !== source.node.to) return null;
  const scope = owner.fn?.node ?? file.root;
  const looped = isLooped(statement, scope);
  const others = usesOf(file, scope, name).filter((n) => n.from !== taken.from && (n.from > statement.to || (looped && n.to < statement.from)));
  const text = textOf(file, inner);
  const plain = inner.name === "VariableName";
  if (plain && text !== name) {
    const bound = usesOf(file, scope, text).some((n) => n.from > statement.to && n.from < call.node.to && isBound(n));
    if (!bound) {
      const hand: Edit = { from: taken.from, to: taken.to, text };
      const without = others.length === 0 ? withoutStatement(file, statement) : null;
      return without === null ? [hand] : [without, hand];
    }
  }
  if (others.length === 0) {
    if (plain && text === name) return [withoutStatement(file, statement)];
    return [{ from: source.node.from, to: source.node.to, text: inPlaceOf(file, source.node, inner) }];
  }
  const fresh = freshName(file, "logits");
  const kept: (Edit | null)[] = [lineBefore(file, statement, `${fresh} = ${text}`), { from: taken.from, to: taken.to, text: fresh }];
  if (!plain) kept.push({ from: inner.from, to: inner.to, text: fresh });
  return text.includes("\n") ? null : kept;
}

/** In a loop the name may be read, above, as it was in the turn before. */
function isLooped(statement: Node, scope: Node): boolean {
  for (let at = statement.parent; at !== null && at.from >= scope.from && at.to <= scope.to; at = at.parent) if (at.name === "ForStatement" || at.name === "WhileStatement") return true;
  return false;
}

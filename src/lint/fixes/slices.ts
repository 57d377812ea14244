/** The background left out at the wrong place. */
import { children, textOf, type Node, type PythonFile } from "../python";
import type { Loss } from "../model/model";
import type { CallMet, PickMet } from "../model/trace";
import { LABELS } from "../model/values";
import type { Edit, Fix } from "../rules/rule";
import { boundName, fixOf, isBound, replaced, standsIn, statementOf, usesOf, withoutStatement } from "./code";
import { insert, replace } from "./edits";
import { activatedNode } from "./logits";

/** What stands between two commas of a subscript. */
function indices(file: PythonFile, subscript: Node): string[] {
  const parts = children(subscript);
  const groups: string[] = [""];
  for (const part of parts.slice(parts.findIndex((p) => p.name === "[") + 1)) {
    if (part.name === "]") break;
    if (part.name === ",") groups.push("");
    else groups.push((groups.pop() ?? "") + textOf(file, part));
  }
  return groups;
}

/** x[:, 1:] of a single channel is x. Nothing is done where the labels are cut as well: it is not known what they hold. */
export function withoutSlice(loss: Loss, met: PickMet): Fix[] {
  const { file, node } = met;
  const object = node.firstChild;
  const isCut = loss.trace.picks.some((p) => p.of.origin === LABELS && (p.result.foreground || p.result.empty));
  if (object === null || isCut || !indices(file, node).every((i) => i === ":" || i === "..." || i === "1:")) return [];
  const statement = statementOf(node);
  const whole = statement !== null && statement.to === node.to && boundName(file, statement) === textOf(file, object) ? withoutStatement(file, statement) : null;
  return fixOf("Keep the only channel", [whole ?? replaced(file, node, object)], false);
}

/** softmax(x[:, 1:]) to softmax(x)[:, 1:] */
export function activateFirst(loss: Loss, call: CallMet): Fix[] {
  const { file } = call;
  const taken = activatedNode(call);
  const pick = loss.trace.picks.find((p) => p.result === call.args[0]);
  const object = pick?.node.firstChild;
  if (taken === null || pick === undefined || object === null || object === undefined || !standsIn(loss.fn, call.node) || !standsIn(loss.fn, pick.node)) return [];
  if (!indices(file, pick.node).every((i) => i.includes(":") || i === "...")) return [];
  const title = "Take the softmax first, then leave out the background";
  const cut = insert(call.node.to, file.text.slice(object.to, pick.node.to).trim());
  if (pick.node.from >= taken.from && pick.node.to <= taken.to) return fixOf(title, [replaced(file, pick.node, object), cut], true);
  const edits = throughName(loss, call, taken, pick, object);
  return edits === null ? [] : fixOf(title, [...edits, cut], true);
}

/** fg = x[:, 1:] … softmax(fg) */
function throughName(loss: Loss, call: CallMet, taken: Node, pick: PickMet, object: Node): (Edit | null)[] | null {
  const { file } = call;
  const statement = statementOf(pick.node);
  const name = statement === null ? null : boundName(file, statement);
  if (statement === null || name === null || statement.to !== pick.node.to || textOf(file, taken) !== name || object.name !== "VariableName") return null;
  const own = textOf(file, object);
  const after = usesOf(file, loss.fn.node, name).filter((n) => n.from > statement.to && n.from !== taken.from);
  if (own !== name) {
    if (usesOf(file, loss.fn.node, own).some((n) => n.from > statement.to && n.from < call.node.to && isBound(n))) return null;
    const without = after.length === 0 ? withoutStatement(file, statement) : null;
    return without === null ? [replace(taken, own)] : [without, replace(taken, own)];
  }
  // x = x[:, 1:]: x must be read by the softmax alone, until it is bound anew.
  const binding = statementOf(call.node);
  const rebound = binding !== null && boundName(file, binding) === name;
  if (after.some((n) => (binding === null || n.from < binding.from || n.from > binding.to ? !(rebound && n.from > call.node.to) : !isBound(n)))) return null;
  return [withoutStatement(file, statement)];
}

/** What a file does with the values of its functions. */
import { child, children, textOf, type Node, type PythonFile } from "../python";

/** Past so many nodes the rest of a file is not looked at. */
const MAX_NODES = 200_000;
const MAX_DEPTH = 200;
/** What a loop over batches runs over. */
const BATCHES = /loader|batches|dataset|_dl\b|_ds\b|\bdl\b|\bds\b/i;

/** Names of functions whose values are added up or collected in a loop over batches: total += dice(…), scores.append(dice(…)). */
export function averagedOverBatches(file: PythonFile): ReadonlySet<string> {
  const names = new Set<string>();
  let left = MAX_NODES;
  const visit = (node: Node, batches: boolean, kept: boolean, depth: number): void => {
    if (--left < 0 || depth > MAX_DEPTH) return;
    const name = batches && kept ? calledWithBatches(file, node) : null;
    if (name !== null) names.add(name);
    const inLoop = batches || (node.name === "ForStatement" && overBatches(file, node));
    const isKept = kept || (inLoop && keeps(file, node));
    for (let c = node.firstChild; c !== null; c = c.nextSibling) visit(c, inLoop, isKept, depth + 1);
  };
  visit(file.root, false, false, 0);
  return names;
}

/** total += …, scores.append(…) */
function keeps(file: PythonFile, node: Node): boolean {
  if (node.name === "UpdateStatement") return children(node).some((c) => c.name === "UpdateOp" && textOf(file, c) === "+=");
  const callee = node.name === "CallExpression" ? node.firstChild : null;
  const method = callee?.name === "MemberExpression" ? child(callee, "PropertyName") : null;
  return method !== null && textOf(file, method) === "append";
}

/** The name of a function that is called with whole batches: no item is picked of an argument. */
function calledWithBatches(file: PythonFile, node: Node): string | null {
  const callee = node.name === "CallExpression" ? node.firstChild : null;
  const list = child(node, "ArgList");
  if (callee?.name !== "VariableName" || list === null) return null;
  return children(list).some((argument) => argument.name === "MemberExpression" && child(argument, "[") !== null) ? null : textOf(file, callee);
}

function overBatches(file: PythonFile, loop: Node): boolean {
  const parts = children(loop);
  const at = parts.findIndex((p) => p.name === "in");
  const source = parts[at + 1];
  return at >= 0 && source !== undefined && source.to - source.from < 200 && BATCHES.test(textOf(file, source));
}

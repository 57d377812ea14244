/** What a function sees before its first statement. */
import type { Evaluator } from "./evaluate";
import { child, children, isConstructor, textOf, type Node, type PythonFunction } from "./python";
import { LABELS, UNKNOWN, type Value } from "./values";

export type Scope = Map<string, Value>;

const LABEL_NAME = /^(y_?true|true|targets?|labels?|gts?|ground_?truth|masks?|one_?hot|onehot_labels|y|t|y_onehot|reference|seg)$/i;
const PREDICTION_NAME = /pred|logit|output|prob|softmax|^(p|x|input|inputs|net)$/i;

/** The parameter that holds the labels: by name, else the first of two (Keras' order). */
export function labelParameter(fn: PythonFunction): string | null {
  const named = fn.params.find((p) => LABEL_NAME.test(p.name) || /true|target|label|mask|truth/i.test(p.name));
  if (named !== undefined) return named.name;
  return fn.params.find((p) => p.fallback === null && !PREDICTION_NAME.test(p.name))?.name ?? null;
}

/** What a parameter holds when the function is called as a loss. */
export function assumedArgument(name: string, labels: string | null): Value | undefined {
  if (name === labels) return LABELS;
  return PREDICTION_NAME.test(name) ? { kind: "predictions" } : undefined;
}

/** What a nested function sees: its maker's parameters and assignments, or what its class's constructor sets. */
export function enclosingScope(evaluator: Evaluator, node: Node, scope: Scope): void {
  const { file } = evaluator;
  const body = child(node, "Body");
  const statements = body === null ? [] : children(body);
  if (node.name === "ClassDefinition") {
    for (const member of statements) if (isConstructor(file, member)) enclosingScope(evaluator, member, scope);
    return;
  }
  const params = child(node, "ParamList");
  const parts = params === null ? [] : children(params);
  parts.forEach((part, i) => {
    if (part.name !== "VariableName" || parts[i - 1]?.name === "AssignOp") return;
    const j = parts[i + 1]?.name === "TypeDef" ? i + 2 : i + 1;
    const fallback = parts[j]?.name === "AssignOp" ? parts[j + 1] : undefined;
    scope.set(textOf(file, part), fallback === undefined ? UNKNOWN : evaluator.expression(fallback, scope));
  });
  for (const s of statements) if (s.name === "AssignStatement") evaluator.statement(s, scope);
}

/** Python text → findings. */
import { buildModel, type Model, type Resolver } from "./model/model";
import { ignoredLines, isIgnored } from "./ignore";
import type { RunFacts } from "./facts";
import { RULES } from "./rules/all";
import type { Finding } from "./rules/rule";

export interface LintOptions {
  /** Finds modules of the user's own that the file imports; without it they stay unknown. */
  readonly resolver?: Resolver;
  /** Numbers of a run near the code. */
  readonly facts?: RunFacts;
}

/** Findings in source order, without those that a comment tells to ignore. Nothing is run, and no text makes it fail. */
export function lintPython(path: string, text: string, options: LintOptions = {}): Finding[] {
  return findingsOf(buildModel(path, text, options.resolver ?? null, options.facts ?? null));
}

export function findingsOf(model: Model): Finding[] {
  const found = RULES.flatMap((rule) => rule.check(model));
  if (found.length === 0) return found;
  const ignored = ignoredLines(model.file);
  return found.filter((finding) => !isIgnored(model.file, ignored, finding)).sort((a, b) => a.range.from - b.range.from || a.range.to - b.range.to || order(a.rule) - order(b.rule));
}

function order(rule: string): number {
  return Number(rule.slice(1));
}

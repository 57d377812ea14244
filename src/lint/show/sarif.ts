/** Findings in SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/), as code scanning services read them. */
import { RULES } from "../rules/all";
import { pageOf, type Severity } from "../rules/rule";
import type { PlacedFinding } from "./placed";

const LEVELS: Readonly<Record<Severity, string>> = { error: "error", warning: "warning", info: "note" };

/** `version`: of this program. */
export function sarifReport(findings: readonly PlacedFinding[], version: string): string {
  const rules = RULES.map((rule) => ({ id: rule.id, name: rule.name, shortDescription: { text: rule.name }, help: { text: `See ${pageOf(rule.id)}` } }));
  const results = findings.map((f) => ({
    ruleId: f.rule,
    ruleIndex: RULES.findIndex((rule) => rule.id === f.rule),
    level: LEVELS[f.severity],
    message: { text: f.message },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: uriOf(f.path) }, region: { startLine: f.line, startColumn: f.column, endLine: f.endLine, endColumn: f.endColumn } },
        ...(f.cell === undefined ? {} : { logicalLocations: [{ name: `cell ${f.cell}` }] }),
      },
    ],
  }));
  const run = { tool: { driver: { name: "run-doctor", version, rules } }, columnKind: "utf16CodeUnits", results };
  return `${JSON.stringify({ $schema: "https://json.schemastore.org/sarif-2.1.0.json", version: "2.1.0", runs: [run] }, null, 2)}\n`;
}

function uriOf(path: string): string {
  return path.replaceAll("\\", "/").split("/").map(encodeURIComponent).join("/");
}

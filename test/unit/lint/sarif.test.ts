import assert from "node:assert/strict";
import { RULES } from "../../../src/lint/rules/all";
import { lintFile } from "../../../src/lint/show/placed";
import { sarifReport } from "../../../src/lint/show/sarif";
import { BAD } from "./snippets/bad";

/**
 * The part of the SARIF 2.1.0 schema (docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json) that reports use,
 * with its names: an object's known properties, those required, least values and enumerations. Its objects allow no other property.
 */
type Schema =
  | { readonly type: "string"; readonly oneOf?: readonly string[]; readonly like?: RegExp }
  | { readonly type: "integer"; readonly least: number }
  | { readonly type: "array"; readonly of: Schema }
  | { readonly type: "object"; readonly required: readonly string[]; readonly properties: Readonly<Record<string, Schema>> };

const text: Schema = { type: "string" };
const object = (required: readonly string[], properties: Readonly<Record<string, Schema>>): Schema => ({ type: "object", required, properties });
const list = (of: Schema): Schema => ({ type: "array", of });
const count = (least: number): Schema => ({ type: "integer", least });
const uri: Schema = { type: "string", like: /^[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]*$/ };
const absolute: Schema = { type: "string", like: /^[a-z][a-z0-9+.-]*:[^\s]+$/ };
const multiformat = object(["text"], { text, markdown: text });
const message = object([], { text, markdown: text, id: text, arguments: list(text) });
const level: Schema = { type: "string", oneOf: ["none", "note", "warning", "error"] };
const region = object([], { startLine: count(1), startColumn: count(1), endLine: count(1), endColumn: count(1), charOffset: count(-1), charLength: count(0), message });
const artifact = object([], { uri, uriBaseId: text, index: count(-1), description: message });
const logical = object([], { name: text, index: count(-1), fullyQualifiedName: text, decoratedName: text, parentIndex: count(-1), kind: text });
const location = object([], { id: count(-1), physicalLocation: object([], { artifactLocation: artifact, region, contextRegion: region }), logicalLocations: list(logical), message });
const fix = object(["artifactChanges"], {
  description: message,
  artifactChanges: list(object(["artifactLocation", "replacements"], { artifactLocation: artifact, replacements: list(object(["deletedRegion"], { deletedRegion: region, insertedContent: object([], { text }) })) })),
});
const rule = object(["id"], { id: text, name: text, shortDescription: multiformat, fullDescription: multiformat, help: multiformat, helpUri: absolute, defaultConfiguration: object([], { level }) });
const result = object(["message"], { ruleId: text, ruleIndex: count(-1), level, kind: { type: "string", oneOf: ["notApplicable", "pass", "fail", "review", "open", "informational"] }, message, locations: list(location), relatedLocations: list(location), fixes: list(fix) });
const driver = object(["name"], { name: text, version: text, semanticVersion: text, informationUri: absolute, rules: list(rule) });
const run = object(["tool"], { tool: object(["driver"], { driver }), columnKind: { type: "string", oneOf: ["utf16CodeUnits", "unicodeCodePoints"] }, results: list(result) });
const sarif = object(["version", "runs"], { $schema: absolute, version: { type: "string", oneOf: ["2.1.0"] }, runs: list(run) });

function validate(value: unknown, schema: Schema, at: string): void {
  switch (schema.type) {
    case "string":
      assert.ok(typeof value === "string", `${at}: a string`);
      assert.ok(schema.oneOf?.includes(value) ?? true, `${at}: ${value}`);
      assert.ok(schema.like?.test(value) ?? true, `${at}: ${value}`);
      return;
    case "integer":
      assert.ok(Number.isInteger(value) && Number(value) >= schema.least, `${at}: an integer from ${schema.least}`);
      return;
    case "array":
      assert.ok(Array.isArray(value), `${at}: an array`);
      value.forEach((item: unknown, i) => validate(item, schema.of, `${at}[${i}]`));
      return;
    case "object": {
      assert.ok(typeof value === "object" && value !== null && !Array.isArray(value), `${at}: an object`);
      for (const name of schema.required) assert.ok(name in value, `${at}.${name} is missing`);
      for (const [name, held] of Object.entries(value)) {
        const known = schema.properties[name];
        assert.ok(known !== undefined, `${at}.${name} is no property of SARIF`);
        validate(held, known, `${at}.${name}`);
      }
    }
  }
}

interface Report {
  readonly runs: readonly { readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } }; readonly results: readonly { readonly ruleId: string; readonly ruleIndex: number }[] }[];
}

describe("SARIF", () => {
  it("is as the schema says, whatever was found", () => {
    const findings = BAD.flatMap(([, , code], i) => lintFile(`/some folder/ä #${i}%.py`, code) ?? []);
    const notebook = JSON.stringify({ cells: [{ cell_type: "markdown", source: "" }, { cell_type: "code", source: BAD[0]![2] }] });
    findings.push(...(lintFile("C:\\a\\b.ipynb", notebook) ?? []));
    assert.ok(findings.length > 50 && findings.some(({ cell }) => cell === 2));
    const report = JSON.parse(sarifReport(findings, "1.2.3")) as Report;
    validate(report, sarif, "$");
    const [{ tool, results }] = report.runs as [Report["runs"][number]];
    assert.equal(results.length, findings.length);
    assert.deepEqual(tool.driver.rules.map(({ id }) => id), RULES.map(({ id }) => id));
    for (const { ruleId, ruleIndex } of results) assert.equal(tool.driver.rules[ruleIndex]?.id, ruleId);
  });
  it("is valid when nothing was found", () => validate(JSON.parse(sarifReport([], "1.2.3")), sarif, "$"));
  it("the check itself refuses what the schema does", () => {
    const good = { version: "2.1.0", runs: [{ tool: { driver: { name: "a" } }, results: [{ message: { text: "b" }, level: "note" }] }] };
    validate(good, sarif, "$");
    for (const bad of [{ ...good, version: "2.0" }, { version: "2.1.0" }, { ...good, runs: [{}] }, { ...good, runs: [{ ...good.runs[0], results: [{ message: { text: "b" }, level: "info" }] }] }, { ...good, more: 1 }]) assert.throws(() => validate(bad, sarif, "$"));
  });
});

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { COMMAND } from "../../../src/editor/commands/commandNames";
import { SETTING } from "../../../src/editor/settingNames";
import { THRESHOLDS } from "../../../src/diagnose/thresholds";
import { RULES } from "../../../src/lint/rules/all";
import { pageOf } from "../../../src/lint/rules/rule";
import { PANEL_TYPE } from "../../../src/protocol";
import { SYMPTOMS } from "../../../src/run";

interface Property {
  readonly type?: string;
  readonly default?: unknown;
  readonly scope?: string;
  readonly order?: number;
  readonly description?: string;
  readonly markdownDescription?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, Property>>;
  readonly additionalProperties?: Property | boolean;
  readonly items?: { readonly enum?: readonly string[]; readonly enumDescriptions?: readonly string[] };
}
interface Manifest {
  readonly icon: string;
  readonly activationEvents: readonly string[];
  readonly extensionKind: readonly string[];
  readonly capabilities: { readonly untrustedWorkspaces: { readonly supported: boolean }; readonly virtualWorkspaces: { readonly supported: boolean | string } };
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly title: string; readonly category: string }[];
    readonly menus: Readonly<Record<string, readonly { readonly command: string; readonly when?: string; readonly group?: string }[]>>;
    readonly configuration: { readonly properties: Readonly<Record<string, Property>> };
    readonly viewsContainers: { readonly activitybar: readonly { readonly icon: string }[] };
    readonly walkthroughs: readonly { readonly steps: readonly { readonly media: { readonly image: string; readonly altText: string } }[] }[];
  };
}

const root = process.cwd();
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Manifest;
const { commands, menus, configuration } = manifest.contributes;

describe("editor: the manifest", () => {
  it("declares exactly the commands that are registered, verb first, in one category", () => {
    assert.deepEqual(commands.map((c) => c.command).sort(), Object.values(COMMAND).sort());
    for (const { title, category } of commands) {
      assert.equal(category, "Run Doctor");
      assert.match(title, /^(Inspect|Install|Open|Compare|Refresh|Choose|Set|Copy|Save|Show|Explain|Ignore|Report|Reveal|Stop)\b/);
    }
  });

  it("says when each command is in the palette", () => {
    const listed = new Map(menus["commandPalette"]!.map((item) => [item.command, item.when]));
    for (const { command } of commands) if (command !== COMMAND.inspectFolder && command !== COMMAND.showLog) assert.ok(listed.get(command), command);
    for (const internal of [COMMAND.openPlace, COMMAND.openDocs, COMMAND.ignoreSymptom, COMMAND.heedSymptom, COMMAND.ignoreRule]) assert.equal(listed.get(internal), "false");
    assert.equal(listed.get(COMMAND.compareLosses), "true", "the toy set stands in where no run is");
  });

  it("offers at most three inline actions a row", () => {
    const inline = menus["view/item/context"]!.filter((item) => item.group?.startsWith("inline") === true);
    const byRow = new Map<string, number>();
    for (const { when } of inline) byRow.set(when ?? "", (byRow.get(when ?? "") ?? 0) + 1);
    for (const [when, n] of byRow) assert.ok(n <= 3, when);
  });

  it("gives every setting a default, a description, a scope, an order, and numbers their bounds", () => {
    const names = Object.keys(configuration.properties);
    assert.deepEqual(names.sort(), Object.values(SETTING).map((name) => `runDoctor.${name}`).sort());
    const orders = new Set<number>();
    for (const [name, property] of Object.entries(configuration.properties)) {
      assert.notEqual(property.default, undefined, name);
      assert.ok(property.description ?? property.markdownDescription, name);
      assert.ok(property.scope, name);
      orders.add(property.order!);
      if (property.type === "number") assert.ok(property.minimum !== undefined && property.maximum !== undefined, name);
    }
    assert.equal(orders.size, names.length);
  });

  it("offers the thresholds of the rules, with their defaults", () => {
    const offered = configuration.properties["runDoctor.thresholds"]!.properties!;
    assert.deepEqual(Object.fromEntries(Object.entries(offered).map(([name, p]) => [name, p.default])), Object.fromEntries(Object.entries(THRESHOLDS).map(([name, t]) => [name, t.default])));
  });

  it("knows every symptom that can be ignored", () => {
    const run = configuration.properties["runDoctor.runs"]!.additionalProperties as Property;
    assert.deepEqual(run.properties!["ignoredSymptoms"]!.items!.enum, [...SYMPTOMS]);
  });

  it("knows every rule that can be ignored, with its name and its page", () => {
    const { enum: ids = [], enumDescriptions = [] } = configuration.properties["runDoctor.lint.ignore"]!.items!;
    assert.deepEqual(ids, Array.from({ length: 33 }, (_, i) => `L${i + 1}`));
    assert.equal(enumDescriptions.length, 33);
    assert.deepEqual(enumDescriptions, RULES.map(({ name }) => name.charAt(0).toUpperCase() + name.slice(1)));
    for (const { id } of RULES) {
      assert.ok(ids.includes(id), id);
      assert.ok(existsSync(join(root, pageOf(id))), pageOf(id));
    }
  });

  it("wakes narrowly, restores panels, runs where the files are", () => {
    assert.ok(!manifest.activationEvents.some((event) => event === "*" || event === "onStartupFinished" || event.endsWith("**") || /^on(Command|View):/.test(event)));
    assert.ok(manifest.activationEvents.includes(`onWebviewPanel:${PANEL_TYPE}`));
    assert.deepEqual(manifest.activationEvents.filter((event) => event.startsWith("onLanguage:")), ["onLanguage:python"]);
    assert.deepEqual(manifest.extensionKind, ["workspace"]);
    assert.equal(manifest.capabilities.untrustedWorkspaces.supported, true);
    assert.equal(manifest.capabilities.virtualWorkspaces.supported, "limited", "runs need a disk, loss code does not");
  });

  it("has its pictures, and a page for every symptom", () => {
    const steps = manifest.contributes.walkthroughs.flatMap((w) => w.steps);
    for (const { media } of steps) assert.notEqual(media.altText, "");
    for (const path of [manifest.icon, ...manifest.contributes.viewsContainers.activitybar.map((c) => c.icon), ...steps.map((s) => s.media.image), ...["error", "warning", "healthy", "unknown"].map((tone) => `media/panel-${tone}.svg`), ...SYMPTOMS.map((id) => `docs/symptoms/${id}.md`)]) {
      assert.ok(existsSync(join(root, path)), path);
    }
  });
});

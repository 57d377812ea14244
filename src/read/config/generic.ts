/**
 * Files of settings without a form of their own, known by their names: YAML (Lightning's hparams.yaml, Ultralytics' args.yaml and
 * data.yaml, Hydra's config.yaml, W&B's config.yaml with its {value, desc}), JSON (Hugging Face's config.json, args.json) and
 * TOML or INI lines.
 */
import type { ByteSource } from "../bytes/source";
import type { ConfigFormat, ConfigRead } from "../format";
import { at, isDict, type JsonDict, type JsonNode } from "../logs/jsonTree";
import { classNamesOf, findClassNames, findIgnored } from "./classNames";
import { flatten, MOST_FACTS, type Facts } from "./flatten";
import { configRead, jsonOf, leafOf, textOf } from "./result";
import { settingOf, unquoted } from "./scalars";
import { parseYaml } from "./yaml";

/** Names of files of settings, without their ending. */
const STEM =
  /^(?:(?:.*[-_.])?(?:args?|arguments|hparams?|h_?params|hyp|hyper_?param(?:eter)?s?|params|parameters|opts?|options|cfg|conf|config|configs|configuration|settings?)(?:[-_.](?:train|training|model|final|used|all|dump|log|run|exp|experiment|[\d.]+))?|(?:train|training|run|experiment|exp|model)[-_]?(?:args|config|cfg|params|setup|settings)|data|dataset|data[-_]?set|label[-_]?map|id2label|label2id|classes|class[-_]?names|train|overrides)$/i;

/** Files that carry such a name and hold no settings of a training. */
const OTHERS = /^(?:package|package-lock|tsconfig.*|jsconfig|tokenizer_config|generation_config|preprocessor_config|special_tokens_map|added_tokens|vocab|.*\.eslintrc|composer|launch|tasks|devcontainer|docker-compose.*|compose|environment|conda|meta|mkdocs|pre-commit-config|readthedocs)\.(?:json|ya?ml)$/i;

/** Files of these names hold class names alone. */
const CLASSES = /^(?:label[-_]?map|id2label|label2id|classes|class[-_]?names)\.(?:json|ya?ml)$/i;

/** JSON files of these names are mostly lists of samples or annotations (COCO): only a short one may be settings. */
const SAMPLES = /^(?:data|data[-_]?set|train)\.json$/i;
const LONGEST_SETTINGS = 4096;

function isSettings(name: string, ending: RegExp): boolean {
  const leaf = leafOf(name);
  const match = ending.exec(leaf);
  return match !== null && !OTHERS.test(leaf) && STEM.test(leaf.slice(0, match.index)) && !leaf.startsWith(".");
}

export const yamlConfig: ConfigFormat = {
  name: "yaml-config",
  probe: (name, head) => isSettings(name, /\.ya?ml$/i) && !head.includes(0),
  read(source): ConfigRead {
    const { root, bad } = parseYaml(textOf(this.name, source));
    const problems = bad.length === 0 ? [] : [`${this.name}: ${bad.length} ${bad.length === 1 ? "line" : "lines"} left out, the first is line ${bad[0]}`];
    return ofTree(source.name, isWandb(source, root) ? unwrapped(root) : root, problems);
  },
};

export const jsonConfig: ConfigFormat = {
  name: "json-config",
  probe(name, head) {
    if (!isSettings(name, /\.json$/i)) return false;
    if (head.length === 0) return true;
    const text = new TextDecoder().decode(head);
    const leaf = leafOf(name);
    if (SAMPLES.test(leaf) && (head.length >= LONGEST_SETTINGS || /"(?:images|annotations)"\s*:\s*\[/.test(text))) return false;
    return /^\s*\{/.test(text) || (CLASSES.test(leaf) && /^\s*\[/.test(text));
  },
  read(source): ConfigRead {
    return ofTree(source.name, jsonOf(this.name, source), []);
  },
};

export const iniConfig: ConfigFormat = {
  name: "ini-config",
  probe: (name, head) => isSettings(name, /\.(?:toml|ini|cfg|conf)$/i) && !head.includes(0),
  read(source): ConfigRead {
    const facts: Facts = new Map();
    let section = "";
    for (const line of textOf(this.name, source).split(/\r?\n/)) {
      const text = line.trim();
      const header = /^\[{1,2}\s*([^[\]\s][^[\]]{0,200}?)\s*\]/.exec(text);
      if (header !== null) {
        section = `${unquoted(header[1]!)}.`;
        continue;
      }
      const pair = /^([\w.\- "']{1,200}?)\s*[=:]\s*(.*)$/.exec(text);
      if (pair === null || /^[#;]/.test(text) || facts.size >= MOST_FACTS) continue;
      const value = (/^(?:"[^"]*"|'[^']*')/.exec(pair[2]!)?.[0] ?? pair[2]!.replace(/\s[#;].*$/, "")).trim();
      const quoted = unquoted(value);
      facts.set(section + unquoted(pair[1]!.trim()), quoted === value ? settingOf(value) : quoted);
    }
    return configRead({ facts });
  },
};

function ofTree(name: string, root: JsonNode, problems: readonly string[]): ConfigRead {
  const facts: Facts = new Map();
  if (isDict(root)) flatten("", root, facts);
  const classNames = findClassNames(root) ?? (CLASSES.test(leafOf(name)) ? classNamesOf(root) : null);
  return configRead({ facts, classNames, ignoreLabel: findIgnored(root), problems });
}

/** W&B wraps each setting: {key: {desc: …, value: …}}, and puts its own under `_wandb`. */
function isWandb(source: ByteSource, root: JsonNode): root is JsonDict {
  if (!isDict(root) || leafOf(source.name) !== "config.yaml") return false;
  return at(root, "wandb_version") !== undefined || at(root, "_wandb") !== undefined || (root.keys.length > 0 && root.values.every((value) => isDict(value) && value.keys.includes("value") && value.keys.every((key) => key === "value" || key === "desc")));
}

function unwrapped(root: JsonDict): JsonDict {
  const out: JsonDict = { kind: "dict", keys: [], values: [], lines: [] };
  for (const [i, key] of root.keys.entries()) {
    const value = at(root.values[i], "value");
    if (key === "_wandb" || key === "wandb_version" || value === undefined) continue;
    out.keys.push(key);
    out.values.push(value);
    out.lines.push(root.lines[i]!);
  }
  return out;
}

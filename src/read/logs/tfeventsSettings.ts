/**
 * Settings in event files: the hparams plugin's session_start_info (tensorboard/plugins/hparams/plugin_data.proto), and texts that
 * are tables or documents of settings ("hparams/text_summary").
 */
import type { WireReader } from "../bytes/protobuf";
import { flatten, type Facts } from "../config/flatten";
import { settingOf } from "../config/scalars";
import { parseYaml } from "../config/yaml";
import type { ConfigValue, LogSink } from "../format";
import { isDict, parseJson } from "./jsonTree";

/** A longer text is no table of settings. */
const LONGEST_TEXT = 1 << 16;
const LONGEST_NAME = 1024;

/** Whether a text's tag says that it holds settings. */
export function isSettingsTag(tag: string): boolean {
  return /^(?:.*\/)?(?:h_?params|hyper[-_ ]?param(?:eter)?s?|config(?:uration)?|args|arguments|params|parameters|settings|opts?|options)(?:\/text_summary)?$/i.test(tag);
}

/** SummaryMetadata in [start, end) with the hparams plugin's content; false when it is damaged. */
export function sessionSettings(wire: WireReader, start: number, end: number, sink: LogSink): boolean {
  // SummaryMetadata.plugin_data 1 → PluginData.content 2 → HParamsPluginData.session_start_info 3 → hparams 1, a map.
  return each(wire, start, end, 1, (a, b) => each(wire, a, b, 2, (c, d) => each(wire, c, d, 3, (e, f) => each(wire, e, f, 1, (g, h) => entry(wire, g, h, sink)))));
}

/** Gives each length-delimited field `wanted` of the message in [start, end); false when something is damaged. */
function each(wire: WireReader, start: number, end: number, wanted: number, take: (from: number, to: number) => boolean): boolean {
  wire.at(start, end);
  while (wire.pos < end) {
    const key = wire.varint();
    if (key !== wanted * 8 + 2) {
      wire.skip(key & 7);
      if (wire.bad) return false;
      continue;
    }
    const n = wire.length();
    if (wire.bad) return false;
    const from = wire.pos;
    if (!take(from, from + n)) return false;
    wire.at(from + n, end);
  }
  return !wire.bad;
}

/** A map's entry: key 1, google.protobuf.Value 2. */
function entry(wire: WireReader, start: number, end: number, sink: LogSink): boolean {
  let key = "";
  let value: ConfigValue | undefined;
  let good = each(wire, start, end, 1, (from, to) => {
    key = text(wire, from, Math.min(to, from + LONGEST_NAME));
    return true;
  });
  good &&= each(wire, start, end, 2, (from, to) => {
    wire.at(from, to);
    while (wire.pos < to) {
      const field = wire.varint();
      if (field === 17) value = wire.double();
      else if (field === 32) value = wire.varint() !== 0;
      else if (field === 8) {
        wire.varint();
        value = null;
      } else if (field === 26) {
        const n = wire.length();
        value = text(wire, wire.pos, wire.pos + Math.min(n, LONGEST_TEXT));
        wire.pos += n;
      } else wire.skip(field & 7);
    }
    return !wire.bad;
  });
  if (good && key !== "" && value !== undefined) sink.fact(key, value);
  return good;
}

/** TensorProto in [start, end) of one text: a table in Markdown, JSON or YAML. */
export function textSettings(wire: WireReader, start: number, end: number, sink: LogSink): void {
  const texts: string[] = [];
  each(wire, start, end, 8, (from, to) => {
    if (to - from <= LONGEST_TEXT && texts.length < 16) texts.push(text(wire, from, to));
    return true;
  });
  for (const one of texts) for (const [key, value] of settingsIn(one)) sink.fact(key, value);
}

function text(wire: WireReader, start: number, end: number): string {
  return new TextDecoder().decode(wire.bytes.subarray(start, end));
}

function settingsIn(document: string): Facts {
  const facts: Facts = new Map();
  const plain = document.replace(/^\s*(?:```\w*|<pre>)\s*\n?|\n?\s*(?:```|<\/pre>)\s*$/g, "");
  const rows = plain.split("\n").flatMap((line) => {
    const cells = /^\s*\|(.*)\|\s*$/.exec(line)?.[1]?.split("|").map((cell) => cell.trim());
    return cells?.length === 2 ? [cells] : [];
  });
  if (rows.length >= 2) {
    for (const [i, [key, value]] of rows.entries()) {
      const heading = i === 0 && /^:?-+:?$/.test(rows[1]![0]!);
      if (!heading && key !== "" && !/^:?-+:?$/.test(key!)) facts.set(key!.replace(/^[*`_]+|[*`_]+$/g, ""), settingOf(value!));
    }
    return facts;
  }
  const root = /^\s*\{/.test(plain) ? parseJson(plain).root : parseYaml(plain).root;
  if (isDict(root)) flatten("", root, facts);
  return facts;
}

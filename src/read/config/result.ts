/** What every reader of settings needs: the text of a small file, and a result to fill. */
import { FormatError, type ByteSource } from "../bytes/source";
import type { ConfigRead, ConfigValue } from "../format";
import { parseJson, type JsonNode } from "../logs/jsonTree";

/** Files of settings are small; a larger one is something else. */
const LARGEST_CONFIG = 1 << 20;

/** The whole text, UTF-8. Throws FormatError when it is larger than `most` bytes. */
export function textOf(format: string, source: ByteSource, most = LARGEST_CONFIG): string {
  if (source.size > most) throw new FormatError(format, `${source.size} bytes, more than the ${most} that are read of such a file`);
  return new TextDecoder().decode(source.read(0, source.size));
}

/** The JSON document; as much of it as there is. Throws FormatError when there is nothing, or it ends inside. */
export function jsonOf(format: string, source: ByteSource, most = LARGEST_CONFIG): JsonNode {
  const { root, end, line, offset } = parseJson(`${textOf(format, source, most)}\n`);
  if (end === "torn") throw new FormatError(format, `the document ends inside, at byte ${source.size}`, true);
  if (end === "corrupt") throw new FormatError(format, `no JSON at line ${line}, character ${offset}`);
  return root;
}

export function configRead(part: Partial<ConfigRead>): ConfigRead {
  return { facts: new Map<string, ConfigValue>(), classNames: null, colours: null, ignoreLabel: null, regions: null, problems: [], ...part };
}

/** Parts of the path, without the last. */
export function foldersOf(name: string): string[] {
  return name.split("/").slice(0, -1);
}

export function leafOf(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1);
}

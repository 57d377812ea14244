/** Logs that are one JSON document: written whole, so that they are read whole whenever they changed. */
import type { ByteSource } from "../bytes/source";
import type { LogRead, LogSink } from "../format";
import { parseJson, type JsonNode } from "./jsonTree";

const LARGEST = 64 * 1024 * 1024;

export interface WholeJsonState {
  readonly size: number;
}

/** The document that a file's head begins; null where it is none. */
export function headOf(head: Uint8Array): JsonNode | null {
  if (head.includes(0)) return null;
  const { root, end } = parseJson(new TextDecoder().decode(head));
  return end === "corrupt" ? null : root;
}

/** Lets `give` take as much of the document as there is; it returns what the steps count. A number that is cut off at the end is not in it. */
export function readWholeJson(format: string, source: ByteSource, sink: LogSink, give: (root: JsonNode) => LogRead<unknown>["unit"]): LogRead<WholeJsonState> {
  sink.reset();
  const state = { size: source.size };
  if (source.size > LARGEST) return { state, end: "corrupt", problem: `${format}: ${source.size} bytes, more than the ${LARGEST} that are read of such a file`, unit: give(null) };
  const { root, end, line, offset } = parseJson(new TextDecoder().decode(source.read(0, source.size)));
  const unit = give(root);
  const problem = end === "corrupt" ? `${format}: no JSON at line ${line}, character ${offset}; what comes before was kept` : null;
  return { state, end, problem, unit };
}

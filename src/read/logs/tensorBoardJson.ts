/**
 * Curves as TensorBoard exports them in JSON, [[wall time, step, value], …] with the tag in the file's name
 * ("run-train-tag-epoch_loss.json"), and all curves of tensorboardX's export_scalars_to_json, {"folder/tag": [[…], …]}.
 * Such a file is written whole, so that it is read whole whenever it changed.
 */
import type { LogFormat, LogSink } from "../format";
import { cellNumber } from "./csvCells";
import { exportedTag } from "./csvNames";
import { parseJson, type JsonList, type JsonNode } from "./jsonTree";

const NAME = "tensorboard-json";
const LARGEST = 64 * 1024 * 1024;

export interface TensorBoardJsonState {
  readonly size: number;
}

export const tensorBoardJson: LogFormat<TensorBoardJsonState> = {
  name: NAME,
  probe(name, head) {
    if (!/\.json$/i.test(name) || head.includes(0)) return false;
    const { root, end } = parseJson(new TextDecoder().decode(head));
    if (root === null || end === "corrupt" || typeof root !== "object") return false;
    if (root.kind === "list") return exportedTag(name) !== null && isCurve(root);
    return root.values.length > 0 && root.keys.every((key) => key.includes("/")) && root.values.every(isCurve);
  },
  read(source, _state, sink) {
    sink.reset();
    const state: TensorBoardJsonState = { size: source.size };
    if (source.size > LARGEST) return { state, end: "corrupt", problem: `${NAME}: ${source.size} bytes, more than the ${LARGEST} that are read of such a file`, unit: "step" };
    const { root, end, line, offset } = parseJson(new TextDecoder().decode(source.read(0, source.size)));
    if (typeof root === "object" && root !== null) {
      if (root.kind === "list") give(exportedTag(source.name) ?? "value", root, sink);
      else for (const [i, key] of root.keys.entries()) give(key, root.values[i]!, sink);
    }
    const problem = end === "corrupt" ? `${NAME}: no JSON at line ${line}, character ${offset}; what comes before was kept` : null;
    return { state, end, problem, unit: "step" };
  },
};

function isList(node: JsonNode | undefined): node is JsonList {
  return typeof node === "object" && node !== null && node.kind === "list";
}

/** Whether a (perhaps torn) list holds [seconds since 1970, step, value] alone. */
function isCurve(node: JsonNode): boolean {
  if (!isList(node) || node.items.length === 0) return false;
  return node.items.every((point, i) => {
    if (!isList(point)) return false;
    const [wall, step, value] = point.items;
    const whole = point.items.length === 3;
    if (!whole && i < node.items.length - 1) return false;
    return (wall === undefined || (typeof wall === "number" && wall > 1e8 && wall < 1e11)) && (step === undefined || Number.isInteger(step)) && (value === undefined || valueOf(value) !== undefined);
  });
}

/** TensorBoard quotes what JSON has no number for. */
function valueOf(node: JsonNode | undefined): number | undefined {
  if (typeof node === "number") return node;
  return typeof node === "string" ? cellNumber(node) : undefined;
}

function give(tag: string, node: JsonNode, sink: LogSink): void {
  if (!isList(node)) return;
  for (const [i, point] of node.items.entries()) {
    if (!isList(point) || point.items.length !== 3) continue;
    const [wall, step] = point.items;
    const value = valueOf(point.items[2]);
    if (typeof step === "number" && Number.isFinite(step) && value !== undefined) sink.point(tag, step, value, node.lines[i]!, typeof wall === "number" ? wall : NaN);
  }
}

/**
 * Curves as TensorBoard exports them in JSON, [[wall time, step, value], …] with the tag in the file's name
 * ("run-train-tag-epoch_loss.json"), and all curves of tensorboardX's export_scalars_to_json, {"folder/tag": [[…], …]}.
 */
import type { LogFormat, LogSink } from "../format";
import { cellNumber } from "./csvCells";
import { exportedTag } from "./csvNames";
import { isDict, isList, type JsonNode } from "./jsonTree";
import { headOf, readWholeJson, type WholeJsonState } from "./wholeJson";

const NAME = "tensorboard-json";

export const tensorBoardJson: LogFormat<WholeJsonState> = {
  name: NAME,
  probe(name, head) {
    const root = /\.json$/i.test(name) ? headOf(head) : null;
    if (isList(root)) return exportedTag(name) !== null && isCurve(root);
    return isDict(root) && root.values.length > 0 && root.keys.every((key) => key.includes("/")) && root.values.every(isCurve);
  },
  read: (source, _state, sink) =>
    readWholeJson(NAME, source, sink, (root) => {
      if (isDict(root)) for (const [i, key] of root.keys.entries()) give(key, root.values[i]!, sink);
      else give(exportedTag(source.name) ?? "value", root, sink);
      return "step";
    }),
};

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

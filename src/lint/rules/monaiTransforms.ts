/** Labels that MONAI's transforms interpolate linearly on their way to an overlap loss. */
import type { Node } from "../python";
import type { Model } from "../model/model";
import type { CallMet } from "../model/trace";
import type { Value } from "../model/values";
import { isHere, type Finding, type Fix } from "./rule";

/** Dictionary transforms that resample, and how they do it unless told. */
const RESAMPLES = /^monai\.transforms\.(\w+\.)*(Spacing|Resize|Rotate|Zoom|Affine|RandAffine|RandRotate|RandZoom|Rand2DElastic|Rand3DElastic|RandGridDistortion|GridDistortion|SpatialResample|ResampleToMatch)(d|D|Dict|dd)$/;
const AREA = /^(Resize|Zoom|RandZoom)d/;
const LINEAR = /^(bilinear|trilinear|linear|area|bicubic)$/;
const LABEL = /label|mask|^seg|^gt|truth/i;
const LOSS = /^monai\.losses\./;
/** Makes whole numbers of them again. */
const ROUNDS = /^(AsDiscrete|Lambda|ToOneHot|MapLabelValue|LabelToMask)(d|D|Dict|dd)$/;

export function interpolatedLabels(model: Model): Finding[] {
  const calls = model.flows.flatMap(({ trace }) => trace.calls.filter((call) => isHere(model, call) && call.instance === null));
  if (!calls.some((c) => c.path !== null && LOSS.test(c.path)) || calls.some((c) => ROUNDS.test(c.method))) return [];
  return calls.flatMap((call) => {
    if (call.path === null || !RESAMPLES.test(call.path)) return [];
    const keys = call.named.get("keys") ?? call.args[0];
    const mode = call.named.get("mode");
    // A mode in another place than its own name is not looked for.
    if (keys?.kind !== "sequence" || !keys.complete || (mode === undefined && call.args.length > 2)) return [];
    const names = keys.items.map((k) => (k.kind === "string" ? k.value : null));
    const byDefault = AREA.test(call.method) ? "area" : "bilinear";
    const modes = names.map((_, i) => modeAt(mode, i, byDefault));
    const at = names.findIndex((name, i) => name !== null && LABEL.test(name) && LINEAR.test(modes[i] ?? ""));
    if (at < 0 || names.every((name) => name === null || LABEL.test(name))) return [];
    const { node } = call;
    const message = `${call.method} resamples "${names[at]}" with mode "${modes[at]}": of labels 0 and 1 it makes shares, of class indices other classes at borders (1 between 0 and 2). An overlap needs labels as they are: "nearest" for the labels.`;
    return [{ rule: "L29", severity: "warning", message, range: { from: node.from, to: node.to }, related: [], fixes: fixesOf(call, names, modes) }];
  });
}

function modeAt(mode: Value | undefined, index: number, byDefault: string): string | null {
  if (mode === undefined) return byDefault;
  if (mode.kind === "string") return mode.value;
  const item = mode.kind === "sequence" && mode.complete ? mode.items[index] : undefined;
  return item?.kind === "string" ? item.value : null;
}

/** A mode for each key; none where the keys are not written here. */
function fixesOf(call: CallMet, names: readonly (string | null)[], modes: readonly (string | null)[]): Fix[] {
  const keys = call.namedNodes.get("keys") ?? call.argNodes[0];
  if (keys === undefined || !isList(keys) || modes.includes(null) || names.includes(null)) return [];
  const text = `(${names.map((name, i) => (LABEL.test(name ?? "") ? '"nearest"' : `"${modes[i] ?? ""}"`)).join(", ")})`;
  const mode = call.namedNodes.get("mode");
  if (mode !== undefined) return [{ title: `Labels by nearest neighbour: mode=${text}`, edits: [{ from: mode.from, to: mode.to, text }], safe: true }];
  if (call.args.length > 1) return [];
  return [{ title: `Labels by nearest neighbour: mode=${text}`, edits: [{ from: keys.to, to: keys.to, text: `, mode=${text}` }], safe: true }];
}

const isList = (node: Node): boolean => node.name === "ArrayExpression" || node.name === "TupleExpression";

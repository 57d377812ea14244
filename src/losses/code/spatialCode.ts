/** Python of losses that look at neighbouring voxels, or at the same voxel of other images. */
import type { SpatialForm } from "../terms";
import { foreground, probabilities } from "./overlapCode";
import { python, type Writer } from "./writer";

/** Why there is no code of a form; null where there is. */
export function spatialReason(form: SpatialForm): string | null {
  return form.form === "hausdorff" ? "It needs a distance transform, which neither keras.ops nor torch has." : null;
}

/** Writes what the term needs and returns its value. */
export function spatialCode(w: Writer, form: Exclude<SpatialForm, { form: "hausdorff" }>): string {
  switch (form.form) {
    case "clDice":
      return clDice(w, form.iterations);
    case "neighbour logits":
      return neighbours(w, form.weight);
    case "wasserstein":
      return wasserstein(w, form);
  }
}

function clDice(w: Writer, iterations: number): string {
  const count = w.declare("ITERATIONS", `${iterations}  # of the skeleton: half the width of what is still found thin`);
  const s = w.constant({ name: "SMOOTH", value: 1, note: "above and below the bars" });
  if (w.keras)
    w.helper(
      "def largest_along(x, axis):",
      '    """The largest of each voxel and its two neighbours along an axis."""',
      "    count = ops.shape(x)[axis]",
      "    before = ops.take(x, ops.maximum(ops.arange(count) - 1, 0), axis=axis)",
      "    after = ops.take(x, ops.minimum(ops.arange(count) + 1, count - 1), axis=axis)",
      "    return ops.maximum(x, ops.maximum(before, after))",
      "",
      "",
      "def largest(x):",
      '    """The largest of all neighbours and the voxel itself."""',
      "    for axis in range(1, len(x.shape) - 1):",
      "        x = largest_along(x, axis)",
      "    return x",
      "",
      "",
      "def eroded(x):",
      '    """The least of the neighbours along each axis and of the voxel itself."""',
      "    out = x",
      "    for axis in range(1, len(x.shape) - 1):",
      "        out = ops.minimum(out, -largest_along(-x, axis))",
      "    return out",
    );
  else
    w.helper(
      "def largest(x, size):",
      '    """The largest value in a window around each voxel."""',
      "    pool = F.max_pool2d if x.ndim == 4 else F.max_pool3d",
      "    return pool(x, size, stride=1, padding=[extent // 2 for extent in size])",
      "",
      "",
      "def eroded(x):",
      '    """The least of the neighbours along each axis and of the voxel itself."""',
      "    axes = x.ndim - 2",
      "    crosses = [[3 if axis == along else 1 for axis in range(axes)] for along in range(axes)]",
      "    out = -largest(-x, crosses[0])",
      "    for cross in crosses[1:]:",
      "        out = torch.minimum(out, -largest(-x, cross))",
      "    return out",
    );
  const relu = w.pick("ops.relu", "F.relu");
  w.helper(
    "",
    "",
    "def ridge(x):",
    '    """What an opening takes away."""',
    `    return ${relu}(x - largest(eroded(x)${w.pick("", ", [3] * (x.ndim - 2)")}))`,
    "",
    "",
    "def skeleton(x):",
    "    out = ridge(x)",
    `    for _ in range(${count}):`,
    "        x = eroded(x)",
    "        more = ridge(x)",
    `        out = out + ${relu}(more - out * more)`,
    "    return out",
  );
  probabilities(w, "softmax");
  w.truth();
  foreground(w);
  w.line("thin, thin_truth = skeleton(foreground), skeleton(truth)");
  w.line(`precision = (${w.lib}.sum(thin * truth) + ${s}) / (${w.lib}.sum(thin) + ${s})`);
  w.line(`sensitivity = (${w.lib}.sum(thin_truth * foreground) + ${s}) / (${w.lib}.sum(thin_truth) + ${s})`);
  return "1 - 2 * precision * sensitivity / (precision + sensitivity)";
}

function neighbours(w: Writer, weight: number): string {
  const by = w.constant({ name: "CALIBRATION", value: weight, note: "weight of the distance to the labels around" });
  w.truth();
  if (w.keras) {
    w.line("border = [(0, 0)] + [(1, 1)] * (len(t.shape) - 2) + [(0, 0)]");
    w.line('around = ops.average_pool(ops.pad(t, border), 3, strides=1, padding="valid", data_format="channels_last")');
  } else {
    w.line("pool = F.avg_pool2d if t.ndim == 4 else F.avg_pool3d");
    w.line("around = pool(t, 3, stride=1, padding=1)  # what lies outside counts as 0");
  }
  return `${by} * ${w.lib}.mean(${w.lib}.abs(around - logits))`;
}

function wasserstein(w: Writer, { mode, distances }: SpatialForm & { form: "wasserstein" }): string {
  const matrix = distances(w.options.classes);
  const table = w.declare("DISTANCES", `[  # between classes, 0 to 1: set what a confusion costs\n${matrix.map((row) => `    [${row.map(python).join(", ")}],\n`).join("")}]`);
  const s = w.constant({ name: "SMOOTH", value: 1e-5, note: "above and below the bar" });
  probabilities(w, "softmax");
  w.truth();
  const { lib } = w;
  const along = w.pick("axis", "dim");
  const flat = (x: string): string => w.pick(`ops.reshape(${x}, (ops.shape(${x})[0], -1, ${x}.shape[-1]))`, `${x}.flatten(2).transpose(1, 2)`);
  w.line(`p = ${flat("p")}  # (images, voxels, classes)`);
  w.line(`t = ${flat("t")}`);
  w.line(`distances = ${w.pick(`ops.convert_to_tensor(${table}, "float32")`, `torch.tensor(${table}, device=p.device)`)}`);
  // A matrix product would be of 16 bits where autocast is on.
  w.line(`delta = ${lib}.sum(${w.pick("ops.matmul(t, distances)", "distances[labels.long().flatten(1)]")} * p, ${along}=-1)  # of what is predicted from the label`);
  if (mode === "default") w.line("alpha = 1 - t[..., 0]  # all classes but the first");
  else w.line(`alpha = ${lib}.sum(t / (${lib}.sum(t, ${along}=1, ${w.pick("keepdims", "keepdim")}=True) + 1), ${along}=-1)`);
  const others = (least: number): string => `${lib}.sum(alpha * ${lib}.sum(${least} - delta, ${along}=0), ${along}=1)`;
  w.line("# As MONAI up to 1.5 has it: the hits of an image are those of the same voxels of all images.");
  w.line(`hits = ${others(1)}`);
  w.line(mode === "default" ? `under = 2 * hits + ${lib}.sum(delta, ${along}=1)` : `under = ${others(2)}`);
  return `${lib}.mean(1 - (2 * hits + ${s}) / (under + ${s}))`;
}

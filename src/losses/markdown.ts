/** The reference of all variants, docs/losses.md, made of their descriptions: `node scripts/docs.mjs` writes it. */
import type { Unit, Variant } from "./loss";
import { VARIANTS } from "./variants";

const FAMILIES: readonly (readonly [string, string])[] = [
  ["port.", "The classic question, its answer, and losses that go from hand to hand"],
  ["niftynet.", "NiftyNet"],
  ["monai.", "MONAI"],
  ["nnunet.", "nnU-Net"],
  ["smp.", "segmentation_models.pytorch"],
  ["kornia.", "kornia"],
  ["3dunet.", "pytorch-3dunet"],
  ["boundary-loss.", "boundary-loss"],
  ["odyssey.", "SegLossOdyssey"],
];

const UNITS: Readonly<Record<Unit, string>> = { image: "each image", batch: "the batch, per class", all: "everything, classes too", voxel: "nothing: each voxel by itself" };

export function lossesMarkdown(): string {
  const lines = [
    "# Losses",
    "",
    "What Run Doctor knows of the losses that it compares. For probabilities p and one-hot labels t: I = Σ p t, P = Σ p, V = Σ t; TP, FP and FN are soft. Each gives the value and the gradient of the code that it is named after (to 1e-6 and 1e-5; float64 inside).",
    "",
    "`run-doctor loss NAME --logits A.npy --labels B.npy` evaluates one on arrays, `run-doctor losses FOLDER` compares them on the labels of a run.",
  ];
  for (const [prefix, title] of FAMILIES) {
    lines.push("", `## ${title}`);
    for (const variant of VARIANTS.filter((v) => v.id.startsWith(prefix))) lines.push("", ...section(variant));
  }
  return `${lines.join("\n")}\n`;
}

function section(v: Variant): string[] {
  const [low, high] = v.range;
  const rows: [string, string][] = [
    ["Formula", v.formula],
    ["Sums over", UNITS[v.unit]],
    ["A class that is absent", v.absent],
    ["Smoothing", v.smoothing],
    ["Range", `${low ?? "no bound"} to ${high ?? "no bound"}`],
    ["Source", v.source],
    ...(v.traps ?? []).map((trap): [string, string] => ["Beware", trap]),
  ];
  return [`### ${v.name}`, "", `\`${v.id}\``, "", ...rows.map(([name, text]) => `- ${name}: ${text.replace(/([*_|<>])/g, "\\$1")}`)];
}

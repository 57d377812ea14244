/** nnU-Net's losses (nnunetv2/training/loss): negative Dice, best value -1. */
import { dice, negativeOf } from "../forms";
import type { Term, Variant } from "../loss";
import { overlap, pointwise } from "../terms";

const soft = (smooth: number, batch: boolean, background: boolean): Term => overlap(negativeOf(dice({ smooth, least: 1e-8 })), { over: batch ? "batch" : "image", background });

function described(id: string, smooth: number, batch: boolean, background: boolean, terms: readonly Term[]): Variant {
  const ce = terms.length > 1;
  return {
    id: `nnunet.${id}`,
    name: `nnU-Net Dice${ce ? " + cross-entropy" : ""}, per ${batch ? "batch" : "image"}${background ? "" : ", without background"}${ce ? "" : `, smoothing ${smooth}`}`,
    formula: `-mean over ${batch ? "" : "images and "}classes of (2I + s)/max(P + V + s, 1e-8), s = ${smooth}${ce ? "; + mean of -log p" : ""}`,
    source: "nnunetv2/training/loss/dice.py",
    unit: batch ? "batch" : "image",
    activation: "softmax",
    absent: smooth === 0 ? "a constant 0 without gradient" : "its score is 0 until less of it is predicted than the smoothing, then goes to 1",
    smoothing: smooth === 0 ? "none" : `${smooth} above and below the bar`,
    range: [-1, ce ? null : 0],
    traps: ["A negative loss is normal: -1 is perfect."],
    terms,
  };
}

const spelled = (value: boolean): string => (value ? "True" : "False");
const ce = pointwise({ form: "cross-entropy" });

export const NNUNET: readonly Variant[] = [
  ...(
    [
      [1, "1.0"],
      [1e-5, "1e-05"],
      [0, "0.0"],
    ] as const
  ).flatMap(([smooth, text]) =>
    [false, true].flatMap((batch) => [true, false].map((background) => described(`MemoryEfficientSoftDiceLoss(smooth=${text},batch_dice=${spelled(batch)},do_bg=${spelled(background)})`, smooth, batch, background, [soft(smooth, batch, background)]))),
  ),
  described("SoftDiceLoss(smooth=1e-5,batch_dice=False,do_bg=False)", 1e-5, false, false, [soft(1e-5, false, false)]),
  described("DC_and_CE_loss(default trainer: smooth=1e-5,do_bg=False,batch_dice=False)", 1e-5, false, false, [soft(1e-5, false, false), ce]),
  described("DC_and_CE_loss(default trainer,batch_dice=True)", 1e-5, true, false, [soft(1e-5, true, false), ce]),
];

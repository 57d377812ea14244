/** The code of every loss variant with inputs and what it must give, for loss_code.py. */
import { codeOf, noCodeReason } from "../../src/losses/code/codeOf";
import { ownVariant } from "../../src/losses/choice";
import { evaluate, type Variant } from "../../src/losses/loss";
import { VARIANTS } from "../../src/losses/variants";
import { gradientArray, voxelsOf } from "../../src/losses/voxels";
import type { ClassWeightRule } from "../../src/run";

interface Input {
  readonly name: string;
  /** (B, C, …) */
  readonly shape: readonly number[];
  readonly logits: readonly number[];
  /** (B, …) */
  readonly labels: readonly number[];
}

interface Expected {
  readonly input: string;
  /** "NaN" where it is not a number. */
  readonly value: number | "NaN";
  /** (B, C, …) */
  readonly gradient: readonly (number | "NaN")[];
  readonly of: "a library" | "Run Doctor";
}

interface CodeCase {
  readonly id: string;
  readonly classes: number;
  readonly keras: string;
  readonly pytorch: string;
  readonly expected: readonly Expected[];
}

export interface ReferenceVectors {
  readonly fixtures: Readonly<Record<string, { readonly shape_BCHW: number[]; readonly logits: unknown[]; readonly labels_BHW: unknown[] }>>;
  readonly vectors: readonly { readonly fixture: string; readonly loss: string; readonly value: number; readonly grad: unknown[] }[];
}

const flat = (values: unknown[]): number[] => values.flat(Infinity) as number[];

/** `reference`: values of real libraries, where they are at hand. */
export function lossCodes(reference: ReferenceVectors | null): { readonly inputs: readonly Input[]; readonly cases: readonly CodeCase[]; readonly none: readonly string[] } {
  const fixtures: Input[] = Object.entries(reference?.fixtures ?? {}).map(([name, f]) => ({ name, shape: f.shape_BCHW, logits: flat(f.logits), labels: flat(f.labels_BHW) }));
  const made = [random("3-D, every class", [2, 4, 4, 5, 3], 1, 0), random("3-D, class 2 absent, an image of background", [3, 4, 3, 4, 5], 2, 2), random("2-D, 6 classes", [3, 6, 9, 7], 3, 0)];
  const cases: CodeCase[] = [];
  const none: string[] = [];
  for (const variant of [...VARIANTS, ...owned()]) {
    for (const classes of [4, 6]) {
      const options = { classes, background: 0 };
      const reason = noCodeReason(variant, options);
      if (reason !== null) {
        none.push(`${variant.id} with ${classes} classes: ${reason}`);
        continue;
      }
      const expected = [
        ...(reference?.vectors ?? []).filter((v) => classes === 4 && v.loss === variant.id).map(({ fixture, value, grad }): Expected => ({ input: fixture, value: spelled(value), gradient: flat(grad).map(spelled), of: "a library" })),
        ...made.filter((i) => i.shape[1] === classes).map((input) => own(variant, input)),
      ];
      cases.push({ id: variant.id === "own" ? `own: ${variant.name}` : variant.id, classes, keras: codeOf(variant, "keras", options) ?? "", pytorch: codeOf(variant, "pytorch", options) ?? "", expected });
    }
  }
  return { inputs: [...fixtures, ...made], cases, none };
}

function own(variant: Variant, input: Input): Expected {
  const voxels = voxelsOf(input.logits, input.labels, input.shape);
  const { value, gradient } = evaluate(variant, voxels);
  return { input: input.name, value: spelled(value), gradient: Array.from(gradientArray(voxels, gradient!), spelled), of: "Run Doctor" };
}

const spelled = (value: number): number | "NaN" => (Number.isFinite(value) ? value : "NaN");

/** Losses of runs by the rule of their weights. */
function owned(): Variant[] {
  const rules: Omit<ClassWeightRule, "line">[] = [];
  for (const power of [1, 2] as const) {
    for (const over of ["image", "batch"] as const) {
      rules.push({ power, over, epsilon: 1e-5, absent: 1e5, constantInGraphMode: null }, { power, over, epsilon: 0, absent: "max", constantInGraphMode: null }, { power, over, epsilon: 0, absent: 1e-6, constantInGraphMode: null });
    }
  }
  rules.push({ power: 2, over: "batch", epsilon: 0, absent: "infinite", constantInGraphMode: null }, { power: 2, over: "image", epsilon: 1e-5, absent: 1e5, constantInGraphMode: 1e5 });
  return rules.map((rule) => ownVariant({ name: `${rule.over}_power_${rule.power}_absent_${rule.absent}${rule.constantInGraphMode === null ? "" : "_constant"}`, foundBy: "", path: "train.py", line: 3, endLine: 9, weights: { ...rule, line: 4 } }, null)!);
}

/** Numbers from a formula: logits to three decimals, labels of all classes but one that is absent; then the last image is background alone. */
function random(name: string, shape: readonly number[], seed: number, absent: number): Input {
  const [images = 1, classes = 1, ...space] = shape;
  const voxels = space.reduce((a, b) => a * b, 1);
  let state = seed * 7919;
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const logits = Array.from({ length: images * classes * voxels }, () => Math.round((next() * 6 - 3) * 1000) / 1000);
  const labels = Array.from({ length: images * voxels }, (_, i) => {
    const label = Math.min(classes - 1, Math.floor(next() ** 2 * classes));
    return absent > 0 && (label === absent || i >= (images - 1) * voxels) ? 0 : label;
  });
  return { name, shape, logits, labels };
}

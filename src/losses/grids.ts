/** Tables of values by image and class, of which formulas are computed: plain numbers where nothing is derived. */
import { minus, over, plus, times, type Scalar, type Value } from "./tape";

/** One value for each image and class, or for fewer where an axis is 1 long. */
export interface Grid {
  readonly images: number;
  readonly classes: number;
  /** Plain numbers where nothing is derived. */
  readonly values: readonly Value[] | Float64Array;
}

type Operation = "plus" | "minus" | "times" | "over";

const OPERATIONS = { plus, minus, times, over };

/** One number for all. */
export const single = (value: Value): Grid => ({ images: 1, classes: 1, values: typeof value === "number" ? Float64Array.of(value) : [value] });
/** Of an image and a class, whichever axes there are. */
export const at = (grid: Grid, b: number, c: number): Value => grid.values[(grid.images === 1 ? 0 : b) * grid.classes + (grid.classes === 1 ? 0 : c)]!;

/** `plain`: all are numbers. */
export function filled(images: number, classes: number, plain: boolean, of: (b: number, c: number) => Value): Grid {
  const values = plain ? new Float64Array(images * classes) : new Array<Value>(images * classes);
  for (let b = 0; b < images; b++) for (let c = 0; c < classes; c++) values[b * classes + c] = of(b, c);
  return { images, classes, values };
}

export function each(grid: Grid, ofNumber: (x: number) => number, ofScalar: (x: Scalar) => Scalar): Grid {
  const { values } = grid;
  return { ...grid, values: values instanceof Float64Array ? values.map(ofNumber) : values.map((v) => (typeof v === "number" ? ofNumber(v) : ofScalar(v))) };
}

/** Axes of 1 are repeated. */
export function both(left: Grid, right: Grid, of: (x: Value, y: Value) => Value): Grid {
  const plain = left.values instanceof Float64Array && right.values instanceof Float64Array;
  return filled(Math.max(left.images, right.images), Math.max(left.classes, right.classes), plain, (b, c) => of(at(left, b, c), at(right, b, c)));
}

const PLAIN: Readonly<Record<Operation, (a: Float64Array, b: Float64Array, i: number, j: number) => number>> = {
  plus: (a, b, i, j) => a[i]! + b[j]!,
  minus: (a, b, i, j) => a[i]! - b[j]!,
  times: (a, b, i, j) => a[i]! * b[j]!,
  over: (a, b, i, j) => a[i]! / b[j]!,
};

/** Most formulas are of these four, and most evaluations are of plain numbers. */
export function arithmetic(left: Grid, right: Grid, op: Operation): Grid {
  const [a, b] = [left.values, right.values];
  if (!(a instanceof Float64Array && b instanceof Float64Array)) return both(left, right, OPERATIONS[op]);
  const images = Math.max(left.images, right.images);
  const classes = Math.max(left.classes, right.classes);
  const values = new Float64Array(images * classes);
  const [byImage, byClass] = [left.images === 1 ? 0 : left.classes, left.classes === 1 ? 0 : 1];
  const [otherImage, otherClass] = [right.images === 1 ? 0 : right.classes, right.classes === 1 ? 0 : 1];
  const of = PLAIN[op];
  for (let k = 0; k < images; k++) {
    for (let c = 0; c < classes; c++) values[k * classes + c] = of(a, b, k * byImage + c * byClass, k * otherImage + c * otherClass);
  }
  return { images, classes, values };
}

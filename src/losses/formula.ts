/** Overlap losses as formulas: one tree from which the value, its gradient and the code in Python follow. */
import { arithmetic, at, both, each, filled, single, type Grid } from "./grids";
import type { Sums, TableName } from "./sums";
import { minus, over, plus, sum, times, type Value } from "./tape";

/** Sums over voxels of probabilities p and one-hot labels t. */
export type SumName = "overlap" | "predicted" | "volume" | "squared" | "squaredVolume" | "rest" | "missed" | "wrong";

/** A number with the name that it has in code, and what it is for. */
export interface Constant {
  readonly name: string;
  readonly value: number | readonly number[];
  readonly note?: string;
}

export type Node =
  | { readonly op: "sum"; readonly of: SumName }
  | { readonly op: "number"; readonly value: number }
  /** A list has one number a class. */
  | { readonly op: "constant"; readonly constant: Constant }
  | { readonly op: "plus" | "minus" | "times" | "over"; readonly left: Formula; readonly right: Formula }
  | { readonly op: "power"; readonly of: Formula; readonly exponent: Formula }
  | { readonly op: "log" | "exp" | "negative" | "logCosh"; readonly of: Formula }
  /** Not below a number; no slope there. */
  | { readonly op: "atLeast"; readonly of: Formula; readonly least: Formula }
  /** By whether the class has voxels. */
  | { readonly op: "present"; readonly then: Formula; readonly otherwise: Formula }
  /** Over the classes: their largest number, for each of them; their sum. */
  | { readonly op: "largest" | "total"; readonly of: Formula }
  /** The mean over classes and images, whichever there are. */
  | { readonly op: "mean"; readonly of: Formula }
  /** How many classes there are. */
  | { readonly op: "classes" }
  /** A step with a name of its own in code. */
  | { readonly op: "named"; readonly name: string; readonly of: Formula };

export class Formula {
  constructor(readonly node: Node) {}

  plus(right: Formula | number): Formula {
    return new Formula({ op: "plus", left: this, right: formula(right) });
  }

  minus(right: Formula | number): Formula {
    return new Formula({ op: "minus", left: this, right: formula(right) });
  }

  times(right: Formula | number): Formula {
    return new Formula({ op: "times", left: this, right: formula(right) });
  }

  over(right: Formula | number): Formula {
    return new Formula({ op: "over", left: this, right: formula(right) });
  }

  power(exponent: Formula | number): Formula {
    return new Formula({ op: "power", of: this, exponent: formula(exponent) });
  }

  atLeast(least: Formula): Formula {
    return new Formula({ op: "atLeast", of: this, least });
  }

  /** 1 - x */
  complement(): Formula {
    return formula(1).minus(this);
  }

  private simple(op: "log" | "exp" | "negative" | "logCosh"): Formula {
    return new Formula({ op, of: this });
  }

  log = (): Formula => this.simple("log");
  exp = (): Formula => this.simple("exp");
  negative = (): Formula => this.simple("negative");
  logCosh = (): Formula => this.simple("logCosh");
  total = (): Formula => new Formula({ op: "total", of: this });
  largest = (): Formula => new Formula({ op: "largest", of: this });
  mean = (): Formula => new Formula({ op: "mean", of: this });
  named = (name: string): Formula => new Formula({ op: "named", name, of: this });
}

export const formula = (of: Formula | number): Formula => (typeof of === "number" ? new Formula({ op: "number", value: of }) : of);
export const constant = (name: string, value: number | readonly number[], note?: string): Formula => new Formula({ op: "constant", constant: note === undefined ? { name, value } : { name, value, note } });
export const whenPresent = (then: Formula, otherwise: Formula | number): Formula => new Formula({ op: "present", then, otherwise: formula(otherwise) });
const ofVoxels = (of: SumName): Formula => new Formula({ op: "sum", of });

export const I = ofVoxels("overlap");
export const P = ofVoxels("predicted");
export const V = ofVoxels("volume");
export const P_SQUARED = ofVoxels("squared");
export const V_SQUARED = ofVoxels("squaredVolume");
/** Voxels that are not of the class. */
export const REST = ofVoxels("rest");
/** Σ (t - p)² over the voxels of the class, and over the others. */
export const MISSED = ofVoxels("missed");
export const WRONG = ofVoxels("wrong");
export const CLASSES = new Formula({ op: "classes" });

/** Value of a formula that is one number. */
export function valueOf(of: Formula, sums: Sums): Value {
  const { values } = gridOf(of, sums, new Map());
  const [value] = values;
  if (values.length !== 1 || value === undefined) throw new RangeError("losses: a formula that is no single number");
  return value;
}

/** Weights of the classes of one unit from their volumes. */
export function weightsOf(of: Formula): (volumes: readonly number[]) => number[] {
  return (volumes) => {
    const none = (): never => {
      throw new RangeError("losses: a weight depends on the prediction");
    };
    const sums: Sums = { images: 1, classes: volumes.length, plain: true, voxels: () => volumes.reduce((a, b) => a + b, 0), volume: (_, c) => volumes[c]!, overlap: none, predicted: none, squared: none, squaredVolume: none, confusion: none, squaredConfusion: none };
    const { values } = gridOf(of, sums, new Map());
    return volumes.map((_, c) => Number(values[values.length === 1 ? 0 : c]));
  };
}

function gridOf(of: Formula, sums: Sums, known: Map<Node, Grid>): Grid {
  const { node } = of;
  let grid = known.get(node);
  if (grid === undefined) known.set(node, (grid = made(node, sums, (f) => gridOf(f, sums, known))));
  return grid;
}

function made(node: Node, sums: Sums, grid: (of: Formula) => Grid): Grid {
  switch (node.op) {
    case "sum":
      if (sums.table !== undefined && isTable(node.of)) return { images: sums.images, classes: sums.classes, values: sums.table(node.of) };
      return filled(sums.images, sums.classes, sums.plain || OF_LABELS.includes(node.of), (b, c) => sumOf(node.of, sums, b, c));
    case "number":
      return single(node.value);
    case "constant": {
      const { value } = node.constant;
      return typeof value === "number" ? single(value) : filled(1, sums.classes, true, (_, c) => value[c % value.length]!);
    }
    case "plus":
    case "minus":
    case "times":
    case "over":
      return arithmetic(grid(node.left), grid(node.right), node.op);
    case "power":
      return both(grid(node.of), grid(node.exponent), (x, e) => (typeof x === "number" ? x ** Number(e) : x.power(Number(e))));
    case "atLeast":
      return both(grid(node.of), grid(node.least), (x, least) => (typeof x === "number" ? Math.max(x, Number(least)) : x.atLeast(Number(least))));
    case "log":
      return each(grid(node.of), Math.log, (x) => x.log());
    case "exp":
      return each(grid(node.of), Math.exp, (x) => x.exp());
    case "negative":
      return each(grid(node.of), (x) => -x, (x) => x.negative());
    case "logCosh":
      return each(grid(node.of), (x) => Math.log(Math.cosh(x)), (x) => x.logCosh());
    case "present": {
      const [yes, no] = [grid(node.then), grid(node.otherwise)];
      return filled(sums.images, sums.classes, yes.values instanceof Float64Array && no.values instanceof Float64Array, (b, c) => {
        const [taken, left] = [at(yes, b, c), at(no, b, c)];
        const [value, other] = sums.volume(b, c) > 0 ? [taken, left] : [left, taken];
        return typeof value === "number" && typeof other !== "number" ? other.constant(value) : value; // stays a number of the tape
      });
    }
    case "largest": {
      const from = grid(node.of);
      return filled(from.images, 1, true, (b) => {
        let largest = -Infinity;
        for (let c = 0; c < from.classes; c++) largest = Math.max(largest, Number(at(from, b, c)));
        return largest;
      });
    }
    case "total": {
      const from = grid(node.of);
      return filled(from.images, 1, from.values instanceof Float64Array, (b) => {
        let total = at(from, b, 0);
        for (let c = 1; c < from.classes; c++) total = plus(total, at(from, b, c));
        return total;
      });
    }
    case "mean": {
      const { values } = grid(node.of);
      return single(over(sum(values), values.length));
    }
    case "classes":
      return single(sums.classes);
    case "named":
      return grid(node.of);
  }
}

/** Nothing is derived through these. */
const OF_LABELS: readonly SumName[] = ["volume", "squaredVolume", "rest"];
const isTable = (name: SumName): name is TableName => name !== "rest" && name !== "missed" && name !== "wrong";

function sumOf(name: SumName, s: Sums, b: number, c: number): Value {
  switch (name) {
    case "overlap":
    case "predicted":
    case "volume":
    case "squared":
    case "squaredVolume":
      return s[name](b, c);
    case "rest":
      return s.voxels(b) - s.volume(b, c);
    case "missed":
      return plus(minus(s.squaredConfusion(b, c, c), times(s.overlap(b, c), 2)), s.volume(b, c));
    case "wrong":
      return minus(s.squared(b, c), s.squaredConfusion(b, c, c));
  }
}

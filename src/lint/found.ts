/** The weights that were met while a loss function was followed. */
import { UNKNOWN, type Inverse, type Value, type Weights } from "./values";

export class FoundWeights {
  /** In the order in which they were met. */
  readonly all: Inverse[] = [];

  /** Remembers weights, and passes any value on. */
  keep(value: Value): Value {
    if (value.kind === "weights") this.all.push(value);
    return value;
  }

  /** The same weights with another value for absent classes; takes the place of what was remembered. */
  withAbsent(weights: Weights, replacement: Value): Value {
    const absent = replacement.kind === "number" ? replacement.value : "max";
    const changed: Value = { ...weights, absent };
    const last = this.all.findLastIndex((w) => w.at === weights.at);
    if (last >= 0) this.all[last] = changed;
    return changed;
  }

  /** One value where classes are present, another where they are absent. */
  choose(present: Value, absent: Value): Value {
    if (present.kind === "weights") return this.withAbsent(present, absent);
    if (present.kind === "volume" && absent.kind === "number") return { ...present, floor: Math.max(present.floor, absent.value ** present.power) };
    return UNKNOWN;
  }

  /** No weight is above `ceiling`. */
  atMost(weights: Weights, ceiling: Value): Value {
    if (ceiling.kind !== "number") return weights;
    return typeof weights.absent === "number" && weights.absent <= ceiling.value ? weights : this.withAbsent(weights, ceiling);
  }
}

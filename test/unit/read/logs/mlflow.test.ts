import assert from "node:assert/strict";
import { mlflowMetric } from "../../../../src/read/logs/mlflowMetric";
import { readStore, type Store, type StorePoint, type StoreState } from "../../../../src/read/logs/trackingStore";
import { SeriesCollector } from "../../../../src/read/logs/collector";
import { assertPiecesEqualWhole, readPieces, readWhole, text } from "./helpers";

const NAME = "mlruns/1/0123456789abcdef0123456789abcdef/metrics/val/loss";
const T = 1_700_000_000_000;
const lines = (...rows: readonly (readonly [number, number | string, number])[]): Uint8Array => text(rows.map(([t, v, s]) => `${T + t} ${v} ${s}\n`).join(""));

describe("MLflow's metric files", () => {
  it("puts late rows in order, counts rows without steps, in any pieces", () => {
    assertPiecesEqualWhole(mlflowMetric, lines([0, 1, 0], [2, 3, 2], [1, 2, 1], [3, 4, 3]), NAME);
    const stepless = lines([0, 1, 0], [1, 2, 0], [2, 3, 0]);
    assertPiecesEqualWhole(mlflowMetric, stepless, NAME);
    assert.deepEqual([...readWhole(mlflowMetric, stepless, NAME).series[0]!.steps], [0, 1, 2]);
    // Steps after all: then those count.
    const { series } = readPieces(mlflowMetric, [stepless, lines([0, 1, 0], [1, 2, 0], [2, 3, 0], [3, 4, 7])], NAME);
    assert.equal(series[0]!.steps.at(-1), 7);
  });

  it("takes a step that comes again later for a restart", () => {
    const { series } = readWhole(mlflowMetric, lines([0, 1, 1], [1, 2, 2], [2, 3, 3], [3, 9, 2]), NAME);
    assert.deepEqual([[...series[0]!.steps], [...series[0]!.values]], [[1, 2], [1, 9]]);
    assert.equal(series[0]!.restarts, 1);
    assert.equal(series[0]!.tag, "val/loss");
  });

  it("leaves out what is no row, and says so", () => {
    const { read, series } = readWhole(mlflowMetric, text(`${T} 0.5 1\nhello\n${T} 1e999x 2\n${T} nan 3\n`), NAME);
    assert.equal(read.problem, 'mlflow-metric: 2 lines are no rows of "time value step", the first is line 2');
    assert.deepEqual([...series[0]!.values], [0.5, NaN]);
  });

  it("claims its own alone", () => {
    const head = lines([0, 1, 1], [1, 2, 2]);
    assert.equal(mlflowMetric.probe(NAME, head), true);
    assert.equal(mlflowMetric.probe(NAME, new Uint8Array(0)), true);
    assert.equal(mlflowMetric.probe("metrics/loss", head), true);
    assert.equal(mlflowMetric.probe("metrics/loss.txt", text("1 0.5\n2 0.25\n")), false);
    assert.equal(mlflowMetric.probe("data/loss", head), false);
    assert.equal(mlflowMetric.probe("mlruns/1/models/m-abc/metrics/loss", head), false);
  });
});

describe("stores of several runs", () => {
  const point = (run: string, tag: string, time: number, step: number, value: number): StorePoint => ({ run, tag, time, step, value });
  const store = (rows: readonly StorePoint[], names: readonly (readonly [string, string])[]): Store => ({
    runs: new Map(names),
    facts: new Map(),
    rows(after, take) {
      for (const [i, row] of rows.entries()) if (i + 1 > after && !take(i + 1, row)) return;
    },
  });

  /** Reads a table that grows row by row. */
  function grown(rows: readonly StorePoint[], names: readonly (readonly [string, string])[]): Record<string, number[]> {
    const collector = new SeriesCollector();
    let state: StoreState | null = null;
    for (let n = 0; n <= rows.length; n++) ({ state } = readStore("s", store(rows.slice(0, n), names), state, collector.sink("x", "s")));
    return Object.fromEntries(collector.series().map((s) => [s.tag, [...s.values]]));
  }

  it("names series by their run where there are several, however the table grew", () => {
    const rows = [point("a", "loss", 1, 0, 5), point("a", "loss", 2, 1, 4), point("b", "loss", 3, 0, 3), point("a", "loss", 4, 2, 2), point("b", "loss", 5, 1, 1)];
    assert.deepEqual(grown(rows, [["a", "one"], ["b", "two"]]), { "one/loss": [5, 4, 2], "two/loss": [3, 1] });
    assert.deepEqual(grown(rows.slice(0, 2), [["a", "one"]]), { loss: [5, 4] });
    assert.deepEqual(grown(rows, [["a", "same"], ["b", "same"]]), { "same a/loss": [5, 4, 2], "same b/loss": [3, 1] });
  });

  it("puts late rows in order, however the table grew", () => {
    const rows = [point("a", "loss", 1, 0, 5), point("a", "loss", 3, 2, 3), point("a", "loss", 2, 1, 4), point("a", "acc", 4, 0, 1), point("a", "acc", 5, 0, 2)];
    assert.deepEqual(grown(rows, [["a", "one"]]), { loss: [5, 4, 3], acc: [1, 2] });
  });
});

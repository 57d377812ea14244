import assert from "node:assert/strict";
import { toRunView } from "../../../src/protocol";
import { moved, nearest, positions, readAt } from "../../../webview/model/chart";
import { domainsOf } from "../../../webview/model/domains";
import { ends, linearTicks, logTicks, spread, tickTexts } from "../../../webview/model/layout";
import { number, percent, ranges, shorten } from "../../../webview/model/format";
import { weightsChart } from "../../../webview/model/weights";
import { Cursor } from "../../../webview/cursor";
import { checkpoint, epochMeasure, inspection, kernel, series } from "./fake";

describe("weight magnitudes", () => {
  const chart = (checkpoints: ReturnType<typeof checkpoint>[], scale?: string): NonNullable<ReturnType<typeof weightsChart>> => weightsChart(toRunView(inspection({ checkpoints })).weights, scale)!;

  it("shows the region of 1e-10 and says how many kernels lie in it", () => {
    const c = chart([checkpoint(1, [kernel("conv1", 0.1), kernel("conv2", 0.2)]), checkpoint(3, [kernel("conv1", 4e-11), kernel("conv2", 0.2)])], "fit");
    assert.equal(c.unit, "epoch");
    assert.deepEqual([c.log, c.region?.below, c.scale], [true, 1e-9, "whole"]);
    assert.ok(c.min! < 4e-11);
    assert.match(c.sentence, /between 4e-11 \(conv1\) and 0\.2 \(conv2\) at epoch 3\. 1 kernel lies below 1e-9\./);
    assert.deepEqual(c.table().rows[0], ["conv1", "0.1", "4e-11", "9", "0", "0", "0"]);
  });

  it("may be fitted to healthy weights, never to weights of zero", () => {
    assert.equal(chart([checkpoint(0, [kernel("a", 0.1)])], "fit").region, null);
    assert.notEqual(chart([checkpoint(0, [kernel("a", 0.1)])]).region, null);
    const zero = chart([checkpoint(0, [kernel("a", 0), kernel("b", 0.1)])], "fit");
    assert.notEqual(zero.region, null);
    assert.ok(zero.min! > 0);
  });

  it("counts steps or places where no epoch is known, and keeps those without an epoch in the table", () => {
    assert.equal(chart([checkpoint(null, [kernel("a", 1)], 100), checkpoint(null, [kernel("a", 2)], 50)]).unit, "step");
    const ordered = chart([checkpoint(null, [kernel("a", 1)], 100), checkpoint(null, [kernel("a", 2)], 50)]).lines[0]!;
    assert.deepEqual([[...ordered.x], [...ordered.y]], [[50, 100], [2, 1]]);
    assert.equal(chart([checkpoint(null, [kernel("a", 1)])]).unit, "checkpoint");
    const mixed = chart([checkpoint(2, [kernel("a", 1)]), checkpoint(null, [kernel("a", 3)])]);
    assert.deepEqual([...mixed.lines[0]!.x], [2]);
    assert.deepEqual(mixed.table().rows[0]!.slice(0, 3), ["a", "1", "3"]);
    assert.match(mixed.table().note!, /1 checkpoint has no known epoch/);
  });

  it("calls kernels by the parts of their names that tell them apart, and two checkpoints of one epoch by their files", () => {
    const names = ["net.encoder.stages.0.blocks.0.convs.0", "net.encoder.stages.1.blocks.0.convs.0", "net.head"];
    const twice = [checkpoint(1, names.map((n) => kernel(n, 1))), { ...checkpoint(1, names.map((n) => kernel(n, 1))), path: "checkpoints/last.ckpt" }];
    const labels = chart(twice).lines.map((l) => l.label);
    assert.equal(new Set(labels).size, 3);
    assert.ok(labels.every((l) => l.length <= 32 && !l.startsWith("net.")), labels.join());
    assert.deepEqual(chart(twice).table().columns.slice(1, 3), ["epoch 1, 1.keras", "epoch 1, last.ckpt"]);
  });

  it("names of many kernels the weakest", () => {
    const c = chart([checkpoint(0, Array.from({ length: 100 }, (_, i) => kernel(`k${i}`, 0.1 + i)))]);
    assert.deepEqual(c.lines.filter((l) => l.named).map((l) => l.label), ["k0", "k1", "k2", "k3", "k4", "k5", "k6", "k7"]);
    assert.equal(weightsChart(null, undefined), null);
    assert.equal(weightsChart(toRunView(inspection({ checkpoints: [checkpoint(0, [])] })).weights, undefined), null);
  });
});

describe("cursor", () => {
  const lines = { lines: weightsChart(toRunView(inspection({ checkpoints: [checkpoint(1, [kernel("a", 1)]), checkpoint(5, [kernel("a", 2), kernel("b", NaN)])] })).weights, undefined)!.lines };

  it("reads the newest point at or before a position", () => {
    assert.deepEqual(readAt(lines, 3).map((r) => [r.line.key, r.at, r.value]), [["a", 1, 1], ["b", 1, NaN]]);
    assert.deepEqual(readAt(lines, 0), []);
    assert.deepEqual([...positions(lines)], [1, 5]);
  });

  it("snaps to the nearest position and moves by keys without leaving the ends", () => {
    const xs = Float64Array.of(1, 5, 6);
    assert.deepEqual([-3, 2.9, 3.1, 5.6, 99].map((x) => nearest(xs, x)), [1, 1, 5, 6, 6]);
    assert.equal(nearest(new Float64Array(0), 1), null);
    assert.deepEqual([moved(xs, null, "previous"), moved(xs, 6, "previous"), moved(xs, 5.5, "previous"), moved(xs, 1, "previous"), moved(xs, 6, "next"), moved(xs, 0, "next"), moved(xs, 5, "first"), moved(xs, 1, "last")], [6, 5, 5, 1, 6, 1, 1, 6]);
    assert.equal(moved(new Float64Array(0), 1, "next"), null);
  });

  it("prefers the mouse over the mark, within a unit, and tells changes alone", () => {
    const cursor = new Cursor();
    let told = 0;
    const end = cursor.onDidChange(() => told++);
    cursor.pinAt({ unit: "epoch", x: 3 });
    cursor.pinAt({ unit: "epoch", x: 3 });
    assert.equal(told, 1);
    cursor.hoverAt({ unit: "step", x: 50 });
    assert.deepEqual([cursor.at("epoch"), cursor.at("step"), cursor.at("checkpoint")], [3, 50, null]);
    cursor.hoverAt({ unit: "epoch", x: 4 });
    assert.equal(cursor.at("epoch"), 4);
    end();
    cursor.pinAt(null);
    assert.equal(told, 3);
  });

  it("shares one range of epochs among all charts", () => {
    const run = toRunView(inspection({ series: [series("loss", [0, 9], [1, 1]), series("batch_loss", [1, 900], [1, 1], { unit: "step" })], epochs: [epochMeasure(2, [[1]]), epochMeasure(11, [[1]])], checkpoints: [checkpoint(1, [kernel("a", 1)])] }));
    assert.deepEqual(domainsOf(run).epoch, { min: 0, max: 11 });
    assert.deepEqual(domainsOf(run).step, { min: 1, max: 900 });
    assert.deepEqual(domainsOf(toRunView(inspection())).epoch, { min: 0, max: 1 });
  });
});

describe("layout of a drawing", () => {
  it("moves labels apart, in order, inside the drawing", () => {
    for (const wanted of [[10, 10, 10], [0, 1, 2, 50, 51, 100], [100, 99, 98, 3], [-50, 500]]) {
      const out = spread(wanted, 13, 0, 100) as number[];
      const sorted = [...out].sort((a, b) => a - b);
      for (let i = 1; i < sorted.length; i++) assert.ok(sorted[i]! - sorted[i - 1]! >= 13 - 1e-9, String(out));
      assert.ok(sorted[0]! >= 0 && sorted.at(-1)! <= 100, String(out));
      for (let a = 0; a < wanted.length; a++) for (let b = 0; b < wanted.length; b++) if (wanted[a]! < wanted[b]!) assert.ok(out[a]! < out[b]!);
    }
    assert.deepEqual(spread([20, 60], 13, 0, 100), [20, 60]);
    assert.deepEqual(spread([1, 2, 3, 4], 50, 0, 100).filter((y) => y === null).length, 1);
    assert.deepEqual(spread([], 13, 0, 100), []);
  });

  it("puts round ticks inside the axis, written so that neighbours differ", () => {
    for (const [min, max] of [[0, 1], [0.14160, 0.14172], [1e-7, 3e-7], [-5, 12_345_678], [0.13, 0.35]] as const) {
      const ticks = linearTicks(min, max, 5);
      assert.ok(ticks.length >= 2 && ticks.length <= 6, `${min} ${max}: ${ticks.join()}`);
      assert.equal(new Set(tickTexts(ticks, false)).size, ticks.length, tickTexts(ticks, false).join());
      for (const [i, t] of tickTexts(ticks, false).entries()) assert.ok(Math.abs(Number(t) - ticks[i]!) <= (max - min) * 0.01, t);
    }
    for (const [min, max] of [[1e-11, 1], [0.02, 3], [0.1416, 0.1418], [1, 313_600], [1e-300, 1e300]] as const) {
      const ticks = logTicks(min, max);
      assert.ok(ticks.length >= 2 && ticks.length <= 9, `${min} ${max}: ${ticks.join()}`);
      for (const t of ticks) assert.ok(t >= min * 0.999999 && t <= max * 1.000001, String(t));
      assert.equal(new Set(tickTexts(ticks, true)).size, ticks.length);
    }
    assert.deepEqual(tickTexts([1e-10, 0.01, 1, 10_000], true), ["1e-10", "0.01", "1", "10,000"]);
    assert.deepEqual([logTicks(0, 1), logTicks(NaN, 1), logTicks(2, 1), linearTicks(NaN, NaN)], [[], [], [], []]);
  });

  it("leaves room around values, and finds none in nothing", () => {
    assert.equal(ends([NaN, Infinity], false), null);
    assert.equal(ends([0, -1], true), null);
    const same = ends([3, 3], false)!;
    assert.ok(same.min < 3 && same.max > 3);
    assert.ok(ends([0, 0], false)!.max > 0);
    const log = ends([0, 1e-10, 1], true)!;
    assert.ok(log.min < 1e-10 && log.min > 0 && log.max > 1);
  });

  it("writes numbers as a reader expects them", () => {
    assert.deepEqual([0.14172829, 0, 313600, 1.43e-10, 1234.56, 2.5e8, 2.5e9 + 0.5, NaN, -Infinity, null, 0.5, 1e-3, 1e15].map(number), ["0.1417", "0", "313,600", "1.43e-10", "1,235", "250,000,000", "2.5e9", "NaN", "-∞", "–", "0.5", "0.001", "1e15"]);
    assert.deepEqual([0, 1, 0.8583, 0.0002, 0.9997, 0.051, NaN].map(percent), ["0 %", "100 %", "85.8 %", "<0.1 %", ">99.9 %", "5.1 %", "–"]);
    assert.equal(ranges([0, 1, 3, 5, 6, 7]), "0, 1, 3 and 5–7");
    assert.equal(shorten("checkpoints/epoch_0001.keras", 11), "check…keras");
    assert.equal(shorten("short", 11), "short");
  });
});

import assert from "node:assert/strict";
import type { LogFormat } from "../../../../../src/read/format";
import { SeriesCollector } from "../../../../../src/read/logs/collector";
import { kerasProgress, textLog } from "../../../../../src/read/logs/text/textLog";
import { memory, NO_TOOLS, text } from "../helpers";
import { LOG_FORMATS } from "../../../../../src/read/formats";
import { DIALECTS } from "./dialects";
import { NOISE } from "./noise";

function read(format: LogFormat, content: string, stages: readonly number[] = []): { series: Record<string, { unit: string; points: [number, number][]; restarts: number }>; understood: string | null } {
  const bytes = text(content);
  const collector = new SeriesCollector();
  let state: unknown = null;
  let understood: string | null = null;
  for (const size of [...stages, bytes.length]) {
    const got = format.read(memory(bytes.subarray(0, size), "run.log"), state, collector.sink("run.log", format.name), NO_TOOLS);
    state = JSON.parse(JSON.stringify(got.state));
    collector.settle("run.log", got.unit, got.units);
    understood = got.understood ?? null;
  }
  const series = Object.fromEntries(collector.series().map((s) => [s.tag, { unit: s.unit, points: [...s.steps].map((step, i): [number, number] => [step, s.values[i]!]), restarts: s.restarts }]));
  return { series, understood };
}

/** One line a series, so that a difference can be read. */
function lines(series: Readonly<Record<string, { unit: string; points: readonly (readonly [number, number])[]; restarts: number }>>): string[] {
  return Object.entries(series).map(([tag, { unit, points }]) => `${tag} by ${unit}: ${points.map(([step, value]) => `${step}=${value}`).join(" ")}`).sort();
}

describe("text logs", () => {
  for (const dialect of DIALECTS) {
    it(`reads ${dialect.name}`, () => {
      const { series, understood } = read(textLog, dialect.text);
      const want = Object.fromEntries(Object.entries(dialect.series).map(([tag, points]) => [tag, { unit: dialect.iterations?.includes(tag) === true ? "step" : "epoch", points, restarts: series[tag]?.restarts ?? 0 }]));
      assert.deepEqual(lines(series), lines(want));
      assert.match(understood ?? "", /^lines as “/);
      if (dialect.restarts !== undefined) for (const one of Object.values(series)) assert.equal(one.restarts, dialect.restarts);
      assert.ok(textLog.probe("out/train.log", text(dialect.text).subarray(0, 4096)));
    });
  }

  it("keeps the epoch beside the iteration where each epoch has one line, and only there", () => {
    const log = (rows: readonly (readonly [number, number])[]): string => rows.map(([epoch, iter]) => `epoch: ${epoch} | iter: ${iter} | loss: ${1 / (1 + iter)}\n`).join("");
    assert.match(lines(read(textLog, log([[0, 8], [1, 16], [2, 24]])).series).join("\n"), /^epoch by step: 8=0 16=1 24=2$/m);
    assert.doesNotMatch(lines(read(textLog, log([[0, 8], [0, 16], [1, 24], [2, 32]])).series).join("\n"), /^epoch/m);
  });

  it("reads the same in pieces of any size", () => {
    for (const dialect of DIALECTS) {
      const whole = read(textLog, dialect.text);
      const size = text(dialect.text).length;
      for (const step of [1, 7, 64]) assert.deepEqual(read(textLog, dialect.text, Array.from({ length: Math.floor(size / step) }, (_, i) => i * step)), whole, `${dialect.name} in steps of ${step}`);
    }
  });

  it("never gives other points for a part than for the whole", () => {
    for (const dialect of DIALECTS) {
      const whole = read(textLog, dialect.text).series;
      const bytes = text(dialect.text);
      for (let cut = 0; cut < bytes.length; cut += 3) {
        const part = read(textLog, new TextDecoder().decode(bytes.subarray(0, cut))).series;
        for (const [tag, { points }] of Object.entries(part)) {
          if (dialect.restarts !== undefined || dialect.name === "a resumed training") continue;
          assert.deepEqual(points, whole[tag]?.points.slice(0, points.length), `${dialect.name}: ${tag} cut at ${cut}`);
        }
      }
    }
  });

  it("makes no series of noise, and says that it understood nothing", () => {
    for (const [name, content] of NOISE) {
      const { series, understood } = read(textLog, content);
      assert.deepEqual([lines(series), understood], [[], null], name);
      const format = LOG_FORMATS.find((one) => one.probe(`logs/${name}`, text(content).subarray(0, 4096)));
      assert.ok(format === undefined || format.name === "text-log", `${name} is taken by ${format?.name}`);
    }
    for (const name of ["requirements.txt", "README.txt", "labelmap.txt", "classes.txt", "dice.txt", "train.txt", "val.txt", "debug.log"]) {
      const content = NOISE.find(([other]) => other === name)![1];
      assert.equal(LOG_FORMATS.find((one) => one.probe(`logs/${name}`, text(content)))?.name, undefined, name);
    }
  });

  it("is asked only for what no other reader takes, and gets the others", () => {
    for (const { name, text: content } of DIALECTS) {
      const format = LOG_FORMATS.find((one) => one.probe("logs/train.log", text(content).subarray(0, 4096)));
      if (/fastai/.test(name)) continue; // a table from its first line on
      assert.equal(format?.name, /[kK]eras/.test(name) ? "keras-progress" : "text-log", name);
    }
  });

  it("knows Keras' output by its looks", () => {
    for (const dialect of DIALECTS.filter(({ name }) => /[kK]eras/.test(name))) assert.ok(kerasProgress.probe("train.log", text(dialect.text)), dialect.name);
    assert.ok(!kerasProgress.probe("train.log", text("Epoch 1/10 | train loss 2.0 | val loss 1.3\n")));
  });
});

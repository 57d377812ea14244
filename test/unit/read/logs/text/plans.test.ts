import assert from "node:assert/strict";
import type { LogSink } from "../../../../../src/read/format";
import { Learner } from "../../../../../src/read/logs/text/learner";
import { learnerStart } from "../../../../../src/read/logs/text/learnerState";
import { sayingOf, type Message } from "../../../../../src/read/logs/text/message";
import { eachPiece } from "../../../../../src/read/logs/text/pieces";
import { LinePlans } from "../../../../../src/read/logs/text/plans";
import { textLog } from "../../../../../src/read/logs/text/textLog";
import { memory, NO_TOOLS, text } from "../helpers";
import { DIALECTS } from "./dialects";
import { NOISE } from "./noise";

/** All that a reader gives, in order. */
function recorder(): { sink: LogSink; said: string[] } {
  const said: string[] = [];
  return {
    said,
    sink: {
      point: (tag, step, value, line, wallTime) => void said.push(`${tag} ${step} ${value} ${line} ${wallTime}`),
      restart: (tag, step) => void said.push(`restart ${tag} ${step}`),
      reset: () => void said.push("reset"),
      fact: (key, value) => void said.push(`fact ${key} ${JSON.stringify(value)}`),
    },
  };
}

/** The text `times` over, the later ones with other digits: `all`, or those behind a point alone. */
function varied(content: string, times: number, all: boolean): string {
  let seed = 7;
  const digit = (): string => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return String((seed >>> 16) % 10);
  };
  const pattern = all ? /\d/g : /(?<=\.\d*)\d/g;
  return Array.from({ length: times }, (_, i) => (i === 0 ? content : content.replace(pattern, digit))).join("");
}

describe("plans of text lines", () => {
  for (const [how, all] of [["behind points", false], ["anywhere", true]] as const) {
    it(`give what reading in full gives, with other digits ${how}`, () => {
      for (const [name, content] of [...DIALECTS.map((dialect): [string, string] => [dialect.name, dialect.text]), ...NOISE]) {
        const source = memory(text(varied(content, 24, all)), "run.log");
        const quick = recorder();
        textLog.read(source, null, quick.sink, NO_TOOLS);
        const full = recorder();
        full.sink.reset();
        const learner = new Learner(learnerStart(), full.sink);
        eachPiece(source, { offset: 0, line: 0, skipping: 0 }, (piece, line, newline) => {
          learner.take(piece, line, newline);
          return true;
        });
        assert.deepEqual(quick.said, full.said, name);
      }
    });
  }

  /** Messages of these lines, by plans where there are some; how many came from plans. */
  function read(lines: readonly string[]): { readonly messages: (string | null)[]; readonly planned: number } {
    const plans = new LinePlans();
    let planned = 0;
    const messages = lines.map((line) => {
      const bytes = text(`--${line}--`);
      let saying = plans.find(bytes, 2, bytes.length - 2, null, null);
      if (saying === undefined) {
        saying = sayingOf(line, null);
        plans.learn(line, saying, null, null);
      } else planned++;
      return saying?.is === "message" ? shown(saying.message) : JSON.stringify(saying);
    });
    return { messages, planned };
  }

  const shown = (message: Message): string => {
    const { epoch, iteration, bare } = message.counted;
    return JSON.stringify([epoch, iteration, bare, message.wallTime, message.pairs(null).map(({ name, value, measure }) => `${name} ${value} ${measure}`), message.kind]);
  };

  function check(lines: readonly string[], least: number): void {
    const { messages, planned } = read(lines);
    const full = lines.map((line) => {
      const saying = sayingOf(line, null);
      return saying?.is === "message" ? shown(saying.message) : JSON.stringify(saying);
    });
    assert.deepEqual(messages, full);
    assert.ok(planned >= least, `${planned} of ${lines.length} lines by plans`);
  }

  const many = (line: (i: number) => string): string[] => Array.from({ length: 40 }, (_, i) => line(i));

  it("read numbers, counters and stamps from bytes", () => {
    check(many((i) => `2026-01-${10 + (i % 20)} 12:00:${10 + i},${100 + i} - INFO - Epoch [${10 + i}/90] loss: 0.${1000 + i} dice: ${(i + 10) / 100 + 0.001}`), 20);
    check(many((i) => `epoch ${10 + i}: loss=-1.${10 + i}e-0${1 + (i % 9)} größe=${10 + i}`), 20);
  });

  it("leave lines to be read in full whose digits are parts of names, or whose count is beyond its end", () => {
    check(many((i) => `epoch ${10 + i} class ${i % 7}: dice ${0.5 + (i % 10) / 100}`), 0);
    check(many((i) => `epoch ${10 + i} hd9${i % 10} 0.${10 + i}`), 0);
    check(many((i) => `Epoch ${10 + i}/30 loss 0.${10 + i}`), 10);
    check(many((i) => `${10 + i}/30 loss 0.${10 + i}`), 10);
    check(many((i) => `loss 0.5 at ${i % 10}x1${i % 10} acc 0.${10 + i}`), 0);
  });
});

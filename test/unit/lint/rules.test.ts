import assert from "node:assert/strict";
import { lintPython } from "../../../src/lint/check";
import { RULES } from "../../../src/lint/rules/all";
import type { Finding } from "../../../src/lint/rules/rule";
import { SNIPPETS } from "./snippets/all";
import { BAD as FIRST_BAD } from "./snippets/bad";
import { GOOD } from "./snippets/good";

const BAD = [...FIRST_BAD, ...SNIPPETS.flatMap(([rule, { bad }]) => bad.map(({ what, code, begins }) => [rule, what, code, begins] as const))];

/** These say what a loss does, also of losses that are right (info): they are silent only in the good snippets of their own. */
const REMARKS = ["L16", "L18", "L19", "L20", "L21", "L26"];
const isRemark = (found: string): boolean => REMARKS.some((rule) => found.startsWith(`${rule} info`));

describe("rules: bad snippets", () => {
  for (const [rule, what, code, begins] of BAD) {
    it(`${rule}: ${what}`, () => {
      const found = lintPython("loss.py", code).filter((f) => f.rule === rule);
      assert.ok(found.length > 0, "found");
      assert.ok(found.some((f) => code.slice(f.range.from, f.range.to).startsWith(begins)), found.map((f) => code.slice(f.range.from, f.range.to)).join(" | "));
    });
  }

  it("each rule has three at least, and each is silenced by a comment", () => {
    for (const { id } of RULES) assert.ok(BAD.filter(([rule]) => rule === id).length >= 3, id);
    for (const [rule, , code] of BAD) {
      const lines = code.split("\n");
      for (const words of [rule, ""]) {
        const silenced = lines.map((line) => `${line}  # run-doctor: ignore ${words}`).join("\n");
        assert.deepEqual(lintPython("loss.py", silenced).filter((f) => f.rule === rule), [], rule);
      }
    }
  });
});

describe("rules: good snippets", () => {
  for (const [what, code, notes] of GOOD) {
    it(what, () => {
      const found = lintPython("loss.py", code).map((f) => `${f.rule} ${f.severity}: ${code.slice(f.range.from, f.range.to)}`);
      assert.deepEqual(found.filter((f) => !isRemark(f) && !notes.some((n) => f.startsWith(`${n} info`))), []);
    });
  }
});

describe("rules: snippets near a bad one that are right", () => {
  for (const [rule, { good }] of SNIPPETS) {
    for (const { what, code, notes = [] } of good) {
      it(`${rule}: ${what}`, () => {
        const found = lintPython("loss.py", code).map((f) => `${f.rule} ${f.severity}: ${code.slice(f.range.from, f.range.to)}`);
        assert.deepEqual(found.filter((f) => f.startsWith(`${rule} `) || (!isRemark(f) && !notes.some((n) => f.startsWith(`${n} info`)))), []);
      });
    }
  }
});

describe("rules: half-typed code", () => {
  // Findings of a prefix must be true of it: of a rule that the whole has, or one whose cause stands and whose remedy is not typed yet.
  const EARLY = new Set([...REMARKS, "L2", "L3", "L6", "L16", "L17", "L18", "L19", "L20", "L27"]);
  it("no prefix of a bad snippet fails, and none has a finding of another rule", () => {
    // Snippets begin alike: each beginning is linted once.
    const begun = new Map<string, Finding[]>();
    for (const [i, [, what, code]] of BAD.entries()) {
      const whole = new Set(lintPython("loss.py", code).map((f) => f.rule));
      for (let n = 0; n <= code.length; n++) {
        const prefix = code.slice(0, n);
        // Half a word is a word, and blanks change little: of those that end so every seventh is taken, of others in long snippets every second.
        const step = /^(?:\w{3}|.? .?)$/.test(code.slice(Math.max(0, n - 2), n + 1)) ? 7 : code.length > 250 ? 2 : 1;
        if ((n + i) % step !== 0) continue;
        const found = begun.get(prefix) ?? lintPython("loss.py", prefix);
        begun.set(prefix, found);
        for (const f of found) {
          assert.ok(f.range.from >= 0 && f.range.from <= f.range.to && f.range.to <= n, what);
          assert.ok(whole.has(f.rule) || EARLY.has(f.rule), `${what}: ${f.rule} after ${n} characters: ${JSON.stringify(code.slice(0, n).slice(-60))}`);
        }
      }
    }
  });
  it("no text makes it fail", () => {
    for (const text of ["", "\0", "def", "(".repeat(5000), "def dice_loss(y_true, y_pred):\n" + "  ".repeat(300) + "return " + "(".repeat(3000), "loss = lambda y_true, y_pred: " + "-".repeat(3000) + "y_true"]) lintPython("loss.py", text);
  });
});

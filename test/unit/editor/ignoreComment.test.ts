import assert from "node:assert/strict";
import { ignoreComment } from "../../../src/editor/lint/ignoreComment";
import { ignoredLines } from "../../../src/lint/ignore";
import { parsePython } from "../../../src/lint/python";

/** The text after the comment for `rule` was put at the line (from 0); null where none can stand. */
function ignored(text: string, line: number, rule: string): string | null {
  const lines = text.split("\n");
  const edit = ignoreComment((i) => lines[i], line, rule);
  if (edit === null) return null;
  lines[edit.line] = lines[edit.line]!.slice(0, edit.from) + edit.text + lines[edit.line]!.slice(edit.to);
  return lines.join("\n");
}

describe("editor: the comment that silences a rule", () => {
  const cases: readonly (readonly [string, string, number, string | null])[] = [
    ["at the line's end", "a = 1\nb = 2\n", 0, "a = 1  # run-doctor: ignore L2\nb = 2\n"],
    ["in the place of spaces", "a = 1   \n", 0, "a = 1  # run-doctor: ignore L2\n"],
    ["behind another comment", "a = 1  # noqa\n", 0, "a = 1  # noqa  # run-doctor: ignore L2\n"],
    ["beside another rule", "a = 1  # run-doctor: ignore L4\n", 0, "a = 1  # run-doctor: ignore L4, L2\n"],
    ["beside another rule, before other words", "a = 1  # run-doctor: ignore L4 as said\n", 0, "a = 1  # run-doctor: ignore L4, L2 as said\n"],
    ["in the comment above, which speaks of the line", "  # run-doctor: ignore L4\n  a = 1\n", 1, "  # run-doctor: ignore L4, L2\n  a = 1\n"],
    ["not in a comment of the line above", "b = 1  # run-doctor: ignore L4\na = 1\n", 1, "b = 1  # run-doctor: ignore L4\na = 1  # run-doctor: ignore L2\n"],
    ["above a line that goes on", "  a = 1 / \\\n    2\n", 0, "  # run-doctor: ignore L2\n  a = 1 / \\\n    2\n"],
    ["nowhere between lines that are joined", "a = 1 + \\\n  2 / \\\n  3\n", 1, null],
  ];
  for (const [what, text, line, expected] of cases) {
    it(`stands ${what}`, () => {
      const after = ignored(text, line, "L2");
      assert.equal(after, expected);
      if (after === null) return;
      const at = line + 1 + (after.split("\n").length - text.split("\n").length);
      assert.ok(ignoredLines(parsePython("a.py", after)).get(at)?.has("L2"), "the linter reads it so");
    });
  }
});

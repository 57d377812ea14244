import assert from "node:assert/strict";
import { JsonPull } from "../../../../src/read/bytes/jsonPull";
import { FormatError } from "../../../../src/read/bytes/source";
import { source } from "../checkpoints/support";

const over = (text: string): JsonPull => new JsonPull("json", source("a.json", new TextEncoder().encode(text)));

/** All of a value, by the methods that take one. */
function value(json: JsonPull): unknown {
  const kind = json.kind();
  if (kind === "string") return json.string();
  if (kind === "other") return json.scalar();
  if (kind === "array") {
    const out: unknown[] = [];
    json.array(() => out.push(value(json)));
    return out;
  }
  const out: Record<string, unknown> = {};
  json.object((key) => {
    out[key] = value(json);
  });
  return out;
}

function failure(text: string, read: (json: JsonPull) => unknown = value): FormatError {
  try {
    read(over(text));
  } catch (error) {
    assert.ok(error instanceof FormatError, String(error));
    return error;
  }
  assert.fail(`${text} was read`);
}

describe("JSON read in place", () => {
  it("gives what JSON.parse gives", () => {
    for (const text of ['{"a": [1, -2.5e3, true, null], "b\\n\\u00e9": {"c": "x\\"y\\\\"}, "": []}', "[]", "{}", '"é"', "12 ", '[[[["deep"]]], {"k": {}}]', '\ufeff{"a": 1}']) {
      assert.deepEqual(value(over(text)), JSON.parse(text.replace(/^\ufeff/, "")) as unknown, text);
    }
    assert.deepEqual(value(over("[NaN, Infinity, -Infinity]")), [NaN, Infinity, -Infinity]);
  });

  it("steps over what is not taken, however long or deep", () => {
    const deep = "[".repeat(100_000) + "]".repeat(100_000);
    const text = `{"skip": ${deep}, "long": "${"x".repeat(300_000)}", "text": "}]\\"", "wanted": [3, "no", 4], "rest": {"wanted": 9}}`;
    const json = over(text);
    const seen: Record<string, unknown> = {};
    json.object((key) => {
      seen[key] = key === "long" ? json.string() : key === "wanted" ? json.numbers(9) : null;
      if (key === "skip") json.skip();
    });
    assert.deepEqual(Object.keys(seen), ["skip", "long", "text", "wanted", "rest"]);
    assert.deepEqual([seen["long"], seen["wanted"]], [null, [3, NaN, 4]]);
    assert.equal(over("[1,2,3]").numbers(2), null);
  });

  it("tells a torn text from a broken one", () => {
    const whole = '{"a": [1, {"b": "c"}], "d": -1.5}';
    for (let n = 0; n < whole.length; n++) assert.equal(failure(whole.slice(0, n)).torn, true, whole.slice(0, n));
    for (const text of ['{"a" 1}', "{1: 2}", "[1 2]", '["\\x"]', "[nul]", "[01e]", "}", '{"a": 1]', "[--1]", `["\u0001"]`]) assert.equal(failure(text).torn, false, text);
    for (const text of ["]", "[", '["']) assert.equal(failure(text, (json) => json.skip()).torn, text !== "]");
  });
});

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { lossesMarkdown } from "../../../src/losses/markdown";
import { VARIANTS } from "../../../src/losses/variants";

describe("docs/losses.md", () => {
  it("is what the descriptions say (node scripts/docs.mjs writes it)", () => {
    assert.equal(readFileSync("docs/losses.md", "utf8"), lossesMarkdown());
  });
  it("holds every variant", () => {
    const text = lossesMarkdown();
    for (const { id } of VARIANTS) assert.ok(text.includes(`\`${id}\``), id);
  });
});

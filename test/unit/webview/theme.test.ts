import assert from "node:assert/strict";
import { BACKGROUNDS, kindOf, PALETTES } from "../../../webview/theme";
import type { ThemeKind } from "../../../webview/theme";
import { cycled } from "../../../webview/model/curves";

const channels = (hex: string): number[] => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16) / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));

/** Relative luminance and contrast of WCAG 2. */
function contrast(a: string, b: string): number {
  const [l1, l2] = [a, b].map((hex) => channels(hex).reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i]!, 0)) as [number, number];
  return (Math.max(l1, l2) + 0.05) / (Math.min(l1, l2) + 0.05);
}

describe("theme", () => {
  it("has in every kind of theme lines that stand out from the ground, and names that can be read", () => {
    for (const [kind, palette] of Object.entries(PALETTES) as [ThemeKind, readonly string[]][]) {
      assert.equal(new Set(palette).size, 8);
      for (const colour of palette) assert.ok(contrast(colour, BACKGROUNDS[kind]) >= 4.5, `${kind} ${colour}: ${contrast(colour, BACKGROUNDS[kind]).toFixed(2)}`);
    }
  });

  it("tells the four kinds of theme by the body's classes", () => {
    const kind = (...names: string[]): ThemeKind => kindOf({ contains: (n) => names.includes(n) });
    assert.deepEqual([kind("vscode-dark"), kind("vscode-light"), kind("vscode-high-contrast"), kind("vscode-high-contrast", "vscode-high-contrast-light"), kind()], ["dark", "light", "hc-dark", "hc-light", "dark"]);
  });

  it("tells 32 lines apart by colour and dash together", () => {
    const looks = Array.from({ length: 32 }, (_, i) => cycled(i, "normal")).map((s) => `${s.colour} ${s.dash}`);
    assert.equal(new Set(looks).size, 32);
  });
});

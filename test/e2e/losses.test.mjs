// Comparing losses on a run's labels, as a user does it.
import assert from "node:assert/strict";
import { picturesOfFailures, Workbench } from "./workbench.mjs";

const SICK = "digits-generalized-dice";

for (const [look, theme] of [["dark", "Default Dark Modern"], ["light", "Default Light Modern"], ["contrast", "Default High Contrast"]]) {
  describe(`a user who compares losses (${look})`, () => {
    let vs;
    before(async () => (vs = await Workbench.open({ theme, settings: { "workbench.sideBar.location": "left" }, size: look === "contrast" ? { width: 1000, height: 900 } : { width: 1440, height: 1000 } })));
    after(async () => await vs?.close());
    picturesOfFailures(() => vs);

    it("sees the run's own loss first, and why it fails", async () => {
      await vs.runs();
      await vs.row(SICK).waitFor();
      await vs.command("Run Doctor: Compare Loss Variants");
      await vs.page.locator(".quick-input-list .monaco-list-row", { hasText: SICK }).click();
      await vs.panel.locator("tr.loss").first().waitFor();
      await vs.panel.locator("tr.loss").nth(17).waitFor();
      assert.match(await vs.panel.locator("tr.loss").first().innerText(), /this run/);
      await vs.picture(`losses-${look}`);
    });

    it("opens the numbers behind a sentence, and sorts", async () => {
      const first = vs.panel.locator("tr.loss .toggle").first();
      await first.click();
      await vs.panel.locator("tr.details dl").waitFor();
      assert.equal(await vs.panel.locator("tr.loss .toggle").first().getAttribute("aria-expanded"), "true");
      await vs.picture(`losses-details-${look}`);
      await vs.panel.locator("button.copy", { hasText: "Copy as PyTorch" }).click();
      await vs.panel.locator("button.copy", { hasText: "Copied as PyTorch" }).waitFor();
      await vs.page.locator(".statusbar-item", { hasText: "copied as PyTorch" }).waitFor();
      await vs.page.context().grantPermissions(["clipboard-read"]);
      assert.match(await vs.page.evaluate(() => navigator.clipboard.readText()), /^import torch$[^]*^def \w+\(logits, labels\):$[^]*^ {4}return /m);
      await vs.panel.locator("tr.loss .toggle").first().press("Enter");
      await vs.panel.locator("tr.details").waitFor({ state: "detached" });
      const sorter = vs.panel.locator("th", { hasText: "Outlook" }).locator("button");
      await sorter.click();
      await vs.panel.locator('th[aria-sort="ascending"]', { hasText: "Outlook" }).waitFor();
      const tones = await vs.panel.locator("tr.loss:not(.own-row) .tone").allInnerTexts();
      const order = ["not finite", "dead", "trap", "weak", "open"];
      assert.deepEqual(tones.map((t) => order.indexOf(t.trim())), tones.map((t) => order.indexOf(t.trim())).sort((a, b) => a - b));
    });

    if (look === "dark") {
      it("compares all that are known", async () => {
        await vs.panel.locator("button.choice", { hasText: "All known" }).click();
        await vs.panel.locator("tr.loss").nth(99).waitFor();
        await vs.panel.locator(".controls progress").waitFor({ state: "detached" });
        await vs.picture("losses-all-dark");
        assert.deepEqual(vs.violations, []);
      });
    }
  });
}

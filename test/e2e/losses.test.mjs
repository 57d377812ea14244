// Comparing losses on a run's labels, as a user does it.
import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { picturesOfFailures, Workbench } from "./workbench.mjs";

const SICK = "digits-generalized-dice";
/** Milliseconds that a training of a few steps may take on a busy machine. */
const TRAINING = 90_000;

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
      const clipboard = () => vs.page.evaluate(() => window.navigator.clipboard.readText());
      assert.match(await clipboard(), /^import torch$[^]*^def gdl_symbolic\(logits, labels\):$[^]*^ {4}return /m);
      await vs.panel.locator("button.copy", { hasText: "Copy as Keras" }).press("Enter");
      await vs.panel.locator("button.copy", { hasText: "Copied as Keras" }).waitFor();
      assert.match(await clipboard(), /^from keras import ops$[^]*^def gdl_symbolic\(y_true, y_pred\):$[^]*^ {4}return /m);
      await vs.panel.locator("tr.loss .toggle").first().press("Enter");
      await vs.panel.locator("tr.details").waitFor({ state: "detached" });
      const sorter = vs.panel.locator("th", { hasText: "Outlook" }).locator("button");
      await sorter.click();
      await vs.panel.locator('th[aria-sort="ascending"]', { hasText: "Outlook" }).waitFor();
      const tones = await vs.panel.locator("tr.loss:not(.own-row) .tone").allInnerTexts();
      const order = ["not finite", "dead", "trap", "weak", "open"];
      assert.deepEqual(tones.map((t) => order.indexOf(t.trim())), tones.map((t) => order.indexOf(t.trim())).sort((a, b) => a - b));
    });

    if (look !== "contrast") {
      it("trains three losses for a few steps, skips one, and reads the verdict", async () => {
        const { panel } = vs;
        await panel.locator("#trial button.action", { hasText: "Train" }).scrollIntoViewIfNeeded();
        await vs.picture(`losses-trial-form-${look}`);
        // Digits in one look, made images in the other.
        if (look === "light") await panel.locator("#trial button.choice", { hasText: "Synthetic 2-D" }).click();
        await panel.locator(".trial-losses summary").click();
        const boxes = panel.locator(".boxes input");
        assert.equal(await boxes.first().isDisabled(), true, "the run's own loss is always trained");
        for (const name of ["Generalized Dice of the question, per image", "Generalized Dice of the answer"]) await panel.locator(".boxes label", { hasText: name }).click();
        await panel.locator(".trial-losses summary strong", { hasText: "3 of" }).waitFor();
        const steps = panel.locator("#trial input[type=number]");
        await steps.fill("60");
        await steps.press("Tab");
        await panel.locator("#trial button.action", { hasText: "Train" }).click();
        // The second is skipped while the first one is trained.
        await panel.locator("[data-variant] .outlook", { hasText: /step \d+ of 60/ }).first().waitFor();
        await panel.locator("#trial button", { hasText: "Pause" }).click();
        await panel.locator(".trial-controls strong", { hasText: "Paused" }).waitFor();
        await panel.locator('[data-variant="port.ce"] button', { hasText: "Skip" }).click();
        await panel.locator("#trial button", { hasText: "Resume" }).click();
        await panel.locator('[data-variant="port.ce"] .outlook', { hasText: "stopped" }).waitFor({ timeout: TRAINING });
        await panel.locator('[data-variant="monai.DiceCELoss(softmax)"] .outlook', { hasText: /step [1-9]\d* of 60/ }).waitFor({ timeout: TRAINING });
        await panel.locator(".trial-controls").scrollIntoViewIfNeeded();
        await vs.picture(`losses-trial-running-${look}`);
        await panel.locator(".trial-verdict .summary").waitFor({ timeout: TRAINING });
        assert.match(await panel.locator(".trial-verdict .summary").innerText(), /was stopped: Categorical cross-entropy/);
        assert.match(await panel.locator(".trial-verdict .limits").innerText(), /60 steps/);
        // The example comes without images.
        if (look === "dark") assert.match(await panel.locator("#trial .banner").innerText(), /^No images were found beside the labels .* What is trained on is the toy set\.$/);
        assert.equal(await panel.locator(".pictures canvas[role=img]").count(), 4 * 6);
        assert.match(await panel.locator(".pictures tbody tr:nth-child(3) canvas").first().getAttribute("aria-label"), /image 1: /);
        await panel.locator(".trial-when").scrollIntoViewIfNeeded();
        await panel.locator("#trial").evaluate((section) => section.querySelector(".trial-when").scrollIntoView({ block: "start" }));
        await vs.picture(`losses-trial-${look}`);
        const plot = panel.locator('[data-chart="trial foreground"] .plot');
        await plot.focus();
        await plot.press("End");
        await panel.locator('[data-chart="trial foreground"] .position', { hasText: "step 60" }).waitFor();
        await panel.locator('[data-chart="trial foreground"] summary').click();
        await panel.locator('[data-chart="trial foreground"] table.data').waitFor();
        await panel.locator('[data-chart="trial foreground"] summary').click();
        await panel.locator("#trial").evaluate((section) => section.querySelector(".chooser").scrollIntoView({ block: "start" }));
        await vs.picture(`losses-trial-predictions-${look}`);
      });

      it("finds the results again when the page is opened anew", async () => {
        await vs.command("View: Close Editor");
        await vs.page.locator("iframe.webview").first().waitFor({ state: "detached" });
        await vs.command("Run Doctor: Compare Loss Variants");
        await vs.page.locator(".quick-input-list .monaco-list-row", { hasText: SICK }).click();
        await vs.panel.locator(".trial-when", { hasText: /Trained \d{4}-\d\d-\d\d/ }).waitFor();
        assert.equal(await vs.panel.locator(".pictures canvas[role=img]").count(), 4 * 6);
      });
    }

    if (look === "dark") {
      it("compares all that are known", async () => {
        await vs.panel.locator("button.choice", { hasText: "All known" }).click();
        await vs.panel.locator("tr.loss").nth(99).waitFor();
        await vs.panel.locator(".controls progress").waitFor({ state: "detached" });
        await vs.picture("losses-all-dark");
        const hausdorff = vs.panel.locator("tr.loss", { hasText: "MONAI Hausdorff" });
        await hausdorff.locator(".toggle").click();
        await vs.panel.locator(".copies", { hasText: "No code to copy. It needs a distance transform" }).waitFor();
        await hausdorff.locator(".toggle").click();
        assert.deepEqual(vs.violations, []);
      });

      it("says that a trial ended with its window", async () => {
        const steps = vs.panel.locator("#trial input[type=number]");
        await steps.fill("5000");
        await steps.press("Tab");
        await vs.panel.locator("#trial button.action", { hasText: "Train" }).click();
        await vs.panel.locator("[data-variant] .outlook", { hasText: /step \d+ of 5000/ }).first().waitFor({ timeout: TRAINING });
        await vs.command("Developer: Reload Window");
        await vs.page.waitForEvent("load");
        await vs.panel.locator("#trial .banner", { hasText: "ended with its window" }).waitFor({ timeout: TRAINING });
        assert.match(await vs.panel.locator(".trial-when").innerText(), /60 steps/, "what was kept before is shown");
      });
    }
  });
}

describe("a user who compares losses without a run", () => {
  let vs;
  before(async () => (vs = await Workbench.open({ theme: "Default Dark Modern", folder: mkdtempSync(join(tmpdir(), "run-doctor-e2e-")), size: { width: 1440, height: 1000 } })));
  after(async () => await vs?.close());
  picturesOfFailures(() => vs);

  it("sees them on the toy set, and may train", async () => {
    await vs.runs();
    await vs.command("Run Doctor: Compare Loss Variants");
    await vs.panel.locator("tr.loss").nth(17).waitFor();
    assert.match(await vs.panel.locator(".banner").innerText(), /No run is compared: these are the labels of the toy set\./);
    assert.equal(await vs.panel.locator("#trial button.action", { hasText: "Train" }).isEnabled(), true);
    await vs.picture("losses-toy-dark");
    assert.deepEqual(vs.violations, []);
  });
});

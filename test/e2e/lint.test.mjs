// Warnings in loss code as a user meets them: a script with the classic question's loss, no run anywhere near.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { picturesOfFailures, Workbench } from "./workbench.mjs";

const FILE = "train.py";
const QUESTION = `import numpy as np
from keras import backend as K


def generalized_dice_coeff(y_true, y_pred):
    Ncl = y_pred.shape[-1]
    w = np.zeros(shape=(Ncl,))
    for l in range(0, Ncl): w[l] = np.sum(np.asarray(y_true[:,:,:,:,l]==1, np.int8))
    w = 1/(w**2 + 0.00001)
    # Compute gen dice coef:
    numerator = y_true*y_pred
    numerator = w*K.sum(numerator, (0,1,2,3))
    numerator = K.sum(numerator)
    denominator = y_true + y_pred
    denominator = w*K.sum(denominator, (0,1,2,3))
    denominator = K.sum(denominator)
    return 2*numerator/denominator


def generalized_dice_loss(y_true, y_pred):
    return 1 - generalized_dice_coeff(y_true, y_pred)


model.compile(optimizer="adam", loss=generalized_dice_loss)
`;

/** The text on the screen, with the spaces that the editor shows as such. */
const line = (vs, text) => vs.page.locator(".editor-instance .view-line").filter({ hasText: text }).first();

/** Puts the pointer on a word of a line, and waits for what a hover says. */
async function hover(vs, text, word, says) {
  const box = await line(vs, text).boundingBox();
  const column = (await line(vs, text).innerText()).replaceAll("\u00a0", " ").indexOf(word) + 2;
  const width = await vs.page.evaluate(() => {
    const span = [...document.querySelectorAll(".editor-instance .view-line > span")].reduce((a, b) => (a.innerText.length > b.innerText.length ? a : b));
    return span.getBoundingClientRect().width / span.innerText.length;
  });
  await vs.page.mouse.move(box.x + column * width, box.y + box.height / 2);
  const shown = vs.page.locator(".monaco-hover:visible").filter({ hasText: says }).first();
  await shown.waitFor();
  await vs.until(() => document.getAnimations().every((animation) => animation.playState !== "running" || animation.effect?.getComputedTiming().iterations === Infinity)); // it fades in
}

/** As `vs.picture`, with the pointer left where it is. */
async function pictureOfHover(vs, name) {
  const move = vs.page.mouse.move;
  vs.page.mouse.move = () => Promise.resolve();
  await vs.picture(name);
  vs.page.mouse.move = move;
}

async function leave(vs) {
  await vs.page.mouse.move(20, 600);
  await vs.page.keyboard.press("Escape");
  await vs.until(() => [...document.querySelectorAll(".monaco-hover")].every((hover) => hover.classList.contains("hidden") || hover.getBoundingClientRect().height === 0));
}

for (const [theme, name] of [
  ["Dark Modern", "dark"],
  ["Light Modern", "light"],
]) {
  describe(`a user who writes a loss (${name})`, () => {
    let vs;
    before(async () => {
      const folder = mkdtempSync(join(tmpdir(), "run-doctor-lint-"));
      writeFileSync(join(folder, FILE), QUESTION);
      vs = await Workbench.open({ theme, folder, settings: { "editor.minimap.enabled": false, "editor.hover.delay": 100 }, size: { width: 1280, height: 800 } });
    });
    after(async () => await vs?.close());
    picturesOfFailures(() => vs);

    it("sees what is wrong underlined, and why", async () => {
      await vs.openFile(FILE);
      await vs.page.locator(".editor-instance .squiggly-warning, .editor-instance .squiggly-error").first().waitFor();
      await vs.picture(`lint-${name}`);
      await hover(vs, "w = 1/(w**2", "1/(w", "L2");
      await pictureOfHover(vs, `lint-hover-${name}`);
      await leave(vs);
    });

    it("is told what a loss computes", async () => {
      await hover(vs, "def generalized_dice_loss", "generalized_dice_loss", "generalized_dice_loss");
      await pictureOfHover(vs, `lint-loss-${name}`);
      await leave(vs);
    });

    it("is offered fixes, and to ignore it", async () => {
      await line(vs, "w = 1/(w**2").click();
      await vs.page.keyboard.press("Control+.");
      const menu = vs.page.locator(".action-widget");
      await menu.filter({ hasText: "Ignore L2 here" }).waitFor();
      await vs.picture(`lint-fix-${name}`);
      await vs.page.keyboard.press("Escape");
    });

    it("sees it go with the comment, saved or not", async () => {
      await line(vs, "w = 1/(w**2").click();
      await vs.page.keyboard.press("Control+.");
      await vs.page.locator(".action-widget .monaco-list-row").filter({ hasText: "Ignore L2 here" }).click();
      await line(vs, "# run-doctor: ignore L2").waitFor();
      assert.equal(readFileSync(join(vs.workspace, FILE), "utf8"), QUESTION, "nothing was saved");
      await vs.command("Problems: Focus on Problems View");
      const rows = vs.page.locator(".markers-panel .monaco-list-row");
      await rows.filter({ hasText: /L1(?!\d)/ }).first().waitFor();
      await rows.filter({ hasText: /L2(?!\d)/ }).first().waitFor({ state: "detached" });
      await vs.picture(`lint-problems-${name}`);
    });

    it("waited no time for it to wake", async () => {
      await vs.command("Developer: Show Running Extensions");
      const rows = vs.page.locator(".runtime-extensions-editor .monaco-list-row");
      await rows.filter({ hasText: /\d+ms/ }).first().waitFor();
      // The slowest stand above; what is not on the screen was faster than the last that is.
      const shown = (await rows.allInnerTexts()).filter((text) => /\d+ms/.test(text));
      const woken = Number(/(\d+)ms/.exec(shown.find((text) => text.includes("Run Doctor")) ?? shown.at(-1))?.[1]);
      console.log(`      woken in ${woken} ms or less by a Python file`);
      assert.ok(woken < 500, `${woken} ms`);
    });
  });
}

// What a user does, in order: open a folder, see the sick run, read its page, follow it to the loss, reload, watch a training.
import assert from "node:assert/strict";
import { appendFileSync, copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../scripts/lib/run.mjs";
import { picturesOfFailures, Workbench } from "./workbench.mjs";

const SICK = "digits-generalized-dice";

describe("a user with a folder of runs (dark)", () => {
  let vs;
  before(async () => (vs = await Workbench.open({ theme: "Dark Modern" })));
  after(async () => await vs?.close());
  picturesOfFailures(() => vs);

  it("sees the sick runs first, without a setting or a script", async () => {
    await vs.runs();
    for (const read of ["only background since epoch 0", "class never learned since epoch 0", "no symptom"]) await vs.row(read).waitFor();
    const rows = await vs.page.locator(".sidebar .monaco-list-row").allInnerTexts();
    assert.deepEqual(
      rows.map((text) => /[a-z]+-(generalized-dice|cross-entropy)/.exec(text)?.[0]),
      [SICK, "volumes-generalized-dice", "digits-cross-entropy"],
    );
    assert.match(rows[0], /only background since epoch 0/i);
    await vs.picture("runs-dark");
  });

  it("opens the run's page with the diagnosis and its numbers", async () => {
    await vs.row(SICK).click();
    const verdict = vs.panel.locator(".verdict h1");
    await verdict.waitFor();
    assert.match(await verdict.innerText(), /0 of 44,423 labelled foreground voxels/);
    for (const section of ["curves", "dice", "volumes", "weights", "class-weights", "files"]) await vs.panel.locator(`section#${section}`).waitFor();
    assert.match(await vs.panel.locator("section#class-weights").innerText(), /1\.38e[-−]11/);
    await vs.picture("panel-dark");
  });

  it("marks a finding's epoch in all charts when it is clicked", async () => {
    const head = vs.panel.locator("button.finding-head").first();
    await head.click();
    await vs.panel.locator('button.finding-head[aria-pressed="true"]').waitFor();
    assert.match(await vs.panel.locator(".mark").innerText(), /epoch 0/);
    await vs.panel.locator("section#dice").scrollIntoViewIfNeeded();
    await vs.panel.locator("section#dice canvas").waitFor();
    await vs.picture("panel-dice-dark");
    await vs.panel.locator("section#weights").scrollIntoViewIfNeeded();
    await vs.panel.locator("section#weights canvas").waitFor();
    await vs.picture("panel-weights-dark");
  });

  it("gets the page back after the window is reloaded", async () => {
    await vs.command("Developer: Reload Window");
    await vs.page.waitForEvent("load");
    await vs.panel.locator(".verdict h1").waitFor({ timeout: 60_000 });
    assert.match(await vs.panel.locator(".verdict h1").innerText(), /Every voxel is predicted as background/);
  });

  it("follows the finding to the line of the loss, which is underlined and explained", async () => {
    await vs.panel.locator(".links button", { hasText: "train_loss.py:8" }).first().click();
    await vs.page.locator('.tab.active[data-resource-name="train_loss.py"]').waitFor();
    await vs.page.locator(".editor-instance .squiggly-error, .editor-instance .squiggly-warning").first().waitFor();
    await vs.picture("loss-dark");
  });

  it("shows where it began in the log, with a dim note", async () => {
    await vs.command("View: Close All Editors");
    await vs.openFile(`${SICK}/training.csv`);
    await vs.page.locator(".editor-instance .squiggly-error").first().waitFor();
    await vs.until(() => [...document.querySelectorAll(".editor-instance .view-line span")].some((span) => /background/i.test(getComputedStyle(span, "::after").content)));
    await vs.picture("log-dark");
  });

  it("lists the problems with a code that leads to the documentation", async () => {
    await vs.command("Problems: Focus on Problems View");
    const problem = vs.page.locator(".markers-panel .monaco-list-row").filter({ hasText: "only-background" }).first();
    await problem.waitFor();
    await vs.picture("problems-dark");
    await vs.page.keyboard.press("Control+J");
  });

  it("breaks no rule of its content security policy", () => {
    assert.deepEqual(vs.violations, []);
  });
});

describe("a user whose training is still writing (light)", () => {
  let vs;
  let run;
  before(async () => {
    vs = await Workbench.open({ theme: "Light Modern" });
    run = join(vs.workspace, "digits-cross-entropy");
    rmSync(join(run, "history.json")); // Keras writes it when `fit` returns
  });
  after(async () => await vs?.close());
  picturesOfFailures(() => vs);

  it("sees new rows and predictions in tree and page, without any action", async () => {
    await vs.runs();
    await vs.row("no symptom").waitFor();
    await vs.row("digits-cross-entropy").click();
    await vs.panel.locator(".verdict h1").waitFor();
    await vs.panel.locator(".facts", { hasText: "36 epochs" }).waitFor();

    const csv = join(run, "training.csv");
    const last = readFileSync(csv, "utf8").trim().split("\n").at(-1).split(",");
    const started = performance.now();
    appendFileSync(csv, `${["36", ...last.slice(1)].join(",")}\n`);
    await vs.panel.locator(".facts", { hasText: "37 epochs" }).waitFor();
    const rowShown = performance.now() - started;
    await vs.row("37 epochs").waitFor();

    const predicted = performance.now();
    copyFileSync(join(run, "predictions", "epoch_036.npz"), join(run, "predictions", "epoch_037.npz"));
    await vs.panel.locator(".checked", { hasText: "at 10 epochs" }).waitFor();
    const predictionsShown = performance.now() - predicted;
    console.log(`      delay until shown: a row ${(rowShown / 1000).toFixed(1)} s, an epoch of predictions ${(predictionsShown / 1000).toFixed(1)} s`);
    await vs.picture("live-light");
  });

  it("is told once when the training turns sick", async () => {
    const csv = join(run, "training.csv");
    const width = readFileSync(csv, "utf8").split("\n")[0].split(",").length;
    appendFileSync(csv, `37,${new Array(width - 1).fill("nan").join(",")}\n`);
    await vs.panel.locator('button.finding-head[data-symptom="nan-loss"]').waitFor();
    await vs.page.locator(".notifications-toasts .notification-list-item", { hasText: "digits-cross-entropy" }).waitFor();
    await vs.picture("notification-light");
  });

  it("sees a rewritten log read again", async () => {
    const csv = join(run, "training.csv");
    writeFileSync(csv, readFileSync(csv, "utf8").split("\n").slice(0, 21).join("\n") + "\n");
    await vs.panel.locator(".facts", { hasText: "20 epochs" }).waitFor();
  });

  it("sees a run leave the list when its folder is deleted", async () => {
    rmSync(join(vs.workspace, "volumes-generalized-dice"), { recursive: true });
    await vs.row("volumes-generalized-dice").waitFor({ state: "detached", timeout: 60_000 });
  });

  it("sees how a run of another framework was set up, and each of its curves once", async () => {
    const run = join(vs.workspace, "liver-unet", "version_0");
    mkdirSync(join(run, "checkpoints"), { recursive: true });
    writeFileSync(join(run, "hparams.yaml"), "batch_size: 16\nlr: 0.001\nclasses:\n- background\n- liver\n");
    const rows = [0, 1, 2, 3, 4, 5].map((e) => `${e},${8 * e + 7},${1 / (e + 1)},${1.1 / (e + 1)},${0.9 - 0.5 / (e + 1)},${0.8 - 0.6 / (e + 1)}`);
    writeFileSync(join(run, "metrics.csv"), `epoch,step,train_loss,val_loss,val_dice_0,val_dice_1\n${rows.join("\n")}\n`);
    copyFileSync(join(root, "test", "fixtures", "formats", "torch", "lightning.ckpt"), join(run, "checkpoints", "last.ckpt"));
    await vs.row("version_0").click();
    const settings = vs.panel.locator("section#settings");
    await settings.locator("dt", { hasText: "batch size" }).waitFor();
    assert.match(await settings.innerText(), /learning rate\s+0\.001\s+batch size\s+16/);
    await settings.locator("summary", { hasText: "hparams.yaml" }).click();
    await settings.locator("th", { hasText: "batch_size" }).waitFor();
    assert.deepEqual(await vs.panel.locator("section#curves h3").allInnerTexts(), ["Loss by step", "Logged Dice per class, validation by step"]);
    assert.match(await vs.panel.locator('section#curves figure[data-chart*="dice"] .readout').innerText(), /background[\s\S]*liver/);
    await settings.scrollIntoViewIfNeeded();
    await vs.picture("panel-settings-light");
  });

  it("reads the page in a light theme", async () => {
    await vs.row(SICK).click();
    await vs.panel.locator(".verdict h1", { hasText: "Every voxel" }).waitFor();
    await vs.picture("panel-light");
    await vs.panel.locator("section#dice canvas").scrollIntoViewIfNeeded();
    await vs.picture("panel-dice-light");
  });
});

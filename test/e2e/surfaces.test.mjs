// Surfaces that a user meets less often: an empty workspace, what guessing cannot find, high contrast, the keyboard alone.
import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../../scripts/lib/run.mjs";
import { picturesOfFailures, Workbench } from "./workbench.mjs";

const RUN = "digits-cross-entropy";

describe("a user with an empty workspace", () => {
  let vs;
  before(async () => (vs = await Workbench.open({ theme: "Default High Contrast Light", folder: mkdtempSync(join(tmpdir(), "run-doctor-empty-")) })));
  after(async () => await vs?.close());
  picturesOfFailures(() => vs);

  it("is told what a run is, with buttons", async () => {
    await vs.runs();
    await vs.page.locator(".welcome-view-content", { hasText: "No run was found" }).waitFor();
    for (const button of ["Inspect Run Folder…", "Refresh"]) await vs.page.locator(".welcome-view-content .monaco-button", { hasText: button }).waitFor();
    await vs.picture("welcome-contrast-light");
  });
});

describe("a user whose labels lie where nobody would look (high contrast)", () => {
  let vs;
  let folder;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "run-doctor-apart-"));
    cpSync(join(root, "examples", RUN), join(folder, RUN), { recursive: true, preserveTimestamps: true });
    mkdirSync(join(folder, "dataset"));
    renameSync(join(folder, RUN, "labels", "val.npz"), join(folder, "dataset", "held-out.npz"));
    vs = await Workbench.open({ theme: "Default High Contrast", folder, size: { width: 1000, height: 900 } });
  });
  after(async () => await vs?.close());
  picturesOfFailures(() => vs);

  it("is told that classes cannot be judged, not that all is well", async () => {
    await vs.runs();
    await vs.row(RUN).waitFor();
    await vs.row(RUN).click();
    await vs.panel.locator(".cannot li", { hasText: /Choose Labels/ }).first().waitFor();
  });

  it("says once where they are, and the run is judged", async () => {
    await vs.command("Run Doctor: Choose Labels…");
    await vs.page.locator(".quick-input-list .monaco-list-row", { hasText: "Choose a file…" }).click();
    const path = vs.page.locator(".quick-input-widget input").first();
    const listed = vs.page.locator(".quick-input-list .monaco-list-row");
    await listed.filter({ hasText: "checkpoints" }).waitFor(); // the dialog shows the run's folder and is ready
    await path.fill(join(folder, "dataset", "held-out.npz"));
    await listed.filter({ hasText: "held-out.npz" }).waitFor();
    await vs.page.keyboard.press("Enter");
    await vs.panel.locator(".checked", { hasText: "Dice of 11 classes" }).waitFor();
    const settings = JSON.parse(readFileSync(join(folder, ".vscode", "settings.json"), "utf8"));
    assert.match(JSON.stringify(settings["runDoctor.runs"]), /held-out\.npz/);
    await vs.picture("panel-contrast");
  });

  it("moves through a chart by keyboard, and hears the numbers", async () => {
    const plot = vs.panel.locator("section#dice .plot");
    await plot.focus();
    await vs.page.keyboard.press("Home");
    await vs.panel.locator("#live", { hasText: /epoch 0/i }).waitFor({ state: "attached" });
    await vs.page.keyboard.press("End");
    await vs.panel.locator("#live", { hasText: /epoch 35/i }).waitFor({ state: "attached" });
    await vs.picture("panel-dice-contrast");
  });
});

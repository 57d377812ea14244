// A VS Code window as a user has it: the packaged extension installed, a workspace with the examples, Chromium in front.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openBrowser } from "../../scripts/lib/browser.mjs";
import { root } from "../../scripts/lib/run.mjs";
import { folderUrl, startServer } from "../../scripts/lib/served.mjs";

const { name, version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const pictures = join(root, "out", "pictures");

/** A test that fails leaves a picture of what it saw. */
export function picturesOfFailures(bench) {
  afterEach(async function () {
    if (this.currentTest.state === "failed") await bench()?.picture(`failed-${this.currentTest.title.replace(/[^a-z]+/gi, "-").slice(0, 40)}`);
  });
}

export class Workbench {
  static async open({ theme, folder = null, settings = {}, size = { width: 1440, height: 900 } }) {
    const workspace = folder ?? mkdtempSync(join(tmpdir(), "run-doctor-e2e-"));
    if (folder === null) cpSync(join(root, "examples"), workspace, { recursive: true, preserveTimestamps: true });
    const server = await startServer({
      vsix: join(root, "out", `${name}-${version}.vsix`),
      settings: { "security.workspace.trust.enabled": false, "workbench.colorTheme": theme, "runDoctor.poll.running": 1, ...settings },
    });
    const browser = await openBrowser();
    const page = await browser.newPage({ viewport: size });
    const self = new Workbench(server, browser, page, workspace);
    page.on("console", (message) => {
      if (/Content.Security.Policy|violates the following/i.test(message.text()) && message.text().includes("vscode-webview")) self.violations.push(message.text());
    });
    await page.goto(folderUrl(server, workspace));
    await page.waitForSelector(".monaco-workbench .activitybar", { timeout: 60_000 });
    return self;
  }

  violations = [];

  constructor(server, browser, page, workspace) {
    Object.assign(this, { server, browser, page, workspace });
  }

  async close() {
    await this.browser.close();
    await this.server.stop();
    rmSync(this.workspace, { recursive: true, force: true });
  }

  async picture(file) {
    mkdirSync(pictures, { recursive: true });
    await this.page.mouse.move(20, 600); // where nothing has a tooltip
    await this.page.screenshot({ path: join(pictures, `${file}.png`) });
  }

  /** The Runs view, opened. */
  async runs() {
    await this.page.locator('.activitybar .action-item a[aria-label*="Run Doctor"]').click();
    await this.page.locator('.pane-body [role="treeitem"], .pane-body .welcome-view-content').first().waitFor();
  }

  /** The row of the tree whose text holds `text`. */
  row(text) {
    return this.page.locator(".sidebar .monaco-list-row").filter({ hasText: text }).first();
  }

  /** The page inside of the panel. */
  get panel() {
    return this.page.frameLocator("iframe.webview.ready").frameLocator("#active-frame");
  }

  async openFile(file) {
    await this.page.keyboard.press("Control+P");
    await this.page.locator(".quick-input-widget input").fill(file);
    await this.page.locator(".quick-input-list .monaco-list-row").filter({ hasText: file.split("/").pop() }).first().waitFor();
    await this.page.keyboard.press("Enter");
    await this.page.locator(`.tab.active[data-resource-name="${file.split("/").pop()}"]`).waitFor();
  }

  async command(title) {
    await this.page.keyboard.press("F1");
    await this.page.locator(".quick-input-widget input").fill(`>${title}`);
    await this.page.locator(".quick-input-list .monaco-list-row").filter({ hasText: title }).first().click();
  }

  /** Waits until `probe` holds, by looking at the page at each frame. */
  async until(probe, argument) {
    await this.page.waitForFunction(probe, argument, { timeout: 60_000 });
  }
}

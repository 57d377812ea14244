// Chromium, as Debian packages it, driven by playwright-core.
import { chromium } from "playwright-core";
import { needProgram } from "./run.mjs";

export function needChromium() {
  return process.env.CHROMIUM ?? needProgram(["chromium", "chromium-browser", "google-chrome"], ["chromium", "fonts-dejavu-core"]);
}

/** A browser with a fresh profile. */
export async function openBrowser() {
  return chromium.launch({
    executablePath: needChromium(),
    headless: true,
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"],
  });
}

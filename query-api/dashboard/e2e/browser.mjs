// A browser that tells of whatever a page does that it must not.

import { chromium } from "playwright-core";
import { operationOf } from "./api.mjs";
import { settings } from "./settings.mjs";

/** It runs as root in containers, and asks nothing of the network by itself. */
const ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export const launch = () => chromium.launch({ executablePath: settings.chromium, args: ARGS });

/** @typedef {import("playwright-core").Page} Page */

export const MODES = {
  light: { viewport: { width: 1280, height: 900 }, colorScheme: /** @type {const} */ ("light") },
  dark: { viewport: { width: 1280, height: 900 }, colorScheme: /** @type {const} */ ("dark") },
  phone: { viewport: { width: 390, height: 844 }, colorScheme: /** @type {const} */ ("light") },
};

/** A page, what it did wrong, and the paths it asked last of each operation. */
export async function open(
  /** @type {import("playwright-core").Browser} */ browser,
  /** @type {keyof typeof MODES} */ mode = "light",
) {
  const context = await browser.newContext({
    ...MODES[mode],
    reducedMotion: "reduce",
    timezoneId: "Europe/Berlin",
    permissions: ["clipboard-read", "clipboard-write"],
  });
  const page = await context.newPage();
  /** @type {string[]} */
  const wrongs = [];
  /** @type {Map<string, string[]>} */
  const asked = new Map();
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning")
      wrongs.push(`console: ${message.text()} (${message.location().url})`);
  });
  page.on("pageerror", (error) => wrongs.push(`uncaught: ${error.message}`));
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith("http") && url.origin !== settings.url) wrongs.push(`another host: ${url.origin}`);
    if (request.url().includes(settings.key)) wrongs.push("the key is in a URL");
    const operation = operationOf(url.pathname);
    if (operation) asked.set(operation, [url.pathname + url.search, ...(asked.get(operation) ?? [])]);
  });
  return { context, page, wrongs, asked };
}

/** Signs in as a reader does. */
export async function signIn(/** @type {Page} */ page, path = "/dashboard/", key = settings.key) {
  await page.goto(settings.url + path);
  await page.getByLabel("API key").fill(key);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.locator(".masthead").waitFor();
}

/** Waits until everything that is asked for is shown. */
export async function settled(/** @type {Page} */ page) {
  const isSettled = () =>
    document.querySelector("h1") !== null && !document.querySelector(".skeleton, .is-waiting, .is-changing");
  await page.waitForFunction(isSettled, null, { timeout: 30_000 });
  // Fonts change no figure, but where a screenshot shows it.
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
}

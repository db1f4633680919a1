// States that a healthy stack does not show: each is made by answering for the API.

import { barriers } from "./accessible.mjs";
import { open, settled, signIn } from "./browser.mjs";
import { check, none, part } from "./checks.mjs";
import { screens } from "./screens.mjs";
import { settings } from "./settings.mjs";

/** @typedef {import("./browser.mjs").Page} Page */

const FOLLOW_UPS = "**/insights/follow_ups*";

/** An answer as the API writes problems. */
function problem(
  /** @type {number} */ status,
  /** @type {string} */ code,
  /** @type {string} */ message,
  details = {},
) {
  return {
    status,
    headers: { "content-type": "application/problem+json", "x-request-id": "request-of-the-check" },
    body: JSON.stringify({
      type: `urn:loupe:problem:${code}`,
      title: code,
      status,
      detail: message,
      error: { code, message, details },
    }),
  };
}

export async function states(/** @type {import("playwright-core").Browser} */ browser) {
  /** @type {[string, (page: Page) => Promise<void>][]} */
  const all = [
    ["a wrong key is refused", wrongKey],
    ["a key whose time is over is told so", expired],
    ["a key for several accounts is asked which", severalAccounts],
    ["so is one that may see no figures of the account", severalWithoutFigures],
    ["loading shows where rows will be", loading],
    ["a missing scope is named", noPermission],
    ["an error shows its message and request", failing],
    ["what the API puts off is asked for when it said", putOff],
    ["an answer without rows says so", empty],
    ["a key that may only read downloads shows those", narrow],
    ["an account in which nothing happened says so", untouched],
    ["figures stay when the API goes away, and say that they are old", stale],
    ["figures that are behind the events say how far", behind],
    ["a key that ends leads back to the door", ended],
    ["a path that is none says so", absent],
  ];
  for (const [name, run] of all) {
    await part(name, async () => {
      const { context, page } = await open(browser);
      try {
        await run(page);
        none(`barriers: ${name}`, await barriers(page));
        await page
          .locator(".failure, .empty, .section .skeleton")
          .first()
          .scrollIntoViewIfNeeded({ timeout: 500 })
          .catch(() => undefined);
        await page.screenshot({ path: `${settings.shots}/state-${run.name}.png` });
      } finally {
        // An answer that is still being made up must not outlive its page.
        await page.unrouteAll({ behavior: "ignoreErrors" });
        await context.close();
      }
    });
  }
}

async function wrongKey(/** @type {Page} */ page) {
  await page.goto(`${settings.url}/dashboard/`);
  await page.getByLabel("API key").fill("lp_wrong");
  await page.getByRole("button", { name: "Sign in" }).click();
  check("the refusal is told", (await page.getByRole("alert").innerText()).includes("does not know this key"));
}

async function expired(/** @type {Page} */ page) {
  const message = "this API key expired at 2026-11-01T00:00:00Z; ask for a new one";
  await page.route("**/analytics/collections*", (route) => route.fulfill(problem(401, "key_expired", message)));
  await page.goto(`${settings.url}/dashboard/`);
  await page.getByLabel("API key").fill(settings.key);
  await page.getByRole("button", { name: "Sign in" }).click();
  check("when is told", (await page.getByRole("alert").innerText()).includes("expired at 2026-11-01"));
}

/** Answers at a path as for a key of several accounts, as long as none is named. */
async function needsAccount(/** @type {Page} */ page, /** @type {string} */ path) {
  const message = "account_id is required: this key acts for several accounts";
  await page.route(
    (url) => url.pathname === path && !url.searchParams.has("account_id"),
    (route) => route.fulfill(problem(400, "invalid_parameter", message, { parameter: "account_id" })),
  );
}

async function severalWithoutFigures(/** @type {Page} */ page) {
  const refusal = problem(403, "forbidden", "this key lacks a scope", { required_scope: "analytics:read" });
  await page.route("**/analytics/collections*", (route) => route.fulfill(refusal));
  await needsAccount(page, "/collections/0/downloads");
  await page.goto(`${settings.url}/dashboard/`);
  await page.getByLabel("API key").fill(settings.key);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByLabel("Account number").fill("1");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.locator(".masthead").waitFor();
}

async function severalAccounts(/** @type {Page} */ page) {
  await needsAccount(page, "/analytics/collections");
  await page.goto(`${settings.url}/dashboard/`);
  await page.getByLabel("API key").fill(settings.key);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByLabel("Account number").fill("999999");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("does not act for an account 999999").waitFor();
  await page.getByLabel("Account number").fill("1");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.locator(".masthead").waitFor();
  await settled(page);
  check("the account goes along", (await page.locator("table tbody tr").count()) > 0);
}

async function loading(/** @type {Page} */ page) {
  await page.route(FOLLOW_UPS, () => undefined);
  await signIn(page);
  await page.locator(".section .skeleton").first().waitFor();
  check("other parts do not wait", (await page.locator("table tbody tr").first().innerText()).length > 0);
}

async function noPermission(/** @type {Page} */ page) {
  const refusal = problem(403, "forbidden", "this key lacks a scope", { required_scope: "analytics:read" });
  await page.route(FOLLOW_UPS, (route) => route.fulfill(refusal));
  await signIn(page);
  check("the scope is named", (await page.locator(".failure").first().innerText()).includes("analytics:read"));
}

async function failing(/** @type {Page} */ page) {
  const failure = problem(500, "internal", "something went wrong on our side");
  // So that nothing but the reader tries again.
  const headers = { ...failure.headers, "retry-after": "600" };
  await page.route(FOLLOW_UPS, (route) => route.fulfill({ ...failure, headers }));
  await signIn(page);
  const text = await page.locator(".failure").first().innerText();
  check("the message is told", text.toLowerCase().includes("something went wrong on our side"), text);
  check("the request is named", text.includes("request-of-the-check"), text);
  await page.screenshot({ path: `${settings.shots}/state-error.png`, fullPage: true });
  await page.unroute(FOLLOW_UPS);
  await page.getByRole("button", { name: "Try again now" }).first().click();
  await page.locator(".rows li").first().waitFor({ timeout: 10_000 });
  check("trying again helps", (await page.locator(".failure").count()) === 0);
}

async function putOff(/** @type {Page} */ page) {
  const refusal = problem(429, "rate_limited", "too many requests; try again later");
  let asked = 0;
  await page.route(FOLLOW_UPS, (route) => {
    asked += 1;
    return route.fulfill({ ...refusal, headers: { ...refusal.headers, "retry-after": "60" } });
  });
  await signIn(page);
  await page.locator(".failure").first().waitFor();
  const before = asked;
  for (let time = 0; time < 3; time += 1) {
    // Coming into view asks for everything else again.
    const other = page.waitForResponse("**/analytics/portfolio*");
    await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
    await other;
  }
  check("it is not asked for sooner", asked === before, [before, asked]);
  await page.unroute(FOLLOW_UPS);
  await page.evaluate(() => dispatchEvent(new Event("online")));
  await page.locator(".rows li").first().waitFor({ timeout: 10_000 });
}

async function empty(/** @type {Page} */ page) {
  await page.route("**/analytics/collections*", async (route) => {
    const response = await route.fetch();
    const answer = await response.json();
    await route.fulfill({ response, json: { ...answer, data: [], meta: { ...answer.meta, total: 0 } } });
  });
  await signIn(page);
  check(
    "nothing is told as nothing",
    (await page.locator(".empty").first().innerText()).includes("No collections yet"),
  );
}

/** What a real key without most scopes shows: the API refuses, nothing is made up. */
async function narrow(/** @type {Page} */ page) {
  if (!settings.narrowKey) return console.log("  not checked without LOUPE_NARROW_KEY");
  const downloads = (await screens()).find((screen) => screen.name === "collection-downloads")?.path;
  await signIn(page, downloads, settings.narrowKey);
  await settled(page);
  check("downloads are listed", (await page.locator("table tbody tr").count()) > 0);
  await page.goto(`${settings.url}/dashboard/starred`);
  await settled(page);
  const refusal = await page.locator(".failure").first().innerText();
  check("the missing scope is named", /favorites:read|analytics:read/.test(refusal), refusal);
}

/** What a new photographer sees first. */
async function untouched(/** @type {Page} */ page) {
  if (!settings.emptyKey) return console.log("  not checked without LOUPE_EMPTY_KEY");
  await signIn(page, "/dashboard/", settings.emptyKey);
  await settled(page);
  check("no collection", (await page.locator(".empty").first().innerText()).includes("No collections yet"));
  check("nothing failed", (await page.locator(".failure").count()) === 0);
  await page.screenshot({ path: `${settings.shots}/state-untouched-portfolio.png`, fullPage: true });
  await page.goto(`${settings.url}/dashboard/starred`);
  await settled(page);
  check("no starred photo", (await page.locator(".empty").count()) > 0);
}

async function stale(/** @type {Page} */ page) {
  await signIn(page);
  await settled(page);
  const before = await page.locator(".lead").innerText();
  await page.context().setOffline(true);
  // Coming into view asks again, and nothing answers.
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await page.locator(".stale").first().waitFor();
  check("the figures stay", (await page.locator(".lead").innerText()) === before);
  check("it is said once, above all", (await page.locator(".away").innerText()).includes("cannot be reached"));
  check("how old they are is told", /as of \d\d:\d\d:\d\d/.test(await page.locator(".stale").first().innerText()));
  await page.screenshot({ path: `${settings.shots}/state-away.png` });
  await page.context().setOffline(false);
  await page.evaluate(() => dispatchEvent(new Event("online")));
  await page.locator(".stale").first().waitFor({ state: "detached", timeout: 40_000 });
}

async function behind(/** @type {Page} */ page) {
  await page.route("**/freshness", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...(await response.json()), oldest_uncommitted_seconds: 600 } });
  });
  await signIn(page);
  await page.locator(".pulse.is-late").waitFor();
  check("how far is told", (await page.locator(".pulse").innerText()) === "10:00 min behind");
  await page.locator(".pulse").click();
  await page.getByRole("heading", { level: 1, name: "Health" }).waitFor();
}

async function ended(/** @type {Page} */ page) {
  await signIn(page);
  await settled(page);
  await page.route(FOLLOW_UPS, (route) => route.fulfill(problem(401, "unauthorized", "send a valid API key")));
  await page.reload();
  await page.getByLabel("API key").waitFor();
  check("why is told", (await page.getByRole("alert").innerText()).includes("does not know this key"));
}

async function absent(/** @type {Page} */ page) {
  await signIn(page, "/dashboard/nonsense");
  check("it is told", (await page.getByRole("heading", { level: 1 }).innerText()) === "There is no such screen");
}

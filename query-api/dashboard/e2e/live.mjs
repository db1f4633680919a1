// Activity as it happens: an event is published, appears, and moves the figures.

import { randomBytes } from "node:crypto";
import { open, settled, signIn } from "./browser.mjs";
import { check, none, part } from "./checks.mjs";
import { screens } from "./screens.mjs";
import { settings } from "./settings.mjs";

/** A UUID of version 7: the time, then chance. */
function uuid7() {
  const time = Date.now().toString(16).padStart(12, "0");
  const chance = randomBytes(10).toString("hex");
  const variant = ((Number.parseInt(chance[3] ?? "0", 16) & 3) | 8).toString(16);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${chance.slice(0, 3)}-${variant}${chance.slice(4, 7)}-${chance.slice(7, 19)}`;
}

const boot = uuid7().replace(/-7(...)-/, "-4$1-");
let seq = 0;

/** Publishes a favourite of a photo that nobody else chooses, by a guest. */
async function publish(/** @type {number} */ collection, /** @type {number | string} */ media) {
  const event = {
    type: "FavoriteAdded",
    event_id: uuid7(),
    occurred_at: new Date().toISOString(),
    edge: { pop: "FRA", node: "fra-dashboard", boot_id: boot, seq: seq++ },
    account_id: 1,
    collection_id: collection,
    actor: { role: "guest", identified_by: "cookie", visitor_id: uuid7(), ip: "192.0.2.7", user_agent: "Mozilla/5.0" },
    list_id: `fl_${uuid7()}`,
    media_id: media,
    media_kind: "photo",
  };
  const headers = { Authorization: `Bearer ${settings.edgeKey}`, "Content-Type": "application/json" };
  const response = await fetch(`${settings.ingest}/v1/events`, {
    method: "POST",
    headers,
    body: JSON.stringify(event),
  });
  if (!response.ok) throw new Error(`ingest answered ${response.status}: ${await response.text()}`);
}

/** @typedef {import("./browser.mjs").Page} Page */

const favourites = async (/** @type {Page} */ page) => {
  const text = await page.locator(".lead a.figure[href*='totals/favorites']").innerText();
  return Number(text.replaceAll(/[^\d]/g, ""));
};

const STREAM = "**/activity/stream";

/** Has the page believe that it is looked at, or not: without a window every tab is. */
async function turn(/** @type {Page} */ page, /** @type {"visible" | "hidden"} */ state) {
  await page.evaluate((next) => {
    Object.defineProperty(document, "visibilityState", { configurable: true, get: () => next });
    document.dispatchEvent(new Event("visibilitychange"));
  }, state);
}

/** Runs something, and waits until it, or what it publishes, is told as new. */
async function tellsOneMore(/** @type {Page} */ page, /** @type {() => Promise<void>} */ run) {
  const shown = await page.locator(".rows li.is-new").count();
  await run();
  await page.waitForFunction((least) => document.querySelectorAll(".rows li.is-new").length > least, shown, {
    timeout: 60_000,
  });
  check("it is live again", await page.locator(".pulse.is-live").isVisible());
}

export async function live(/** @type {import("playwright-core").Browser} */ browser) {
  if (!settings.ingest || !settings.edgeKey) {
    console.log("– live activity: not checked without LOUPE_INGEST_URL and LOUPE_EDGE_KEY");
    return;
  }
  const { context, page, wrongs, asked } = await open(browser);
  const path = (await screens()).find((screen) => screen.name === "collection")?.path ?? "";
  const collection = Number(path.split("/").at(-1));
  await signIn(page, path);
  await settled(page);
  await part("what happens appears, and figures follow", () => follows(page, collection));
  await part("a tab behind others lets its stream go, and goes on where it was", () => hidden(page, collection, asked));
  none("conduct while live", wrongs.splice(0));
  await part("a stream that cannot be opened is tried again and tells what was missed", () => broken(page, collection));
  await page.screenshot({ path: `${settings.shots}/live.png`, fullPage: true });
  await part("today's sentences keep apart what is counted apart", () => today(page));
  await context.close();
}

async function follows(/** @type {Page} */ page, /** @type {number} */ collection) {
  await page.locator(".pulse.is-live").waitFor();
  const before = await favourites(page);
  // A number of JavaScript would round it.
  const media = "9007199254740993";
  await publish(collection, media);
  const told = page.locator(".rows li.is-new").first();
  await told.waitFor({ timeout: 15_000 });
  check("ids are told to their last digit", (await told.innerText()).includes(media), await told.innerText());
  await page.waitForFunction(
    (least) =>
      Number(document.querySelector(".lead a[href*='totals/favorites']")?.textContent?.replaceAll(/\D/g, "")) >= least,
    before + 1,
    { timeout: 15_000 },
  );
}

async function hidden(
  /** @type {Page} */ page,
  /** @type {number} */ collection,
  /** @type {Map<string, string[]>} */ asked,
) {
  await tellsOneMore(page, async () => {
    const closed = page.waitForEvent("requestfailed", (request) => request.url().endsWith("/activity/stream"));
    await turn(page, "hidden");
    await closed;
    // What was asked for before may still have waited for its turn.
    await page.waitForTimeout(1_000);
    asked.clear();
    await publish(collection, 731_100_246);
    await page.waitForTimeout(2_000);
    none("it asks nothing", [...asked.keys()]);
    await turn(page, "visible");
  });
}

async function broken(/** @type {Page} */ page, /** @type {number} */ collection) {
  await tellsOneMore(page, async () => {
    await page.route(STREAM, (route) => route.abort());
    await turn(page, "hidden");
    await turn(page, "visible");
    await page.locator(".pulse.is-late").waitFor({ timeout: 15_000 });
    await publish(collection, 731_100_247);
    await page.unroute(STREAM);
  });
}

async function today(/** @type {Page} */ page) {
  await page.goto(`${settings.url}/dashboard/`);
  await settled(page);
  const sentences = (await page.locator(".lead").innerText()).split(/\.\s/);
  check("what happened today is told", sentences.length > 1, sentences);
  none(
    "collections in which something happened are not those of the downloads",
    sentences.filter((sentence) => sentence.includes("download") && sentence.includes("collection")),
  );
}

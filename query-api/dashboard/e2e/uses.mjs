// What a reader does beyond looking: keys of the keyboard, copying, saving, themes, signing out.

import { readFile } from "node:fs/promises";
import { answerOf } from "./api.mjs";
import { open, settled, signIn } from "./browser.mjs";
import { check, none, part } from "./checks.mjs";
import { screens } from "./screens.mjs";
import { settings } from "./settings.mjs";

/** @typedef {import("./browser.mjs").Page} Page */

export async function uses(/** @type {import("playwright-core").Browser} */ browser) {
  const { context, page, wrongs } = await open(browser);
  const paths = new Map((await screens()).map(({ name, path }) => [name, path]));
  const to = async (/** @type {string} */ name) => {
    await page.goto(settings.url + (paths.get(name) ?? ""));
    await settled(page);
  };
  await signIn(page);
  await settled(page);
  await part("the key stays where it belongs", () => keyStays(page));
  await part("the keyboard reaches everything", () => keyboard(page));
  await to("collection");
  await part("the chart is read with arrow keys", () => arrows(page));
  await part("another question is not answered by the answer before", () => changing(page));
  await part("figures lead to their definitions", () => definitions(page));
  await to("collection-favourites");
  await part("names are copied for Lightroom", () => lightroom(page));
  await part("names that may not be copied are shown, selected", () => copiedByHand(page));
  await to("collection-downloads");
  await part("a list is saved as CSV", () => saved(page));
  await to("health");
  await part("a table that the API has no list of is saved as well", () => savedRows(page));
  await to("collection-downloads");
  await part("filters stand in the URL", () => filters(page));
  await part("a page past the last leads to the last", () => pastTheLast(page));
  await to("collection-downloads");
  await part("a page that was past the last is reached once there is one", () => grown(page));
  await part("the theme is chosen and kept", () => themes(page));
  await part("signing out forgets the key", () => signOut(page));
  none("conduct while used", wrongs);
  await context.close();
}

async function keyStays(/** @type {Page} */ page) {
  const places = await page.evaluate(() => ({
    session: JSON.stringify({ ...sessionStorage }),
    local: JSON.stringify({ ...localStorage }),
    cookie: document.cookie,
    text: document.documentElement.outerHTML,
    url: location.href,
  }));
  check("the session holds the key", places.session.includes(settings.key));
  for (const place of /** @type {const} */ (["local", "cookie", "text", "url"])) {
    check(`no key in ${place}`, !places[place].includes(settings.key));
  }
}

async function keyboard(/** @type {Page} */ page) {
  await page.reload();
  await settled(page);
  const seen = [];
  for (let step = 0; step < 14; step += 1) {
    await page.keyboard.press("Tab");
    seen.push(
      await page.evaluate(() => {
        const own = document.activeElement;
        const shown = own?.matches("input[type=radio]") ? (own.nextElementSibling ?? own) : own;
        const style = shown && getComputedStyle(shown);
        const isMarked = style !== null && (style.outlineStyle !== "none" || style.boxShadow !== "none");
        return { name: own?.textContent?.slice(0, 20) ?? "", isMarked };
      }),
    );
  }
  none(
    "each stop is marked",
    seen.filter((stop) => !stop.isMarked).map((stop) => stop.name),
  );
  check("the first stop skips to the figures", seen[0]?.name === "Skip to the figures", seen[0]);
  const link = page.getByRole("link", { name: "Starred" });
  await link.focus();
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "Starred" }).waitFor();
  check(
    "the heading of the next screen is announced",
    (await page.evaluate(() => document.activeElement?.tagName)) === "H1",
  );
}

async function arrows(/** @type {Page} */ page) {
  const chart = page.locator(".chart");
  await chart.focus();
  await page.keyboard.press("ArrowLeft");
  const last = await chart.locator("figcaption").innerText();
  await page.keyboard.press("ArrowLeft");
  const before = await chart.locator("figcaption").innerText();
  check("arrow keys go from column to column", /\d/.test(last) && last !== before, [last, before]);
  await refreshed(page);
  const after = await chart.locator("figcaption").innerText();
  check("what is read stays when figures come anew", after === before, [before, after]);
  await page.evaluate(() => /** @type {HTMLElement} */ (document.activeElement).blur());
  await chart.locator(".u-over").hover();
  const pointed = await chart.locator("figcaption").innerText();
  await refreshed(page);
  const still = await chart.locator("figcaption").innerText();
  check("so does what is pointed at", /\d/.test(pointed) && pointed === still, [pointed, still]);
}

/** Waits until the chart has figures that it asked for now. */
async function refreshed(/** @type {Page} */ page) {
  const answer = page.waitForResponse("**/analytics/timeseries*");
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await (await answer).finished();
  // They are drawn in the next frame.
  await page.evaluate(() => new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go))));
}

async function changing(/** @type {Page} */ page) {
  const part = page.locator("section", { has: page.getByRole("heading", { name: "When" }) });
  const save = part.getByRole("button", { name: "CSV", exact: true });
  let release = () => {};
  /** @type {Promise<void>} */
  const held = new Promise((go) => {
    release = go;
  });
  await page.route("**/analytics/timeseries?metric=transferred_bytes*", async (route) => {
    await held;
    await route.continue();
  });
  await part.getByLabel("Count").selectOption("transferred_bytes");
  await part.locator(".is-changing").waitFor();
  check("what is shown is called what it is", (await part.locator(".sum").innerText()).includes(" downloads in "));
  check("it is not saved as what was asked for", await save.isDisabled());
  release();
  await settled(page);
  check("the answer is called what it is", (await part.locator(".sum").innerText()).includes(" bytes transferred in "));
  check("it may be saved", await save.isEnabled());
  await page.unroute("**/analytics/timeseries?metric=transferred_bytes*");
}

async function definitions(/** @type {Page} */ page) {
  await page.locator(".lead a.figure").first().click();
  await settled(page);
  check("the definition is at the top", await page.locator(".asked h3").first().isVisible());
  await page.goBack();
  await settled(page);
  const glossary = (await (await fetch(`${settings.url}/definitions`)).json()).data.glossary;
  const known = new Set(glossary.flatMap((/** @type {any} */ entry) => entry.fields));
  const linked = await page.evaluate(() =>
    [...document.querySelectorAll("a.figure, a.term")].map((link) =>
      new URL(/** @type {HTMLAnchorElement} */ (link).href).searchParams.get("of"),
    ),
  );
  none("every figure has a definition", linked.filter((field) => !known.has(field)).map(String));
}

async function lightroom(/** @type {Page} */ page) {
  const collection = new URL(page.url()).pathname.split("/")[3];
  const names = await (await answerOf(`/collections/${collection}/favorites?format=lightroom`)).text();
  await page.getByRole("button", { name: "Copy for Lightroom" }).click();
  await page.locator(".names .preview").waitFor();
  check("what is copied is what the API says", (await page.evaluate(() => navigator.clipboard.readText())) === names);
}

async function copiedByHand(/** @type {Page} */ page) {
  const collection = new URL(page.url()).pathname.split("/")[3];
  const answer = await answerOf(`/collections/${collection}/favorites?format=capture_one`);
  await page.evaluate(() => {
    const refuse = () => Promise.reject(new DOMException("not allowed", "NotAllowedError"));
    Object.defineProperty(navigator, "clipboard", { configurable: true, value: { write: refuse, writeText: refuse } });
  });
  await page.getByRole("button", { name: "Copy for Capture One" }).click();
  const area = page.getByLabel("File names");
  await area.waitFor();
  const selected = () => getSelection()?.toString() ?? "";
  check("all names are selected", (await page.evaluate(selected)) === (await answer.text()));
  const text = await page.locator(".names [role=status]").innerText();
  const count = Number(answer.headers.get("loupe-names"));
  check("the API counts them", text.startsWith(`${count.toLocaleString("en-GB")} file name`), text);
  check("why is told", text.includes("does not allow copying"), text);
}

async function saved(/** @type {Page} */ page) {
  const collection = new URL(page.url()).pathname.split("/")[3];
  const list = await (await answerOf(`/collections/${collection}/downloads?format=csv`)).text();
  const coming = page.waitForEvent("download");
  await page.getByRole("button", { name: "CSV", exact: true }).first().click();
  const file = await coming;
  const lines = (await readFile(await file.path(), "utf8")).split("\n").length;
  check("the file has every row", lines === list.split("\n").length, [lines, list.split("\n").length]);
  check("the file is named", file.suggestedFilename() === `downloads_${collection}.csv`, file.suggestedFilename());
}

async function savedRows(/** @type {Page} */ page) {
  const coming = page.waitForEvent("download");
  await page
    .locator("section", { has: page.getByRole("heading", { name: "Ledger" }) })
    .getByRole("button", { name: "CSV" })
    .click();
  const file = await coming;
  const [head = "", ...rows] = (await readFile(await file.path(), "utf8")).split("\r\n");
  const { partitions } = await (await answerOf("/freshness")).json();
  check("the file has every partition", rows.length === partitions.length, [rows.length, partitions.length]);
  check("columns are named as the API's", head.split(",").join() === Object.keys(partitions[0]).join(), head);
  check("the file is named", file.suggestedFilename() === "ledger.csv", file.suggestedFilename());
}

async function filters(/** @type {Page} */ page) {
  await page.getByRole("button", { name: /^Partial/ }).click();
  await page.waitForURL(/status=partial/);
  await settled(page);
  const outcomes = await page.locator("td[data-name=Outcome]").allInnerTexts();
  check(
    "only what was filtered for is listed",
    outcomes.length > 0 && outcomes.every((text) => text === "Partial"),
    outcomes,
  );
  await page.reload();
  await settled(page);
  check(
    "a reload shows the same",
    (await page.getByRole("button", { name: /^Partial/ }).getAttribute("aria-pressed")) === "true",
  );
  const listed = page.url();
  await page.locator("tbody th a").first().click();
  await page.getByRole("heading", { level: 2, name: "Proof of delivery" }).waitFor();
  const proof = page.url();
  await page.goBack();
  await settled(page);
  const again = await page.locator("td[data-name=Outcome]").allInnerTexts();
  check("so does going back", page.url() === listed && again.join() === outcomes.join(), [page.url(), again]);
  await page.goForward();
  await settled(page);
  check("going forward leads on", page.url() === proof && (await page.locator(".coverage").isVisible()), page.url());
  await page.goBack();
  await settled(page);
}

async function pastTheLast(/** @type {Page} */ page) {
  const path = new URL(page.url()).pathname;
  const { meta } = await (await answerOf(`/collections/${path.split("/")[3]}/downloads?per_page=25`)).json();
  await page.goto(`${settings.url}${path}?page=999`);
  await settled(page);
  check("rows are shown", (await page.locator("table tbody tr").count()) > 0);
  check("the URL names it", Number(new URL(page.url()).searchParams.get("page") ?? 1) === meta.last_page, page.url());
  await page.goto(`${settings.url}/dashboard/?follow_ups=999`);
  await settled(page);
  check("follow-ups are shown", (await page.locator(".rows li").count()) > 0);
}

async function grown(/** @type {Page} */ page) {
  const asked = () => Number(new URL(page.url()).searchParams.get("page") ?? 1);
  // Of the API, and not of the dashboard, whose URLs end alike.
  const second = (/** @type {URL} */ { pathname, searchParams }) =>
    /^\/collections\/\d+\/downloads$/.test(pathname) && searchParams.get("page") === "2";
  const shorter = async (/** @type {import("playwright-core").Route} */ route) => {
    const response = await route.fetch();
    const whole = await response.json();
    const meta = { ...whole.meta, current_page: 2, last_page: 1 };
    await route.fulfill({ response, json: { ...whole, data: [], meta } });
  };
  await page.route(second, shorter, { times: 1 });
  await page.goto(`${page.url().split("?")[0]}?page=2`);
  await settled(page);
  check("the first page is gone to", asked() === 1, page.url());
  await page.getByRole("button", { name: "Next" }).click();
  await settled(page);
  check("the second page is shown", asked() === 2 && (await page.locator("table tbody tr").count()) > 0, page.url());
}

async function themes(/** @type {Page} */ page) {
  const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const light = await ground();
  await page.getByLabel("Theme").selectOption("dark");
  const dark = await ground();
  check("dark is another look", light !== dark, [light, dark]);
  await page.reload();
  await settled(page);
  check("the choice is kept", (await ground()) === dark);
  await page.getByLabel("Theme").selectOption("system");
}

async function signOut(/** @type {Page} */ page) {
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByLabel("API key").waitFor();
  check(
    "nothing of the key is left",
    !(await page.evaluate(() => JSON.stringify({ ...sessionStorage }))).includes(settings.key),
  );
}

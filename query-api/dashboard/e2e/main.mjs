// Signs in to a running dashboard and checks every screen of it in a real browser. See README.md.

import { mkdirSync } from "node:fs";
import { barriers } from "./accessible.mjs";
import { launch, MODES, open, settled, signIn } from "./browser.mjs";
import { check, none, part, report } from "./checks.mjs";
import { differences } from "./figures.mjs";
import { live } from "./live.mjs";
import { screens } from "./screens.mjs";
import { settings } from "./settings.mjs";
import { states } from "./states.mjs";
import { uses } from "./uses.mjs";

/** Shows every screen in one look: figures, barriers, width, and a screenshot. */
async function look(/** @type {import("playwright-core").Browser} */ browser, /** @type {keyof typeof MODES} */ mode) {
  const { context, page, wrongs, asked } = await open(browser, mode);
  await signIn(page);
  let checked = 0;
  for (const { name, path } of await screens()) {
    await part(`${name}, ${mode}`, async () => {
      asked.clear();
      await page.goto(settings.url + path);
      await settled(page);
      if (mode === "light" && name !== "definitions") {
        const found = await differences(page, asked);
        checked += found.checked;
        check(`${name} shows figures`, found.checked > 0);
        none(`figures of ${name}`, found.wrong);
      }
      none(`barriers on ${name}, ${mode}`, await barriers(page));
      const beyond = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      check(`${name}, ${mode} fits its width`, beyond <= 0, `${beyond} px too wide`);
      const isMoving = await page.evaluate(() => document.getAnimations().length > 0);
      check(`${name}, ${mode} stands still where less motion is asked for`, !isMoving);
      await page.screenshot({ path: `${settings.shots}/${name}-${mode}.png`, fullPage: name !== "definitions" });
    });
  }
  none(`conduct in ${mode}`, wrongs);
  if (mode === "light") console.log(`  ${checked} figures compared with the API`);
  await context.close();
}

/** Parts named as arguments are run, all without any. */
const wanted = process.argv.slice(2);
const isWanted = (/** @type {string} */ name) => wanted.length === 0 || wanted.includes(name);

mkdirSync(settings.shots, { recursive: true });
const browser = await launch();
try {
  if (isWanted("looks"))
    for (const mode of /** @type {(keyof typeof MODES)[]} */ (Object.keys(MODES))) await look(browser, mode);
  if (isWanted("uses")) await uses(browser);
  if (isWanted("states")) await states(browser);
  if (isWanted("live")) await live(browser);
} finally {
  await browser.close();
}
process.exitCode = report() ? 0 : 1;

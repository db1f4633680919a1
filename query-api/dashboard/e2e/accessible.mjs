// What axe-core finds on a page.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const SOURCE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const GRAVE = ["serious", "critical"];

/** @returns {Promise<string[]>} */
export async function barriers(/** @type {import("./browser.mjs").Page} */ page) {
  // Run by the debugger, which the page's policy does not bind.
  await page.evaluate(SOURCE);
  /** @type {any} */
  const result = await page.evaluate("axe.run(document, { resultTypes: ['violations'] })");
  return result.violations
    .filter((/** @type {any} */ found) => GRAVE.includes(found.impact))
    .map(
      (/** @type {any} */ found) =>
        `${found.id} (${found.impact}): ${found.nodes
          .map((/** @type {any} */ node) => node.target.join(" "))
          .slice(0, 4)
          .join(", ")}`,
    );
}

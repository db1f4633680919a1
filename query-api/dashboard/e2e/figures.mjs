// Figures on the page against the API's, each found by the place its definition names.

import { jsonOf } from "./api.mjs";
import { shows, valuesAt } from "./shown.mjs";

/** @typedef {import("./browser.mjs").Page} Page */
/** @typedef {{ field: string, text: string }} Shown */
/** @typedef {{ caption: string, columns: { field: string | null, cells: string[] }[] }} ShownTable */

/** Columns that show something else than the value their definition is about: a state, a list, what is used up. */
const OTHERWISE = new Set([
  "downloads/summary/by_status",
  "photo_sharing_links/summary/active",
  "photo_sharing_links/data/usage/downloads_remaining",
  "freshness/edges/missing_ranges",
  "freshness/partitions/records_per_second",
]);
/** Figures that show the sum over a list. */
const SUMMED = new Set(["freshness/edges/missing"]);
/** Figures that show one part of what their definition is about. */
const PARTS = new Map([
  ["analytics_portfolio/data/figures/deliveries", "photos"],
  ["analytics_portfolio/data/previous/figures/deliveries", "photos"],
]);
/** Tables that sort or leave out rows; their totals are checked instead. */
const REORDERED = new Set(["freshness"]);

/** What is on the page: figures, and tables column by column. */
function read() {
  const fieldOf = (/** @type {Element | null} */ link) =>
    link ? new URL(/** @type {HTMLAnchorElement} */ (link).href).searchParams.get("of") : null;
  const figures = [...document.querySelectorAll("a.figure, [data-figure]")].map((element) => ({
    field: element.getAttribute("data-figure") ?? fieldOf(element) ?? "",
    text: element.textContent ?? "",
  }));
  const tables = [...document.querySelectorAll("table:has(caption)")].map((table) => ({
    caption: table.querySelector("caption")?.textContent ?? "",
    columns: [...table.querySelectorAll("thead th")].map((head, index) => ({
      field: fieldOf(head.querySelector("a.term")),
      cells: [...table.querySelectorAll("tbody tr")].map((row) => {
        const cell = row.children[index];
        return (cell?.querySelector(".measure > span:last-child") ?? cell)?.textContent ?? "";
      }),
    })),
  }));
  return { figures, tables };
}

/** What of the page is not what the API says, after it had the time to follow. */
export async function differences(/** @type {Page} */ page, /** @type {Map<string, string[]>} */ asked) {
  /** @type {{ checked: number, wrong: string[] }} */
  let found = { checked: 0, wrong: ["nothing was read"] };
  for (let attempt = 0; attempt < 4 && found.wrong.length > 0; attempt += 1) {
    // The page asks again every 20 s, and what depends on time may have moved on in between.
    if (attempt > 0) await page.waitForTimeout(attempt === 1 ? 500 : 11_000);
    found = await compared(await page.evaluate(read), asked);
  }
  return found;
}

async function compared(
  /** @type {{ figures: Shown[], tables: ShownTable[] }} */ { figures, tables },
  /** @type {Map<string, string[]>} */ asked,
) {
  const answers = await answersTo(asked);
  /** @type {string[]} */
  const wrong = [];
  let checked = 0;
  for (const { field, values, texts } of grouped(figures, answers)) {
    checked += texts.length;
    if (texts.length === 0 || !texts.every((text, index) => shows(text, values[Math.min(index, values.length - 1)]))) {
      wrong.push(`${field}: shows ${JSON.stringify(texts)}, the API says ${JSON.stringify(values)}`);
    }
  }
  for (const table of tables) {
    for (const { field, cells } of table.columns) {
      if (!field || OTHERWISE.has(field) || REORDERED.has(field.split("/")[0] ?? "")) continue;
      const values = columnOf(table.caption, field, cells.length, answers);
      checked += cells.length;
      if (!values || !cells.every((cell, index) => shows(cell, values[index]))) {
        wrong.push(
          `${table.caption}, ${field}: shows ${JSON.stringify(cells)}, the API says ${JSON.stringify(values)}`,
        );
      }
    }
  }
  return { checked, wrong };
}

/** Every answer that the page has, asked anew: of each operation all its queries, the last first. */
async function answersTo(/** @type {Map<string, string[]>} */ asked) {
  /** @type {Map<string, any[]>} */
  const answers = new Map();
  for (const [operation, paths] of asked) {
    const distinct = [...new Set(paths)].slice(0, 8);
    answers.set(operation, await Promise.all(distinct.map(jsonOf)));
  }
  return answers;
}

/** Figures by field, with the values that any answer of its operation has there. */
function grouped(/** @type {Shown[]} */ figures, /** @type {Map<string, any[]>} */ answers) {
  const fields = [...new Set(figures.map((figure) => figure.field))];
  return fields.map((field) => {
    const [operation = "", ...place] = field.split("/");
    const texts = figures.filter((figure) => figure.field === field).map((figure) => figure.text);
    const candidates = (answers.get(operation) ?? []).map((answer) => {
      const part = PARTS.get(field);
      const values = valuesAt(answer, part ? [...place, part] : place);
      return SUMMED.has(field) ? [values.reduce((sum, value) => sum + value, 0)] : values;
    });
    // A share of the step before is null at the first step, which shows none.
    const trimmed = candidates.map((values) =>
      values.length > texts.length ? values.slice(values.length - texts.length) : values,
    );
    const fits = (/** @type {any[]} */ values) =>
      texts.every((text, index) => shows(text, values[Math.min(index, values.length - 1)]));
    return { field, texts, values: trimmed.find(fits) ?? trimmed[0] ?? [] };
  });
}

/** The values of a column: those of the answer that has as many rows, or of its first ones. */
function columnOf(
  /** @type {string} */ caption,
  /** @type {string} */ field,
  /** @type {number} */ rows,
  /** @type {Map<string, any[]>} */ answers,
) {
  const [operation = "", list = "", ...place] = field.split("/");
  if (list === "data" && place[0] === "history") {
    const history = answers.get(operation)?.[0]?.data.history ?? [];
    return valuesAt(history, place.slice(1)).slice(...(caption.startsWith("More") ? [-rows] : [0, rows]));
  }
  const answer = answers.get(operation)?.find((candidate) => candidate[list]?.length === rows);
  return answer?.[list].map((/** @type {any} */ row) => valuesAt(row, place)[0]);
}

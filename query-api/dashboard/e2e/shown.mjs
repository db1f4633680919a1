// Whether a text on a screen shows a value of the API. It reads texts by itself, without the page's own formatting.

const UNITS = new Map([
  ["B", 1],
  ["kB", 1e3],
  ["MB", 1e6],
  ["GB", 1e9],
  ["TB", 1e12],
  ["bit/s", 1],
  ["kbit/s", 1e3],
  ["Mbit/s", 1e6],
  ["Gbit/s", 1e9],
]);
/** Half of the last of three digits, of the smallest number that they show. */
const ROUNDING = 0.005;

/** A list is shown as its length, and what has parts by these or as their sum. */
export function shows(/** @type {string} */ text, /** @type {any} */ value) {
  if (Array.isArray(value)) return showsNumber(text.trim(), value.length);
  if (value !== null && typeof value === "object") return showsParts(text.trim(), value);
  return showsNumber(text.trim(), value);
}

/** "412 photos and 6 videos" shows each part that it names and that there is none of the others; a number is the sum. */
function showsParts(/** @type {string} */ text, /** @type {Record<string, number>} */ parts) {
  const named = [...text.matchAll(/([\d,]+) ([a-z]+)/g)].map(([, number = "", name = ""]) => ({ number, name }));
  if (named.length === 0) {
    return showsNumber(
      text,
      Object.values(parts).reduce((sum, part) => sum + part, 0),
    );
  }
  const isPart = (/** @type {string} */ word) => Object.keys(parts).some((name) => name.startsWith(word));
  return (
    named.every(({ name }) => isPart(name)) &&
    Object.entries(parts).every(([name, value]) =>
      showsNumber(named.find((found) => name.startsWith(found.name))?.number ?? "0", value),
    )
  );
}

function showsNumber(/** @type {string} */ text, /** @type {any} */ value) {
  if (value === null || value === undefined) return /^(–|not known|No limit)$/.test(text) || text === "";
  if (typeof value !== "number") return text === String(value);
  if (/^no \w|^nothing$/.test(text)) return value === 0;
  if (text === "now") return value === 0;
  const found = /(-?[\d,]+(?:\.\d+)?)(?::(\d\d))?(?::(\d\d))?\s*(%|[kMGT]?B\b|[kMG]?bit\/s|×|ms\b|s\b|min\b|h\b)?/.exec(
    text,
  );
  if (!found) return false;
  const [, digits = "", second, third, unit = ""] = found;
  const number = Number(digits.replaceAll(",", ""));
  if (unit === "min" || unit === "h") return showsClock([number, Number(second ?? 0), Number(third ?? 0)], unit, value);
  if (unit === "ms") return Math.abs(number - value) <= 0.5;
  if (unit === "s") return Math.abs(number - value / 1000) <= 0.051;
  if (unit === "%") return Math.abs(number - value * 100) <= 0.051 || Math.abs(number - value) <= 0.051;
  const size = UNITS.get(unit);
  if (size !== undefined) return Math.abs(number * size - value) <= Math.max(0.5, value * ROUNDING);
  const decimals = digits.split(".")[1]?.length ?? 0;
  return Math.abs(number - value) <= (Number.isInteger(value) ? 0 : 0.5 * 10 ** -decimals + 1e-9);
}

function showsClock(
  /** @type {number[]} */ [first = 0, second = 0, third = 0],
  /** @type {string} */ unit,
  /** @type {number} */ ms,
) {
  const seconds = unit === "h" ? first * 3600 + second * 60 + third : first * 60 + second;
  return Math.abs(seconds - ms / 1000) <= 0.51;
}

/** The values at a place of an answer; a list on the way stands for each of its entries. */
export function valuesAt(/** @type {any} */ answer, /** @type {string[]} */ place) {
  /** @type {any[]} */
  let values = [answer];
  for (const part of place) {
    values = values.flatMap((value) => (Array.isArray(value) ? value : [value])).map((value) => value?.[part]);
  }
  return values;
}

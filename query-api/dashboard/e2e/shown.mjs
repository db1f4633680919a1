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

/** What a member of the API is shown as: of media that are photos and videos the photos, or both together. */
function readings(/** @type {any} */ value) {
  if (value !== null && typeof value === "object" && !Array.isArray(value)) {
    const parts = Object.values(value).filter((part) => typeof part === "number");
    return [...parts, parts.reduce((sum, part) => sum + part, 0)];
  }
  return [Array.isArray(value) ? value.length : value];
}

export function shows(/** @type {string} */ text, /** @type {any} */ value) {
  return readings(value).some((reading) => showsNumber(text.trim(), reading));
}

function showsNumber(/** @type {string} */ text, /** @type {any} */ value) {
  if (value === null || value === undefined) return /^(–|not known|No limit)$/.test(text) || text === "";
  if (typeof value !== "number") return text === String(value);
  if (/^no \w/.test(text)) return value === 0;
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

import { expect, test } from "vitest";
import { begin, fitting, intervalsOf, isPeriod } from "./periods";

test("a period begins at a whole quarter of an hour", () => {
  const now = Date.parse("2026-11-26T22:08:28.627Z");
  expect(begin("day", now)).toBe("2026-11-25T22:00:00.000Z");
  expect(begin("week", now)).toBe("2026-11-19T22:00:00.000Z");
  expect(begin("all", now)).toBeUndefined();
});

test("intervals fit their period", () => {
  expect(intervalsOf("day")).toEqual(["hour"]);
  expect(intervalsOf("week")).toEqual(["hour", "day"]);
  expect(intervalsOf("month")).toEqual(["hour", "day", "week", "month"]);
  expect(intervalsOf("year")).toEqual(["day", "week", "month"]);
});

test("an interval that does not fit gives way", () => {
  expect(fitting("day", "month")).toBe("hour");
  expect(fitting("month", null)).toBe("day");
  expect(fitting("month", "week")).toBe("week");
});

test("rule 107: of all time there are never more columns than the API answers", () => {
  expect(intervalsOf("all")).toEqual(["day", "week", "month"]);
  expect(["nonsense", "hour", null].map((asked) => fitting("all", asked))).toEqual(["month", "month", "month"]);
  expect(fitting("all", "day")).toBe("day");
});

test("words of a URL are checked", () => {
  expect([isPeriod("week"), isPeriod("decade"), isPeriod(null)]).toEqual([true, false, false]);
});

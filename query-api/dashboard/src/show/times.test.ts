import { expect, test } from "vitest";
import { clock, exact, moment, relative, utcDay, zones } from "./times";

const NOW = Date.parse("2026-11-26T22:08:28.627Z");
const before = (ms: number) => relative(NOW - ms, NOW);

test("a relative time has the unit that fits and is never rounded up", () => {
  expect([0, 9_000, 59_000, 61_000, 3_599_000, 7_300_000].map(before)).toEqual([
    "just now",
    "just now",
    "59 seconds ago",
    "1 minute ago",
    "59 minutes ago",
    "2 hours ago",
  ]);
  expect(relative(NOW + 3 * 86_400_000, NOW)).toBe("in 3 days");
  expect(relative(NOW - 20 * 86_400_000, NOW)).toBe("2 weeks ago");
});

test("the exact time is in UTC and says so", () => {
  expect(exact("2026-11-26T22:05:10.611150Z")).toBe("2026-11-26 22:05:10.611 UTC");
});

test("clocks show the zone that is asked for", () => {
  expect(clock("2026-07-01T22:05:10Z", "Europe/Berlin")).toBe("00:05:10");
  expect(moment("2026-07-01T22:05:10Z", "Asia/Kolkata")).toBe("2 Jul, 03:35");
});

test("days begin at midnight UTC, before 1970 too", () => {
  expect(new Date(utcDay(NOW)).toISOString()).toBe("2026-11-26T00:00:00.000Z");
  expect(utcDay(-1)).toBe(-86_400_000);
});

test("the own zone comes first and none twice", () => {
  const names = zones();
  expect(new Set(names).size).toBe(names.length);
  expect(names).toContain("UTC");
});

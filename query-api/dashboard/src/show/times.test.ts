import { expect, test } from "vitest";
import { clock, day, dayOfYear, exact, moment, ownZone, recent, relative, stamp, utcDay, zones } from "./times";

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

test("a relative time names no day, which would be another one on the reader's clock", () => {
  const hours = (count: number) => relative(NOW + count * 3_600_000, NOW);
  expect([25, 30, 47, 49].map(hours)).toEqual(["in 1 day", "in 1 day", "in 1 day", "in 2 days"]);
  expect([-25, -30, -47, -24 * 65].map(hours)).toEqual(["1 day ago", "1 day ago", "1 day ago", "2 months ago"]);
});

test("the exact time is in UTC and says so", () => {
  expect(exact("2026-11-26T22:05:10.611150Z")).toBe("2026-11-26 22:05:10.611 UTC");
});

test("clocks show the zone that is asked for", () => {
  expect(clock("2026-07-01T22:05:10Z", "Europe/Berlin")).toBe("00:05:10");
  expect(moment("2026-07-01T22:05:10Z", "Asia/Kolkata", NOW)).toBe("2 Jul, 03:35");
  expect(stamp("2026-07-01T22:05:10Z", "Asia/Kolkata", NOW)).toBe("2 Jul, 03:35:10");
});

test("dates of other years have their year, by the zone that is asked for", () => {
  const at = "2025-12-31T23:30:00Z";
  expect([day(at, "UTC", NOW), day(at, "Europe/Berlin", NOW)]).toEqual(["31 Dec 2025", "1 Jan"]);
  expect(moment(at, "UTC", NOW)).toBe("31 Dec 2025, 23:30");
  expect(stamp(at, "UTC", NOW)).toBe("31 Dec 2025, 23:30:00");
  expect(dayOfYear(NOW, "UTC")).toBe("26 Nov 2026");
});

test("a clock of another day has its date", () => {
  expect(recent("2026-11-26T00:00:00Z", "UTC", NOW)).toBe("00:00:00");
  expect(recent("2026-11-25T23:59:59Z", "UTC", NOW)).toBe("25 Nov, 23:59:59");
  expect(recent("2025-11-26T22:00:00Z", "UTC", NOW)).toBe("26 Nov 2025, 22:00:00");
});

test("days begin at midnight UTC, before 1970 too", () => {
  expect(new Date(utcDay(NOW)).toISOString()).toBe("2026-11-26T00:00:00.000Z");
  expect(utcDay(-1)).toBe(-86_400_000);
});

test("the own zone comes first and none twice", () => {
  const names = zones();
  expect(new Set(names).size).toBe(names.length);
  expect(names[0]).toBe(ownZone);
  expect(names).toContain("UTC");
});

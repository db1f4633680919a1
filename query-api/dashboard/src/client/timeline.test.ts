import { expect, test } from "vitest";
import { byDay, looked } from "./timeline";

test("deeds stand under the day on the reader's clock", () => {
  const at = (time: string) => ({ type: "favorited", at: time });
  const days = byDay([at("2026-11-26T23:30:00Z"), at("2026-11-26T22:30:00Z"), { type: "shared" }], "Europe/Berlin");
  expect(days.map(([day, entries]) => [day, entries.length])).toEqual([
    ["Friday 27 November 2026", 1],
    ["Thursday 26 November 2026", 1],
    ["At no known time", 1],
  ]);
});

test("rule 111: a day of looking is one of UTC, and one of opened links is told as that", () => {
  const now = Date.parse("2026-11-30T12:00:00Z");
  const entry = { type: "looked", at: "2026-11-27T20:00:00Z", visits: 0, views: 0, plays: 0, link_opens: 3 };
  expect(looked(entry, "America/Los_Angeles", now)).toBe(
    "3 link opens that UTC day (from 26 Nov, 16:00 on your clock)",
  );
  const other = { type: "looked", at: "2026-11-27T20:00:00Z", visits: 1, views: 40, plays: 2, link_opens: 0 };
  expect(looked(other, "UTC", now)).toBe("1 visit, 40 views, 2 plays that UTC day (from 27 Nov, 00:00 on your clock)");
});

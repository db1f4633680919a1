import { expect, test } from "vitest";
import { byDay } from "./timeline";

test("deeds stand under the day on the reader's clock", () => {
  const at = (time: string) => ({ type: "favorited", at: time });
  const days = byDay([at("2026-11-26T23:30:00Z"), at("2026-11-26T22:30:00Z"), { type: "shared" }], "Europe/Berlin");
  expect(days.map(([day, entries]) => [day, entries.length])).toEqual([
    ["Friday 27 November 2026", 1],
    ["Thursday 26 November 2026", 1],
    ["At no known time", 1],
  ]);
});

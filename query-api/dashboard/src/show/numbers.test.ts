import { expect, test } from "vitest";
import { bytes, count, counted, duration, media, percent, share, speed } from "./numbers";

test("counts keep every digit", () => {
  expect([count(0), count(1234567), count(null), count(undefined)]).toEqual(["0", "1,234,567", "–", "–"]);
});

test("bytes and speeds are decimal, to three digits, and never 1000 of a unit", () => {
  expect([0, 999, 1000, 4692729, 999_499, 999_500, 1_253_354_742_287].map(bytes)).toEqual([
    "0 B",
    "999 B",
    "1.00 kB",
    "4.69 MB",
    "999 kB",
    "1.00 MB",
    "1.25 TB",
  ]);
  expect([speed(29_995_118), speed(0), speed(null)]).toEqual(["30.0 Mbit/s", "0 bit/s", "–"]);
});

test("a percentage that was rounded down never shows 100 too soon", () => {
  expect([percent(99.9), percent(100), percent(0)]).toEqual(["99.9 %", "100 %", "0.0 %"]);
  expect([share(0.931), share(1), share(null)]).toEqual(["93.1 %", "100.0 %", "–"]);
});

test("words agree with their number", () => {
  expect([counted(0, "photo"), counted(1, "photo"), counted(2, "reply", "replies")]).toEqual([
    "no photos",
    "1 photo",
    "2 replies",
  ]);
});

test("durations have the unit that is read most easily", () => {
  expect([35, 1250, 59_400, 61_000, 1_199_738, 3_725_000].map(duration)).toEqual([
    "35 ms",
    "1.3 s",
    "59.4 s",
    "1:01 min",
    "20:00 min",
    "1:02:05 h",
  ]);
});

test("media are photos and videos, whichever there are", () => {
  const of = (photos: number, videos: number) => media({ photos, videos });
  expect([of(412, 6), of(1, 0), of(0, 3), of(0, 0)]).toEqual([
    "412 photos and 6 videos",
    "1 photo",
    "3 videos",
    "nothing",
  ]);
});

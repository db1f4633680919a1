import { expect, test } from "vitest";
import { delivered, gaps, lengthOf, united } from "./ranges";

const range = (first: number, last: number) => ({ first, last });

test("ranges that touch or overlap are one", () => {
  expect(united([range(10, 19), range(0, 9), range(15, 30), range(40, 41)])).toEqual([range(0, 30), range(40, 41)]);
  expect(united([range(0, 100), range(20, 30)])).toEqual([range(0, 100)]);
  expect(lengthOf([range(0, 9), range(5, 14), range(20, 20)])).toBe(16);
});

test("what is united is not changed", () => {
  const given = [range(0, 1), range(2, 3)];
  united(given);
  expect(given).toEqual([range(0, 1), range(2, 3)]);
});

test("gaps are what is missing, at both ends too", () => {
  expect(gaps([range(10, 19), range(30, 39)], 50)).toEqual([range(0, 9), range(20, 29), range(40, 49)]);
  expect(gaps([range(0, 49)], 50)).toEqual([]);
  expect(gaps([], 5)).toEqual([range(0, 4)]);
});

test("a response delivers what it sent of its range, and a 206 without one nothing", () => {
  const of = (http_status: number, range_start: number | null, range_end: number | null, body_bytes: number) =>
    delivered({ http_status, range_start, range_end, body_bytes }, 100);
  expect(of(206, 10, 59, 50)).toEqual(range(10, 59));
  expect(of(206, 10, 59, 5)).toEqual(range(10, 14));
  expect(of(200, null, null, 40)).toEqual(range(0, 39));
  expect(of(200, null, null, 140)).toEqual(range(0, 99));
  expect([of(206, null, null, 40), of(403, null, null, 40), of(206, 0, 9, 0)]).toEqual([null, null, null]);
});

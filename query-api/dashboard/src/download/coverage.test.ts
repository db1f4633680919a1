import { expect, test } from "vitest";
import { drawn, howToRead } from "./coverage";

type Given = Parameters<typeof drawn>[0];
type Detail = Parameters<typeof howToRead>[0];

const response = (range_start: number, range_end: number) => ({
  range_start,
  range_end,
  body_bytes: range_end - range_start + 1,
  http_status: 206,
  end_reason: "ok",
});
const download = (delivered_bytes: number, ...history: Given["history"]) =>
  ({ file: { size_bytes: 1000 }, transfer: { delivered_bytes }, history }) as Given;

test("responses that add up to what arrived are united, and what is missing is told", () => {
  const found = drawn(download(700, response(0, 499), response(400, 599), response(900, 999)));
  expect(found?.whole).toEqual([
    { first: 0, last: 599 },
    { first: 900, last: 999 },
  ]);
  expect(found?.missing).toEqual([{ first: 600, last: 899 }]);
});

test("rule 37: responses of two versions of a file are not united to a whole one", () => {
  const halves = download(500, response(0, 499), response(500, 999));
  expect(drawn(halves)).toMatchObject({ whole: null, missing: [], sent: [{ first: 0 }, { first: 500 }] });
  expect(howToRead(halves as Detail)).not.toContain("hatched");
});

test("without a size nothing is drawn", () => {
  expect(drawn({ ...download(1), file: null } as unknown as Given)).toBeNull();
});

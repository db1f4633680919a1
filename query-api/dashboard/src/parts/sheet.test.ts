import { expect, test } from "vitest";
import { sheetOf } from "./sheet";

test("a place is a column, a list is JSON, what is absent is empty", () => {
  const rows = [
    { node: "fra-1", media: { id: 7, name: null }, missing_ranges: [[3, 5]] },
    { node: 'a "quoted", name', media: { id: 8, name: "x" }, missing_ranges: [] },
  ];
  expect(sheetOf(rows).split("\r\n")).toEqual([
    "node,media_id,media_name,missing_ranges",
    'fra-1,7,,"[[3,5]]"',
    '"a ""quoted"", name",8,x,[]',
  ]);
});

test("no cell is a formula", () => {
  expect(sheetOf([{ name: "=1+1" }, { name: "@x" }, { name: "plain" }]).split("\r\n")).toEqual([
    "name",
    `"'=1+1"`,
    `"'@x"`,
    "plain",
  ]);
});

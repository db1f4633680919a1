import { expect, test } from "vitest";
import { withWholeIds } from "./whole_ids";

test("an id beyond what a number holds becomes text, digit by digit", () => {
  expect(withWholeIds('{"id":18446744073709551615,"n":12}')).toBe('{"id":"18446744073709551615","n":12}');
  expect(withWholeIds("[9007199254740991,9007199254740993]")).toBe('[9007199254740991,"9007199254740993"]');
});

test("texts and fractions stay as they are", () => {
  const json = '{"name":"a \\"18446744073709551615\\", 9007199254740993","score":0.12345678901234567}';
  expect(withWholeIds(json)).toBe(json);
});

import { expect, test } from "vitest";
import { looks } from "./looks";

test("only what there was is told", () => {
  expect(looks({ visits: 2, views: 40, plays: 0, link_opens: null })).toBe("2 visits, 40 views");
  expect(looks({ visits: 0, views: 0, plays: 1, link_opens: 3 })).toBe("1 play, 3 link opens");
  expect(looks({})).toBe("");
});

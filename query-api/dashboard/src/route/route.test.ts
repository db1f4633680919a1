import { expect, test } from "vitest";
import { routeOf, SECTIONS, type Section, to } from "./route";

test("every path that is printed is read back", () => {
  expect(routeOf(to.portfolio())).toEqual({ screen: "portfolio" });
  expect(routeOf("/dashboard")).toEqual({ screen: "portfolio" });
  for (const section of Object.keys(SECTIONS) as Section[]) {
    expect(routeOf(to.collection("18446744073709551615", section))).toEqual({
      screen: "collection",
      id: "18446744073709551615",
      section,
    });
  }
  expect(routeOf(to.client(7, "cl_a/b ü"))).toEqual({ screen: "client", collection: "7", client: "cl_a/b ü" });
  expect(routeOf(to.download("0197"))).toEqual({ screen: "download", id: "0197" });
  expect([to.starred(), to.health(), to.definitions()].map((path) => routeOf(path).screen)).toEqual([
    "starred",
    "health",
    "definitions",
  ]);
});

test("what is no screen is absent", () => {
  const paths = ["/dashboard/x", "/dashboard/collections", "/dashboard/collections/1/x", "/dashboard/starred/1"];
  expect(paths.map((path) => routeOf(path).screen)).toEqual(["absent", "absent", "absent", "absent"]);
  expect(routeOf("/dashboard/downloads/%E0%A4%A")).toEqual({ screen: "download", id: "%E0%A4%A" });
});

test("a definition is named by its place in the answers", () => {
  expect(to.definition("downloads/summary/downloads")).toBe("/dashboard/definitions?of=downloads/summary/downloads");
});

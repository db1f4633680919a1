import { expect, test, vi } from "vitest";

// It asks for a canvas as soon as it is loaded.
vi.mock("uplot", () => ({ default: class {} }));

const { spanOf } = await import("./chart");

test("spans of periods that may be of several years have their year", () => {
  const month = {
    start: "2026-10-31T23:00:00Z",
    end: "2026-11-30T23:00:00Z",
    local_start: "",
    value: 1,
    partial: false,
  };
  const inBerlin = { zone: "Europe/Berlin", interval: "month" } as const;
  expect(spanOf(month, { ...inBerlin, period: "all" })).toBe("1 Nov 2026 – 30 Nov 2026");
  expect(spanOf(month, { ...inBerlin, period: "year" })).toBe("1 Nov 2026 – 30 Nov 2026");
});

import { afterEach, expect, test, vi } from "vitest";
import { beat, stir } from "./beat";
import { seen } from "./seen";

afterEach(() => {
  vi.useRealTimers();
  seen.set(true);
});

test("a burst of events is one beat, and none behind other tabs", () => {
  vi.useFakeTimers();
  const begun = beat.value;
  stir();
  stir();
  vi.advanceTimersByTime(1000);
  expect(beat.value - begun).toBe(1);
  seen.set(false);
  stir();
  vi.advanceTimersByTime(1000);
  expect(beat.value - begun).toBe(1);
});

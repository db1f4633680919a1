import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { seen } from "../live/seen";
import { keepAsking } from "./asking";
import { Problem } from "./problem";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const problem = (status: number, retryAfter: number | null = null) =>
  new Problem("a sentence", status, "code", null, {}, retryAfter);

/** Asks what is answered by these in turn, then by "end"; failures are thrown. */
function asked(...answers: (string | Problem)[]) {
  const seen = { times: 0, told: [] as string[], failed: [] as number[] };
  const asking = keepAsking({
    ask: async () => {
      const answer = answers[seen.times++] ?? "end";
      if (answer instanceof Problem) throw answer;
      return answer;
    },
    tell: (answer) => seen.told.push(answer),
    fail: ({ status }) => seen.failed.push(status),
  });
  return { seen, asking };
}

test("a beat asks again", async () => {
  const { seen, asking } = asked("a", "b");
  await vi.advanceTimersByTimeAsync(0);
  asking.beat();
  asking.beat();
  await vi.advanceTimersByTimeAsync(0);
  expect(seen.told).toEqual(["a", "b"]);
});

test("what the API put off is not asked for sooner, whatever beats, and then by itself", async () => {
  const { seen, asking } = asked(problem(429, 60));
  for (let second = 0; second < 59; second += 1) {
    await vi.advanceTimersByTimeAsync(1000);
    asking.beat();
  }
  expect(seen).toEqual({ times: 1, told: [], failed: [429] });
  await vi.advanceTimersByTimeAsync(1000);
  expect(seen.told).toEqual(["end"]);
});

test("failures that pass are tried again, later and later, and others at the next beat", async () => {
  const { seen } = asked(problem(500), problem(503), problem(0));
  for (const [ms, times] of [
    [999, 1],
    [1, 2],
    [2000, 3],
    [4000, 4],
  ] as const) {
    await vi.advanceTimersByTimeAsync(ms);
    expect(seen.times).toBe(times);
  }
  const refused = asked(problem(403));
  await vi.advanceTimersByTimeAsync(600_000);
  expect(refused.seen.times).toBe(1);
  refused.asking.beat();
  await vi.advanceTimersByTimeAsync(0);
  expect(refused.seen.told).toEqual(["end"]);
});

test("behind other tabs nothing is tried again until a beat", async () => {
  const { seen: found, asking } = asked(problem(500));
  await vi.advanceTimersByTimeAsync(0);
  seen.set(false);
  await vi.advanceTimersByTimeAsync(600_000);
  expect(found.times).toBe(1);
  seen.set(true);
  asking.beat();
  await vi.advanceTimersByTimeAsync(0);
  expect(found.told).toEqual(["end"]);
});

test("an answer to a question that was given up is not told", async () => {
  const { seen, asking } = asked("a");
  asking.end();
  await vi.advanceTimersByTimeAsync(0);
  expect(seen.told).toEqual([]);
});

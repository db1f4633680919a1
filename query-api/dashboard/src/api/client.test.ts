import { afterEach, expect, test, vi } from "vitest";
import { reach } from "../parts/reach";
import { answered } from "./client";

afterEach(() => {
  vi.restoreAllMocks();
  reach.set({ isAway: false, lastAt: null });
});

const forGood = new AbortController().signal;

/** Never answers; ends as a request does. */
const hanging = (signal: AbortSignal) =>
  new Promise<never>((_, fail) => signal.addEventListener("abort", () => fail(signal.reason)));

test("answers that never come are given up, say so, and do not hold up others", async () => {
  const late = new AbortController();
  vi.spyOn(AbortSignal, "timeout").mockReturnValue(late.signal);
  const hung = [1, 2, 3].map(() => answered(hanging, forGood));
  const problems = Promise.allSettled(hung);
  await Promise.resolve();
  vi.mocked(AbortSignal.timeout).mockReturnValue(forGood);
  const other = answered(async () => ({ data: "answer", response: new Response() }), forGood);
  late.abort(new DOMException("late", "TimeoutError"));
  await expect(other).resolves.toBe("answer");
  const reasons = (await problems).map((settled) => settled.status === "rejected" && settled.reason);
  expect(reasons.map((reason) => [reason.code, reason.passes, reason.message])).toEqual(
    [1, 2, 3].map(() => ["overdue", true, "The API has not answered for 30 s."]),
  );
  expect(reach.value.isAway).toBe(false);
});

test("a request that cannot be sent says that the API is away", async () => {
  const sent = answered(() => Promise.reject(new TypeError("Failed to fetch")), forGood);
  await expect(sent).rejects.toMatchObject({ code: "unreachable" });
  expect(reach.value.isAway).toBe(true);
});

import { seen } from "../live/seen";
import { type Problem, unreachable } from "./problem";

/** One question, and who hears of its answers. */
export interface Asking<T> {
  ask: (signal: AbortSignal) => Promise<T>;
  /** An answer, and when it was asked for. */
  tell: (answer: T, askedAt: number) => void;
  fail: (problem: Problem) => void;
}

/** Longest pause between attempts that the API did not ask for. */
const PAUSE_MAX_MS = 30_000;

const putOffMs = (problem: Problem) => (problem.retryAfter ?? 0) * 1000;

function pauseMs(problem: Problem, attempt: number): number {
  return Math.max(putOffMs(problem), Math.min(2 ** attempt * 1000, PAUSE_MAX_MS));
}

/**
 * Asks at once, at each beat, and by itself while a failure may pass and somebody looks, but never sooner than the API
 * wants to be asked.
 */
export function keepAsking<T>({ ask, tell, fail }: Asking<T>) {
  const abort = new AbortController();
  let attempt = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isAsking = false;
  let notBefore = 0;
  const run = async () => {
    if (isAsking) return;
    isAsking = true;
    clearTimeout(timer);
    const askedAt = Date.now();
    try {
      const answer = await ask(abort.signal);
      if (abort.signal.aborted) return;
      attempt = 0;
      tell(answer, askedAt);
    } catch (reason) {
      if (abort.signal.aborted) return;
      const problem = unreachable(reason);
      notBefore = Date.now() + putOffMs(problem);
      if (problem.passes) timer = setTimeout(retry, pauseMs(problem, attempt++));
      fail(problem);
    } finally {
      isAsking = false;
    }
  };
  // Whoever comes back to the page is given a beat.
  const retry = () => {
    if (seen.value) void run();
  };
  void run();
  return {
    beat: () => {
      if (Date.now() >= notBefore) void run();
    },
    end: () => {
      abort.abort();
      clearTimeout(timer);
    },
  };
}

const LONGEST_MS = 30_000;

/** How long to wait before the nth attempt after a failure, from 0 on: doubling, with a share of chance. */
export function backoffMs(attempt: number, shortestMs: number, chance = Math.random()): number {
  const whole = Math.min(shortestMs * 2 ** attempt, LONGEST_MS);
  // Readers that lost the same server do not all come back at once.
  return Math.round(whole * (0.5 + chance / 2));
}

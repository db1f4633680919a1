import { Cell, useCell } from "./cell";

const now = new Cell(Date.now());
let isTicking = false;

/** The time, renewed twice a minute: as often as relative times change in a way that matters. */
export function useNow(): number {
  if (!isTicking && typeof setInterval !== "undefined") {
    isTicking = true;
    setInterval(() => now.set(Date.now()), 30_000);
  }
  return useCell(now);
}

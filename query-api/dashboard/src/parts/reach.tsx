import { askAnew } from "../live/beat";
import { recent } from "../show/times";
import { Cell, useCell } from "./cell";

/** Whether the API answers: since when it does not, and when it last did. */
export const reach = new Cell<{ isAway: boolean; lastAt: number | null }>({ isAway: false, lastAt: null });

export function reached() {
  const at = Date.now();
  if (reach.value.isAway) reach.set({ isAway: false, lastAt: at });
  // Nobody watches the time while all is well.
  else reach.value.lastAt = at;
}

export function away() {
  if (!reach.value.isAway) reach.set({ ...reach.value, isAway: true });
}

/** Said once for all figures of the screen. */
export function Away() {
  const { isAway, lastAt } = useCell(reach);
  if (!isAway) return null;
  return (
    <div class="away" role="alert">
      <p>
        <strong>The API cannot be reached.</strong>{" "}
        {lastAt === null
          ? "It is tried again by itself."
          : `Figures are those of ${recent(lastAt)}. It is tried again by itself.`}
      </p>
      <button type="button" class="quiet" onClick={askAnew}>
        Try again now
      </button>
    </div>
  );
}

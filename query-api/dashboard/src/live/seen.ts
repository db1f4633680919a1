import { Cell } from "../parts/cell";

const isVisible = () => typeof document === "undefined" || document.visibilityState === "visible";

/** Whether the page is looked at. What follows it is told again whenever it comes into view. */
export const seen = new Cell(isVisible());

if (typeof document !== "undefined") document.addEventListener("visibilitychange", () => seen.set(isVisible()));

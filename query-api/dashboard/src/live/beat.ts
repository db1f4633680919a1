import { Cell } from "../parts/cell";

/** Without a stream, figures are asked for again this often; unchanged ones are answered 304. */
const REST_MS = 20_000;
/** Events come in bursts, and one refresh after a burst is enough. */
const SETTLE_MS = 700;

/** Counts up whenever figures shall be asked for again. */
export const beat = new Cell(0);

let isSettling = false;

/** Something happened: figures follow shortly. */
export function stir() {
  if (isSettling) return;
  isSettling = true;
  setTimeout(() => {
    isSettling = false;
    beat.set(beat.value + 1);
  }, SETTLE_MS);
}

/** Beats while the page is looked at. */
export function keepBeating(): () => void {
  const ifSeen = () => {
    if (document.visibilityState === "visible") beat.set(beat.value + 1);
  };
  const timer = setInterval(ifSeen, REST_MS);
  document.addEventListener("visibilitychange", ifSeen);
  addEventListener("online", ifSeen);
  return () => {
    clearInterval(timer);
    document.removeEventListener("visibilitychange", ifSeen);
    removeEventListener("online", ifSeen);
  };
}

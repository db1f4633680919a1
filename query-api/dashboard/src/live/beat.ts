import { Cell } from "../parts/cell";
import { seen } from "./seen";

/** Without a stream, figures are asked for again this often; unchanged ones are answered 304. */
const REST_MS = 20_000;
/** Events come in bursts, and one refresh after a burst is enough. */
const SETTLE_MS = 700;

/** Counts up whenever figures shall be asked for again. */
export const beat = new Cell(0);

/** Counts up whenever figures shall be asked for at once, whatever was put off. */
export const anew = new Cell(0);

export const askAnew = () => anew.set(anew.value + 1);

/** Beats for a reader; whoever comes back to the page is given a beat then. */
function ifSeen() {
  if (seen.value) beat.set(beat.value + 1);
}

let isSettling = false;

/** Something happened: figures follow shortly. */
export function stir() {
  if (isSettling) return;
  isSettling = true;
  setTimeout(() => {
    isSettling = false;
    ifSeen();
  }, SETTLE_MS);
}

/** The network is back; whoever looks later is given a beat then. */
function online() {
  if (seen.value) askAnew();
}

/** Beats while the page is looked at. */
export function keepBeating(): () => void {
  const timer = setInterval(ifSeen, REST_MS);
  const unwatch = seen.watch(ifSeen);
  addEventListener("online", online);
  return () => {
    clearInterval(timer);
    unwatch();
    removeEventListener("online", online);
  };
}

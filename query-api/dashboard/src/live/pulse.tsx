import { useEffect, useState } from "preact/hooks";
import { freshness } from "../api/questions";
import { Cell, useCell } from "../parts/cell";
import { Link } from "../route/link";
import { to } from "../route/route";
import { credentials } from "../session/credentials";
import { duration } from "../show/numbers";
import type { Line } from "./follow";
import { seen } from "./seen";

/** How the open screen's stream is; null where it has none. */
export const line = new Cell<Line | null>(null);

const LOOK_MS = 30_000;
/** Below this a projection that is behind catches up before it is noticed. */
const BEHIND_S = 30;

/** How far the figures are behind the events, in seconds; null when that is not known. */
function useBehind(): number | null {
  const [behind, show] = useState<number | null>(null);
  const own = useCell(credentials);
  useEffect(() => {
    if (!own) return;
    const abort = new AbortController();
    const look = () =>
      freshness()
        .ask(abort.signal)
        .then((fresh) => show(fresh.oldest_uncommitted_seconds ?? 0))
        .catch(() => show(null));
    void look();
    const timer = setInterval(() => seen.value && void look(), LOOK_MS);
    return () => {
      abort.abort();
      clearInterval(timer);
    };
  }, [own]);
  return behind;
}

/** Whether figures come by themselves, and how current they are. */
export function Pulse() {
  const state = useCell(line);
  const behind = useBehind();
  if (behind !== null && behind > BEHIND_S) {
    return (
      <Link to={to.health()} class="pulse is-late">
        {duration(behind * 1000)} behind
      </Link>
    );
  }
  const [tone, text] = saying(state);
  return (
    <span class={`pulse is-${tone}`} role="status">
      {text}
    </span>
  );
}

function saying(state: Line | null): [string, string] {
  if (state === null) return ["calm", "Updates every 20 s"];
  switch (state.is) {
    case "open":
      return ["live", "Live"];
    case "opening":
      return ["calm", "Connecting"];
    case "waiting":
      return ["late", "Reconnecting"];
    case "refused":
      return ["calm", "Updates every 20 s"];
  }
}

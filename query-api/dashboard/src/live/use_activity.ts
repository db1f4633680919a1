import { useEffect, useMemo, useState } from "preact/hooks";
import { signed } from "../api/client";
import type { Schemas } from "../api/questions";
import { useCell } from "../parts/cell";
import { credentials } from "../session/credentials";
import { stir } from "./beat";
import { beginning, follow, type Told } from "./follow";
import { line } from "./pulse";
import { seen } from "./seen";

/** Something that happened, as its list shows it. */
export type Deed =
  | { kind: "download"; row: Schemas["Action"] }
  | { kind: "favorite"; row: Schemas["Favorite"] }
  | { kind: "link"; row: Schemas["SharingLink"] };

/** One that the stream told, and when it did. */
export type ToldDeed = Deed & { toldAt: number };

/** Names a deed among those of all kinds. */
export const keyOf = ({ kind, row }: Deed) => `${kind} ${row.id}`;

/** What visitors did today, as the stream tells it. */
export interface TodayTold {
  visits: number;
  views: number;
  plays: number;
  opens: number;
}

export interface Activity {
  /** The newest first; each row once, as it is now. */
  deeds: ToldDeed[];
  today: TodayTold | null;
}

const DEEDS_MAX = 40;
const KINDS = ["download", "favorite", "link"];

/** What the deeds are after one more was told. */
export function withDeed(deeds: readonly ToldDeed[], told: Told, toldAt = Date.now()): ToldDeed[] {
  const deed = { kind: told.name, row: told.data, toldAt } as ToldDeed;
  return [deed, ...deeds.filter((other) => keyOf(other) !== keyOf(deed))].slice(0, DEEDS_MAX);
}

/** Whether figures may have changed: a position alone comes with what happens in other collections, too. */
export function isNews({ name, data }: Told): boolean {
  return name !== "position" || (data as { events: number }).events > 0;
}

/**
 * Follows what happens in a collection, once it is known, while a screen of it is looked at; figures follow by themselves.
 * A tab behind others lets go of its stream, for a browser has six connections for all tabs, and goes on there later.
 */
export function useActivity(collection: string | undefined): Activity {
  const [activity, show] = useState<Activity>({ deeds: [], today: null });
  const isSeen = useCell(seen);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each collection has a stream of its own
  const place = useMemo(beginning, [collection]);
  useEffect(() => {
    if (collection === undefined || !isSeen) return;
    const abort = new AbortController();
    const path = `/collections/${encodeURIComponent(collection)}/activity/stream`;
    const open = (lastEventId: string | null, signal: AbortSignal) => {
      const headers = new Headers({ Accept: "text/event-stream" });
      if (lastEventId !== null) headers.set("Last-Event-ID", lastEventId);
      const request = new Request(new URL(path, location.origin), { headers, signal });
      return fetch(signed(request, credentials.value ?? { key: "", account: null }));
    };
    const tell = (told: Told) => {
      if (KINDS.includes(told.name)) show((now) => ({ ...now, deeds: withDeed(now.deeds, told) }));
      if (told.name === "today") show((now) => ({ ...now, today: told.data as TodayTold }));
      if (isNews(told)) stir();
    };
    const { signal } = abort;
    void follow({ open, tell, line: (next) => !signal.aborted && line.set(next), place, signal });
    return () => {
      abort.abort();
      line.set(null);
    };
  }, [collection, isSeen, place]);
  return activity;
}

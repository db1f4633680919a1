import { useEffect, useState } from "preact/hooks";
import { signed } from "../api/client";
import type { Schemas } from "../api/questions";
import { credentials } from "../session/credentials";
import { stir } from "./beat";
import { follow, type Told } from "./follow";
import { line } from "./pulse";

/** Something that happened, as its list shows it. */
export type Deed =
  | { kind: "download"; row: Schemas["Action"] }
  | { kind: "favorite"; row: Schemas["Favorite"] }
  | { kind: "link"; row: Schemas["SharingLink"] };

/** What visitors did today, as the stream tells it. */
export interface TodayTold {
  visits: number;
  views: number;
  plays: number;
  opens: number;
}

export interface Activity {
  /** The newest first; each row once, as it is now. */
  deeds: Deed[];
  today: TodayTold | null;
}

const DEEDS_MAX = 40;
const KINDS = ["download", "favorite", "link"];

/** What the deeds are after one more was told. */
export function withDeed(deeds: readonly Deed[], told: Told): Deed[] {
  const deed = { kind: told.name, row: told.data } as Deed;
  return [deed, ...deeds.filter((other) => other.kind !== deed.kind || other.row.id !== deed.row.id)].slice(
    0,
    DEEDS_MAX,
  );
}

/** Follows what happens in a collection, once it is known, while a screen of it is open; figures follow by themselves. */
export function useActivity(collection: string | undefined): Activity {
  const [activity, show] = useState<Activity>({ deeds: [], today: null });
  useEffect(() => {
    if (collection === undefined) return;
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
      stir();
    };
    void follow({ open, tell, line: (next) => !abort.signal.aborted && line.set(next), signal: abort.signal });
    return () => {
      abort.abort();
      line.set(null);
    };
  }, [collection]);
  return activity;
}

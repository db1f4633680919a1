import type { Schemas } from "../api/questions";
import { Status } from "../parts/status";
import { Link } from "../route/link";
import { to } from "../route/route";
import { counted } from "../show/numbers";
import { date, exact, minute } from "../show/times";
import { word } from "../show/words";

type Entry = Schemas["TimelineEntry"];

/** Entries by the day on the reader's clock, in the order they came. */
export function byDay(entries: readonly Entry[], zone?: string): [string, Entry[]][] {
  const days = new Map<string, Entry[]>();
  for (const entry of entries) {
    const day = entry.at ? date(entry.at, zone) : "At no known time";
    days.set(day, [...(days.get(day) ?? []), entry]);
  }
  return [...days];
}

/** A client's deeds, day by day. */
export function Timeline({ entries }: { entries: readonly Entry[] }) {
  return (
    <div class="timeline">
      {byDay(entries).map(([day, deeds]) => (
        <section key={day}>
          <h3>{day}</h3>
          <ol>
            {deeds.map((entry, index) => (
              <li key={`${entry.at} ${entry.download_id ?? entry.media_id ?? index}`} class={`is-${entry.type}`}>
                {entry.at && (
                  <time dateTime={entry.at} title={exact(entry.at)}>
                    {minute(entry.at)}
                  </time>
                )}
                <Deed entry={entry} />
              </li>
            ))}
          </ol>
        </section>
      ))}
    </div>
  );
}

function Deed({ entry }: { entry: Entry }) {
  switch (entry.type) {
    case "downloaded":
      return (
        <span>
          {entry.download_id ? <Link to={to.download(entry.download_id)}>{word(entry.kind)}</Link> : word(entry.kind)}{" "}
          downloaded {entry.status && <Status of={entry.status} />}
        </span>
      );
    case "favorited":
      return <span>Chose {entry.filename ?? entry.media_id}</span>;
    case "unfavorited":
      return <span>Took {entry.filename ?? entry.media_id} back</span>;
    case "shared":
      return <span>Shared {entry.filename ?? entry.media_id} with a link</span>;
    default:
      return (
        <span>
          {counted(entry.visits ?? 0, "visit")}, {counted(entry.views ?? 0, "view")},{" "}
          {counted(entry.plays ?? 0, "play")} that day
        </span>
      );
  }
}

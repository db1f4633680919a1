import type { Schemas } from "../api/questions";
import { Status } from "../parts/status";
import { Link } from "../route/link";
import { to } from "../route/route";
import { looks } from "../show/looks";
import { date, exact, minute, moment, utcDay } from "../show/times";
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

/** What a client looked at on the UTC day of the entry, which is another one than that on most readers' clocks. */
export function looked(entry: Entry, zone?: string, now?: number): string {
  if (!entry.at) return looks(entry);
  const begun = moment(utcDay(Date.parse(entry.at)), zone, now);
  return `${looks(entry)} that UTC day (from ${begun} on your clock)`;
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
      return <span>{looked(entry)}</span>;
  }
}

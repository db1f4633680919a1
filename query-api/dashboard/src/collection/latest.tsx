import { downloads } from "../api/questions";
import { useQuestion } from "../api/use_asked";
import { line } from "../live/pulse";
import { type Activity, type Deed, keyOf, type ToldDeed } from "../live/use_activity";
import { useCell } from "../parts/cell";
import { Person } from "../parts/person";
import { Section } from "../parts/section";
import { Empty, Shown } from "../parts/states";
import { Status } from "../parts/status";
import { Ago } from "../parts/time";
import { Link } from "../route/link";
import { to } from "../route/route";
import { counted } from "../show/numbers";
import { word } from "../show/words";
import { contentOf } from "./download_table";

const FIRST = 6;
const SHOWN_MAX = 14;

/** What happens, as the stream tells it, above the last downloads before it began. */
export function Latest({ id, activity }: { id: string; activity: Activity }) {
  const asked = useQuestion(downloads(id, { limit: SHOWN_MAX }));
  const state = useCell(line);
  const isLive = state?.is === "open";
  const note = isLive
    ? "Live: what happens appears here once it is counted."
    : state?.is === "refused"
      ? `Not live: ${state.problem.message}`
      : "The live stream is being connected.";
  return (
    <Section title="Latest" note={note}>
      {activity.today && (
        <p class="sum" role="status">
          Today (UTC): {counted(activity.today.visits, "visit")}, {counted(activity.today.views, "view")},{" "}
          {counted(activity.today.plays, "play")}, {counted(activity.today.opens, "link open")}
        </p>
      )}
      <Shown asked={asked}>
        {({ data }) => {
          const listed = data.map((row) => ({ kind: "download" as const, row }));
          const deeds = merged(activity.deeds, listed, asked.askedAt);
          const told = new Set(activity.deeds.map(keyOf));
          return deeds.length === 0 ? (
            <Empty title="Nothing has happened yet." />
          ) : (
            <ul class="rows" aria-live="polite" aria-relevant="additions">
              {deeds.map((deed) => (
                <Row key={keyOf(deed)} deed={deed} collection={id} isNew={told.has(keyOf(deed))} />
              ))}
            </ul>
          );
        }}
      </Shown>
    </Section>
  );
}

/**
 * What was told, then what was there before. Of a row that was told and is listed, the newer is shown: that a download
 * broke off is decided by time (clause 6), so only the list says it.
 */
export function merged(told: readonly ToldDeed[], listed: readonly Deed[], askedAt: number): Deed[] {
  const rows = new Map(listed.map((deed) => [keyOf(deed), deed]));
  const known = new Set(told.map(keyOf));
  const newest = told.map((deed) => (deed.toldAt < askedAt ? (rows.get(keyOf(deed)) ?? deed) : deed));
  const before = listed.slice(0, FIRST).filter((deed) => !known.has(keyOf(deed)));
  return [...newest, ...before].slice(0, SHOWN_MAX);
}

function Row({ deed, collection, isNew }: { deed: Deed; collection: string; isNew: boolean }) {
  const client = deed.kind === "link" ? deed.row.created_by : deed.row.client;
  return (
    <li class={isNew ? "is-new" : undefined}>
      <span class="who">
        {deed.kind === "link" ? "Share link" : <Person client={client} collection={collection} />}
      </span>
      <span class="what">
        <Matter deed={deed} collection={collection} />
      </span>
      <span class="where">
        {deed.kind === "favorite" ? <i class="heart">Favourite</i> : <Status of={deed.row.status} />}
      </span>
      <span class="when">
        <Ago at={timeOf(deed)} />
      </span>
    </li>
  );
}

function timeOf(deed: Deed): string | null | undefined {
  if (deed.kind === "download") return deed.row.requested_at;
  if (deed.kind === "favorite") return deed.row.removed_at ?? deed.row.favorited_at;
  return deed.row.usage.last_opened_at ?? deed.row.created_at;
}

function Matter({ deed, collection }: { deed: Deed; collection: string }) {
  if (deed.kind === "download") {
    return (
      <Link to={to.download(deed.row.id)}>
        {contentOf(deed.row)}, {word(deed.row.file?.rendition)}
      </Link>
    );
  }
  if (deed.kind === "favorite") {
    const { media, list, removed_at } = deed.row;
    const did = removed_at ? "took back" : "chose";
    return <>{`${did} ${media.filename ?? media.id} for ${list.name ?? "a list"}`}</>;
  }
  const { usage } = deed.row;
  return (
    <Link to={to.collection(collection, "links")}>
      {counted(usage.opens, "open")}, {counted(usage.downloads, "download")}
    </Link>
  );
}

import { followUps, type Schemas } from "../api/questions";
import { useQuestion } from "../api/use_asked";
import { Figure } from "../parts/figure";
import { usePaged } from "../parts/paged";
import { Pager } from "../parts/pager";
import { Person } from "../parts/person";
import { Section } from "../parts/section";
import { Empty, Shown } from "../parts/states";
import { Ago } from "../parts/time";
import { Link } from "../route/link";
import { useWords } from "../route/place";
import { to } from "../route/route";
import { looks } from "../show/looks";
import { bytes, count, counted } from "../show/numbers";
import { word } from "../show/words";

type FollowUp = Schemas["FollowUp"];
type Segment = keyof Schemas["FollowUpsBySegment"];

const SEGMENTS: Segment[] = [
  "partial",
  "link_expiring",
  "favorites_unsubmitted",
  "opened_not_downloaded",
  "not_opened",
];
const PER_PAGE = 8;
/** What its page is called in the URL, beside that of the collections. */
const PAGE = "follow_ups";

/** Whom to write to, and about what. */
export function FollowUps() {
  const [words, set] = useWords();
  const segment = SEGMENTS.find((known) => known === words.get("segment"));
  const { asked, go } = usePaged(
    (page) => followUps({ segment: segment ? [segment] : undefined, page, per_page: PER_PAGE }),
    PAGE,
  );
  const all = useQuestion(followUps({ per_page: 1 }));
  const choose = (next: Segment | undefined) => set({ segment: next ?? null, [PAGE]: null });
  return (
    <Section
      title="Follow-ups"
      note="People worth writing to: something of theirs broke off, waits, or ends soon."
      asked={asked}
      file="follow_ups"
    >
      {all.answer && <Segments summary={all.answer.summary} chosen={segment} choose={choose} />}
      <Shown asked={asked}>
        {({ data, meta }) =>
          data.length === 0 ? (
            <Empty title="Nobody to write to.">
              When a download breaks off or a link is about to end, it stands here.
            </Empty>
          ) : (
            <>
              <ul class="rows">
                {data.map((row) => (
                  <Row key={row.id} row={row} />
                ))}
              </ul>
              <Pager meta={meta} go={go} what="follow-ups" />
            </>
          )
        }
      </Shown>
    </Section>
  );
}

interface SegmentsProps {
  summary: Schemas["FollowUpsSummary"];
  chosen: Segment | undefined;
  choose: (segment: Segment | undefined) => void;
}

function Segments({ summary, chosen, choose }: SegmentsProps) {
  return (
    <div class="filters">
      <p class="sum">
        <Figure field="insights_follow_ups/summary/follow_ups">{counted(summary.follow_ups, "follow-up")}</Figure> with{" "}
        <Figure field="insights_follow_ups/summary/clients">{counted(summary.clients, "client")}</Figure>
      </p>
      <button type="button" class="filter" aria-pressed={chosen === undefined} onClick={() => choose(undefined)}>
        All <b>{count(summary.follow_ups)}</b>
      </button>
      {SEGMENTS.map((segment) => (
        <button
          key={segment}
          type="button"
          class="filter"
          aria-pressed={chosen === segment}
          disabled={summary.by_segment[segment] === 0}
          onClick={() => choose(segment)}
        >
          {word(segment)} <b>{count(summary.by_segment[segment])}</b>
        </button>
      ))}
    </div>
  );
}

function Row({ row }: { row: FollowUp }) {
  return (
    <li>
      <span class="who">
        {row.client ? <Person client={row.client} collection={row.collection.id} /> : <i>Nobody named</i>}
      </span>
      <span class="what">
        <Matter row={row} />
      </span>
      <span class="where">
        <Link to={to.collection(row.collection.id)}>{row.collection.name ?? row.collection.id}</Link>
      </span>
      <span class="when">
        <Ago at={row.since} />
      </span>
    </li>
  );
}

/** What it is about, in words. */
function Matter({ row }: { row: FollowUp }) {
  const { download, list, link, activity } = row;
  if (download) {
    const size = download.size_bytes ?? null;
    const part = size ? `, ${bytes(download.delivered_bytes)} of ${bytes(size)} arrived` : "";
    return (
      <Link to={to.download(download.id)}>
        {word(download.type)} in {word(download.rendition)}
        {row.reason === "download_failed" ? " failed" : " broke off"}
        {part}
      </Link>
    );
  }
  if (list) return <>{`${list.name ?? "A list"} with ${counted(list.favorites, "favourite")} is not submitted`}</>;
  if (activity) return <>{`${looks(activity)}, and no download`}</>;
  if (link && row.reason === "link_expires_soon") return <LinkMatter link={link} />;
  if (link) return <>{`A share link was never opened, ${counted(link.link_previews, "preview")}`}</>;
  return <>Nobody ever visited this collection</>;
}

function LinkMatter({ link }: { link: Schemas["FollowUpLink"] }) {
  return (
    <>
      A share link with {counted(link.opens, "open")} and {counted(link.downloads, "download")} ends{" "}
      <Ago at={link.expires_at} />
    </>
  );
}

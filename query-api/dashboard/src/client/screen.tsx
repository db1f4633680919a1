import { preferences, type Schemas, timeline } from "../api/questions";
import { useQuestion } from "../api/use_asked";
import { useCollectionName } from "../collection/screen";
import { useActivity } from "../live/use_activity";
import { Figures, Named } from "../parts/figure";
import { usePaged } from "../parts/paged";
import { Pager } from "../parts/pager";
import { Section } from "../parts/section";
import { Empty, Shown } from "../parts/states";
import { Title } from "../parts/title";
import { Link } from "../route/link";
import { to } from "../route/route";
import { count } from "../show/numbers";
import { person } from "../show/words";
import { Likes, likedRows } from "./likes";
import { Timeline } from "./timeline";

const how = (identified: string) => (identified === "pin" ? "PIN" : identified);

const PLACE = "client_timeline/summary";
const PER_PAGE = 50;

/** What one client did in a collection, in order. */
export function ClientScreen({ collection, client }: { collection: string; client: string }) {
  const { asked, go } = usePaged((page) => timeline(collection, client, { page, per_page: PER_PAGE }));
  const likes = useQuestion(preferences(client, {}));
  const name = useCollectionName(collection);
  useActivity(collection);
  const known = asked.answer?.data[0]?.client ?? likes.answer?.data.client;
  const called = known ? person(known) : "Client";
  return (
    <>
      <Title
        name={called}
        above={
          <>
            <Link to={to.portfolio()}>Portfolio</Link> <Link to={to.collection(collection, "clients")}>{name}</Link>
          </>
        }
      >
        {called}
      </Title>
      {known && (
        <p class="under">{[known.email, `identified by ${how(known.identified_by)}`].filter(Boolean).join(", ")}</p>
      )}
      <Section
        title="Timeline"
        note="Downloads and favourites one by one; visits, views, plays and opened links once a UTC day, at the last of them."
        asked={asked}
        file={`timeline_${client}`}
      >
        <Shown asked={asked}>
          {({ data, summary, meta }) => (
            <>
              <Summary summary={summary} />
              {data.length === 0 ? <Empty title="Nothing was done here." /> : <Timeline entries={data} />}
              <Pager meta={meta} go={go} what="deeds" />
            </>
          )}
        </Shown>
      </Section>
      <Section
        title="What they like"
        note="How much more often this client chose something than everybody in the account does. 1 is as everybody."
        asked={likes}
        file={`preferences_${client}`}
        rows={likes.answer && likedRows(likes.answer.data)}
      >
        <Shown asked={likes}>{({ data }) => <Likes preferences={data} />}</Shown>
      </Section>
    </>
  );
}

function Summary({ summary }: { summary: Schemas["TimelineSummary"] }) {
  return (
    <Figures>
      <Named name="Downloads" field={`${PLACE}/downloaded`}>
        {count(summary.downloaded)}
      </Named>
      <Named name="Favourites set" field={`${PLACE}/favorited`}>
        {count(summary.favorited)}
      </Named>
      <Named name="Taken back" field={`${PLACE}/unfavorited`}>
        {count(summary.unfavorited)}
      </Named>
      <Named name="Links made" field={`${PLACE}/shared`}>
        {count(summary.shared)}
      </Named>
      <Named name="Days seen (UTC)" field={`${PLACE}/looked`}>
        {count(summary.looked)}
      </Named>
    </Figures>
  );
}

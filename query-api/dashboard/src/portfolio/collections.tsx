import { collections, type Schemas, timeseries } from "../api/questions";
import { useQuestion } from "../api/use_asked";
import { Choice } from "../parts/choice";
import { useNow } from "../parts/now";
import { usePaged } from "../parts/paged";
import { Pager } from "../parts/pager";
import { Section } from "../parts/section";
import { Sparkline } from "../parts/sparkline";
import { Empty, Shown } from "../parts/states";
import { type Column, Table } from "../parts/table";
import { Ago } from "../parts/time";
import { Link } from "../route/link";
import { useWords } from "../route/place";
import { to } from "../route/route";
import { count } from "../show/numbers";
import { begin, fitting, isPeriod, PERIODS, type Period } from "../show/periods";

type Collection = Schemas["PortfolioCollection"];

const PLACE = "analytics_collections/data/figures";
const SPANS = (["day", "week", "month"] as const).map((period) => [period, PERIODS[period]] as const);
const PER_PAGE = 25;

/** Every collection with how it went. */
export function Collections() {
  const [words, set] = useWords();
  const word = words.get("span");
  const span: Period = isPeriod(word) && word !== "all" && word !== "year" ? word : "day";
  const { asked, go } = usePaged((page) => collections({ sort: "-last_activity_at", page, per_page: PER_PAGE }));
  return (
    <Section
      title="Collections"
      note="Figures of their whole lives; the columns show completed downloads over time, an open one lighter."
      asked={asked}
      file="collections"
    >
      <Choice name="Downloads over" options={SPANS} chosen={span as "day"} choose={(next) => set({ span: next })} />
      <Shown asked={asked}>
        {({ data, meta }) =>
          data.length === 0 ? (
            <Empty title="No collections yet.">The first one appears when the gallery publishes it.</Empty>
          ) : (
            <>
              <Table
                caption="Collections"
                columns={columnsOver(span)}
                rows={data}
                rowKey={(row) => String(row.collection.id)}
              />
              {meta.last_page > 1 && <Pager meta={meta} go={go} what="collections" />}
            </>
          )
        }
      </Shown>
    </Section>
  );
}

function columnsOver(span: Period): Column<Collection>[] {
  const figure = (name: string, field: keyof Schemas["Figures"] & string, of: (row: Collection) => number) => ({
    name,
    field: `${PLACE}/${field}`,
    isNumber: true,
    cell: (row: Collection) => count(of(row)),
  });
  return [
    {
      name: "Collection",
      isHead: true,
      cell: ({ collection }) => (
        <Link to={to.collection(collection.id)}>{collection.name ?? `Collection ${collection.id}`}</Link>
      ),
    },
    {
      name: `Downloads, ${PERIODS[span].toLowerCase()}`,
      cell: ({ collection }) => <Course key={`${collection.id} ${span}`} collection={collection.id} span={span} />,
    },
    figure("Downloads", "downloads", (row) => row.figures.downloads),
    figure("Unique", "unique_downloads", (row) => row.figures.unique_downloads),
    figure("Favourites", "favorites", (row) => row.figures.favorites),
    figure("Clients", "clients", (row) => row.figures.clients),
    { name: "Last activity", cell: (row) => <Ago at={row.last_activity_at} /> },
  ];
}

/** The downloads of one collection over the last while. */
function Course({ collection, span }: { collection: number | string; span: Period }) {
  const from = begin(span, useNow());
  const interval = fitting(span, span === "week" ? "hour" : null);
  const asked = useQuestion(timeseries(collection, { metric: "downloads", interval, from }), `${collection} ${span}`);
  if (!asked.answer) return <span class="sparkline is-waiting">{asked.problem ? "–" : ""}</span>;
  return <Sparkline buckets={asked.answer.data} what="downloads" />;
}

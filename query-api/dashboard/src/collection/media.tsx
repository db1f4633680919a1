import { popular, type Schemas } from "../api/questions";
import { Bar } from "../parts/bar";
import { Choice } from "../parts/choice";
import { Figure } from "../parts/figure";
import { usePaged } from "../parts/paged";
import { Pager } from "../parts/pager";
import { Section } from "../parts/section";
import { Empty, Shown } from "../parts/states";
import { type Column, Table } from "../parts/table";
import { useWords } from "../route/place";
import { count, counted } from "../show/numbers";

type Medium = Schemas["PopularMedium"];

const BY = [
  ["score", "Popularity"],
  ["downloads", "Downloads"],
  ["favorites", "Favourites"],
  ["views", "Views"],
  ["shares", "Shares"],
] as const;
type By = (typeof BY)[number][0];

const PLACE = "collection_popular/data";
const PER_PAGE = 25;

/** Photos and videos, the most popular first. */
export function Media({ id }: { id: string }) {
  const [words, set] = useWords();
  const by = BY.find(([known]) => known === words.get("by"))?.[0] ?? "score";
  const { asked, go } = usePaged((page) => popular(id, { by, page, per_page: PER_PAGE }));
  return (
    <Section
      title="Most popular"
      note="Photos and videos by what was done with them. The popularity weighs downloads, favourites, views and shares."
      asked={asked}
      file={`popular_${id}`}
    >
      <Choice name="Ranked by" options={BY} chosen={by} choose={(next) => set({ by: next, page: null })} />
      <Shown asked={asked}>
        {({ data, summary, meta }) =>
          data.length === 0 ? (
            <Empty title="No photo was touched yet." />
          ) : (
            <>
              <p class="sum">
                <Figure field="collection_popular/summary/media">{counted(summary.media, "medium", "media")}</Figure>{" "}
                with{" "}
                <Figure field="collection_popular/summary/downloads">{counted(summary.downloads, "download")}</Figure>{" "}
                and <Figure field="collection_popular/summary/views">{counted(summary.views, "view")}</Figure>
              </p>
              <Table caption="Most popular media" columns={columnsBy(by, data)} rows={data} rowKey={keyOf} />
              <Pager meta={meta} go={go} what="media" />
            </>
          )
        }
      </Shown>
    </Section>
  );
}

const keyOf = (row: Medium) => String(row.media.id);
const valueBy = (row: Medium, by: By): number => row[by];

function columnsBy(by: By, rows: readonly Medium[]): Column<Medium>[] {
  const most = Math.max(...rows.map((row) => valueBy(row, by)), Number.MIN_VALUE);
  const figure = (
    name: string,
    field: keyof Medium & ("downloads" | "unique_downloads" | "views" | "favorites" | "shares"),
  ) => ({
    name,
    field: `${PLACE}/${field}`,
    isNumber: true,
    cell: (row: Medium) => count(row[field]),
  });
  return [
    { name: "Rank", field: `${PLACE}/rank`, isNumber: true, cell: (row) => row.rank },
    {
      name: "File",
      isHead: true,
      cell: ({ media }) => (
        <>
          {media.filename ?? media.id} {media.type === "video" && <small>video</small>}
        </>
      ),
    },
    {
      name: "Popularity",
      field: `${PLACE}/score`,
      cell: (row) => (
        <span class="measure">
          <Bar part={valueBy(row, by) / most} />
          <span>{row.score.toFixed(3)}</span>
        </span>
      ),
    },
    figure("Downloads", "downloads"),
    figure("Unique", "unique_downloads"),
    figure("Favourites", "favorites"),
    figure("Views", "views"),
    figure("Shares", "shares"),
  ];
}

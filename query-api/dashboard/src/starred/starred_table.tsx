import type { ListMeta, Schemas } from "../api/questions";
import { Bar } from "../parts/bar";
import { Pager } from "../parts/pager";
import { Empty } from "../parts/states";
import { type Column, Table } from "../parts/table";
import { Ago } from "../parts/time";
import { Link } from "../route/link";
import { to } from "../route/route";
import { count } from "../show/numbers";

type Row = Schemas["StarredPhoto"];

const PLACE = "photos_starred/data";

const figure = (name: string, field: "client_favorites" | "downloads" | "shares" | "views"): Column<Row> => ({
  name,
  field: `${PLACE}/${field}`,
  isNumber: true,
  cell: (row) => count(row[field]),
});

/** What the list is sorted by: when it was last starred, or chosen by a client (clause 2). */
function latest({ starred_at, last_favorited_at }: Row): string | undefined {
  // Times of the API have one length, so their order as texts is that in time.
  return [starred_at, last_favorited_at]
    .filter((at) => at != null)
    .sort()
    .at(-1);
}

const COLUMNS: Column<Row>[] = [
  { name: "Rank", field: `${PLACE}/popularity/rank`, isNumber: true, cell: (row) => count(row.popularity.rank) },
  {
    name: "Photo",
    isHead: true,
    cell: ({ photo, starred_by_owner }) => (
      <>
        {photo.filename ?? photo.id}{" "}
        {starred_by_owner && (
          <span class="star" role="img" aria-label="starred by you">
            ★
          </span>
        )}
      </>
    ),
  },
  {
    name: "Collection",
    cell: ({ photo }) => (
      <Link to={to.collection(photo.collection_id)}>{photo.collection_name ?? photo.collection_id}</Link>
    ),
  },
  {
    name: "Popularity",
    field: `${PLACE}/popularity/score`,
    cell: ({ popularity }) => (
      <span class="measure">
        <Bar part={popularity.score} />
        <span>{popularity.score.toFixed(3)}</span>
      </span>
    ),
  },
  figure("Favourites", "client_favorites"),
  figure("Downloads", "downloads"),
  figure("Views", "views"),
  figure("Shares", "shares"),
  { name: "Last star or choice", cell: (row) => <Ago at={latest(row)} /> },
];

interface Props {
  answer: { data: readonly Row[]; meta: ListMeta };
  go: (page: number) => void;
}

/** Starred photos with how they did. */
export function StarredTable({ answer: { data, meta }, go }: Props) {
  if (data.length === 0) return <Empty title="No photo is starred yet." />;
  return (
    <>
      <Table caption="Starred photos" columns={COLUMNS} rows={data} rowKey={(row) => String(row.photo.id)} />
      <Pager meta={meta} go={go} what="photos" />
    </>
  );
}

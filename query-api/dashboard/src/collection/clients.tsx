import { clients, type Schemas } from "../api/questions";
import { optionsOf, Select } from "../parts/choice";
import { Figure } from "../parts/figure";
import { usePaged } from "../parts/paged";
import { Pager } from "../parts/pager";
import { Person } from "../parts/person";
import { Section } from "../parts/section";
import { Empty, Shown } from "../parts/states";
import { type Column, Table } from "../parts/table";
import { Ago } from "../parts/time";
import { useWords } from "../route/place";
import { count, counted } from "../show/numbers";

type Row = Schemas["CollectionClient"];

const SORTS = {
  "-last_at": "Last seen",
  "-downloads": "Downloads",
  "-favorites": "Favourites",
  "-views": "Views",
  "-visits": "Visits",
} as const;
type Sort = keyof typeof SORTS;

const PLACE = "collection_clients/data";
const PER_PAGE = 25;

/** Who did what. */
export function Clients({ id }: { id: string }) {
  const [words, set] = useWords();
  const word = words.get("sort");
  const sort: Sort = word !== null && word in SORTS ? (word as Sort) : "-last_at";
  const { asked, go } = usePaged((page) => clients(id, { sort, page, per_page: PER_PAGE }));
  return (
    <Section
      title="Clients"
      note="People who said who they are, each with a timeline; all others together are the guests."
      asked={asked}
      file={`clients_${id}`}
    >
      <Select
        name="Sorted by"
        options={optionsOf(SORTS)}
        chosen={sort}
        choose={(next) => set({ sort: next, page: null })}
      />
      <Shown asked={asked}>
        {({ data, summary, meta }) =>
          data.length === 0 ? (
            <Empty title="Nobody has been here yet." />
          ) : (
            <>
              <p class="sum">
                <Figure field="collection_clients/summary/clients">{counted(summary.clients, "client")}</Figure> and the
                guests,{" "}
                <Figure field="collection_clients/summary/downloads">{counted(summary.downloads, "download")}</Figure>
              </p>
              <Table
                caption="Clients"
                columns={columnsIn(id)}
                rows={data}
                rowKey={(row) => row.client?.id ?? "guests"}
              />
              <Pager meta={meta} go={go} what="rows" />
            </>
          )
        }
      </Shown>
    </Section>
  );
}

type Counted = "visits" | "views" | "favorites" | "downloads" | "deliveries" | "link_opens";

function columnsIn(collection: string): Column<Row>[] {
  const figure = (name: string, field: Counted) => ({
    name,
    field: `${PLACE}/${field}`,
    isNumber: true,
    cell: (row: Row) => count(row[field]),
  });
  return [
    {
      name: "Client",
      isHead: true,
      cell: ({ client }) =>
        client ? (
          <>
            <Person client={client} collection={collection} /> <small>{client.email}</small>
          </>
        ) : (
          <>
            Guests <small>all together</small>
          </>
        ),
    },
    figure("Visits", "visits"),
    figure("Views", "views"),
    figure("Favourites", "favorites"),
    figure("Downloads", "downloads"),
    figure("Media received", "deliveries"),
    { name: "Last seen", cell: (row) => <Ago at={row.last_at} /> },
  ];
}

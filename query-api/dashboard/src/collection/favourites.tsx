import { favorites, popular, type Schemas } from "../api/questions";
import { useQuestion } from "../api/use_asked";
import { Bar } from "../parts/bar";
import { Choice } from "../parts/choice";
import { Figure } from "../parts/figure";
import { usePaged } from "../parts/paged";
import { Pager } from "../parts/pager";
import { Person } from "../parts/person";
import { Section } from "../parts/section";
import { Empty, Shown } from "../parts/states";
import { Status } from "../parts/status";
import { type Column, Table } from "../parts/table";
import { Ago } from "../parts/time";
import { useWords } from "../route/place";
import { count, counted } from "../show/numbers";
import { FileNames } from "./file_names";

type Favourite = Schemas["Favorite"];

const STATES = [
  ["current", "Current"],
  ["all", "Taken back too"],
] as const;
const PLACE = "favorites/summary";
const PER_PAGE = 25;
const TOP = 10;

/** Who chose what, and the names to find it by. */
export function Favourites({ id }: { id: string }) {
  const [words, set] = useWords();
  const state = words.get("state") === "all" ? "all" : "current";
  const { asked, go } = usePaged((page) => favorites(id, { state, page, per_page: PER_PAGE }));
  return (
    <>
      <Section
        title="Find them"
        note="File names of everything that is a favourite now, as your software searches for them."
      >
        <FileNames id={id} />
      </Section>
      <Section title="Chosen most" note="Media by how many lists they are on, and by whom." asked={asked}>
        <Shown asked={asked}>{({ data, summary }) => <Chosen summary={summary} rows={data} collection={id} />}</Shown>
      </Section>
      <Section
        title="Favourites"
        note="The newest first, with what was said of them."
        asked={asked}
        file={`favorites_${id}`}
      >
        <Choice
          name="State"
          options={STATES}
          chosen={state}
          choose={(next) => set({ state: next === "all" ? next : null, page: null })}
        />
        <Shown asked={asked}>
          {({ data, meta }) =>
            data.length === 0 ? (
              <Empty title="Nothing was chosen yet." />
            ) : (
              <>
                <Table caption="Favourites" columns={columnsIn(id)} rows={data} rowKey={(row) => row.id} />
                <Pager meta={meta} go={go} what="favourites" />
              </>
            )
          }
        </Shown>
      </Section>
    </>
  );
}

interface ChosenProps {
  summary: Schemas["FavoritesSummary"];
  rows: readonly Favourite[];
  collection: string;
}

function Chosen({ summary, rows, collection }: ChosenProps) {
  // The totals name media by id; the most chosen ones by file are those that are popular by favourites.
  const chosen = useQuestion(popular(collection, { by: "favorites", per_page: TOP }));
  const known = [...rows.map((row) => row.media), ...(chosen.answer?.data.map((row) => row.media) ?? [])];
  const names = new Map(known.map((media) => [String(media.id), media.filename]));
  const most = summary.by_media[0]?.favorite_count ?? 1;
  const mostOfOne = summary.by_client[0]?.favorites ?? 1;
  return (
    <>
      <p class="sum">
        <Figure field={`${PLACE}/favorites`}>{counted(summary.favorites, "favourite")}</Figure> by{" "}
        <Figure field={`${PLACE}/clients`}>{counted(summary.clients, "client")}</Figure> on{" "}
        <Figure field={`${PLACE}/lists`}>{counted(summary.lists, "list")}</Figure>
      </p>
      <div class="halves">
        <ol class="ranking" aria-label="Media chosen most">
          {summary.by_media.slice(0, TOP).map((media) => (
            <li key={String(media.id)}>
              <span>{names.get(String(media.id)) ?? `${media.type} ${media.id}`}</span>
              <Bar part={media.favorite_count / most} />
              <b title={`by ${counted(media.unique_clients, "client")}`}>{count(media.favorite_count)}</b>
            </li>
          ))}
        </ol>
        <ol class="ranking" aria-label="Clients who chose most">
          {summary.by_client.slice(0, TOP).map(({ client, favorites }) => (
            <li key={client?.id ?? "guests"}>
              <span>{client ? <Person client={client} collection={collection} /> : "Guests"}</span>
              <Bar part={favorites / mostOfOne} />
              <b>{count(favorites)}</b>
            </li>
          ))}
        </ol>
      </div>
    </>
  );
}

function columnsIn(collection: string): Column<Favourite>[] {
  return [
    {
      name: "File",
      isHead: true,
      cell: ({ media }) => (
        <>
          {media.filename ?? media.id} {media.type === "video" && <small>video</small>}
        </>
      ),
    },
    { name: "Who", cell: (row) => <Person client={row.client} collection={collection} /> },
    {
      name: "List",
      cell: ({ list }) => (
        <>
          {list.name ?? "Unnamed list"}{" "}
          <small>
            {count(list.selected)}
            {list.max_selections != null && ` of ${count(list.max_selections)}`}
          </small>{" "}
          {list.status === "submitted" && <Status of="submitted" />}
        </>
      ),
    },
    { name: "Note", cell: (row) => row.note && <q>{row.note}</q> },
    {
      name: "Lists in all",
      field: "favorites/data/media/favorite_count",
      isNumber: true,
      cell: (row) => count(row.media.favorite_count),
    },
    {
      name: "When",
      cell: (row) =>
        row.removed_at ? (
          <>
            taken back <Ago at={row.removed_at} />
          </>
        ) : (
          <Ago at={row.favorited_at} />
        ),
    },
  ];
}

import { portfolio, type Schemas } from "../api/questions";
import { useQuestion } from "../api/use_asked";
import { Bar } from "../parts/bar";
import { Figure, Term } from "../parts/figure";
import { useNow } from "../parts/now";
import { Section } from "../parts/section";
import { Shown, Skeleton } from "../parts/states";
import { Lead } from "../parts/title";
import { bytes, count, counted } from "../show/numbers";
import { DAY, minute, printed, utcDay } from "../show/times";

type Figures = Schemas["Figures"];

interface Row {
  name: string;
  field: string;
  of: (figures: Figures) => number;
  show: (value: number) => string;
}

const PLACE = "analytics_portfolio/data/figures";
const ROWS: Row[] = [
  { name: "Clients", field: `${PLACE}/clients`, of: (figures) => figures.clients, show: count },
  { name: "Visits", field: `${PLACE}/visits`, of: (figures) => figures.visits, show: count },
  { name: "Views", field: `${PLACE}/views`, of: (figures) => figures.views, show: count },
  { name: "Favourites", field: `${PLACE}/favorites`, of: (figures) => figures.favorites, show: count },
  { name: "Link opens", field: `${PLACE}/link_opens`, of: (figures) => figures.link_opens, show: count },
  { name: "Downloads", field: `${PLACE}/downloads`, of: (figures) => figures.downloads, show: count },
  { name: "Photos received", field: `${PLACE}/deliveries`, of: (figures) => figures.deliveries.photos, show: count },
  { name: "Transferred", field: `${PLACE}/transferred_bytes`, of: (figures) => figures.transferred_bytes, show: bytes },
];

/** What changed since yesterday: today so far, in UTC as the figures are kept, beside the day before. */
export function Today() {
  const today = utcDay(useNow());
  const asked = useQuestion(portfolio({ from: printed(today), to: printed(today + DAY) }));
  return (
    <>
      <Shown asked={asked} skeleton={<Skeleton rows={2} tall />} isBrief>
        {({ data }) => <Summary data={data} />}
      </Shown>
      <Section
        title="Since yesterday"
        note={`Today is the UTC day, which began at ${minute(today)} on your clock and is not over. Bars compare it with all of yesterday.`}
        asked={asked}
        file="since_yesterday"
        rows={asked.answer && comparisonRows(asked.answer.data)}
      >
        <Shown asked={asked} skeleton={<Skeleton rows={6} />}>
          {({ data }) => <Comparison now={data.figures} before={data.previous?.figures} />}
        </Shown>
      </Section>
    </>
  );
}

/** Today in a sentence. */
function Summary({ data }: { data: Schemas["Portfolio"] }) {
  const { clients, downloads, favorites } = data.figures;
  if (data.active_collections === 0) {
    return <Lead>Nothing has happened yet today in any collection.</Lead>;
  }
  return (
    <Lead>
      Today so far, <Figure field={`${PLACE}/clients`}>{counted(clients, "client")}</Figure> and their guests were here.
      They completed <Figure field={`${PLACE}/downloads`}>{counted(downloads, "download")}</Figure> and set{" "}
      <Figure field={`${PLACE}/favorites`}>{counted(favorites, "favourite")}</Figure>. Something happened in{" "}
      <Figure field="analytics_portfolio/data/active_collections">
        {data.active_collections === data.collections ? "all " : ""}
        {counted(data.active_collections, "collection")}
      </Figure>
      .
    </Lead>
  );
}

/** The same as rows: a figure, today, yesterday. */
function comparisonRows({ figures, previous }: Schemas["Portfolio"]) {
  return ROWS.map(({ name, of }) => ({
    figure: name,
    today: of(figures),
    yesterday: previous ? of(previous.figures) : null,
  }));
}

function Comparison({ now, before }: { now: Figures; before: Figures | undefined }) {
  return (
    <div class="comparison">
      {ROWS.map(({ name, field, of, show }) => {
        const [today, yesterday] = [of(now), before ? of(before) : 0];
        const most = Math.max(today, yesterday, 1);
        return (
          <div key={name} class="pair">
            <h3>
              <Term field={field}>{name}</Term>
            </h3>
            <p class="now">
              <span data-figure={field}>{show(today)}</span>
              <Bar part={today / most} />
            </p>
            <p class="before">
              <span>
                <span data-figure={field.replace("/figures/", "/previous/figures/")}>{show(yesterday)}</span>{" "}
                <small>yesterday</small>
              </span>
              <Bar part={yesterday / most} />
            </p>
          </div>
        );
      })}
    </div>
  );
}

import type { Schemas } from "../api/questions";
import { Bar } from "../parts/bar";
import { Term } from "../parts/figure";
import { count, counted } from "../show/numbers";

const DAYS: Record<string, string> = {
  mon: "Mon",
  tue: "Tue",
  wed: "Wed",
  thu: "Thu",
  fri: "Fri",
  sat: "Sat",
  sun: "Sun",
};
const PLACE = "photos_starred/analytics/engagement_patterns";
const TAGS = 8;

/** The same as rows: by what, which, how many. */
export function patternRows({ by_hour, by_weekday, by_tag }: Schemas["EngagementPatterns"]) {
  return [
    ...by_hour.map(({ hour, favorites }) => ({ by: "hour", value: String(hour), favorites })),
    ...by_weekday.map(({ weekday, favorites }) => ({ by: "weekday", value: weekday, favorites })),
    ...by_tag.map(({ tag, favorites }) => ({ by: "tag", value: tag, favorites })),
  ];
}

/** When favourites are set, and what they show. */
export function Patterns({ patterns }: { patterns: Schemas["EngagementPatterns"] }) {
  const hours = patterns.by_hour.map(({ hour, favorites }) => [String(hour).padStart(2, "0"), favorites] as const);
  const days = patterns.by_weekday.map(({ weekday, favorites }) => [DAYS[weekday] ?? weekday, favorites] as const);
  const tags = patterns.by_tag.slice(0, TAGS);
  const most = tags[0]?.favorites ?? 1;
  return (
    <div class="patterns">
      <section class="is-hours">
        <h3>
          <Term field={`${PLACE}/by_hour/favorites`}>By hour</Term>
        </h3>
        <Columns values={hours} />
      </section>
      <section>
        <h3>
          <Term field={`${PLACE}/by_weekday/favorites`}>By weekday</Term>
        </h3>
        <Columns values={days} />
      </section>
      <section class="is-tags">
        <h3>
          <Term field={`${PLACE}/by_tag/favorites`}>By tag</Term>
        </h3>
        <ol class="ranking">
          {tags.map(({ tag, favorites }) => (
            <li key={tag}>
              <span>{tag}</span>
              <Bar part={favorites / most} />
              <b>{count(favorites)}</b>
            </li>
          ))}
        </ol>
      </section>
    </div>
  );
}

function Columns({ values }: { values: readonly (readonly [string, number])[] }) {
  const most = Math.max(1, ...values.map(([, value]) => value));
  return (
    <ol class="columns">
      {values.map(([name, value]) => (
        <li key={name} title={`${name}: ${counted(value, "favourite")}`}>
          <span class="column">
            <i style={{ height: `${(value / most) * 100}%` }} />
          </span>
          <small>
            {name}
            <span class="unseen">: {count(value)}</span>
          </small>
        </li>
      ))}
    </ol>
  );
}

import { type Schemas, starred } from "../api/questions";
import { Choice, Select } from "../parts/choice";
import { Figure } from "../parts/figure";
import { usePaged } from "../parts/paged";
import { Section } from "../parts/section";
import { Shown, Skeleton } from "../parts/states";
import { Lead, Title } from "../parts/title";
import { useWords } from "../route/place";
import { counted, NONE } from "../show/numbers";
import { ownZone, zones } from "../show/times";
import { Patterns, patternRows } from "./patterns";
import { StarredTable } from "./starred_table";

const BY = [
  ["owner", "By you"],
  ["clients", "By clients"],
  ["any", "By anybody"],
] as const;

const PER_PAGE = 25;

/** Starred photos of all collections, and what they say. */
export function StarredScreen() {
  const [words, set] = useWords();
  const by = BY.find(([known]) => known === words.get("by"))?.[0] ?? "owner";
  const tz = words.get("tz") ?? ownZone;
  const { asked, go } = usePaged((page) => starred({ by, tz, page, per_page: PER_PAGE }));
  return (
    <>
      <Title name="Starred">Starred</Title>
      <Shown asked={asked} skeleton={<Skeleton rows={2} tall />} isBrief>
        {({ meta, analytics }) => <Summary total={meta.total} analytics={analytics} />}
      </Shown>
      <Section
        title="Photos"
        note="The newest first. Stars are yours, favourites your clients'."
        asked={asked}
        file={`starred_${by}`}
      >
        <div class="controls">
          <Choice name="Starred" options={BY} chosen={by} choose={(next) => set({ by: next, page: null })} />
        </div>
        <Shown asked={asked}>{(answer) => <StarredTable answer={answer} go={go} />}</Shown>
      </Section>
      <Section
        title="When clients choose"
        note="Favourites by the hour and the weekday on clocks of this time zone."
        asked={asked}
        file="when_clients_choose"
        rows={asked.answer && patternRows(asked.answer.analytics.engagement_patterns)}
      >
        <Select
          name="Time zone"
          options={zones().map((zone) => [zone, zone.replaceAll("_", " ")])}
          chosen={tz}
          choose={(next) => set({ tz: next })}
        />
        <Shown asked={asked}>{({ analytics }) => <Patterns patterns={analytics.engagement_patterns} />}</Shown>
      </Section>
    </>
  );
}

function Summary({ total, analytics }: { total: number; analytics: Schemas["StarredAnalytics"] }) {
  const { median_hours_publish_to_first_favorite: hours, repeat_clients } = analytics.engagement_patterns;
  const place = "photos_starred/analytics";
  return (
    <Lead>
      <Figure field="photos_starred/meta/total">{counted(total, "starred photo")}</Figure> in{" "}
      <Figure field={`${place}/collections`}>{counted(analytics.collections.length, "collection")}</Figure>. The first
      favourite comes{" "}
      <Figure field={`${place}/engagement_patterns/median_hours_publish_to_first_favorite`}>
        {hours == null ? NONE : `${hours.toFixed(1)} hours`}
      </Figure>{" "}
      after publishing, and{" "}
      <Figure field={`${place}/engagement_patterns/repeat_clients`}>{counted(repeat_clients, "client")}</Figure> chose
      in more than one collection.
    </Lead>
  );
}

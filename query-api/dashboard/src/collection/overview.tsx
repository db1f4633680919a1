import { analytics, type Schemas } from "../api/questions";
import { useQuestion } from "../api/use_asked";
import type { Activity } from "../live/use_activity";
import { Figure, Figures, Named } from "../parts/figure";
import { Section } from "../parts/section";
import { Shown, Skeleton } from "../parts/states";
import { Lead } from "../parts/title";
import { bytes, count, counted, media } from "../show/numbers";
import { Course } from "./course";
import { Funnel } from "./funnel";
import { Latest } from "./latest";

const PLACE = "collection_analytics/data/totals";

/** A collection at a glance: how far people came, when, and what is happening. */
export function Overview({ id, activity }: { id: string; activity: Activity }) {
  const asked = useQuestion(analytics(id));
  return (
    <>
      <Shown asked={asked} skeleton={<Skeleton rows={2} tall />} isBrief>
        {({ data }) => <Summary totals={data.totals} />}
      </Shown>
      <Section
        title="How far people came"
        note="Distinct people, by the furthest step they reached. Whoever came to a later step is counted at each earlier one."
        asked={asked}
      >
        <Shown asked={asked}>{({ data }) => <Funnel steps={data.funnel} />}</Shown>
      </Section>
      <Course id={id} />
      <Latest id={id} activity={activity} />
      <Section title="In all" note="What was done in this collection, ever." asked={asked}>
        <Shown asked={asked}>{({ data }) => <Totals totals={data.totals} />}</Shown>
      </Section>
    </>
  );
}

function Summary({ totals }: { totals: Schemas["Figures"] }) {
  const deeds = totals.visits + totals.views + totals.link_opens + totals.favorites + totals.attempts;
  if (deeds === 0) return <Lead>Nobody has been here yet.</Lead>;
  return (
    <Lead>
      <Figure field={`${PLACE}/clients`}>{counted(totals.clients, "client")}</Figure> and their guests looked at photos{" "}
      <Figure field={`${PLACE}/views`}>{counted(totals.views, "time")}</Figure>, chose{" "}
      <Figure field={`${PLACE}/favorites`}>{counted(totals.favorites, "favourite")}</Figure> and completed{" "}
      <Figure field={`${PLACE}/downloads`}>{counted(totals.downloads, "download")}</Figure>;{" "}
      <Figure field={`${PLACE}/deliveries`}>{media(totals.deliveries)}</Figure> arrived.
    </Lead>
  );
}

function Totals({ totals }: { totals: Schemas["Figures"] }) {
  return (
    <Figures>
      <Named name="Attempts" field={`${PLACE}/attempts`}>
        {count(totals.attempts)}
      </Named>
      <Named
        name="Downloads"
        field={`${PLACE}/downloads`}
        note={`${count(totals.by_type.photo)} photos, ${count(totals.by_type.video)} videos, ${count(totals.by_type.archive)} archives`}
      >
        {count(totals.downloads)}
      </Named>
      <Named name="Unique downloads" field={`${PLACE}/unique_downloads`}>
        {count(totals.unique_downloads)}
      </Named>
      <Named
        name="Media received"
        field={`${PLACE}/deliveries`}
        note={`of them ${counted(totals.deliveries.videos, "video")}`}
      >
        {count(totals.deliveries.photos + totals.deliveries.videos)}
      </Named>
      <Named name="Visits" field={`${PLACE}/visits`}>
        {count(totals.visits)}
      </Named>
      <Named name="Video plays" field={`${PLACE}/plays`}>
        {count(totals.plays)}
      </Named>
      <Named name="Link opens" field={`${PLACE}/link_opens`}>
        {count(totals.link_opens)}
      </Named>
      <Named name="Transferred" field={`${PLACE}/transferred_bytes`}>
        {bytes(totals.transferred_bytes)}
      </Named>
    </Figures>
  );
}

import { freshness, type Schemas } from "../api/questions";
import { useQuestion } from "../api/use_asked";
import { Figure, Figures, Named } from "../parts/figure";
import { Section } from "../parts/section";
import { Shown, Skeleton } from "../parts/states";
import { Ago } from "../parts/time";
import { Lead, Title } from "../parts/title";
import { count, counted, duration, NONE } from "../show/numbers";
import { exact, recent } from "../show/times";
import { Edges } from "./edges";
import { Partitions } from "./partitions";

type Freshness = Schemas["Freshness"];

/** Whether the figures are whole and current. */
export function HealthScreen() {
  const asked = useQuestion(freshness());
  return (
    <>
      <Title name="Health">Health</Title>
      <Shown asked={asked} skeleton={<Skeleton rows={2} tall />} isBrief>
        {(fresh) => <Verdict fresh={fresh} />}
      </Shown>
      <Section title="Freshness" note={<AsOf fresh={asked.answer} />}>
        <Shown asked={asked}>{(fresh) => <Now fresh={fresh} />}</Shown>
      </Section>
      <Section
        title="Ledger"
        note="Every record of the log is accounted for: folded, a duplicate, quarantined or sent on. An offset without an entry would stand under unaccounted."
        file="ledger"
        rows={asked.answer?.partitions}
      >
        <Shown asked={asked}>{(fresh) => <Partitions rows={fresh.partitions} />}</Shown>
      </Section>
      <Section
        title="Edges"
        note="Each edge numbers its events, so that “nothing happened” and “nothing arrived” differ. Runs of the last week, and those with gaps."
        file="edges"
        rows={asked.answer?.edges}
      >
        <Shown asked={asked}>{(fresh) => <Edges runs={fresh.edges} />}</Shown>
      </Section>
    </>
  );
}

function AsOf({ fresh }: { fresh: Freshness | undefined }) {
  if (!fresh) return <>How far the figures are behind the events.</>;
  return (
    <>
      How far the figures are behind the events. As of{" "}
      <time dateTime={fresh.as_of} title={`${exact(fresh.as_of)}, position ${fresh.position}`}>
        {recent(fresh.as_of)}
      </time>
      .
    </>
  );
}

function caughtUp(seconds: number | null | undefined): string {
  if (seconds == null) return "not known";
  return seconds === 0 ? "now" : duration(seconds * 1000);
}

/** What a reader of figures needs to know first. */
function Verdict({ fresh }: { fresh: Freshness }) {
  const missing = fresh.edges.reduce((sum, run) => sum + run.missing, 0);
  const lag = <Figure field="freshness/lag_records">{counted(fresh.lag_records, "record")}</Figure>;
  const lost = <Figure field="freshness/edges/missing">{counted(missing, "event")}</Figure>;
  return (
    <Lead>
      {fresh.lag_records === 0 ? (
        <>Everything that arrived is counted: {lag} wait. </>
      ) : (
        <>{lag} wait to be counted. </>
      )}
      {missing === 0 ? (
        <>The edges sent everything they numbered: {lost} are missing.</>
      ) : (
        <>Of the edges, {lost} never arrived.</>
      )}
    </Lead>
  );
}

function Now({ fresh }: { fresh: Freshness }) {
  const oldest = fresh.oldest_uncommitted_seconds;
  return (
    <Figures>
      <Named name="Waiting" field="freshness/lag_records" note="records">
        {count(fresh.lag_records)}
      </Named>
      <Named name="Unaccounted" field="freshness/unaccounted_offsets" note="offsets">
        {count(fresh.unaccounted_offsets)}
      </Named>
      <Named name="Oldest has waited" field="freshness/oldest_uncommitted_seconds">
        {oldest == null ? NONE : duration(oldest * 1000)}
      </Named>
      <Named name="Caught up" field="freshness/seconds_to_drain">
        {caughtUp(fresh.seconds_to_drain)}
      </Named>
      <div class="named">
        <dt>Log last looked at</dt>
        <dd>
          <Ago at={fresh.observed_at} />
        </dd>
      </div>
    </Figures>
  );
}

import { timeseries } from "../api/questions";
import { useQuestion } from "../api/use_asked";
import { Choice, optionsOf, Select } from "../parts/choice";
import { Figure } from "../parts/figure";
import { useNow } from "../parts/now";
import { Section } from "../parts/section";
import { Empty, Shown, Skeleton } from "../parts/states";
import { useWords } from "../route/place";
import { bytes, count } from "../show/numbers";
import { begin, fitting, INTERVALS, intervalsOf, isPeriod, PERIODS, type Period } from "../show/periods";
import { ownZone, zones } from "../show/times";
import { Chart } from "./chart";

/** What can be counted over time, with what it is called. */
const METRICS = {
  downloads: "Downloads",
  unique_downloads: "Unique downloads",
  attempts: "Attempts",
  photo_deliveries: "Photos received",
  video_deliveries: "Videos received",
  views: "Views",
  visits: "Visits",
  plays: "Plays",
  link_opens: "Link opens",
  favorites: "Favourites",
  transferred_bytes: "Bytes transferred",
} as const;
type Metric = keyof typeof METRICS;

const isMetric = (word: string | null): word is Metric => word !== null && word in METRICS;

/** One metric over time, in hours to months of any zone. */
export function Course({ id }: { id: string }) {
  const [words, set] = useWords();
  const now = useNow();
  const [metricWord, spanWord] = [words.get("metric"), words.get("span")];
  const metric: Metric = isMetric(metricWord) ? metricWord : "downloads";
  const period: Period = isPeriod(spanWord) ? spanWord : "day";
  const interval = fitting(period, words.get("interval"));
  const tz = words.get("tz") ?? ownZone;
  const question = timeseries(id, { metric, interval, tz, from: begin(period, now) });
  const asked = useQuestion(question, `course ${id} ${metric} ${period} ${interval} ${tz}`);
  const fit = intervalsOf(period).map((each) => [each, INTERVALS[each]] as const);
  const show = metric === "transferred_bytes" ? bytes : count;
  return (
    <Section
      title="When"
      note="No span is left out, days with 23 and 25 hours are what they are, and a span that is not over is lighter."
      meta={asked.answer?.meta}
      file={`timeseries_${id}_${metric}`}
    >
      <div class="controls">
        <Select name="Count" options={optionsOf(METRICS)} chosen={metric} choose={(next) => set({ metric: next })} />
        <Select name="Over" options={optionsOf(PERIODS)} chosen={period} choose={(next) => set({ span: next })} />
        {fit.length > 1 && (
          <Choice name="By" options={fit} chosen={interval} choose={(next) => set({ interval: next })} />
        )}
        <Select
          name="Time zone"
          options={zones().map((zone) => [zone, zone.replaceAll("_", " ")])}
          chosen={tz}
          choose={(next) => set({ tz: next })}
        />
      </div>
      <Shown asked={asked} skeleton={<Skeleton rows={5} tall />}>
        {({ data, summary }) =>
          data.length === 0 ? (
            <Empty title="Nothing yet.">Columns stand here once there is a first event.</Empty>
          ) : (
            <>
              <p class="sum">
                <Figure field="collection_timeseries/summary/total">{show(summary.total)}</Figure>{" "}
                {METRICS[metric].toLowerCase()} in {count(summary.buckets)} spans
              </p>
              <Chart buckets={data} zone={tz} name={METRICS[metric]} show={show} interval={interval} period={period} />
            </>
          )
        }
      </Shown>
    </Section>
  );
}

import { type Schemas, timeseries } from "../api/questions";
import { useQuestion } from "../api/use_asked";
import { Choice, optionsOf, Select } from "../parts/choice";
import { Figure } from "../parts/figure";
import { useNow } from "../parts/now";
import { Section } from "../parts/section";
import { Empty, Shown, Skeleton } from "../parts/states";
import { useWords } from "../route/place";
import { bytes, count } from "../show/numbers";
import { begin, fitting, INTERVALS, type Interval, intervalsOf, isPeriod, PERIODS, type Period } from "../show/periods";
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
type Summary = Schemas["TimeseriesSummary"];
type Metric = keyof typeof METRICS;

const isMetric = (word: string | null): word is Metric => word !== null && word in METRICS;

// While another metric is awaited, the figures are still called by what they are.
const nameOf = ({ metric }: Summary) => (isMetric(metric) ? METRICS[metric] : metric);
const showing = ({ metric }: Summary) => (metric === "transferred_bytes" ? bytes : count);

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
  return (
    <Section
      title="When"
      note="No span is left out, days with 23 and 25 hours are what they are, and a span that is not over is lighter."
      asked={asked}
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
                <Figure field="collection_timeseries/summary/total">{showing(summary)(summary.total)}</Figure>{" "}
                {nameOf(summary).toLowerCase()} in {count(summary.buckets)} spans
              </p>
              <Chart
                buckets={data}
                zone={summary.timezone}
                name={nameOf(summary)}
                show={showing(summary)}
                interval={summary.interval as Interval}
                period={period}
              />
            </>
          )
        }
      </Shown>
    </Section>
  );
}

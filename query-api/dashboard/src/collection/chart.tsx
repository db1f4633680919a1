import { useEffect, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { Schemas } from "../api/questions";
import { useCell } from "../parts/cell";
import { theme } from "../parts/theme";
import type { Interval, Period } from "../show/periods";
import { day, dayOfYear, minute, moment } from "../show/times";

type Bucket = Schemas["Bucket"];

interface Props {
  buckets: readonly Bucket[];
  zone: string;
  name: string;
  show: (value: number) => string;
  interval: Interval;
  period: Period;
}

const HEIGHT = 240;

/** Columns over time. The one that is pointed at, or reached with the arrow keys, is told in words. */
export function Chart(props: Props) {
  const { buckets, zone, name, show } = props;
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef(buckets);
  latest.current = buckets;
  /** When the column begins that is read: its place moves as time goes on. */
  const [at, point] = useState<number | null>(null);
  const width = widthOf(buckets);
  const look = useCell(theme);
  // biome-ignore lint/correctness/useExhaustiveDependencies: colours are read anew when the theme changes
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const draw = () => new uPlot(optionsFor(element, width, zone, show, point), columns(latest.current), element);
    plot.current = draw();
    const again = () => {
      plot.current?.destroy();
      plot.current = draw();
    };
    const dark = matchMedia("(prefers-color-scheme: dark)");
    dark.addEventListener("change", again);
    const resized = new ResizeObserver(() => plot.current?.setSize({ width: element.clientWidth, height: HEIGHT }));
    resized.observe(element);
    return () => {
      dark.removeEventListener("change", again);
      resized.disconnect();
      plot.current?.destroy();
      plot.current = null;
    };
  }, [width, zone, show, look]);
  // New figures are drawn where the old ones are, so that whoever reads a column keeps it.
  useEffect(() => plot.current?.setData(columns(buckets)), [buckets]);
  const step = (event: KeyboardEvent) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    point((now) => {
      const index = buckets.findIndex((bucket) => begins(bucket) === now);
      const next = (index < 0 ? buckets.length : index) + by;
      const reached = buckets[Math.max(0, Math.min(buckets.length - 1, next))];
      return reached ? begins(reached) : now;
    });
  };
  const chosen = buckets.find((bucket) => begins(bucket) === at);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys go from column to column
    <figure class="chart" tabIndex={0} aria-label={`${name} over time`} onKeyDown={step}>
      <div ref={place} class="plot" />
      <figcaption>
        <span role="status">
          {chosen ? (
            <>
              <b>{show(chosen.value)}</b> {spanOf(chosen, props)}
              {chosen.partial && <i> not the whole span</i>}
            </>
          ) : (
            "Point at a column, or use the arrow keys, to read it."
          )}
        </span>
      </figcaption>
      <Values {...props} />
    </figure>
  );
}

/** The same as a table, for whoever cannot see columns or wants every value. */
function Values(props: Props) {
  const { buckets, name, show } = props;
  return (
    <details>
      <summary>All values</summary>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">Span</th>
              <th scope="col" class="number">
                {name}
              </th>
            </tr>
          </thead>
          <tbody>
            {buckets.map((bucket) => (
              <tr key={bucket.start}>
                <th scope="row">{spanOf(bucket, props)}</th>
                <td class="number">{show(bucket.value)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

/** When a column is, with its year where there may be columns of several. */
export function spanOf(
  { start, end }: Bucket,
  { zone, interval, period }: Pick<Props, "zone" | "interval" | "period">,
) {
  if (interval === "hour") return `${moment(start, zone)}–${minute(end, zone)}`;
  const dayIn = period === "year" || period === "all" ? dayOfYear : day;
  const last = new Date(end).getTime() - 1;
  return interval === "day" ? dayIn(start, zone) : `${dayIn(start, zone)} – ${dayIn(last, zone)}`;
}

/** When a bucket begins, in the seconds that the plot goes by. */
const begins = ({ start }: Bucket) => Date.parse(start) / 1000;

/** How many seconds wide a column is. */
function widthOf([first]: readonly Bucket[]): number {
  return first ? Date.parse(first.end) / 1000 - begins(first) : 3600;
}

function columns(buckets: readonly Bucket[]): uPlot.AlignedData {
  const starts = buckets.map(begins);
  const whole = buckets.map((bucket) => (bucket.partial ? null : bucket.value));
  const open = buckets.map((bucket) => (bucket.partial ? bucket.value : null));
  return [starts, whole, open];
}

function optionsFor(
  element: HTMLElement,
  width: number,
  zone: string,
  show: (value: number) => string,
  point: (at: number | null) => void,
): uPlot.Options {
  const style = getComputedStyle(element);
  const color = (name: string) => colorOf(element, name);
  const paths = uPlot.paths.bars?.({ size: [0.72, 36], align: 1 });
  const font = `12px ${style.fontFamily}`;
  const axis = { stroke: color("--ink-2"), font, grid: { show: false }, ticks: { show: false } };
  const told = ({ cursor, data }: uPlot) => {
    const at = cursor.idx == null ? null : (data[0][cursor.idx] ?? null);
    // Where nothing is pointed at, whoever came by the keys still reads.
    if (at !== null || !element.parentElement?.matches(":focus")) point(at);
  };
  return {
    width: element.clientWidth,
    height: HEIGHT,
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), zone),
    padding: [8, 28, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
    scales: {
      x: { range: (_, min, max) => [min, max + width] },
      y: { range: (_, __, max) => [0, Math.max(1, max) * 1.05] },
    },
    axes: [
      { ...axis, size: 32, space: 64, values: labels },
      {
        ...axis,
        size: 56,
        incrs: [1, 2, 5]
          .flatMap((lead) => Array.from({ length: 14 }, (_, power) => lead * 10 ** power))
          .sort((a, b) => a - b),
        grid: { show: true, stroke: color("--line"), width: 1 },
        values: (_, values) => values.map(show),
      },
    ],
    series: [
      {},
      { ...(paths && { paths }), fill: color("--blue"), stroke: "transparent", points: { show: false } },
      { ...(paths && { paths }), fill: color("--blue-pale"), stroke: color("--blue"), points: { show: false } },
    ],
    hooks: { setCursor: [told] },
  };
}

/** Days where a day begins, clocks between; months where the ticks are far apart. */
const labels: uPlot.Axis["values"] = [
  [3600 * 24 * 365, "{YYYY}", null, null, null, null, null, null, 1],
  [3600 * 24 * 28, "{MMM}", "\n{YYYY}", null, null, null, null, null, 1],
  [3600 * 24, "{D} {MMM}", null, null, null, null, null, null, 1],
  [3600, "{HH}:{mm}", "\n{D} {MMM}", null, "\n{D} {MMM}", null, null, null, 1],
  [60, "{HH}:{mm}", "\n{D} {MMM}", null, "\n{D} {MMM}", null, null, null, 1],
];

/** A custom property as a colour that a canvas takes. */
function colorOf(element: HTMLElement, name: string): string {
  const probe = element.ownerDocument.createElement("span");
  probe.style.color = `var(${name})`;
  element.append(probe);
  const color = getComputedStyle(probe).color;
  probe.remove();
  return color;
}

import { DAY, printed } from "./times";

/** How long back a chart looks. */
export const PERIODS = {
  day: "24 hours",
  week: "7 days",
  month: "30 days",
  year: "12 months",
  all: "All time",
} as const;
export type Period = keyof typeof PERIODS;

/** How wide its columns are. */
export const INTERVALS = { hour: "Hour", day: "Day", week: "Week", month: "Month" } as const;
export type Interval = keyof typeof INTERVALS;

const LENGTHS: Record<Exclude<Period, "all">, number> = { day: DAY, week: 7 * DAY, month: 30 * DAY, year: 365 * DAY };
const WIDTHS: Record<Interval, number> = { hour: DAY / 24, day: DAY, week: 7 * DAY, month: 28 * DAY };
/** More columns than a chart can tell apart. */
const COLUMNS_MAX = 800;
const QUARTER_HOUR = 15 * 60 * 1000;

/** The first instant of a period, at a whole quarter of an hour as the API takes it; none for all time. */
export function begin(period: Period, now: number): string | undefined {
  if (period === "all") return undefined;
  const length = LENGTHS[period];
  return printed(Math.floor((now - length) / QUARTER_HOUR) * QUARTER_HOUR);
}

/** Intervals that divide a period into more than one column and not into too many. */
export function intervalsOf(period: Period): Interval[] {
  const all = Object.keys(INTERVALS) as Interval[];
  // Nobody knows beforehand how long all time is, and of hours the API answers 10,000, which is 14 months (rule 107).
  if (period === "all") return all.filter((interval) => interval !== "hour");
  const columns = (interval: Interval) => LENGTHS[period] / WIDTHS[interval];
  return all.filter((interval) => columns(interval) > 1 && columns(interval) <= COLUMNS_MAX);
}

/** What long periods are divided into, of which the finest interval would be too fine at first sight. */
const DEFAULTS: Partial<Record<Period, Interval>> = { month: "day", all: "month" };

/** The interval that is asked for, where it fits the period, else the finest that does, or that of a long period. */
export function fitting(period: Period, asked: string | null): Interval {
  const fit = intervalsOf(period);
  return fit.find((interval) => interval === asked) ?? DEFAULTS[period] ?? fit[0] ?? "hour";
}

export function isPeriod(word: string | null): word is Period {
  return word !== null && word in PERIODS;
}

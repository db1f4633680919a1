const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

// In words, what is 30 hours ahead would be tomorrow, which it is not everywhere.
const RELATIVE = new Intl.RelativeTimeFormat("en-GB", { numeric: "always" });
const STEPS: [number, Intl.RelativeTimeFormatUnit][] = [
  [MINUTE, "second"],
  [HOUR, "minute"],
  [DAY, "hour"],
  [14 * DAY, "day"],
  [60 * DAY, "week"],
  [730 * DAY, "month"],
  [Number.POSITIVE_INFINITY, "year"],
];
const UNITS: Record<string, number> = {
  second: SECOND,
  minute: MINUTE,
  hour: HOUR,
  day: DAY,
  week: 7 * DAY,
  month: 30.44 * DAY,
  year: 365.25 * DAY,
};

/** "3 minutes ago", "in 2 days". */
export function relative(at: string | number, now: number): string {
  const away = new Date(at).getTime() - now;
  const distance = Math.abs(away);
  if (distance < 10 * SECOND) return "just now";
  const [, unit] = STEPS.find(([below]) => distance < below) ?? [0, "year" as const];
  return RELATIVE.format(Math.trunc(away / (UNITS[unit] ?? DAY)), unit);
}

/** The instant in full, as logs and invoices need it: `2026-11-26 22:05:10.611 UTC`. */
export function exact(at: string | number): string {
  return new Date(at).toISOString().replace("T", " ").replace("Z", " UTC");
}

function formats(zone: string | undefined) {
  const of = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat("en-GB", zone === undefined ? options : { ...options, timeZone: zone });
  const time = { hour: "2-digit", minute: "2-digit" } as const;
  const second = { ...time, second: "2-digit" } as const;
  const day = { day: "numeric", month: "short" } as const;
  const year = { year: "numeric" } as const;
  return {
    clock: of(second),
    minute: of(time),
    year: of(year),
    day: of(day),
    dayOfYear: of({ ...day, ...year }),
    moment: of({ ...day, ...time }),
    momentOfYear: of({ ...day, ...year, ...time }),
    stamp: of({ ...day, ...second }),
    stampOfYear: of({ ...day, ...year, ...second }),
    weekday: of({ weekday: "long" }),
    date: of({ day: "numeric", month: "long", year: "numeric" }),
  };
}

const known = new Map<string, ReturnType<typeof formats>>();

function inZone(zone?: string) {
  const name = zone ?? "";
  const found = known.get(name) ?? formats(zone);
  known.set(name, found);
  return found;
}

/** `22:05:10`. */
export const clock = (at: string | number, zone?: string) => inZone(zone).clock.format(new Date(at));
/** `22:05`. */
export const minute = (at: string | number, zone?: string) => inZone(zone).minute.format(new Date(at));

/** A date in one of two forms, the second of which has the year: where that is another one than now. */
function dated(form: "day" | "moment" | "stamp", at: string | number, zone: string | undefined, now: number): string {
  const own = inZone(zone);
  const isThisYear = own.year.format(new Date(at)) === own.year.format(now);
  return own[isThisYear ? form : (`${form}OfYear` as const)].format(new Date(at));
}

/** `26 Nov`, or `26 Nov 2025` in another year. */
export const day = (at: string | number, zone?: string, now = Date.now()) => dated("day", at, zone, now);
/** `26 Nov, 22:05`, or `26 Nov 2025, 22:05` in another year. */
export const moment = (at: string | number, zone?: string, now = Date.now()) => dated("moment", at, zone, now);
/** `26 Nov, 22:05:10`, or `26 Nov 2025, 22:05:10` in another year. */
export const stamp = (at: string | number, zone?: string, now = Date.now()) => dated("stamp", at, zone, now);
/** `26 Nov 2026`, whatever the year. */
export const dayOfYear = (at: string | number, zone?: string) => inZone(zone).dayOfYear.format(new Date(at));

/** `22:05:10` of today, and the date too of any other day. */
export function recent(at: string | number, zone?: string, now = Date.now()): string {
  const isToday = dayOfYear(at, zone) === dayOfYear(now, zone);
  return isToday ? clock(at, zone) : stamp(at, zone, now);
}

/** `Thursday 26 November 2026`. */
export function date(at: string | number, zone?: string): string {
  const own = inZone(zone);
  return `${own.weekday.format(new Date(at))} ${own.date.format(new Date(at))}`;
}

/** 00:00 UTC of the day of an instant. */
export function utcDay(at: number): number {
  return Math.floor(at / DAY) * DAY;
}

/** An instant as the API reads it. */
export function printed(at: number): string {
  return new Date(at).toISOString();
}

/** The zone the browser is in, and those it knows. */
export const ownZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
export function zones(): string[] {
  return [...new Set([ownZone, "UTC", ...Intl.supportedValuesOf("timeZone")])];
}
